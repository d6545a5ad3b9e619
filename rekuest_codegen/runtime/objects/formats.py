"""How objects become bytes and come back: npy for arrays, Arrow IPC for frames, nothing for bytes.

Bytes come from strangers: no format here can hold code (no pickle, ever), and what the bytes say of their own size is
checked before room is made for it. The libraries are imported when a value of theirs is met.
"""

from __future__ import annotations

import io
import math
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from rekuest_codegen.runtime.objects.kept import check_cells, check_labels

Content = bytes | memoryview
MAX_HEADER = 10_000
"""Characters of an array's header; its parser takes time that grows with it."""


@dataclass(frozen=True, slots=True)
class Format:
    """``libraries`` are what has to be installed, ``encode`` and ``decode`` raise ValueError for what cannot travel."""

    libraries: tuple[str, ...]
    encode: Callable[[Any], Content]
    decode: Callable[[bytes | bytearray], Any]

    @property
    def is_here(self) -> bool:
        """Whether they are installed."""
        return all(find_spec(library) is not None for library in self.libraries)


def _untyped(library: str) -> Any:
    """A library without types, or with types that say nothing here."""
    return import_module(library)


def _encode_array(array: Any) -> Content:
    import numpy

    if isinstance(array, numpy.ma.MaskedArray):
        raise ValueError("a masked array would arrive without its mask; send array.filled(...), or data and mask apart")
    if array.dtype.kind == "T":
        raise ValueError("texts of any length (StringDType) have no form in npy; send array.astype(str)")
    if array.dtype.hasobject:
        raise ValueError(f"an array of Python objects (dtype {array.dtype}) has no form that is safe to read")
    file = io.BytesIO()
    # Version 1 alone: the others are for headers longer than any that is read here, and names that are not Latin-1.
    numpy.lib.format.write_array(file, numpy.asarray(array), version=(1, 0), allow_pickle=False)
    content = file.getbuffer()
    if int.from_bytes(content[8:10], "little") > MAX_HEADER:
        raise ValueError("the array's dtype has too many fields")
    return content


def _decode_array(content: bytes | bytearray) -> Any:
    import numpy

    file = io.BytesIO(memoryview(content)[: MAX_HEADER + 64])  # its length, and what comes before
    version = numpy.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"arrays in npy format {version} are not read")
    try:
        shape, in_columns, dtype = numpy.lib.format.read_array_header_1_0(file, max_header_size=MAX_HEADER)
    except (SyntaxError, TypeError, MemoryError, RecursionError, tokenize.TokenError) as error:
        raise ValueError(f"no header of an array: {type(error).__name__}") from None
    if dtype.hasobject:
        raise ValueError("an array of Python objects is not read")
    count, start = math.prod(shape), file.tell()
    if any(length < 0 for length in shape) or count * dtype.itemsize != len(content) - start:
        raise ValueError(f"shape {shape} of {dtype} does not fit the {len(content) - start} bytes there are")
    if not count or not dtype.itemsize:
        return numpy.zeros(shape, dtype)
    flat = numpy.frombuffer(content, dtype, count, start)
    array = flat.reshape(shape, order="F" if in_columns else "C")
    return array if array.flags.writeable else array.copy(order="K")  # functions may work on it in place


def _encode_pandas(frame: Any) -> Content:
    pyarrow = _untyped("pyarrow")
    check_labels(frame)
    try:
        table = pyarrow.Table.from_pandas(frame)
        check_cells(frame, table)
        return _encode_table(table)
    except (pyarrow.ArrowException, TypeError) as error:
        raise ValueError(f"the frame has no form in Arrow: {error}") from None


def _decode_pandas(content: bytes | bytearray) -> Any:
    pyarrow = _untyped("pyarrow")
    try:
        return _decode_table(content).to_pandas()
    except (pyarrow.ArrowException, KeyError, TypeError) as error:
        raise ValueError(f"no frame of pandas: {error}") from None


def _encode_polars(frame: Any) -> Content:
    import polars

    if any(kind == polars.Object for kind in frame.dtypes):
        raise ValueError("a column of Python objects has no form that is safe to read")
    return _encode_table(frame.to_arrow())


def _decode_polars(content: bytes | bytearray) -> Any:
    polars = _untyped("polars")
    table = _decode_table(content)
    try:
        return polars.from_arrow(table)
    except polars.exceptions.PolarsError as error:
        raise ValueError(f"no frame of polars: {error}") from None


def _encode_table(table: Any) -> Content:
    pyarrow = _untyped("pyarrow")
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def _decode_table(content: bytes | bytearray) -> Any:
    """The table, read and checked by pyarrow: polars' own reader ends the process over a wrong length."""
    pyarrow = _untyped("pyarrow")
    try:
        with pyarrow.ipc.open_stream(pyarrow.BufferReader(content)) as reader:
            table = reader.read_all()
        table.validate(full=True)  # offsets that point elsewhere are found here, before anything follows them
    except (pyarrow.ArrowException, OSError, MemoryError) as error:
        raise ValueError(f"no Arrow table: {error}") from None
    return table


FORMATS = {
    "numpy.ndarray": Format(("numpy",), _encode_array, _decode_array),
    "pandas.DataFrame": Format(("pandas", "pyarrow"), _encode_pandas, _decode_pandas),
    "polars.DataFrame": Format(("polars", "pyarrow"), _encode_polars, _decode_polars),
    "builtins.bytes": Format((), bytes, bytes),
}
"""By the name of the class, as in `project.stored`."""
