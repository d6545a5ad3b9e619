"""Nothing escapes the table: whatever differs between two nodes is at least one change, whatever does not is none."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from rekuest_codegen.ir import Node, Port, PortKind
from rekuest_codegen.ir.compare import RULES, Change, compare
from tests.ir import anything

ITEM = {"key": "...", "kind": "INT"}
TWO: dict[str, tuple[Any, Any]] = {
    "label": ("a", "b"),
    "description": (None, "b"),
    "identifier": ("@a/b", "@literal/a"),
    "nullable": (False, True),
    "default": (1, 1.0),
    "children": ([ITEM], [{**ITEM, "key": "0"}]),
    "choices": ([{"value": 1, "label": "1"}], [{"value": True, "label": "1"}]),
    "reference_unit": ("m", "s"),
    "proposed_units": ([], ["m"]),
    "dimension": (None, "[length]"),
    "effects": ([], [{"kind": "HIDE"}]),
    "validators": ([{"function": "(x) => x > 3"}], [{"function": "(x) => x > 3", "label": "b"}]),
    "widget": ({"kind": "SLIDER", "min": 0}, {"kind": "SLIDER", "min": 0.0}),
    "requires": ([], [{"key": "a", "operator": "EQUALS"}]),
    "provides": ([{"key": "a", "operator": "EQUALS", "value": 1}], [{"key": "a", "operator": "EQUALS", "value": 2}]),
}
SETS = ("collections", "protocols", "catalogs")
MIRRORED = {
    "node-removed": "node-added",
    "arg-removed": "arg-added",
    "arg-field-removed": "arg-field-added",
    "return-field-removed": "return-field-added",
    "arg-choice-removed": "arg-choice-added",
    "return-choice-removed": "return-choice-added",
    "arg-check-removed": "arg-check-added",
    "arg-requirement-removed": "arg-requirement-added",
    "return-promise-removed": "return-promise-added",
}


def said(node: Node) -> str:
    """Everything a node says, as text. Where it was read is not part of it, nor is the order of what is a set."""
    plain = node.model_dump(mode="json", exclude={"hash"})
    for name in SETS:
        plain[name] = sorted(plain[name])
    return json.dumps(plain, sort_keys=True)


@pytest.mark.parametrize(("model", "fields"), anything.MODELS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_strategies_reach_every_field(model: type[BaseModel], fields: anything.Fields) -> None:
    known = set(model.model_fields) - ({"hash"} if model is Node else set())
    assert known <= set(fields)


@pytest.mark.parametrize("kind", PortKind)
@pytest.mark.parametrize("side", ["args", "returns"])
def test_every_field_of_a_port_counts(kind: PortKind, side: str) -> None:
    assert {*TWO, "key", "kind"} == set(Port.model_fields)
    shapes: list[Any] = [lambda port: port, lambda port: {"key": "x", "kind": "LIST", "children": [port]}]
    for (field, values), shape in itertools.product(TWO.items(), shapes):
        old, new = (
            Node.model_validate({"key": "f", side: [shape({"key": "x", "kind": kind, field: value})]})
            for value in values
        )
        assert compare([old], [new]), field
        assert compare([new], [old]), field


@given(st.data())
def test_one_field_changed_is_a_change(data: st.DataObject) -> None:
    raw = data.draw(anything.NODES)
    old, new = Node.model_validate(raw), Node.model_validate(data.draw(anything.mutants(raw)))
    changes = compare([old], [new])
    assert bool(changes) is (said(old) != said(new))


@settings(max_examples=40)
@given(anything.NODES, anything.NODES)
def test_any_two_nodes_are_alike_or_changed(first: Any, second: Any) -> None:
    old, new = Node.model_validate(first), Node.model_validate({**second, "key": first["key"], "app": "lab"})
    changes = compare([old.model_copy(update={"app": "lab"})], [new])
    assert bool(changes) is (said(old.model_copy(update={"app": "lab"})) != said(new))


@settings(max_examples=40)
@given(st.lists(anything.NODES, max_size=4))
def test_nothing_changed_is_no_change(raws: list[Any]) -> None:
    nodes = [Node.model_validate(raw) for raw in raws]
    assert compare(nodes, [Node.model_validate(raw) for raw in reversed(raws)]) == ()


@settings(max_examples=40)
@given(st.data())
def test_what_is_added_one_way_is_removed_the_other(data: st.DataObject) -> None:
    raws = data.draw(st.lists(anything.NODES, max_size=3))
    mutated = [data.draw(anything.mutants(raw)) for raw in data.draw(st.permutations(raws))]
    old, new = ([Node.model_validate(raw) for raw in side] for side in (raws, mutated))
    there, back = compare(old, new), compare(new, old)
    if any("renamed" in change.rule.id for change in (*there, *back)):
        return  # a place is named after what it was called
    for removed, added in MIRRORED.items():
        assert _places(there, removed) == _places(back, added)
        assert _places(there, added) == _places(back, removed)


def _places(changes: tuple[Change, ...], rule: str) -> Counter[tuple[str, str, str]]:
    """Where a rule applied; unions aside, whose alternatives have no names to be known by."""
    return Counter(
        (change.node, change.place, change.detail)
        for change in changes
        if change.rule.id.startswith(rule) and "|" not in change.place
    )


def test_what_no_json_holds_is_compared_all_the_same() -> None:
    node = Node.model_validate({"key": "f", "args": [{"key": "x", "kind": "FLOAT", "default": math.nan}]})
    again = Node.model_validate({"key": "f", "args": [{"key": "x", "kind": "FLOAT", "default": float("nan")}]})
    assert compare([node], [again]) == ()
    assert set(MIRRORED) <= set(RULES)
