"""An agent and a caller made of frames, for whatever server a test starts; and a server."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.wire.conversation import AgentSide
from rekuest_codegen.wire.messages import Assign, Completed, FromAgent, Init, Yield

WAIT = 5.0
TOKEN = "secret"
WATCH = """subscription { mytasks {
  create { id reference isDone latestEventKind }
  event { id task kind returns message progress }
} }"""
ASSIGN = "mutation($input: AssignInput!) { assign(input: $input) { id isDone reference latestEventKind } }"
IMPLEMENT = "mutation($input: ImplementAgentInput!) { implementAgent(input: $input) { id hash } }"


def definition(key: str, kind: str = "FUNCTION", **more: Any) -> dict[str, Any]:
    port = {"key": "x", "kind": "INT"}
    returns = [{"key": "return0", "kind": "INT"}]
    return {"key": key, "name": key.title(), "version": "1", "kind": kind, "args": [port], "returns": returns, **more}


class Agent:
    """A provider: answers ``add`` at once, keeps anything else for the test to answer."""

    def __init__(self, url: str, side: AgentSide) -> None:
        self.url = url
        self.side = side
        self.received: asyncio.Queue[Any] = asyncio.Queue()
        self._progressed = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def connect(self, query: str = "") -> Agent:
        self._socket = await connect(f"{self.url.replace('http', 'ws')}/agi{query}")
        self.side.connect(time.monotonic())
        self._reader = asyncio.create_task(self._read(self._socket))
        await self._flush()
        return self

    async def __aenter__(self) -> Agent:
        await self.connect()
        assert isinstance(await self.next(), Init)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def disconnect(self) -> None:
        self.side.disconnect()
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.wait_for(asyncio.wait([self._reader]), WAIT)

    def cut(self) -> None:
        """Break the connection, as a network does."""
        assert self._socket is not None
        self._socket.transport.abort()
        self.side.disconnect()

    async def closed(self) -> int:
        assert self._socket is not None
        await asyncio.wait_for(self._socket.wait_closed(), WAIT)
        return self._socket.close_code or 0

    async def send(self, *messages: FromAgent) -> None:
        for message in messages:
            self.side.send(message)
        await self._flush()

    async def frame(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send(text)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.received.get(), WAIT)

    async def acknowledged(self) -> None:
        """Wait until the server has everything that must arrive."""
        async with asyncio.timeout(WAIT):
            while self.side.unacknowledged:
                self._progressed.clear()
                await self._progressed.wait()

    async def _flush(self) -> None:
        assert self._socket is not None
        for frame in self.side.frames_to_send():
            await self._socket.send(frame)

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            await self._take(socket)

    async def _take(self, socket: ClientConnection) -> None:
        async for frame in socket:
            for message in self.side.receive(frame, time.monotonic()):
                if isinstance(message, Assign) and message.interface == "add":
                    total = message.args["x"] + 1
                    self.side.send(Yield(task=message.task, returns={"return0": total}))
                    self.side.send(Completed(task=message.task))
                else:
                    await self.received.put(message)
            await self._flush()
            self._progressed.set()


class Caller:
    """A client over graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Queue[Any]] = {}
        self._reader = asyncio.create_task(self._read())

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole response to a query or mutation."""
        answers = await self.subscribe(query, **variables)
        response: dict[str, Any] = await asyncio.wait_for(answers.get(), WAIT)
        return response

    async def assign(self, **given: Any) -> dict[str, Any]:
        response = await self.ask(ASSIGN, input={"args": {"x": 1}, **given})
        assert "errors" not in response, response
        task: dict[str, Any] = response["data"]["assign"]
        return task

    async def watch(self) -> Events:
        return Events(await self.subscribe(WATCH))

    async def subscribe(self, query: str, **variables: Any) -> asyncio.Queue[Any]:
        key = str(next(self._ids))
        self._answers[key] = asyncio.Queue()
        payload = {"query": query, "variables": variables}
        await self._socket.send(json.dumps({"type": "subscribe", "id": key, "payload": payload}))
        return self._answers[key]

    async def close(self) -> None:
        await self._socket.close()
        await asyncio.wait([self._reader])

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame)
            if message["type"] == "next":
                await self._answers[message["id"]].put(message["payload"])
            elif message["type"] == "error":
                await self._answers[message["id"]].put({"errors": message["payload"]})


class Events:
    """What a subscription to ``mytasks`` says."""

    def __init__(self, answers: asyncio.Queue[Any]) -> None:
        self._answers = answers

    async def next(self) -> dict[str, Any]:
        response = await asyncio.wait_for(self._answers.get(), WAIT)
        change: dict[str, Any] = response["data"]["mytasks"]
        return change

    async def of(self, task: str, *, until: str) -> list[dict[str, Any]]:
        """The events of a task, up to the first of kind ``until``."""
        events: list[dict[str, Any]] = []
        while True:
            event = (await self.next())["event"]
            if event is not None and event["task"] == task:
                events.append(event)
                if event["kind"] == until:
                    return events


@asynccontextmanager
async def open_caller(url: str, token: str = TOKEN, **payload: Any) -> AsyncIterator[Caller]:
    place = f"{url.replace('http', 'ws')}/graphql"
    socket = await connect(place, subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]  # a str is one
    await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token, **payload}}))
    assert json.loads(await asyncio.wait_for(socket.recv(), WAIT))["type"] == "connection_ack"
    caller = Caller(socket)
    try:
        yield caller
    finally:
        await caller.close()


def post_graphql(url: str, query: str, variables: dict[str, Any] | None = None, token: str = TOKEN) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    response = httpx.post(f"{url}/graphql", json={"query": query, "variables": variables or {}}, headers=headers)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def provide_nodes(url: str, name: str, *definitions: dict[str, Any], token: str = TOKEN) -> str:
    """Ensure and implement an agent; its id."""
    post_graphql(url, "mutation($n: String) { ensureAgent(input: {name: $n}) { id } }", {"n": name}, token)
    given = [{"definition": each, "interface": each["key"]} for each in definitions]
    answer = post_graphql(url, IMPLEMENT, {"input": {"name": name, "implementations": given, "hash": "h1"}}, token)
    assert "errors" not in answer, answer
    agent: str = answer["data"]["implementAgent"]["id"]
    return agent


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with serving(token=TOKEN, grace=0.5) as running:
        yield running


@pytest.fixture
def url(server: EmbeddedServer) -> str:
    return server.url


@pytest.fixture
def caller_at() -> Callable[..., Any]:
    return open_caller


@pytest.fixture
def post() -> Callable[..., dict[str, Any]]:
    return post_graphql


@pytest.fixture
def provide() -> Callable[..., str]:
    return provide_nodes


@pytest.fixture
def define() -> Callable[..., dict[str, Any]]:
    return definition


@pytest.fixture
def agent_at() -> Callable[..., Agent]:
    return lambda url, **options: Agent(url, AgentSide(options.pop("token", TOKEN), **options))
