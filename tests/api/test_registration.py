"""A registration says all that contract 2 has words for, and no word that it has not: one would refuse the whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLSchema, coerce_input_value, get_named_type
from pydantic import BaseModel

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import Node, Port, read_node
from rekuest_codegen.ir.nodes import PortGroup, TestTarget
from rekuest_codegen.ir.ports import Choice, Descriptor, Effect, Validator
from rekuest_codegen.wire.definitions import FIELDS, implement_input, to_camel

Schemas = Callable[[str], GraphQLSchema]
CORPUS = Path(__file__).parents[3] / "shared" / "reference" / "definitions" / "expected_newest.json"
KINDS = Path(__file__).parents[1] / "cases" / "emit" / "kinds" / "nodes.json"
MODELS: dict[str, type[BaseModel]] = {
    "definition": Node,
    "args": Port,
    "returns": Port,
    "choices": Choice,
    "validators": Validator,
    "effects": Effect,
    "requires": Descriptor,
    "provides": Descriptor,
    "port_groups": PortGroup,
    "is_test_for": TestTarget,
}
NEWER = {("definition", "allow_probe")}
"""What the client's printed contract takes and its server does not."""


def inputs(schema: GraphQLSchema) -> dict[str, GraphQLInputObjectType]:
    """The input behind every name that `FIELDS` has, found by following the fields of a definition."""
    start = schema.type_map["DefinitionInput"]
    assert isinstance(start, GraphQLInputObjectType)
    found = {"definition": start}
    ahead = [
        ("definition", "args", "args"),
        ("definition", "returns", "returns"),
        ("definition", "port_groups", "port_groups"),
        ("definition", "is_test_for", "is_test_for"),
        ("args", "choices", "choices"),
        ("args", "effects", "effects"),
        ("args", "validators", "validators"),
        ("args", "requires", "requires"),
        ("args", "widget", "widget"),
        ("returns", "widget", "return widget"),
        ("returns", "provides", "provides"),
        ("widget", "state_accessors", "state_accessors"),
    ]
    for holder, field, name in ahead:
        kind = get_named_type(found[holder].fields[to_camel(field)].type)
        if isinstance(kind, GraphQLInputObjectType):
            found[name] = kind
    return found


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_no_word_that_the_contract_does_not_have(name: str, schema: Schemas) -> None:
    known = inputs(schema(name))
    # Ours takes a state's accessors as free JSON: it only stores them.
    assert known.keys() | {"state_accessors"} == FIELDS.keys()
    for kind, taken in known.items():
        assert {to_camel(field) for field in FIELDS[kind]} <= taken.fields.keys(), kind


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_every_word_that_it_shares_with_a_node(name: str, schema: Schemas) -> None:
    taken = inputs(schema(name))
    for kind, model in MODELS.items():
        shared = {field for field in model.model_fields if to_camel(field) in taken[kind].fields}
        assert {(kind, field) for field in shared - FIELDS[kind]} <= NEWER


def corpus() -> list[Node]:
    """The definitions that the newest generation derives; where they are not at hand, our own of every kind."""
    if not CORPUS.exists():
        return [read_node(raw) for raw in json.loads(KINDS.read_text(encoding="utf-8"))]
    found: list[Node] = []
    misfits: set[str] = set()
    for entry in json.loads(CORPUS.read_text(encoding="utf-8")):
        if "definition_full" in entry:
            try:
                found.append(read_node(entry["definition_full"]))
            except DefinitionError:
                misfits.add(entry["function"])
    assert len(found) > 200
    assert len(misfits) == 3  # a default of another kind than its port's; no node of ours has one
    return found


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_definitions_of_the_newest_generation_can_be_registered(name: str, schema: Schemas) -> None:
    kind = schema(name).type_map["ImplementAgentInput"]
    assert isinstance(kind, GraphQLInputObjectType)
    nodes = corpus()
    sent: dict[str, Any] = {**implement_input([(node.key, node) for node in nodes]), "name": "lab", "hash": "h"}
    assert len(sent["implementations"]) == len(nodes)
    refused: list[str] = []
    coerce_input_value(sent, kind, lambda path, _, error: refused.append(f"{path}: {error.message}"))
    assert refused == []
