"""The store for big objects: what is in them goes there, and tasks carry a short reference.

Arrays, frames, bytes and files travel this way without anybody writing a structure for them. To type checkers the
names below that generated code uses are the classes themselves (`numpy.ndarray`, …); when the code runs they stand for
them, so that importing a stub imports neither numpy nor pandas, and works where they are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    import numpy
    import pandas  # pyright: ignore[reportMissingTypeStubs] - it has no types
    import polars

    from rekuest_codegen.runtime.objects.files import File
    from rekuest_codegen.runtime.objects.kinds import afetch, fetch
    from rekuest_codegen.runtime.objects.settings import lazily, use_store
    from rekuest_codegen.runtime.objects.store import Store

    NDArray: TypeAlias = numpy.ndarray[Any, Any]
    PandasFrame: TypeAlias = pandas.DataFrame
    PolarsFrame: TypeAlias = polars.DataFrame
    Bytes: TypeAlias = bytes

_PLACES = {
    "Bytes": "kinds",
    "File": "files",
    "NDArray": "kinds",
    "PandasFrame": "kinds",
    "PolarsFrame": "kinds",
    "Store": "store",
    "afetch": "kinds",
    "fetch": "kinds",
    "lazily": "settings",
    "use_store": "settings",
}

__all__ = ["Bytes", "File", "NDArray", "PandasFrame", "PolarsFrame", "Store", "afetch", "fetch", "lazily", "use_store"]


__getattr__ = lazy(__name__, _PLACES)
