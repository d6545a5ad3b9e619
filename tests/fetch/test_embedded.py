"""From a registration to the embedded server and back: the same nodes, however deep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from rekuest_codegen.api.client.operations import ENSURE_AGENT_GQL, IMPLEMENT_AGENT_GQL
from rekuest_codegen.errors import AccessDenied, DefinitionError
from rekuest_codegen.fetch import Filters, fetch_nodes
from rekuest_codegen.ir import MAX_DEPTH, Node, definition, read_node
from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.wire.definitions import implement_input

CORPUS = Path(__file__).parents[3] / "shared" / "reference" / "definitions" / "expected_newest.json"
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


LOOKS = ("widget", "effects", "validators")
NEWER = ("catalogs", "protocols", "is_test_for")
"""What contract 2 has no word for, and targets of tests, which are kept as far as the server knows them."""


def without(value: Any, *names: str) -> Any:
    """``value`` without these fields, nulls and empty texts, however deep."""
    if isinstance(value, list):
        return [without(item, *names) for item in value]
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in names and item is not None and item != ""}
        return {key: without(item, *names) for key, item in kept.items()}
    return value


@pytest.mark.skipif(not CORPUS.exists(), reason="the reference data is not beside the project")
def test_what_the_newest_generation_derives_comes_back_as_it_was(server: EmbeddedServer) -> None:
    """What travels is the same to the letter, how it looks as far as contract 2 has words for it."""
    by_key: dict[str, Node] = {}
    for number, entry in enumerate(json.loads(CORPUS.read_text(encoding="utf-8"))):
        with suppress(DefinitionError):  # three have a default of another kind than their port
            key = f"{entry['function']}_{number}"
            by_key[key] = read_node({**entry.get("definition_full", {"kind": "none"}), "key": key, "app": "corpus"})
    assert len(by_key) > 200
    provide(server, "corpus", list(by_key.values()))
    fetched = {node.key: node for node in fetch_nodes(server.url, server.token, Filters(app=("corpus",)))}
    assert fetched.keys() == by_key.keys()
    for key, node in by_key.items():
        assert without(definition(fetched[key]), *LOOKS, *NEWER) == without(definition(node), *LOOKS, *NEWER)
        # Contract 2 takes what a custom widget falls back to, and lists it nowhere.
        told, again = (implement_input([(key, one)]) for one in (node, fetched[key]))
        assert without(again, "fallback", "isTestFor") == without(told, "fallback", "isTestFor")


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
