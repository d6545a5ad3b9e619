"""Between the server's words and ours: nothing that a node says gets lost, whatever a server sends is survived."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.wire.definitions import FIELDS, implement_input, node_from_server, to_camel, to_snake
from tests.wire.nodes import nodes

RECORDED = Path(__file__).parents[2].parent / "shared" / "reference" / "server-2.2" / "actions.json"


def listed(node: Node) -> dict[str, Any]:
    """``node`` as a server lists it that was told of it by a registration."""
    (implementation,) = implement_input([("interface", node)])["implementations"]
    said = json.loads(json.dumps(implementation["definition"]))
    targets = [
        {**target, "app": {"identifier": target["app"]} if target.get("app") else None}
        for target in said.get("isTestFor", ())
    ]
    return {
        **said,
        "id": "1",
        "app": {"identifier": node.app},
        "hash": node.hash,
        "collections": [{"name": name} for name in said["collections"]],
        "protocols": [],
        "isTestFor": targets,
    }


@settings(max_examples=200)
@given(nodes())
def test_registered_and_listed_it_is_the_same_node(node: Node) -> None:
    assert node_from_server(listed(node)) == node


@given(nodes())
def test_reading_changes_nothing_it_was_given(node: Node) -> None:
    raw = listed(node)
    before = copy.deepcopy(raw)
    node_from_server(raw)
    assert raw == before


def recorded() -> list[Any]:
    if not RECORDED.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="the reference data is not beside the project"))]
    found: list[dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return [pytest.param(raw, id=raw["key"]) for raw in found]


def told(value: Any) -> Any:
    """What a value tells: without nulls, empty lists, and GraphQL's own fields."""
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {key: told(item) for key, item in value.items() if item not in (None, []) and key != "__typename"}
    return value


@pytest.mark.parametrize("raw", recorded())
def test_what_a_real_server_listed_is_read_whole(raw: dict[str, Any]) -> None:
    node = node_from_server(raw)
    assert (node.app, node.hash) == (raw["app"]["identifier"], raw["hash"])
    again = told(listed(node))
    left_out = {"id", "scope", "definedAt", "implementations"}
    expected = {key: value for key, value in told(raw).items() if key not in left_out}
    for field in ("nullable", "stateful", "pure", "idempotent", "isDev"):
        assert (field in expected) == (field in again)
    assert {key: value for key, value in again.items() if key in expected} == expected


# -- what contract 2 does not take -----------------------------------------------------------------------------------


def definition(**fields: Any) -> dict[str, Any]:
    node = read_node({"app": "lab", "key": "f", **fields})
    (implementation,) = implement_input([("f", node)])["implementations"]
    found: dict[str, Any] = implementation["definition"]
    return found


def test_what_contract_2_has_no_word_for_is_left_out() -> None:
    call = {"operation": "gt", "arguments": [{"key": "value", "value_literal": 3}]}
    args = [
        {
            "key": "x",
            "kind": "INT",
            "validators": [{"call": call, "label": "positive"}, {"function": "(x) => x", "source": "x"}],
            "effects": [{"kind": "HIDE", "call": call}, {"kind": "GLOW", "function": "() => 1"}],
            "widget": {"kind": "HOLOGRAM", "depth": 3},
        },
        {"key": "y", "kind": "INT", "widget": {"kind": "CUSTOM", "component": "Dial", "hook": "dial"}},
        {"key": "z", "kind": "INT", "requires": [{"key": "@mikro/bits", "operator": "EXISTS"}]},
    ]
    returns = [{"key": "return0", "kind": "INT", "widget": {"kind": "SLIDER", "min": 0.5}}]
    found = definition(args=args, returns=returns, allow_probe=True, catalogs=["a"], protocols=["p"])
    assert not {"allowProbe", "catalogs", "protocols"} & found.keys()
    assert found["args"] == [
        {"key": "x", "kind": "INT", "nullable": False, "validators": [{"function": "(x) => x"}]},
        {"key": "y", "kind": "INT", "nullable": False, "widget": {"kind": "CUSTOM", "hook": "dial"}},
        {
            "key": "z",
            "kind": "INT",
            "nullable": False,
            "requires": [{"key": "@mikro/bits", "operator": "EXISTS", "value": True}],
        },
    ]
    assert found["returns"] == [{"key": "return0", "kind": "INT", "nullable": False}]


