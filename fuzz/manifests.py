"""Manifests that a stranger wrote, or changed by hand: nodes as we write them, spoiled in some places."""

from __future__ import annotations

import json
from typing import Any

from fuzz.definitions import SPITEFUL, Source, definitions
from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import read_node
from rekuest_codegen.ir.records import record

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 10**400, float("nan"), float("inf"), "", "1", "FUNCTION", "MODEL", "\ud800"),
    *([], {}, [None], {"key": "x"}, [{"key": "x", "kind": "INT"}], {"kind": "INT"}, [[[]]], {"": {"": {}}}),
)
_HEAD, _TAIL = '{\n  "format": 1,\n  "provenance": {},\n  "files": {\n\n  },\n  "nodes": [\n', "\n  ]\n}\n"
"""What stands around the nodes where each has a line, as we write them."""
NAMES = (
    "default",
    "nullable",
    "children",
    "choices",
    "widget",
    "validators",
    "errorMessage",
    "isTestFor",
    "kind",
    "key",
)


def manifest(source: Source) -> str:
    """The text of a manifest, or of something that nearly is one."""
    nodes: list[Any] = []
    for raw in definitions(source, most=3):
        try:
            nodes.append(json.loads(record(read_node(raw)).text))
        except DefinitionError:
            nodes.append(raw)
    whole: dict[str, Any] = {"format": 1, "provenance": {}, "files": {}, "nodes": nodes}
    for _ in range(source.randint(0, 3)):
        _spoil(source, nodes if source.randint(0, 9) else whole)
    if (
        whole.get("nodes") is not nodes
        or set(whole) != {"format", "provenance", "files", "nodes"}
        or source.randint(0, 1)
    ):
        return json.dumps(whole)
    sort = source.randint(0, 3) > 0
    lines = (f"    {json.dumps(node, sort_keys=sort, separators=(',', ':'))}" for node in nodes)
    return _HEAD + ",\n".join(lines) + _TAIL


def _spoil(source: Source, value: Any) -> None:
    """Change something in ``value``, however deep."""
    while True:
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = keys[source.randint(0, len(keys) - 1)]
        inner = value[key]
        if isinstance(inner, dict | list) and inner and source.randint(0, 3):
            value = inner
            continue
        how = source.randint(0, 3)
        odd = ODD[source.randint(0, len(ODD) - 1)]
        if how == 0:
            value[key] = odd
        elif how == 1:
            value[key] = SPITEFUL[source.randint(0, len(SPITEFUL) - 1)]
        elif how == 2:
            del value[key]
        elif isinstance(value, dict):
            value[NAMES[source.randint(0, len(NAMES) - 1)]] = odd
        else:
            value.append(odd)
        return
