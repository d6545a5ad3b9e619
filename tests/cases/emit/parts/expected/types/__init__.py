"""Classes that the nodes of this package take and give."""

import importlib as _importlib
import typing as _t

_PLACES = {
    "Inner": "._part001",
    "Mode": "._part000",
    "Model0": "._part002",
    "Model1": "._part003",
    "Model2": "._part004",
}


def __getattr__(name: str) -> _t.Any:
    if name == "__all__":
        return sorted(_PLACES)
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_importlib.import_module(_PLACES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