def test_values_of_the_user_keep_their_keys() -> None:
    default: dict[str, Any] = {"camelCase": None, "snake_case": {"innerKey": []}}
    children = [{"key": "camelCase", "kind": "STRING", "nullable": True}]
    node = read_node({"key": "f", "args": [{"key": "x", "kind": "MODEL", "identifier": "m", "children": children}]})
    raw = listed(node)
    raw["args"][0]["default"] = default
    assert node_from_server(raw).args[0].default == default


@pytest.mark.parametrize("name", sorted(frozenset().union(*FIELDS.values())))
def test_names_in_either_case(name: str) -> None:
    assert to_snake(to_camel(name)) == name
    assert to_snake(name) == name
    assert to_camel(to_camel(name)) == to_camel(name)


# -- what no server should send --------------------------------------------------------------------------------------


def nested(depth: int, last: dict[str, Any]) -> dict[str, Any]:
    port = last
    for _ in range(depth):
        port = {"key": "...", "kind": "LIST", "nullable": False, "children": [port]}
    return {**port, "key": "x"}


def findings(**fields: Any) -> list[tuple[str, str]]:
    raw = {"id": "1", "app": {"identifier": "lab"}, "key": "f", "name": "F", "kind": "FUNCTION", "version": "1"}
    with pytest.raises(DefinitionError) as caught:
        node_from_server({**raw, "args": [], "returns": [], **fields})
    return [(finding.code, finding.where) for finding in caught.value.findings]


@pytest.mark.parametrize("side", ["args", "returns"])
def test_what_was_cut_off_is_no_definition(side: str) -> None:
    cut = nested(3, {"key": "..."})
    whole = nested(3, {"key": "...", "kind": "INT"})
    assert findings(**{side: [whole, cut]}) == [("too-deep", ".".join([f"lab/f: {side}.x", "...", "..."]))]


def test_what_was_cut_off_in_a_filter_is_none_either() -> None:
    widget = {"kind": "SEARCH", "filters": [nested(2, {"key": "..."})]}
    ports = [{"key": "x", "kind": "INT", "widget": widget}]
    assert findings(args=ports) == [("too-deep", ".".join(["lab/f: args.x.widget.filters.x", "..."]))]


@pytest.mark.parametrize("depth", [40, 3000])
def test_nested_without_end(depth: int) -> None:
    port = nested(depth, {"key": "...", "kind": "INT"})
    assert [code for code, _ in findings(args=[port])] == ["too-deep"]
    value: Any = 1
    for _ in range(depth * 2):
        value = {"and_so_on": value}
    widget = {"kind": "CUSTOM", "more": value}
    assert [code for code, _ in findings(args=[{"key": "x", "kind": "INT", "widget": widget}])] == ["too-deep"]


def test_all_findings_name_the_node_and_the_place() -> None:
    args = [{"key": "x", "kind": "HOLOGRAM"}, {"kind": "INT"}, {"key": "y", "kind": "INT", "children": 5}]
    assert findings(args=args) == [
        ("unknown-kind", "lab/f: args.0.kind"),
        ("bad-definition", "lab/f: args.1.key"),
        ("bad-definition", "lab/f: args.2.children"),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in ``value`` with each of its keys."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            found += [(value, key), *places(value[key])]
    return found


@settings(max_examples=300)
@given(nodes(), st.data())
def test_anything_at_any_place_is_read_or_refused(node: Node, data: st.DataObject) -> None:
    raw = listed(node)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(raw)))
        holder[key] = data.draw(json_values)
    with suppress(DefinitionError):
        implement_input([("f", node_from_server(raw))])
