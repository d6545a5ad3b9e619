"""What is said to a client that takes it late, or never: nothing is lost, and there is an end to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from graphql import OperationType

from rekuest_codegen.server import graphql_ws, outbox
from rekuest_codegen.server.feeds import TooSlow
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.graphql_ws import GraphQLWebSocket
from rekuest_codegen.server.outbox import OVERHEAD, ROOM, Outbox
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.bundles import MOST
from tests.server.conftest import TOKEN, WAIT

pytestmark = pytest.mark.anyio


class Slow:
    """A WebSocket whose client reads when it is let."""

    def __init__(self, dialect: str = "graphql-transport-ws") -> None:
        self.scope = {"subprotocols": [dialect]}
        self.reads = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def accept(self, dialect: str) -> None:
        pass

    async def send(self, event: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(json.loads(event["text"]))

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        await self.reads.wait()

    async def receive(self) -> dict[str, Any]:
        return await self._said.get()

    @property
    def unread(self) -> bool:
        return not self._said.empty()

    def say(self, kind: str, key: str | None = None, payload: Any = None) -> None:
        text = json.dumps({"type": kind, "id": key, "payload": payload})
        self._said.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect"})


class Answers:
    """In place of `Documents`: a query is answered with as many letters as its text says, ``all`` never ends."""

    def __init__(self) -> None:
        self.asked: list[Asker] = []

    def kind(self, request: Any) -> OperationType:
        return OperationType.SUBSCRIPTION if request.query == "all" else OperationType.QUERY

    async def answer(self, request: Any, asker: Asker) -> dict[str, Any]:
        self.asked.append(asker)
        return {"data": "x" * int(request.query)}

    async def stream(self, request: Any, asker: Asker) -> AsyncIterator[dict[str, Any]]:
        while True:
            yield {"data": "x" * 1024}


@asynccontextmanager
async def served(socket: Slow, answers: Answers, **introduction: Any) -> AsyncIterator[asyncio.Task[None]]:
    endpoint = GraphQLWebSocket(cast("Any", None), cast("Any", answers), Tokens({"dev": TOKEN}))
    session = asyncio.create_task(endpoint(cast("Any", socket)))
    socket.say("connection_init", payload={"token": TOKEN, **introduction})
    try:
        yield session
    finally:
        socket.reads.set()
        socket.leave()
        async with asyncio.timeout(WAIT):
            await session


async def pause() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def pause_until(done: Callable[[], bool]) -> None:
    for _ in range(100):
        if not done():
            await pause()


async def test_an_operation_that_ends_while_the_socket_is_full_takes_nothing_with_it() -> None:
    socket = Slow()
    async with served(socket, Answers(), asides=True):
        socket.say("subscribe", "held", {"query": "1", "extensions": {"asides": {"awaited": True}}})
        await pause()
        socket.say("subscribe", "all", {"query": "all"})
        await pause()
        socket.say("subscribe", "late", {"query": "2"})
        socket.say("complete", "all")
        await pause()
        socket.reads.set()
        await pause()
        found = [(one["type"], one["id"]) for one in socket.sent[1:]]
        begun = found.count(("next", "all"))
        assert ROOM // 2048 < begun <= ROOM // 1024
        held = [("next", "held"), ("complete", "held")]
        assert found == [*held, *[("next", "all")] * begun, ("next", "late"), ("complete", "late")]


async def test_who_asks_and_never_reads_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_UNSENT", 10_000)
    monkeypatch.setattr(graphql_ws, "CLOSE_WITHIN", 0.01)
    socket = Slow()
    async with served(socket, Answers()) as session:
        for number in range(5):
            socket.say("subscribe", str(number), {"query": "3000"})
            await pause()
        async with asyncio.timeout(WAIT):
            await session  # though its socket takes no word of why
    assert socket.closed == (graphql_ws.SLOW, "the client reads less than it asks for")


async def test_a_pong_nobody_reads_is_no_missing_introduction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SEND_WITHIN", 0.01)
    monkeypatch.setattr(graphql_ws, "CLOSE_WITHIN", 0.01)
    socket = Slow()
    socket.reads.set()
    async with served(socket, Answers()) as session:
        await pause()
        socket.reads.clear()
        socket.say("ping")
        async with asyncio.timeout(WAIT):
            await session
    assert socket.closed == (graphql_ws.SLOW, "the client does not read")


@pytest.mark.parametrize(
    ("dialect", "begin", "agreed", "within"),
    [
        ("graphql-transport-ws", "subscribe", True, 5),
        ("graphql-transport-ws", "subscribe", False, None),
        ("graphql-ws", "start", True, None),
    ],
)
async def test_asides_are_obeyed_where_they_were_agreed_on(
    dialect: str, begin: str, agreed: bool, within: float | None
) -> None:
    socket, answers = Slow(dialect), Answers()
    socket.reads.set()
    async with served(socket, answers, asides=agreed):
        socket.say(begin, "1", {"query": "1", "extensions": {"asides": {"awaited": True, "within": 5}}})
        await pause()
        held = within is not None
        assert [one["type"] for one in socket.sent[1:]] == ([] if held else [socket.sent[1]["type"], "complete"])
        assert [asker.within for asker in answers.asked] == [within]


@pytest.mark.parametrize("dialect", ["graphql-transport-ws", "graphql-ws"])
async def test_what_is_due_together_is_one_frame_for_who_takes_that(dialect: str) -> None:
    socket = Slow(dialect)
    begin = "start" if dialect == "graphql-ws" else "subscribe"
    sizes = [1, 2, MOST - 200, 300, 2 * MOST, 3, 4]
    async with served(socket, Answers(), bundles=True):
        for number, size in enumerate(sizes):
            socket.say(begin, str(number), {"query": str(size)})
        socket.say(begin, "wrong", {"query": 1})
        await pause_until(lambda: not socket.unread)
        await pause()
        socket.reads.set()
        await pause()
        introduced, *frames = socket.sent
        assert introduced == {"type": "connection_ack"}  # though it left when bundles were agreed on
        texts = {str(number): "x" * size for number, size in enumerate(sizes)}
        if dialect == "graphql-ws":
            assert [frame["type"] for frame in frames] == [*["data", "complete"] * len(sizes), "error"]
            return
        messages: list[Any] = [message for frame in frames for message in frame]
        *answers, wrong = messages
        assert answers == [[key, text] for key, text in texts.items()]
        assert (wrong["type"], wrong["id"]) == ("error", "wrong")
        assert [len(frame) for frame in frames] == [3, 1, 1, 3]


async def test_one_message_may_be_larger_than_all_that_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_UNSENT", 4 * OVERHEAD)
    socket = Slow()
    socket.reads.set()
    box = Outbox(cast("Any", socket))
    sending = asyncio.create_task(box.send())
    box.put({"a": "x" * 1000})
    with pytest.raises(TooSlow):
        box.put({"b": 1})
    await pause()
    box.put({"b": 1})
    await pause()
    assert socket.sent == [{"a": "x" * 1000}, {"b": 1}]
    sending.cancel()


@pytest.mark.parametrize(("takes", "taken"), [(20.0, 5), (31.0, 0)])
async def test_who_reads_slowly_is_waited_for_and_who_reads_nothing_is_not(
    takes: float, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    time, later = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: time() + later)

    class Steady(Slow):
        async def send(self, event: dict[str, Any]) -> None:
            nonlocal later
            later += takes
            await pause()
            await super().send(event)

    socket = Steady()
    socket.reads.set()
    box = Outbox(cast("Any", socket))
    box.put(*[{"n": number} for number in range(5)])
    sending = asyncio.create_task(box.send())
    await pause_until(lambda: len(socket.sent) == 5 or sending.done())
    assert socket.sent == [{"n": number} for number in range(taken)]
    assert sending.done() == (taken == 0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
