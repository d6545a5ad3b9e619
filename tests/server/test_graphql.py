"""GraphQL over HTTP and over both WebSocket subprotocols: who is let in, what is answered, what ends a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.server.documents import MAX_DEPTH, MAX_SELECTIONS, MAX_TEXT

pytestmark = pytest.mark.anyio
Make = Callable[..., Any]
WAIT = 5.0
MODERN, LEGACY = "graphql-transport-ws", "graphql-ws"


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedServer]:
    with serving(token="secret") as running:
        yield running


@asynccontextmanager
async def socket_at(server: EmbeddedServer, *protocols: str) -> AsyncIterator[ClientConnection]:
    place = f"{server.url.replace('http', 'ws')}/graphql"
    socket = await connect(place, subprotocols=protocols or None)  # type: ignore[arg-type]  # a str is one
    try:
        yield socket
    finally:
        await socket.close()


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), WAIT))
    return message


async def closed(socket: ClientConnection) -> int:
    with suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(socket.recv(), WAIT)
    assert socket.close_code is not None
    return socket.close_code


# -- HTTP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No Authorization header"),
        ("Bearer wrong", "The token was refused"),
        ("Basic secret", "The token was refused"),
        ("secret", "The token was refused"),
    ],
)
def test_refused_token_is_a_200_with_errors(shared: EmbeddedServer, header: str | None, message: str) -> None:
    headers = {"Authorization": header} if header else {}
    response = httpx.post(f"{shared.url}/graphql", json={"query": "{ actions { id } }"}, headers=headers)
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["message"] == message


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_query(shared: EmbeddedServer, path: str) -> None:
    headers = {"Authorization": "Bearer secret"}
    response = httpx.post(shared.url + path, json={"query": "{ __typename }"}, headers=headers)
    assert response.json() == {"data": {"__typename": "Query"}}


wide = "{ agents { " + "...A " * 1300 + "} } fragment A on Agent { " + "id " * 1300 + "}"
deep = "{ agents " + "{ implementations { action { implementations { agent " * 20 + "{ id }" + " } } } }" * 20 + "}"
cyclic = "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"not json", "The request is not JSON."),
        (b"[" * 200_000, "The request is not JSON."),
        (b"[]", "The request must be an object."),
        (b"{}", "The request must have a text 'query'."),
        (b'{"query": "{ actions {"}', "Syntax Error: Expected Name, found <EOF>."),
        (b'{"query": "{ nope }"}', "Cannot query field 'nope' on type 'Query'."),
        (b'{"query": "{ __typename }", "variables": []}', "'variables' must be an object."),
        (b'{"query": "{ __typename }", "operationName": 1}', "'operationName' must be a text."),
        (b'{"query": "query A { __typename }", "operationName": "B"}', "Unknown operation named 'B'."),
        (b'{"query": "subscription { mytasks { event { id } } }"}', "Subscriptions are served over a WebSocket."),
        (
            json.dumps({"query": "#" * (MAX_TEXT + 1)}).encode(),
            f"The document is longer than {MAX_TEXT} characters.",
        ),
        (json.dumps({"query": wide}).encode(), f"The document has more than {MAX_SELECTIONS} selections."),
        (json.dumps({"query": deep}).encode(), f"The document is nested deeper than {MAX_DEPTH} selections."),
        (json.dumps({"query": cyclic}).encode(), f"The document is nested deeper than {MAX_DEPTH} selections."),
        (json.dumps({"query": "{" * 60_000}).encode(), "Syntax Error"),
    ],
)
def test_what_a_request_can_do_wrong(shared: EmbeddedServer, body: bytes, message: str) -> None:
    headers = {"Authorization": "Bearer secret", "Content-Type": "application/json"}
    response = httpx.post(f"{shared.url}/graphql", content=body, headers=headers)
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["message"].startswith(message)


# -- WebSocket ---------------------------------------------------------------------------------------------------


async def test_without_a_subprotocol(shared: EmbeddedServer) -> None:
    async with socket_at(shared) as socket:
        assert await closed(socket) == 4406


@pytest.mark.parametrize("payload", [None, {}, {"token": "wrong"}, {"token": 7}, {"Authorization": "Bearer wrong"}, []])
async def test_refused_token_is_said_at_once(shared: EmbeddedServer, payload: Any) -> None:
    async with socket_at(shared, MODERN) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await closed(socket) == 4403
    async with socket_at(shared, LEGACY) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert (await hear(socket))["type"] == "connection_error"
        assert await closed(socket) == 4403


async def test_query_mutation_and_errors_over_the_modern_protocol(shared: EmbeddedServer) -> None:
    async with socket_at(shared, "unknown", MODERN) as socket:
        await say(socket, type="connection_init", payload={"Authorization": "Bearer secret"})
        assert await hear(socket) == {"type": "connection_ack"}
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        await say(socket, type="subscribe", id="1", payload={"query": "{ __typename }"})
        assert await hear(socket) == {"type": "next", "id": "1", "payload": {"data": {"__typename": "Query"}}}
        assert await hear(socket) == {"type": "complete", "id": "1"}
        mutation = 'mutation { ensureAgent(input: {name: "ws"}) { name } }'
        await say(socket, type="subscribe", id="1", payload={"query": mutation})
        assert (await hear(socket))["payload"] == {"data": {"ensureAgent": {"name": "ws"}}}
        assert (await hear(socket))["type"] == "complete"
        await say(socket, type="subscribe", id="2", payload={"query": "subscription { nope }"})
        refused = await hear(socket)
        assert (refused["type"], refused["id"]) == ("error", "2")
        assert refused["payload"][0]["message"].startswith("Cannot query field 'nope'")


async def test_subscription_over_the_legacy_protocol(shared: EmbeddedServer) -> None:
    async with socket_at(shared, LEGACY) as socket:
        await say(socket, type="connection_init", payload={"token": "secret"})
        assert await hear(socket) == {"type": "connection_ack"}
        await say(socket, type="start", id="s", payload={"query": "subscription { agents { create { name } } }"})
        mutation = 'mutation { ensureAgent(input: {name: "watched"}) { name } }'
        await say(socket, type="start", id="m", payload={"query": mutation})
        heard = [await hear(socket) for _ in range(3)]
        told = [item["payload"]["data"] for item in heard if item["id"] == "s"]
        assert told == [{"agents": {"create": {"name": "watched"}}}]
        await say(socket, type="stop", id="s")
        assert await hear(socket) == {"type": "complete", "id": "s"}
        await say(socket, type="start", id="x", payload={"query": "{ nope }"})
        assert (await hear(socket))["payload"]["message"].startswith("Cannot query field")
        await say(socket, type="connection_terminate")
        assert await closed(socket) == 1000


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["not json"], 4400),
        (['{"type": []}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
        (["init", "init"], 4429),
        (["init", '{"type": "subscribe", "payload": {}}'], 4400),
        (["init", '{"type": "start", "id": "1"}'], 4400),
        (["init", "watch", "watch"], 4409),
    ],
)
async def test_what_ends_a_connection(shared: EmbeddedServer, frames: list[str], code: int) -> None:
    words = {
        "init": json.dumps({"type": "connection_init", "payload": {"token": "secret"}}),
        "watch": json.dumps(
            {"type": "subscribe", "id": "1", "payload": {"query": "subscription { mytasks { event { id } } }"}}
        ),
    }
    async with socket_at(shared, MODERN) as socket:
        for frame in frames:
            await socket.send(words.get(frame, frame))
        assert await closed(socket) == code


async def test_a_mistake_of_the_servers_own_is_logged_and_ends_the_connection(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("the inside of it")

    monkeypatch.setattr("rekuest_codegen.server.documents.Documents.kind", broken)
    place = f"{url.replace('http', 'ws')}/graphql"
    socket = await connect(place, subprotocols=[MODERN])  # type: ignore[list-item]  # a str is one
    await say(socket, type="connection_init", payload={"token": "secret"})
    await say(socket, type="subscribe", id="1", payload={"query": "{ __typename }"})
    assert await closed(socket) == 1011
    assert "inside" not in (socket.close_reason or "")
    assert "the inside of it" in caplog.text


async def test_subscriber_who_does_not_read_is_let_go_and_the_others_are_not(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rekuest_codegen.server.feeds.MAX_BYTES", 200_000)
    from rekuest_codegen.wire.messages import Completed, Yield

    provide(url, "calc", define("slow", kind="GENERATOR"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        place = f"{url.replace('http', 'ws')}/graphql"
        lazy = await connect(place, subprotocols=[MODERN], max_queue=1)  # type: ignore[list-item]  # a str is one
        await say(lazy, type="connection_init", payload={"token": "secret"})
        await hear(lazy)
        query = "subscription { mytasks { event { returns } } }"
        await say(lazy, type="subscribe", id="1", payload={"query": query})
        task = (await caller.assign(action="1"))["id"]
        await agent.next()
        for _ in range(300):
            await agent.send(Yield(task=task, returns={"return0": "x" * 50_000}))
            await agent.acknowledged()
        await agent.send(Completed(task=task))
        await agent.acknowledged()
        answer = await caller.ask("query($id: ID!) { task(id: $id) { isDone } }", id=task)
        assert answer == {"data": {"task": {"isDone": True}}}
        assert await closed(lazy) == 1013
        await lazy.close()
