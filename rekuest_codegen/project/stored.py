"""Classes of other people that travel without anybody declaring them: arrays, frames and bytes go to the object store.

One table: the scanner takes the identifiers from it, generated code the classes. What a project says of these classes
itself counts more.
"""

from __future__ import annotations

from collections.abc import Mapping

STORED: Mapping[str, str] = {
    "numpy.ndarray": "@rekuest/ndarray",
    "pandas.DataFrame": "@rekuest/pandas-frame",
    "polars.DataFrame": "@rekuest/polars-frame",
    "builtins.bytes": "@rekuest/bytes",
}
"""The identifier each travels under, by the name that people write."""

OTHER_NAMES: Mapping[str, str] = {
    "numpy.typing.NDArray": "numpy.ndarray",
    "pandas.core.frame.DataFrame": "pandas.DataFrame",
    "polars.dataframe.DataFrame": "polars.DataFrame",
    "polars.dataframe.frame.DataFrame": "polars.DataFrame",
}
"""Where the same classes can be met too."""

BOUND: Mapping[str, str] = {
    "@rekuest/ndarray": "rekuest_codegen.runtime.objects:NDArray",
    "@rekuest/pandas-frame": "rekuest_codegen.runtime.objects:PandasFrame",
    "@rekuest/polars-frame": "rekuest_codegen.runtime.objects:PolarsFrame",
    "@rekuest/bytes": "rekuest_codegen.runtime.objects:Bytes",
    "@rekuest/file": "rekuest_codegen.runtime.objects:File",
}
"""The class that stands for each in generated code, which runs where numpy and the others may be missing."""


def stored_name(dotted: str) -> str | None:
    """The name of a stored class in `STORED`, wherever it was met; None for all other names."""
    name = OTHER_NAMES.get(dotted, dotted)
    return name if name in STORED else None
