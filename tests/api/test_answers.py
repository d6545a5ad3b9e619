"""Our documents executed against each contract: what a server of it would answer, read back whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLSchema, coerce_input_value, execute, parse
from hypothesis import given, settings

from rekuest_codegen.api.contracts import Contract, enumeration
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.wire.definitions import implement_input, node_from_server
from tests.wire.nodes import nodes

Schemas = Callable[[str], GraphQLSchema]
WIDGETS = {"STATE_CHOICE": "StateChoiceAssignWidget", "PROXY": "ProxyWidget"}


def answer(schema: GraphQLSchema, contract: Contract, action: dict[str, Any]) -> dict[str, Any]:
    """What is left of ``action`` after the document has asked for it."""
    result = execute(schema, parse(enumeration(contract)), {"actions": [action]})
    assert not hasattr(result, "__await__")
    assert result.errors is None
    assert result.data is not None
    (found,) = result.data["actions"]
    return dict(found)


def typed(ports: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    """``ports`` with what a server adds: flags, the names of the types behind an interface."""
    found: list[dict[str, Any]] = []
    for port in ports:
        given = {"nullable": False, **port}
        if widget := given.get("widget"):
            kind = widget["kind"]
            plain = {"placeholder": "", "asParagraph": False, "query": "", "ward": "", "hook": "", "statePath": ""}
            given["widget"] = {"__typename": WIDGETS.get(kind, f"{kind.title()}{side}Widget"), **plain, **widget}
            if "filters" in widget:
                given["widget"]["filters"] = typed(widget["filters"], "Assign")
        given["effects"] = effects(given.get("effects"))
        given["children"] = typed(given.get("children") or [], side) or None
        found.append(given)
    return found


def effects(given: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    plain = {"dependencies": [], "message": "", "fade": True, "hook": "", "ward": ""}
    return [{"__typename": f"{one['kind'].title()}Effect", **plain, **one} for one in given or []]


def said(node: Node) -> dict[str, Any]:
    (implementation,) = implement_input([("f", node)])["implementations"]
    found: dict[str, Any] = implementation["definition"]
    return found


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_contract_2_gives_back_what_was_registered(name: str, schema: Schemas) -> None:
    known = schema(name)

    @settings(max_examples=60)
    @given(nodes())
    def check(node: Node) -> None:
        definition = said(node)
        action = {
            **definition,
            "id": "1",
            "hash": node.hash,
            "app": {"identifier": node.app},
            "collections": [{"name": name} for name in definition["collections"]],
            "protocols": [],
            "isTestFor": [],
            "implementations": [],
            "portGroups": [{**group, "effects": effects(group.get("effects"))} for group in definition["portGroups"]],
            "args": typed(definition["args"], "Assign"),
            "returns": typed(definition["returns"], "Return"),
        }
        expected = node.model_dump(mode="json")
        found = node_from_server(answer(known, Contract.TWO, action)).model_dump(mode="json")
        assert meant(found) == meant({**expected, "is_test_for": []})

    check()


def meant(value: Any) -> Any:
    """Without what a server adds by itself: empty texts, empty lists, the ``fade`` of every effect, nulls."""
    if isinstance(value, list):
        return [meant(item) for item in value]
    if isinstance(value, dict):
        kept = {key: meant(item) for key, item in value.items() if item not in (None, [], "") and item is not False}
        if kept.get("kind") == "HIDE":
            kept.setdefault("fade", False)
        return kept
    return value


def test_contract_10_gives_back_what_was_registered(schema: Schemas) -> None:
    call = {"operation": "gt", "arguments": [{"key": "value", "valueList": [{"valueLiteral": {"camelCase": None}}]}]}
    calls = {"call": call, "callJson": call}
    props = [
        {"key": "style", "staticValue": {"camelCase": None}},
        {"key": "live", "dynamicValue": {"literal": "l", "path": "a.b"}, "declaresValue": "v"},
        {"key": "press", "agentCall": {"dependency": "d", **call}, "utilCall": call},
    ]
    dial: dict[str, Any] = {"__typename": "CustomAssignWidget", "kind": "CUSTOM", "component": "Dial", "props": props}
    slider = {"__typename": "SliderAssignWidget", "kind": "SLIDER", "min": 0.0, "max": 1.0}
    shelf = {
        "__typename": "StateChoiceAssignWidget",
        "kind": "STATE_CHOICE",
        "stateCall": call,
        "stateAccessors": [{"optionKey": "LABEL", "path": "a.b", "call": call}],
    }
    x = {
        "key": "x",
        "kind": "FLOAT",
        "nullable": True,
        "default": 0.5,
        "validators": [{**calls, "dependencies": ["y"], "label": "l", "errorMessage": "e", "source": "x > 3"}],
        "effects": [
            {"__typename": "HideEffect", "kind": "HIDE", **calls, "dependencies": [], "source": "s", "fade": True}
        ],
        "widget": {**dial, "fallback": {**dial, "props": None, "fallback": slider}},
        "requires": [{"key": "k", "operator": "EXISTS"}],
    }
    action = {
        "id": "1",
        "hash": "h",
        "key": "f",
        "name": "F",
        "version": "2",
        "kind": "FUNCTION",
        **dict.fromkeys(["stateful", "pure", "idempotent", "isDev", "allowProbe"], True),
        "app": {"identifier": "lab"},
        "collections": [{"name": "c"}],
        "protocols": [{"name": "p"}],
        "isTestFor": [{"hash": "t", "key": "g", "version": "1", "app": {"identifier": "lab"}}],
        "portGroups": [],
        "args": [x, {"key": "s", "kind": "STRING", "nullable": False, "widget": shelf}],
        "returns": [{"key": "return0", "kind": "INT", "nullable": False}],
        "implementations": [],
    }
    snake = {"operation": "gt", "arguments": [{"key": "value", "value_list": [{"value_literal": {"camelCase": None}}]}]}
    node = node_from_server(answer(schema("ten"), Contract.TEN, action))
    plain = node.model_dump(mode="json", exclude_defaults=True)
    assert node.allow_probe
    assert plain["protocols"] == ["p"]
    assert plain["is_test_for"] == [{"hash": "t", "app": "lab", "key": "g", "version": "1"}]
    read = plain["args"][0]
    assert read["default"] == 0.5
    assert read["validators"] == [
        {"dependencies": ["y"], "label": "l", "error_message": "e", "source": "x > 3", "call": snake}
    ]
    assert read["effects"] == [{"kind": "HIDE", "call": snake, "source": "s", "fade": True}]
    assert read["requires"] == [{"key": "k", "operator": "EXISTS"}]
    assert read["widget"] == {
        "kind": "CUSTOM",
        "component": "Dial",
        "props": [
            {"key": "style", "static_value": {"camelCase": None}},
            {"key": "live", "dynamic_value": {"literal": "l", "path": "a.b"}, "declares_value": "v"},
            {"key": "press", "agent_call": {"dependency": "d", **snake}, "util_call": snake},
        ],
        "fallback": {
            "kind": "CUSTOM",
            "component": "Dial",
            "fallback": {"kind": "SLIDER", "min": 0.0, "max": 1.0},
        },
    }
    assert plain["args"][1]["widget"] == {
        "kind": "STATE_CHOICE",
        "state_call": snake,
        "state_accessors": [{"option_key": "LABEL", "path": "a.b", "call": snake}],
    }
    assert read_node(node.model_dump(mode="json")) == node


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_registrations_are_what_the_contract_takes(name: str, schema: Schemas) -> None:
    kind = schema(name).type_map["ImplementAgentInput"]
    assert isinstance(kind, GraphQLInputObjectType)

    @settings(max_examples=100)
    @given(nodes(), nodes())
    def check(one: Node, other: Node) -> None:
        sent = {**implement_input([("one", one), ("other", other)]), "name": "agent", "hash": "h"}
        refused: list[str] = []
        coerce_input_value(sent, kind, lambda path, _, error: refused.append(f"{path}: {error.message}"))
        assert refused == []

    check()
