"""A definition has one hash: in a scan, at a server whichever way it came there, and in what is pulled from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner
from hypothesis import given

from rekuest_codegen.cli import main
from rekuest_codegen.errors import Severity
from rekuest_codegen.fetch import fetch_nodes
from rekuest_codegen.ir import Node, definition_hash, read_node
from rekuest_codegen.ir.canonical import hashed_text
from rekuest_codegen.scan import scan
from rekuest_codegen.server import registry, serving
from rekuest_codegen.server.decision import Moment
from rekuest_codegen.server.state import State
from rekuest_codegen.wire.contracts import Declaration
from rekuest_codegen.wire.contracts.declaring import declaration
from rekuest_codegen.wire.definitions import implement_input
from tests.wire.nodes import nodes

AT = Moment(0, "2026-01-01T00:00:00+00:00")
LAB = '''
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Len
from pydantic import Field
from rekuest.annotations import SearchWidget, withChoices
from rekuest_codegen import Slider, easy, model

app = easy("lab")
QUERY = "query q($search: String, $values: [ID!]) { a(search: $search, values: $values) { value: id } }"


@model
@dataclass
class Point:
    x: Annotated[float, Slider(min=0, max=1)] = 0.5


@app.register()
def slid(x: Annotated[int, Slider(min=0, max=9)], points: list[Point]) -> int:
    """One."""
    return x


@app.register()
def bounded(x: Annotated[int, Ge(1)], y: Annotated[list[int], Len(1)], z: Annotated[str, Field(max_length=9)]) -> int:
    """Two."""


@app.register()
def asked(a: Annotated[str, withChoices("x", "y")], c: Annotated[str, SearchWidget(QUERY, "ward")]) -> None:
    """Three."""
'''
CALLS = '''
from typing import Annotated

from rekuest.annotations import CustomWidget, withEffect, withValidator
from rekuest_codegen import easy

app = easy("lab")


@app.register()
def checked(
    x: Annotated[int, withValidator("gt(value, sum(y, 1))"), withEffect("HIDE", "eq(y, 'no')", dependencies=["y"])],
    y: Annotated[str, CustomWidget("Picker")],
) -> int:
    """Calls that contract 2 has no words for."""
    return x
'''


def scanned(tmp_path: Path, text: str) -> list[Node]:
    path = tmp_path / "lab.py"
    path.write_text(text, encoding="utf-8")
    result = scan([path])
    assert not [finding for finding in result.findings if finding.severity is Severity.ERROR]
    return [found.node for found in result.nodes]


def over_two(node: Node) -> str:
    """The hash at a server that learns ``node`` in contract 2's words."""
    state = State()
    registry.ensure_agent(state, "me", "lab", AT)
    wanted = json.loads(json.dumps(implement_input([(node.key, node)])))
    registry.implement_agent(state, "me", {**wanted, "name": "lab", "hash": "h"}, AT)
    return state.nodes_by_key["lab", node.key, node.version].hash


def over_ten(node: Node) -> str:
    """The hash at a server that learns ``node`` in contract 10's words."""
    state = State()
    agent, _ = registry.ensure_agent(state, "me", "lab", AT)
    told: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(declaration("lab", "h", [(node.key, node)], terms={}, states=[]))
    )
    declared = Declaration(name="lab", hash="h", implementations=told["implementations"])
    registry.declare(state, agent, declared, AT)
    return state.nodes_by_key["lab", node.key, node.version].hash


def test_decorated_nodes_have_the_hash_of_the_scan_at_every_server(tmp_path: Path) -> None:
    for node in scanned(tmp_path, LAB):
        assert over_two(node) == definition_hash(node), node.key
        assert over_ten(node) == definition_hash(node), node.key


def test_calls_of_operations_have_it_where_there_are_words_for_them(tmp_path: Path) -> None:
    (node,) = scanned(tmp_path, CALLS)
    assert over_ten(node) == definition_hash(node)
    assert over_two(node) != definition_hash(node)


@given(nodes())
def test_whatever_contract_2_can_say_has_one_hash(node: Node) -> None:
    assert over_two(node) == definition_hash(node)


@given(nodes())
def test_nulls_say_nothing(node: Node) -> None:
    """Whether they are written out or left out."""
    sparse = read_node(node.model_dump(mode="json", exclude_none=True))
    assert definition_hash(sparse) == definition_hash(node)
    assert definition_hash(read_node(json.loads(hashed_text(node)))) == definition_hash(node)


def test_what_is_pulled_has_the_hash_of_the_scan(tmp_path: Path) -> None:
    found = {node.key: node for node in scanned(tmp_path, LAB)}
    with serving(token="hashes") as server:
        pushed = CliRunner().invoke(main, ["push", "--url", server.url, "--token", server.token, str(tmp_path)])
        assert pushed.exit_code == 0, pushed.output
        pulled = fetch_nodes(server.url, server.token)
    assert {node.key: node.hash for node in pulled} == {key: definition_hash(node) for key, node in found.items()}
