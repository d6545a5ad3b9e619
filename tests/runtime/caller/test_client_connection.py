"""A client whose connection is closed, cut, or taken from it in the middle, and a server that talks nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from rekuest_codegen.errors import ConnectionLost, ProtocolError, ServerError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller import client as calling
from rekuest_codegen.runtime.caller import patience
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller.terms import Assignment
from tests.runtime.caller.test_client import client, node, until
from tests.runtime.scripted import COMPLETED, scripted, yields

ACTION = {"key": "add", "hash": "h", "implementations": []}
TASK = {"id": "1", "reference": "r"}
NONSENSE: dict[str, list[Any]] = {
    "actions": [{}, {"actions": None}, {"actions": [{}]}, {"actions": [ACTION]}],
    "assign": [{}, {"assign": None}, {"assign": []}, {"assign": {"task": 1}}],
    "task": [{"task": {**TASK, "events": one}} for one in (None, [1], [{"id": "x", "kind": "LOG"}])],
    "tasks": [{}, {"tasks": [1]}, {"tasks": [TASK]}],
}


@pytest.mark.parametrize(("asked", "data"), [(asked, one) for asked, them in NONSENSE.items() for one in them])
async def test_answers_that_make_no_sense_are_one_line(asked: str, data: dict[str, Any]) -> None:
    async def nonsense(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name != asked:
            return False
        payload = {"data": data}
        await socket.send(json.dumps({"type": "next", "id": server.answering, "payload": payload}))
        return True

    async with scripted(lambda _: [COMPLETED], on_request=nonsense) as server, client(server) as opened:
        server.references["r"] = "1"
        with pytest.raises(ProtocolError, match=r"^http://127\S+: the answer is not what was asked for \([^\n]+\)$"):
            await (opened.attach(node(), "1") if asked.startswith("task") else opened.start(node(), {"x": 1}))
        assert opened.idle


async def test_a_closed_client_says_so_and_opens_nothing() -> None:
    async with scripted(lambda _: [*yields(1), COMPLETED]) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.result() == {"return0": 1}
        await opened.close()
        await opened.close()
        late: list[Callable[[], Awaitable[Any]]] = [
            lambda: opened.start(node(), {"x": 1}),
            lambda: opened.start(node(), {"x": 1}, Assignment("r", known=True)),
            lambda: opened.steer(watch, "cancel"),
            lambda: opened.attach(node(), watch.task),
            lambda: opened.repeatable(node()),
            opened.connected,
        ]
        for call in late:
            async with asyncio.timeout(1):
                with pytest.raises(ConnectionLost, match=r"^http://127\S+: its client is closed; nothing was sent$"):
                    await call()
        assert len(server.tokens) == 1


async def test_a_client_that_is_closed_while_it_connects() -> None:
    """To a server that takes the connection and says nothing."""

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        opened = Client(f"http://127.0.0.1:{port}", "token")
        calls = [asyncio.create_task(opened.start(node(), {"x": 1})) for _ in range(2)]
        await until(lambda: bool(writers))
        async with asyncio.timeout(5):
            await asyncio.gather(opened.close(), opened.close())
            for call in calls:
                with pytest.raises(ConnectionLost, match="its client is closed; nothing was sent"):
                    await call
        for writer in writers:
            writer.close()


@pytest.mark.parametrize("answered", [True, False])
async def test_a_client_that_is_closed_while_a_task_is_assigned(answered: bool) -> None:
    async def hold(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name == "assign":
            assigning.set()
        return name == "assign"

    assigning = asyncio.Event()
    async with scripted(lambda _: [], on_request=hold) as server, client(server) as opened:
        starting = asyncio.create_task(opened.start(node(), {"x": 1}))
        await assigning.wait()
        connection = opened._link._connection
        assert connection is not None
        (asked,) = connection._asked
        if answered:  # and who waits for it has not heard of it yet
            connection._hear(asked, {"data": {"assign": {"id": "7"}}})
        async with asyncio.timeout(5):
            await opened.close()
            with pytest.raises(ConnectionLost, match="closed; the task may run"):
                await starting
        assert opened._watches == {}


async def test_a_task_that_could_not_be_taken_up_can_be_later() -> None:
    async def refuse(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name == "task" and not refused:
            refused.append(name)
            await server.refuse(socket, "the database is busy")
            return True
        return False

    refused: list[str] = []
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        await server.emit("1", [*yields(1), COMPLETED])
        server.references["r"] = "1"
        server.on_request = refuse
        with pytest.raises(ServerError, match="busy"):
            await opened.attach(node(), "1")
        assert await (await opened.attach(node(), "1")).result() == {"return0": 1}


@pytest.mark.parametrize("late", [False, True])
async def test_an_assignment_that_is_to_be_kept_is(late: bool) -> None:
    """Its caller goes before the answer comes. The request goes on, but not past the deadline of the call."""

    async def hold(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name != "assign":
            return False
        server.references[variables["input"]["reference"]] = "7"
        held.set()
        return True

    held = asyncio.Event()
    async with scripted(lambda _: [], on_request=hold) as server, client(server) as opened:
        how = Assignment(keep=lambda: not late)
        starting = asyncio.create_task(opened.start(node(), {"x": 1}, how))
        await held.wait()
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        if late:
            await until(lambda: server.cancelled == ["7"])
        else:
            assert not opened.idle
            assert len(opened._background) == len(portal.leaving) == 1
            connection = opened._link._connection
            assert connection is not None
            (asked,) = connection._asked
            connection._hear(asked, {"data": {"assign": {"id": "7"}}})
            await until(lambda: opened.idle and not portal.leaving)
            assert await opened._assignments.find(next(iter(server.references))) == "7"
            assert server.cancelled == []


async def test_a_subscription_that_the_server_ends_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the connection that lives on: for the tasks that are pending, and for those that come."""
    monkeypatch.setattr(calling, "SWEEPS", (60.0,))

    async def end() -> None:
        ended, server.subscribers = server.subscribers, []
        for socket, key in ended:
            await socket.send(json.dumps({"type": "complete", "id": key}))

    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        await end()
        await server.emit(watch.task, yields(2))  # nobody hears this one
        await until(lambda: bool(server.subscribers))
        assert await watch.next_yield() == {"return0": 2}
        await server.emit(watch.task, [*yields(3), COMPLETED])
        assert [await watch.next_yield() for _ in range(2)] == [{"return0": 3}, None]
        await end()
        await until(lambda: not opened._subscribed)
        watch = await opened.start(node(), {"x": 1})
        await server.emit(watch.task, [*yields(2), COMPLETED])
        assert [await watch.next_yield() for _ in range(3)] == [{"return0": 1}, {"return0": 2}, None]
        assert len(server.tokens) == 1


@pytest.mark.parametrize("how", ["drops", "completes"])
async def test_a_server_that_takes_us_in_and_drops_us_is_not_asked_without_end(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BACKOFF", (0.1,))
    monkeypatch.setattr(calling, "SWEEPS", (60.0,))

    async def flap(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name == "mytasks" and how == "completes":
            await socket.send(json.dumps({"type": "complete", "id": server.answering}))
            return True
        if name == "task" and how == "drops":
            asyncio.get_running_loop().call_later(0.01, socket.transport.abort)  # after the answer
        return False

    async with scripted(lambda _: [], on_request=flap) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        for socket in list(server.connections):
            socket.transport.abort()
        await asyncio.sleep(1.0)
        assert 3 <= server.requests.count("mytasks") <= 25
        server.on_request = None
        await server.emit(watch.task, [*yields(1), COMPLETED])
        assert await watch.result() == {"return0": 1}
