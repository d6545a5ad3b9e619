"""One connection for all: what one request does wrong, or a loss, is told to each waiter on its own."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from rekuest_codegen.errors import ArgumentError, CallTimeout, ConnectionLost, ProtocolError, RekuestError, ServerError
from rekuest_codegen.runtime.transport import MAX_FRAME, Connection
from rekuest_codegen.wire.endpoint import Endpoint

WITHIN = 10.0


class Echo:
    """Answers every query with its variables, but closes on the query ``close`` and keeps silent on ``wait``."""

    def __init__(self) -> None:
        self.introduction: dict[str, Any] = {}
        self.socket: ServerConnection

    async def handle(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.introduction = json.loads(await socket.recv())
        await socket.send(json.dumps({"type": "connection_ack"}))
        async for frame in socket:
            message = json.loads(frame)
            query = message.get("payload", {}).get("query")
            if query == "close":
                await socket.close()
            elif message["type"] == "subscribe" and query != "wait":
                payload = {"data": message["payload"]["variables"]}
                await socket.send(json.dumps({"type": "next", "id": message["id"], "payload": payload}))
                await socket.send(json.dumps({"type": "complete", "id": message["id"]}))


@asynccontextmanager
async def connected() -> AsyncGenerator[tuple[Connection, Echo]]:
    echo = Echo()
    protocols: Any = ["graphql-transport-ws"]
    async with serve(echo.handle, "127.0.0.1", 0, subprotocols=protocols, max_size=None) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        connection = await Connection.open(Endpoint.parse(f"http://127.0.0.1:{port}"), "t", timeout=WITHIN)
        try:
            async with asyncio.timeout(WITHIN):
                yield connection, echo
        finally:
            await connection.close()


async def test_arguments_too_large_for_a_frame_are_refused_and_the_connection_lives() -> None:
    async with connected() as (connection, _):
        with pytest.raises(ArgumentError, match=rf"the arguments need \d+ bytes, more than the {MAX_FRAME} allowed"):
            await connection.request("query", {"x": "x" * MAX_FRAME}, timeout=WITHIN)
        assert await connection.request("query", {"x": 1}, timeout=WITHIN) == {"x": 1}


@pytest.mark.parametrize("value", ["\ud800", "é😀", float("inf"), 2**80, [1.5, None, {"a": True}]])
async def test_values_arrive_as_they_were_sent(value: Any) -> None:
    async with connected() as (connection, _):
        assert await connection.request("query", {"x": value}, timeout=WITHIN) == {"x": value}


async def test_the_past_is_not_asked_for() -> None:
    async with connected() as (_, echo):
        assert echo.introduction["payload"] == {"token": "t", "replay": False, "asides": True, "bundles": True}


async def test_every_waiter_gets_an_error_of_its_own() -> None:
    async with connected() as (connection, _):
        waiting = [asyncio.create_task(connection.request("wait", {}, timeout=WITHIN)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(ConnectionLost):
            await connection.request("close", {}, timeout=WITHIN)
        errors: list[Any] = [*await asyncio.gather(*waiting, return_exceptions=True)]
        for _ in range(3):
            with pytest.raises(ConnectionLost) as late:
                await connection.request("query", {}, timeout=WITHIN)
            errors.append(late.value)
        assert {type(error) for error in errors} == {ConnectionLost}
        assert len({str(error) for error in errors}) == 1
        assert len({id(error) for error in errors}) == len(errors)


async def test_a_request_that_cannot_be_sent_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    heard: list[RekuestError | None] = []
    async with connected() as (connection, _):
        with pytest.raises(ArgumentError):
            await connection.listen("query", {"x": "x" * MAX_FRAME}, lambda _, error: heard.append(error))
        socket: Any = connection._socket

        async def break_first(_: bytes, **__: Any) -> None:
            await socket.close()
            raise ConnectionClosed(None, None)

        with monkeypatch.context() as patch:
            patch.setattr(socket, "say", break_first)
            with pytest.raises(ConnectionLost):
                await connection.request("query", {}, timeout=WITHIN)
        gc.collect()
        await asyncio.sleep(0)
    assert unhandled == []
    assert heard == []


async def test_a_server_that_does_not_say_goodbye_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekuest_codegen.runtime.transport.CLOSE_WITHIN", 0.1)
    async with connected() as (connection, echo):
        await connection.request("echo", {}, timeout=WITHIN)
        echo.socket.transport.pause_reading()
        async with asyncio.timeout(2):  # websockets alone would wait for ten seconds
            await connection.close()
        echo.socket.transport.abort()


@pytest.mark.parametrize("kind", ["next", "error", "complete", "timeout", "loss"])
async def test_who_is_cancelled_as_the_answer_comes_disturbs_nobody(kind: str) -> None:
    async with connected() as (connection, _):
        task = asyncio.create_task(connection.request("wait", {}, timeout=WITHIN))
        await asyncio.sleep(0.05)
        (key,) = connection._asked
        task.cancel()  # the wait is cancelled; who waited has not heard of it yet
        if kind == "loss":
            connection._end(ConnectionLost("broke"))
        elif kind == "timeout":
            connection._asked[key].until = 0.0
            connection._ring()
        else:
            connection._receive(json.dumps({"type": kind, "id": key, "payload": {"data": {}}}).encode())
        with pytest.raises(asyncio.CancelledError):
            await task
        if kind != "loss":
            assert await connection.request("echo", {"x": 1}, timeout=WITHIN) == {"x": 1}


async def test_a_bundle_is_its_messages_one_after_another() -> None:
    heard: list[Any] = []
    async with connected() as (connection, _):
        await connection.listen("wait", {}, lambda data, error: heard.append(data if error is None else str(error)))
        asked = [asyncio.create_task(connection.request("wait", {}, timeout=WITHIN)) for _ in range(4)]
        await asyncio.sleep(0.05)
        (events,), keys = connection._sinks, list(connection._asked)
        failed = {"data": None, "errors": [{"message": "no such thing"}]}
        bundle = [
            [events, {"n": 1}],
            [keys[0], {"x": 1}],
            {"type": "next", "id": keys[1], "payload": failed},
            [events, {"n": 2}],
            [keys[2], None],
            ["of nobody", {}],
            {"type": "error", "id": events, "payload": [{"message": "too slow"}]},
            [events, {"n": 3}],
            {"type": "next", "id": keys[3], "payload": {"data": {"x": 2}}},
            {"type": "complete", "id": keys[3]},
        ]
        connection._receive(json.dumps(bundle).encode())
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert heard[:2] == [{"n": 1}, {"n": 2}]
        assert len(heard) == 3
        assert "too slow" in heard[2]
        assert [answers[0], answers[3]] == [{"x": 1}, {"x": 2}]
        assert isinstance(answers[1], ServerError)
        assert "no such thing" in str(answers[1])
        assert isinstance(answers[2], ProtocolError)
        assert await connection.request("echo", {"x": 1}, timeout=WITHIN) == {"x": 1}


@pytest.mark.parametrize("what", ["request", "close"])
async def test_a_server_that_reads_nothing_is_given_up(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekuest_codegen.runtime.transport.CLOSE_WITHIN", 0.1)
    monkeypatch.setattr("rekuest_codegen.runtime.sockets.DRAIN_WITHIN", 0.2 if what == "request" else 60.0)
    async with connected() as (connection, echo):
        await connection.request("echo", {}, timeout=WITHIN)
        echo.socket.transport.pause_reading()
        large = asyncio.create_task(connection.request("echo", {"x": "x" * 20_000_000}, timeout=WITHIN))
        if what == "close":
            await asyncio.sleep(0.1)
            async with asyncio.timeout(2):
                await connection.close()
        with pytest.raises(ConnectionLost):
            await large
        echo.socket.transport.abort()


async def test_a_request_has_its_time_also_where_the_server_does_not_read() -> None:
    async with connected() as (connection, echo):
        await connection.request("echo", {}, timeout=WITHIN)
        echo.socket.transport.pause_reading()
        async with asyncio.timeout(5):
            with pytest.raises(CallTimeout, match=r"did not take the request within 0\.2 s"):
                await connection.request("echo", {"x": "x" * 20_000_000}, timeout=0.2)
        assert connection._asked == {}
        echo.socket.transport.resume_reading()  # it is behind, and not gone
        assert await connection.request("echo", {"x": 1}, timeout=WITHIN) == {"x": 1}


NO_FRAMES = [
    "{",
    "[]",
    '{"type": "next"}',
    "[" * 100_000,
    "\udc80",
    "[[]]",
    '[["1"]]',
    '[["1", {}, 1]]',
    "[3]",
    '[[["1", {}]]]',
]


@pytest.mark.parametrize("frame", NO_FRAMES)
async def test_what_is_no_frame_ends_the_connection_at_once(frame: str) -> None:
    """Also where much is still to be sent."""
    async with connected() as (connection, echo):
        await connection.request("echo", {}, timeout=WITHIN)
        echo.socket.transport.pause_reading()
        large = asyncio.create_task(connection.request("echo", {"x": "x" * 20_000_000}, timeout=WITHIN))
        await asyncio.sleep(0.05)
        connection._receive(frame.encode(errors="surrogateescape"))
        assert connection._socket is not None
        async with asyncio.timeout(1):
            await asyncio.shield(connection._socket.connection_lost_waiter)
            with pytest.raises(RekuestError, match=r"not a GraphQL frame|connection was lost"):
                await large
        with pytest.raises(ProtocolError, match="not a GraphQL frame"):
            await connection.request("echo", {}, timeout=WITHIN)
        echo.socket.transport.abort()


async def test_who_stumbles_over_an_event_ends_the_connection_too() -> None:
    async with connected() as (connection, _):
        await connection.listen("wait", {}, lambda data, _: data and data["mytasks"].keys())  # type: ignore[arg-type]  # what a careless reader gives
        (key,) = connection._sinks
        connection._receive(json.dumps({"type": "next", "id": key, "payload": {"data": {"mytasks": [1]}}}).encode())
        with pytest.raises(ProtocolError, match="not a GraphQL frame"):
            await connection.request("echo", {}, timeout=WITHIN)


@pytest.mark.parametrize("status", [403, 401, 404])
async def test_an_address_where_no_server_is_says_nothing_of_the_token(status: int) -> None:
    def turn_away(socket: ServerConnection, request: Any) -> Any:
        return socket.respond(HTTPStatus(status), "")

    async with serve(Echo().handle, "127.0.0.1", 0, process_request=turn_away) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        line = rf"no GraphQL WebSocket there \(HTTP {status}\); is this the address of a rekuest server"
        with pytest.raises(ProtocolError, match=line) as caught:
            await Connection.open(Endpoint.parse(f"http://127.0.0.1:{port}"), "t", timeout=WITHIN)
    assert ("lets nobody through" in str(caught.value)) is (status != 404)


@pytest.mark.parametrize("frame", ["[" * 200_000, "{", "[]", '{"type": "no"}', "[" * 900 + "]" * 900, b"\xff"])
async def test_a_first_frame_that_is_none(frame: str | bytes) -> None:
    async def answer(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(frame)
        await socket.wait_closed()

    async with serve(answer, "127.0.0.1", 0, subprotocols=["graphql-transport-ws"]) as listening:  # type: ignore[list-item]  # websockets has a NewType for it
        port = next(iter(listening.sockets)).getsockname()[1]
        with pytest.raises(ProtocolError):
            await Connection.open(Endpoint.parse(f"http://127.0.0.1:{port}"), "t", timeout=WITHIN)
