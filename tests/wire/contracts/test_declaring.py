"""What an agent declares: what its server reads of it is what was declared, and the rest is left out."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.wire.contracts import ten_declaration as ten
from rekuest_codegen.wire.contracts.declaring import declaration
from rekuest_codegen.wire.definitions import Terms
from tests.wire.nodes import nodes

WORDS_OF_TWO = ("validators", "effects", "widget", "port_groups")


def declared(node: Node, terms: Terms | None = None, **more: Any) -> dict[str, Any]:
    said = declaration("lab", "h", [("f", node)], terms={"f": terms} if terms else {}, states=more.get("states", ()))
    read: dict[str, Any] = json.loads(msgspec.json.encode(said))
    return read


def port(**more: Any) -> Node:
    return read_node(
        {"key": "f", "name": "F", "version": "1", "kind": "FUNCTION", "args": [{"key": "x", "kind": "INT", **more}]}
    )


def plain(value: Any) -> Any:
    """Without what decorates, and without what says nothing."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        said = {
            key: item if key == "default" else plain(item) for key, item in value.items() if key not in WORDS_OF_TWO
        }
        return {key: item for key, item in said.items() if item not in (None, [], False)}
    return value


@settings(max_examples=100)
@given(nodes())
def test_what_is_declared_is_read_strictly_and_is_the_same_node(node: Node) -> None:
    (implementation,) = declared(node)["implementations"]
    msgspec.convert(implementation, ten.Implementation)
    again = read_node({**implementation["definition"], "app": node.app})
    assert plain(again.model_dump(mode="json", exclude={"hash"})) == plain(
        node.model_dump(mode="json", exclude={"hash"})
    )


@pytest.mark.parametrize(
    ("validator", "call"),
    [
        ({"function": "(x) => x > 3"}, {"operation": "gt", "b": 3}),
        ({"function": "(x) => x <= 0.5"}, {"operation": "lte", "b": 0.5}),
        ({"function": "(x) => x.length >= 1 && x.length <= 2"}, {"operation": "len_between", "min": 1, "max": 2}),
        ({"function": "(x) => isPrime(x)"}, None),
    ],
)
def test_bounds_are_said_in_words_of_contract_10(validator: dict[str, Any], call: dict[str, Any] | None) -> None:
    node = port(validators=[{**validator, "label": "l"}])
    (argument,) = declared(node)["implementations"][0]["definition"]["args"]
    found = [
        {
            "operation": one["call"]["operation"],
            **{part["key"]: part["value_literal"] for part in one["call"]["arguments"] if "value_literal" in part},
        }
        for one in argument.get("validators", [])
    ]
    assert found == ([] if call is None else [call])


@pytest.mark.parametrize(
    ("widget", "kept"),
    [
        ({"kind": "SLIDER", "min": 0, "max": 1}, {"kind": "SLIDER", "min": 0.0, "max": 1.0}),
        ({"kind": "CHOICE", "choices": [{"value": "a", "label": "A"}]}, {"kind": "CHOICE"}),
        ({"kind": "CUSTOM", "hook": "h", "ward": "w"}, None),
        ({"kind": "CUSTOM", "component": "Knob"}, {"kind": "CUSTOM", "component": "Knob"}),
        ({"kind": "FUTURE"}, None),
    ],
)
def test_widgets_are_those_of_contract_10(widget: dict[str, Any], kept: dict[str, Any] | None) -> None:
    (argument,) = declared(port(widget=widget))["implementations"][0]["definition"]["args"]
    assert argument.get("widget") == kept


def test_terms_states_and_locks_are_declared() -> None:
    terms = Terms(locks=("stage",), manipulates=("position",), effects="IRREVERSIBLE")
    said = declared(port(), terms, states=[("position", port().args)])
    (implementation,) = said["implementations"]
    assert (implementation["locks"], implementation["manipulates"]) == (["stage"], ["position"])
    assert implementation["effects"] == "IRREVERSIBLE"
    assert said["locks"] == [{"key": "stage", "definition": {"key": "stage"}}]
    assert said["states"] == [
        {"interface": "position", "definition": {"name": "position", "ports": [{"key": "x", "kind": "INT"}]}}
    ]
    assert (said["name"], said["hash"]) == ("lab", "h")
