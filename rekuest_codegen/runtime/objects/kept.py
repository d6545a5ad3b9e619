"""What Arrow keeps of a pandas frame. In columns of Python objects it finds a type of its own choice."""

from __future__ import annotations

from importlib import import_module
from numbers import Integral
from typing import Any

from rekuest_codegen.shapes import is_array, is_object

_KEPT = frozenset({"string", "empty", "bytes", "boolean", "decimal", "date", "datetime", "time", "timedelta"})
"""Kinds of objects that come back as they were, as pandas calls them."""


def check_labels(frame: Any) -> None:
    """Raises ValueError: the columns have labels that would come back as others."""
    kind = _kind(frame.columns, missing_too=True)
    if _holds_objects(frame.columns) and kind not in ("string", "empty"):
        raise ValueError(f"the frame's columns have labels of kind {kind}, which would come back as texts; rename them")


def check_cells(frame: Any, table: Any) -> None:
    """Raises ValueError: a cell or a label of a row would come back from ``table``, which was made of ``frame``, as
    something else."""
    doubtful = [
        place
        for place in range(len(frame.columns))
        if _holds_objects(frame.iloc[:, place]) and _kind(frame.iloc[:, place]) not in _KEPT
    ]
    index = _holds_objects(frame.index) and _kind(frame.index, missing_too=True) not in _KEPT
    if not doubtful and not index:
        return
    back = table.to_pandas()
    for place in doubtful:
        _check(f"column {frame.columns[place]!r}", frame.iloc[:, place], back.iloc[:, place])
    if index:
        _check("the index", frame.index, back.index)


def _check(name: str, given: Any, back: Any) -> None:
    for row, (cell, other) in enumerate(zip(given, back, strict=True)):
        if not _is_kept(cell, other):
            kind = type(cell).__name__
            raise ValueError(f"{name} of the frame: Arrow would change the {kind} in row {row}; give it a dtype")


def _kind(labelled: Any, *, missing_too: bool = False) -> str:
    return str(import_module("pandas").api.types.infer_dtype(labelled, skipna=not missing_too))


def _holds_objects(labelled: Any) -> bool:
    """Whether a column or an index is one of Python objects; one of several levels only looks like it."""
    return getattr(labelled, "nlevels", 1) == 1 and str(labelled.dtype) == "object"


def _is_kept(cell: Any, back: Any) -> bool:
    """Whether a cell comes back as it was. Lists come back as arrays, and what is missing as what is missing there."""
    if is_object(cell):
        return is_object(back) and cell.keys() == back.keys() and all(_is_kept(cell[key], back[key]) for key in cell)
    if _is_row(cell):
        return _is_row(back) and len(cell) == len(back) and all(map(_is_kept, cell, back))
    if cell is None or cell != cell:
        return back is None or bool(back != back)
    if isinstance(cell, set | frozenset) or isinstance(cell, bool) != isinstance(back, bool):
        return False
    return isinstance(cell, Integral) == isinstance(back, Integral) and bool(cell == back)


def _is_row(cell: Any) -> bool:
    return is_array(cell) or isinstance(cell, tuple) or (hasattr(cell, "__array_interface__") and cell.ndim > 0)
