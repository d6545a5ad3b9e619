"""From a registration to the embedded server and back: the same nodes, however deep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rekuest_codegen.api.client.operations import ENSURE_AGENT_GQL, IMPLEMENT_AGENT_GQL
from rekuest_codegen.errors import AccessDenied
from rekuest_codegen.fetch import Filters, fetch_nodes
from rekuest_codegen.ir import MAX_DEPTH, Node, read_node
from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.wire.definitions import implement_input

KINDS = Path(__file__).parents[1] / "cases" / "emit" / "kinds" / "nodes.json"


def deepest(side: str) -> dict[str, Any]:
    """A node that nests as deep as any may."""
    port: dict[str, Any] = {"key": "...", "kind": "INT"}
    for _ in range(MAX_DEPTH - 1):
        port = {"key": "...", "kind": "LIST", "children": [port]}
    return {"key": f"deep_{side}", side: [{**port, "key": "x"}]}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with serving(token="a-token-of-this-test") as running:
        yield running


def provide(server: EmbeddedServer, app: str, nodes: list[Node]) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    declared = {**implement_input([(node.key, node) for node in nodes]), "name": app, "hash": "h"}
    for document, variables in ((ENSURE_AGENT_GQL, {"name": app}), (IMPLEMENT_AGENT_GQL, declared)):
        body = {"query": document, "variables": {"input": variables}}
        answer = httpx.post(f"{server.url}/graphql", json=body, headers=headers, timeout=20).json()
        assert "errors" not in answer, answer


def test_every_kind_and_any_depth_comes_back_as_it_was(server: EmbeddedServer) -> None:
    raws = [*json.loads(KINDS.read_text(encoding="utf-8")), deepest("args"), deepest("returns")]
    by_key = {raw["key"]: read_node({**raw, "app": "lab", "hash": ""}) for raw in raws}
    provide(server, "lab", list(by_key.values()))
    fetched = {node.key: node for node in fetch_nodes(server.url, server.token, Filters(app=("lab",)))}
    assert fetched.keys() == by_key.keys()
    # What contract 2 has no word for was not registered either: a check by call, a component of a newer interface.
    for key, node in by_key.items():
        assert implement_input([(key, fetched[key])]) == implement_input([(key, node)])


def test_two_hundred_and_fifty_nodes(server: EmbeddedServer) -> None:
    """More than the hundred that a page without a limit has."""
    ports = [{"key": "x", "kind": "INT"}]
    nodes = [read_node({"app": "many", "key": f"n{number}", "args": ports}) for number in range(250)]
    provide(server, "many", nodes)
    steps: list[tuple[int, int | None]] = []
    fetched = fetch_nodes(
        server.url, server.token, Filters(app=("many",)), on_page=lambda done, total: steps.append((done, total))
    )
    assert [node.key for node in fetched] == [node.key for node in nodes]
    assert steps == [(100, 250), (200, 250), (250, 250)]
    assert fetch_nodes(server.url, server.token, Filters(app=("many",), connected=True)) == []
    (one,) = fetch_nodes(f"{server.url}/graphql", server.token, Filters(key=("n123",)))
    assert one.title == "many/n123"


def test_another_token(server: EmbeddedServer) -> None:
    with pytest.raises(AccessDenied, match="the token was refused"):
        fetch_nodes(server.url, "another-token")
