"""Definitions that cannot be expressed are refused with place and reason; nothing makes the check itself fail."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import MAX_DEPTH, read_node


def node(**port: Any) -> dict[str, Any]:
    return {"app": "lab", "key": "f", "args": [{"key": "x", **port}]}


INT = {"key": "...", "kind": "INT"}


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (node(kind="HOLOGRAM"), "unknown-kind", "lab/f: args.0.kind"),
        (node(kind="LIST"), "no-child", "lab/f: args.x"),
        (node(kind="LIST", children=[INT, INT]), "no-child", "lab/f: args.x"),
        (node(kind="UNION"), "no-child", "lab/f: args.x"),
        (node(kind="ENUM"), "no-choices", "lab/f: args.x"),
        (node(kind="STRUCTURE"), "no-identifier", "lab/f: args.x"),
        (node(kind="INT", default="three"), "bad-default", "lab/f: args.x"),
        (node(kind="INT", default=True), "bad-default", "lab/f: args.x"),
        (node(kind="LIST", children=[INT], default=[1, "b"]), "bad-default", "lab/f: args.x"),
        (node(kind="DATE", default="yesterday"), "bad-default", "lab/f: args.x"),
        (node(kind="ENUM", choices=[{"value": "A", "label": "A"}], default="B"), "bad-default", "lab/f: args.x"),
        (node(kind="UNION", children=[INT], default={"__use": 4, "__value": 1}), "bad-default", "lab/f: args.x"),
        (node(kind="INT", colour="red"), "bad-definition", "lab/f: args.0.colour"),
        ({"key": "f", "args": [{"key": "x", "kind": "INT"}] * 2}, "duplicate-port", "f: args.x"),
        ({"args": []}, "bad-definition", "?: key"),
    ],
)
def test_refused(raw: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_node(raw)
    assert (code, place) in {(finding.code, finding.where) for finding in caught.value.findings}
    assert "\n" not in str(caught.value.findings[0])


@pytest.mark.parametrize("default", [3, "x", {"__use": 1, "__value": "x"}])
def test_union_defaults_tagged_and_not(default: Any) -> None:
    port = node(kind="UNION", children=[{"key": "0", "kind": "INT"}, {"key": "1", "kind": "STRING"}], default=default)
    assert read_node(port).args[0].default == default


def nested(depth: int) -> dict[str, Any]:
    port: dict[str, Any] = {"key": "...", "kind": "INT"}
    for _ in range(depth - 1):
        port = {"key": "...", "kind": "LIST", "children": [port]}
    return {"key": "f", "args": [{**port, "key": "x"}]}


def test_depth() -> None:
    read_node(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 60, 5000):
        with pytest.raises(DefinitionError, match="too-deep"):
            read_node(nested(depth))


def deep_json(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_too_deep_is_named() -> None:
    def said(raw: Mapping[str, Any]) -> str:
        with pytest.raises(DefinitionError) as caught:
            read_node({"app": "lab", **raw})
        return str(caught.value)

    ports = "too-deep: nested deeper than 32 ports"
    assert said(nested(60)).startswith("lab/f: args.x.......")
    assert said(nested(60)).endswith(ports)
    x, y = ({"key": key, "kind": "LIST", "nullable": True, "children": [{"key": "...", "kind": "INT"}]} for key in "xy")
    assert said({"key": "f", "args": [x, {**y, "default": deep_json(900)}]}).startswith(
        "lab/f: args.y: too-deep: its default is nested deeper than a definition may be"
    )
    inner = {"key": "...", "kind": "INT", "strange": deep_json(900)}
    assert "lab/f: returns.x....: too-deep: its strange is" in said(
        {"key": "f", "returns": [{**x, "children": [inner]}]}
    )
    assert said({"key": "f", "strange": deep_json(100)}).startswith("lab/f: too-deep: its strange is nested")
    # Just too deep, by one level: it is still named.
    for depth in range(60, 100):
        raw = {"key": "f", "args": [{**y, "widget": {"kind": "CUSTOM", "hook": deep_json(depth)}}]}
        with suppress(DefinitionError):
            read_node(raw)
            continue
        assert "args.y: too-deep: its widget is" in said(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["INT", "LIST", "DICT", "UNION", "MODEL", "ENUM", "DATE", "STRUCTURE", "NOPE", 3, None])


@given(
    st.dictionaries(st.sampled_from(["key", "args", "returns", "kind", "portGroups", "app"]), json_values),
    KINDS,
    json_values,
)
def test_anything_gives_a_node_or_findings(raw: dict[str, Any], kind: Any, junk: Any) -> None:
    for candidate in (raw, {"key": "f", "args": [{"key": "x", "kind": kind, "children": junk, "default": junk}]}):
        with suppress(DefinitionError):
            read_node(candidate)
