"""Canonical JSON, the hashes, and that nothing is lost between reading and writing a definition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import Node, canonical_json, content_hash, definition, definition_hash, read_node

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "definitions" / "expected_newest.json"
MISFITS = {"default_str_int_literal", "default_int_bool_literal", "mk_default_wrong_type"}
"""Upstream derives these with a default that is not of the port's kind; we refuse them."""


def corpus() -> list[dict[str, Any]]:
    if not REFERENCE.exists():
        return []
    entries = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return [entry for entry in entries if "definition_full" in entry]


@pytest.mark.parametrize("entry", corpus(), ids=lambda entry: f"{entry['function']}-{entry['mode'][:24]}")
def test_corpus_is_kept_without_loss(entry: dict[str, Any]) -> None:
    expected = entry["definition_full"]
    if entry["function"] in MISFITS:
        with pytest.raises(DefinitionError, match="bad-default"):
            read_node(expected)
        return
    node = read_node(expected)
    written = definition(node)
    if "protocols" not in expected:
        assert written.pop("protocols") == []
    assert written == expected
    assert definition_hash(node) == entry["definition_hash"]


def test_camel_case_is_the_same_definition() -> None:
    snake = {"key": "f", "port_groups": [{"key": "g"}], "args": [{"key": "x", "kind": "INT", "proposed_units": ["m"]}]}
    camel = {"key": "f", "portGroups": [{"key": "g"}], "args": [{"key": "x", "kind": "INT", "proposedUnits": ["m"]}]}
    assert read_node(snake) == read_node(camel)


def test_unknown_fields_of_decorations_are_kept() -> None:
    widget = {"kind": "HOLOGRAM", "depth": 3, "nested": {"a": [1]}}
    node = read_node({"key": "f", "args": [{"key": "x", "kind": "INT", "widget": widget}]})
    assert definition(node)["args"][0]["widget"] == widget


def test_canonical_json_does_not_depend_on_order_or_locale() -> None:
    assert canonical_json({"b": 1, "a": "ü"}) == canonical_json({"a": "ü", "b": 1}) == '{"a":"\\u00fc","b":1}'
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


def test_hashes() -> None:
    one, other = Node(key="f", app="a"), Node(key="f", app="b")
    assert definition_hash(one) == definition_hash(other)
    assert content_hash(one) != content_hash(other)
    assert content_hash(Node(key="f", hash="x")) == content_hash(Node(key="f"))
    assert content_hash(Node(key="f", pure=True)) != content_hash(Node(key="f"))
