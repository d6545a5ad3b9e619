"""Every document is one the servers take, and asks for all there is to know of a node."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    coerce_input_value,
    get_named_type,
    parse,
    validate,
    visit,
)
from pydantic import BaseModel

from rekuest_codegen.api.client import operations
from rekuest_codegen.api.contracts import LEVELS, LOOK_AT_SERVER, Contract, contract_of, enumeration
from rekuest_codegen.ir import MAX_DEPTH, Node, Port
from rekuest_codegen.ir.nodes import PortGroup
from rekuest_codegen.wire.definitions import to_camel

Schemas = Callable[[str], GraphQLSchema]
DOCUMENTS = {
    **{name: getattr(operations, name) for name in operations.__all__},
    "deep": enumeration(Contract.TWO),
    "look": LOOK_AT_SERVER,
}


def problems(schema: GraphQLSchema, document: str) -> list[str]:
    return [error.message for error in validate(schema, parse(document))]


@pytest.mark.parametrize("contract", ["own", "next", "server"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_contract_2_takes_it(name: str, contract: str, schema: Schemas) -> None:
    assert problems(schema(contract), DOCUMENTS[name]) == []


@pytest.mark.parametrize("document", [enumeration(Contract.TEN), operations.ENUMERATE_HASHES_GQL, LOOK_AT_SERVER])
def test_contract_10_takes_what_enumerates(document: str, schema: Schemas) -> None:
    assert problems(schema("ten"), document) == []


def test_the_contracts_do_need_two_documents(schema: Schemas) -> None:
    assert problems(schema("ten"), enumeration(Contract.TWO))
    assert problems(schema("next"), enumeration(Contract.TEN))


# -- nothing of a node is lost ---------------------------------------------------------------------------------------

ROOTS = ("ArgPort", "ReturnPort", "PortGroup")
NOT_ASKED = {
    ("Validator", "call"),  # callJson is the same, as it was registered
    ("Effect", "call"),
    ("MessageEffect", "call"),
    ("HideEffect", "call"),
    ("CustomEffect", "call"),
}


KEPT: dict[str, type[BaseModel]] = {"Action": Node, "PortGroup": PortGroup, "ArgPort": Port, "ReturnPort": Port}


def said_of_ports(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """Type and field of everything that hangs on a port, whichever way."""
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    ahead: list[Any] = [schema.type_map[name] for name in ROOTS]
    while ahead:
        kind = ahead.pop()
        if kind.name in seen or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        seen.add(kind.name)
        if isinstance(kind, GraphQLInterfaceType):
            ahead.extend(schema.get_implementations(kind).objects)
        for name, field in kind.fields.items():
            found.add((kind.name, name))
            ahead.append(get_named_type(field.type))
    return found


def asked_of_ports(schema: GraphQLSchema, document: str) -> set[tuple[str, str]]:
    """Type and field of what ``document`` asks for; what is asked of an interface is asked of all that implement it."""
    info = TypeInfo(schema)
    asked: set[tuple[str, str]] = set()

    class Collect(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = info.get_parent_type()
            assert parent is not None
            asked.add((parent.name, node.name.value))
            if isinstance(parent, GraphQLInterfaceType):
                asked.update((kind.name, node.name.value) for kind in schema.get_implementations(parent).objects)

    visit(parse(document), TypeInfoVisitor(info, Collect()))
    return asked


@pytest.mark.parametrize(
    ("contract", "document"),
    [("own", Contract.TWO), ("next", Contract.TWO), ("server", Contract.TWO), ("ten", Contract.TEN)],
)
def test_everything_said_of_a_port_is_asked_for(contract: str, document: Contract, schema: Schemas) -> None:
    known = schema(contract)
    assert said_of_ports(known) - asked_of_ports(known, enumeration(document)) - NOT_ASKED == set()


@pytest.mark.parametrize(
    ("contract", "document", "not_asked"),
    [
        ("own", Contract.TWO, set()),
        ("server", Contract.TWO, set()),
        ("next", Contract.TWO, {"allowProbe"}),  # the client knows of it, the server of its own generation does not
        ("ten", Contract.TEN, set()),
    ],
)
def test_everything_a_node_keeps_is_asked_for(
    contract: str, document: Contract, not_asked: set[str], schema: Schemas
) -> None:
    known = schema(contract)
    said = {(kind, to_camel(field)) for kind, model in KEPT.items() for field in model.model_fields}
    offered = {(kind, field) for kind, field in said if field in getattr(known.type_map[kind], "fields", {})}
    missing = offered - asked_of_ports(known, enumeration(document))
    assert missing == {("Action", field) for field in not_asked}


@pytest.mark.parametrize("contract", list(Contract))
def test_as_many_levels_as_a_definition_may_have_and_a_mark_beyond(contract: Contract) -> None:
    assert LEVELS >= MAX_DEPTH
    document = enumeration(contract)
    for side in ("Arg", "Return"):
        for level in range(1, LEVELS):
            fragment = document.split(f"fragment {side}Level{level} on")[1].split("fragment ")[0]
            assert f"...{side}Level{level + 1}\n" in fragment
        assert document.split(f"fragment {side}Level{LEVELS} on")[1].split("children {")[1].split()[0] == "key"


# -- what is sent ----------------------------------------------------------------------------------------------------


def refusals(schema: GraphQLSchema, name: str, value: dict[str, Any]) -> list[str]:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLInputObjectType)
    found: list[str] = []
    coerce_input_value(value, kind, lambda path, _, error: found.append(f"{path}: {error.message}"))
    return found


def test_a_call_without_the_flags_that_nobody_sends(schema: Schemas) -> None:
    """The printed contract wants flags that its server does without, and that every real client leaves out."""
    call = {"action": "1", "args": {"x": 1}, "reference": "r"}
    assert refusals(schema("own"), "AssignInput", call) == []
    missing = " ".join(refusals(schema("next"), "AssignInput", call))
    assert {flag for flag in ("cached", "capture", "ephemeral", "log") if f"'{flag}'" in missing}


# -- which contract --------------------------------------------------------------------------------------------------


def look(schema: GraphQLSchema) -> Any:
    from graphql import graphql_sync

    return graphql_sync(schema, LOOK_AT_SERVER).data


@pytest.mark.parametrize(("name", "expected"), [("own", Contract.TWO), ("next", Contract.TWO), ("ten", Contract.TEN)])
def test_a_server_shows_its_contract(name: str, expected: Contract, schema: Schemas) -> None:
    assert contract_of(look(schema(name))) is expected


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [],
        {"__type": None},
        {"__type": 3},
        {"__type": {"fields": None}},
        {"__type": {"fields": [None, 3, {"name": ["call"]}]}},
        look(build_schema("type Query { a: Int }")),
    ],
)
def test_a_server_that_shows_nothing_is_not_taken_for_either(answer: Any) -> None:
    assert contract_of(answer) is None


def test_the_documents_cost_nothing_to_import() -> None:
    heavy = ("httpx", "graphql", "pydantic", "ariadne_codegen", "websockets", "rekuest_codegen.api.client.client")
    code = f"import sys, rekuest_codegen.api.client.operations; print(*sorted(set(sys.modules) & set({heavy!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
