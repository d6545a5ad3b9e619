"""Nodes of the app big."""

import importlib as _importlib
import typing as _t

_PLACES = {
    "Inner": "..types",
    "Mode": "..types",
    "Model0": "..types",
    "Model1": "..types",
    "Model2": "..types",
    "Node0Args": "._part003",
    "Node1Args": "._part001",
    "Node2Args": "._part007",
    "Node3Args": "._part005",
    "Node4Args": "._part006",
    "anode_0": "._part003",
    "anode_1": "._part001",
    "anode_2": "._part007",
    "anode_3": "._part005",
    "anode_4": "._part006",
    "node_0": "._part003",
    "node_1": "._part001",
    "node_2": "._part007",
    "node_3": "._part005",
    "node_4": "._part006",
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
