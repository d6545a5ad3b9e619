"""Nodes of every shape that contract 2 can express, with everything that decorates ports there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from rekuest_codegen.ir import Node, read_node

Raw = dict[str, Any]

LEVELS = 3
"""Ports in ports: as many as are asked of a filter, which nests like ports."""
TEXTS = st.sampled_from(["a", "camelCase", "snake_case", "é", '"', "\n", "null", "x" * 30])
VALUES = st.sampled_from([0, -1.5, "text", False, {"camelCase": None, "snake_case": [1]}, ["a", None]])
LEAVES: list[Raw] = [
    *({"kind": kind} for kind in ("INT", "FLOAT", "STRING", "BOOL", "DATE", "QUANTITY")),
    {"kind": "INT", "default": 0},
    {"kind": "BOOL", "default": False},
    {"kind": "STRING", "default": ""},
    {"kind": "QUANTITY", "reference_unit": "meter", "proposed_units": ["um"], "dimension": "[length]"},
    {"kind": "ENUM", "identifier": "e", "choices": [{"value": "A", "label": "a", "image": "i", "description": "d"}]},
    {"kind": "STRUCTURE", "identifier": "@lab/image"},
    {"kind": "MEMORY_STRUCTURE", "identifier": "@lab/camera"},
    {"kind": "INTERFACE", "identifier": "@lab/drawable"},
]
EFFECTS: list[Raw] = [
    {"kind": "MESSAGE", "message": "m"},
    {"kind": "HIDE", "fade": False},
    {"kind": "CUSTOM", "hook": "h"},
]
WIDGETS: list[Raw] = [
    {"kind": "SLIDER", "min": 0, "max": 1.5, "step": 0.1, "follow_value": "y"},
    {"kind": "STRING", "placeholder": "p", "as_paragraph": False},
    {"kind": "CHOICE", "choices": [{"value": "A", "label": "a", "description": "d"}]},
    {"kind": "SEARCH", "query": "q", "ward": "w", "dependencies": ["x"]},
    {"kind": "CUSTOM", "hook": "h", "ward": "w"},
    {"kind": "PROXY", "target_port": "p", "target_action": "a", "target_dependency": "d"},
    {
        "kind": "STATE_CHOICE",
        "state_path": "s",
        "dependency": "d",
        "state_accessors": [{"option_key": "LABEL", "sub_path": "l"}],
    },
]
RETURN_WIDGETS: list[Raw] = [WIDGETS[2], WIDGETS[4]]


def some(draw: st.DrawFn, **fields: Callable[[], Any]) -> Raw:
    """One of these fields, or none, or all of them."""
    chosen = draw(st.sampled_from([[], list(fields), *([name] for name in fields)]))
    return {name: fields[name]() for name in chosen}


def port(draw: st.DrawFn, side: str, levels: int) -> Raw:
    def inner(key: str) -> Raw:
        return {**port(draw, side, levels - 1), "key": key}

    def effects() -> list[Raw]:
        return [
            {
                "function": "() => 1",
                "dependencies": ["y"],
                **draw(st.sampled_from(EFFECTS)),
            }
        ]

    def widget() -> Raw:
        chosen: Raw = draw(st.sampled_from(RETURN_WIDGETS if side == "returns" else WIDGETS))
        return {**chosen, "filters": [port(draw, "filters", LEVELS)]} if chosen["kind"] == "SEARCH" else chosen

    def descriptors() -> list[Raw]:
        return [{"key": "k", "operator": "EQUALS", "value": draw(VALUES)}]

    shape = draw(st.sampled_from(["LEAF", "LEAF", "LIST", "DICT", "UNION", "MODEL"])) if levels > 1 else "LEAF"
    held: Raw
    if shape == "LEAF":
        held = draw(st.sampled_from(LEAVES))
    elif shape in ("LIST", "DICT"):
        held = {"kind": shape, "children": [inner("...")]}
    else:
        held = {
            "kind": shape,
            "identifier": "@lab/model",
            "children": [inner(str(n)) for n in range(draw(st.integers(1, 2)))],
        }
    more: dict[str, Callable[[], Any]] = {
        "label": lambda: draw(TEXTS),
        "description": lambda: draw(TEXTS),
        "nullable": lambda: True,
        "effects": effects,
    }
    if side != "returns":
        checks = [{"function": "(x) => x", "dependencies": ["y"], "label": "l", "error_message": "e"}]
        more |= {"requires": descriptors, "validators": lambda: checks}
    if side != "filters":
        more |= {"widget": widget}
    if side == "returns":
        more |= {"provides": descriptors}
        held = {field: value for field, value in held.items() if field != "default"}
    return {"key": draw(TEXTS), **held, **some(draw, **more)}


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    sides = {
        side: [{**port(draw, side, LEVELS), "key": f"p{n}"} for n in range(draw(st.integers(0, 2)))]
        for side in ("args", "returns")
    }
    more = some(
        draw,
        description=lambda: draw(TEXTS),
        stateful=lambda: True,
        pure=lambda: True,
        idempotent=lambda: True,
        is_dev=lambda: True,
        collections=lambda: [draw(TEXTS)],
        is_test_for=lambda: [{"hash": "h"}, {"app": "a", "key": "k", "version": "1"}],
        port_groups=lambda: [
            {
                "key": "g",
                "title": "t",
                "description": "d",
                "ports": ["p0"],
                "effects": [{"function": "f", **EFFECTS[0]}],
            }
        ],
    )
    named = {field: draw(TEXTS) for field in ("app", "key", "name", "version")}
    kind = draw(st.sampled_from(["FUNCTION", "GENERATOR"]))
    return read_node({**named, "hash": "h", "kind": kind, **sides, **more})
