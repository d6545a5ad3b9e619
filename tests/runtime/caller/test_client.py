"""A call ends, whatever the server does: events are lost, late or doubled, connections break, agents vanish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from rekuest_codegen.errors import (
    AgentLost,
    CallTimeout,
    ConnectionLost,
    NodeError,
    NodeNotFound,
    ProtocolError,
    TaskCancelled,
    Unreachable,
)
from rekuest_codegen.runtime import Arguments, Remote, operations, remote
from rekuest_codegen.runtime import watch as watching
from rekuest_codegen.runtime.caller import client as calling
from rekuest_codegen.runtime.caller.client import Client
from tests.runtime.scripted import COMPLETED, Event, Scripted, scripted, yields

WITHIN = 20.0


class AddArgs(Arguments):
    x: int


def node(key: str = "add") -> Remote[Any]:
    return remote(app="lab", key=key, version="1", hash="h", ports="{}", arguments=AddArgs, types={})


@asynccontextmanager
async def client(server: Scripted, **fields: Any) -> AsyncGenerator[Client]:
    async with asyncio.timeout(WITHIN), Client(server.url, "token", **fields) as opened:
        yield opened


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become so within ten seconds")


async def result(opened: Client) -> Any:
    watch = await opened.start(node(), {"x": 1})
    return (await watch.result())["return0"]


async def everything(opened: Client) -> list[Any]:
    watch = await opened.start(node(), {"x": 1})
    items = []
    while (item := await watch.next_yield()) is not None:
        items.append(item["return0"])
    return items


async def test_a_call() -> None:
    async with scripted(lambda _: [*yields(42), COMPLETED]) as server, client(server) as opened:
        assert [await result(opened) for _ in range(3)] == [42, 42, 42]
        # Proven live after the first call: nothing is read back any more, and the node is resolved once.
        assert server.requests.count("task") == 1
        assert server.requests.count("actions") == 1


async def test_nothing_is_lost_before_the_subscription_is_live() -> None:
    async with scripted(lambda _: [*yields(1, 2, 3), COMPLETED], live=False) as server, client(server) as opened:
        assert await everything(opened) == [1, 2, 3]


async def test_the_subscription_becomes_live_in_the_middle() -> None:
    async with scripted(lambda _: yields(1, 2), live=False) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        await server.emit(watch.task, yields(3), live=False)
        await server.emit(watch.task, yields(4), live=True)
        await server.emit(watch.task, [*yields(5), COMPLETED], live=True)
        items = [await watch.next_yield() for _ in range(6)]
        assert [item and item["return0"] for item in items] == [1, 2, 3, 4, 5, None]


async def test_events_that_come_twice_count_once() -> None:
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        for socket, key in server.subscribers:  # the same event again, as a server replays it
            event = {**server.events[watch.task][0], "task": watch.task}
            await socket.send(
                json.dumps({"type": "next", "id": key, "payload": {"data": {"mytasks": {"event": event}}}})
            )
        await server.emit(watch.task, [*yields(2), COMPLETED])
        assert await watch.next_yield() == {"return0": 2}
        assert await watch.next_yield() is None


@pytest.mark.parametrize(
    ("events", "error", "text"),
    [
        ([{"kind": "CRITICAL", "message": "boom"}], NodeError, "lab/add: boom"),
        ([{"kind": "FAILED", "message": "arguments: $.x"}], NodeError, "lab/add: arguments: $.x"),
        ([{"kind": "CANCELLED"}], TaskCancelled, "lab/add: the task was cancelled"),
        ([{"kind": "INTERRUPTED"}], TaskCancelled, "lab/add: the task was interrupted"),
        ([COMPLETED], ProtocolError, "lab/add: completed without returning anything"),
        (
            [{"kind": "CRITICAL", "message": "agent lost: it did not come back"}],
            AgentLost,
            "lab/add: agent lost: it did",
        ),
        ([{"kind": "DISCONNECTED"}, {"kind": "CRITICAL", "message": "boom"}], NodeError, "lab/add: boom"),
    ],
)
async def test_other_ends(events: list[Event], error: type[Exception], text: str) -> None:
    async with scripted(lambda _: events) as server, client(server) as opened:
        with pytest.raises(error) as caught:
            await result(opened)
        assert str(caught.value).startswith(text)


async def test_an_agent_that_vanishes() -> None:
    async with scripted(lambda _: [{"kind": "DISCONNECTED"}]) as server, client(server, lost_after=0.2) as opened:
        with pytest.raises(AgentLost, match=r"gone for 0\.2 s"):
            await result(opened)


LOST = "agent lost: lab went away; it may have done the work, or not"


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([{"kind": "DISCONNECTED"}], {"last_event": None, "progress": None}),
        ([{"kind": "CRITICAL", "message": LOST}], {"last_event": None, "progress": None}),
        (
            [{"kind": "STARTED"}, {"kind": "PROGRESS", "progress": 40}, {"kind": "DISCONNECTED"}],
            {"last_event": "PROGRESS", "progress": 40},
        ),
        (
            [{"kind": "PROGRESS", "progress": 7}, {"kind": "LOG", "message": "7"}, {"kind": "LOST", "message": None}],
            {"last_event": "LOG", "progress": 7},
        ),
    ],
)
@pytest.mark.parametrize("live", [True, False])
async def test_what_is_known_of_a_lost_agent(events: list[Event], known: dict[str, Any], live: bool) -> None:
    async with scripted(lambda _: yields(1), live=live) as server, client(server, lost_after=0.2) as opened:
        first = await opened.start(node(), {"x": 1})
        assert await first.next_yield() == {"return0": 1}
        before = datetime.now(UTC)
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        await server.emit(watch.task, events)
        with pytest.raises(AgentLost) as caught:
            await watch.result()
        error = caught.value
        assert (error.node, error.task, error.agent) == ("lab/add", watch.task, "lab-1")
        assert {name: getattr(error, name) for name in known} == known
        assert error.since is not None
        assert before <= error.since <= datetime.now(UTC)
        assert not error.retry_safe


async def test_a_task_that_its_lost_agent_had_not_begun() -> None:
    lost = [{"kind": "CRITICAL", "message": "agent lost: lab stopped; the task was not begun"}]
    async with scripted(lambda _: lost) as server, client(server) as opened:
        with pytest.raises(AgentLost, match="not begun") as caught:
            await result(opened)
        assert caught.value.retry_safe


async def test_an_agent_that_comes_back() -> None:
    events: list[Event] = [{"kind": "DISCONNECTED"}, {"kind": "PROGRESS", "progress": 0}]
    async with scripted(lambda _: events) as server, client(server, lost_after=0.2) as opened:
        watch = await opened.start(node(), {"x": 1})
        await asyncio.sleep(0.4)
        await server.emit(watch.task, [*yields(7), COMPLETED])
        assert await watch.result() == {"return0": 7}


async def test_a_broken_connection_is_restored_and_nothing_is_lost() -> None:
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        for socket in list(server.connections):
            socket.transport.abort()
        await server.emit(watch.task, yields(2), live=False)
        await server.emit(watch.task, [*yields(3), COMPLETED])
        assert [await watch.next_yield() for _ in range(3)] == [{"return0": 2}, {"return0": 3}, None]


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_assign_without_an_answer_is_looked_for_before_it_is_sent_again(arrived: bool) -> None:
    """The real server makes two tasks of one reference, so a blind second try could do the work twice."""
    cut = False

    async def cut_once(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        nonlocal cut
        if name != "assign" or cut:
            return False
        cut = True
        if arrived:
            server.references[variables["input"]["reference"]] = "1"
            await server.emit("1", [*yields(5), COMPLETED])
        socket.transport.abort()
        return True

    async with scripted(lambda _: [*yields(5), COMPLETED], on_request=cut_once) as server, client(server) as opened:
        assert await result(opened) == 5
        assert server.requests.count("assign") == (1 if arrived else 2)
        assert len(server.references) == 1


async def test_a_server_that_goes_away_for_good() -> None:
    async with scripted(lambda _: []) as server, client(server, reconnect_within=0.5) as opened:
        watch = await opened.start(node(), {"x": 1})
        pending = asyncio.create_task(watch.result())

        async def silence(name: str, socket: ServerConnection, _: object) -> bool:
            socket.transport.abort()
            return True

        server.on_request = silence
        for socket in list(server.connections):
            socket.transport.abort()
        with pytest.raises(ConnectionLost):
            await pending


async def test_a_server_that_never_answers() -> None:
    async def silence(name: str, socket: ServerConnection, _: object) -> bool:
        return name != "mytasks"

    async with scripted(lambda _: [], on_request=silence) as server, client(server, request_timeout=0.3) as opened:
        with pytest.raises(CallTimeout, match=r"no answer within 0\.3 s"):
            await result(opened)


async def test_a_node_the_server_does_not_know() -> None:
    async with scripted(lambda _: []) as server, client(server) as opened:
        with pytest.raises(NodeNotFound, match="lab/subtract: the server at http://127"):
            await opened.start(node("subtract"), {})


async def test_nobody_there() -> None:
    async with asyncio.timeout(WITHIN), Client("http://127.0.0.1:9", "token") as opened:
        with pytest.raises(Unreachable, match="is the server running"):
            await opened.start(node(), {})


async def test_cancel_tells_the_server_once() -> None:
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        await opened.cancel(watch)
        assert server.cancelled == [watch.task]


async def test_many_at_once() -> None:
    async with scripted(lambda _: [*yields(1, 2), COMPLETED]) as server, client(server) as opened:
        assert await asyncio.gather(*(everything(opened) for _ in range(50))) == [[1, 2]] * 50


async def test_a_server_that_forgot_the_task_and_gave_its_id_to_another() -> None:
    async with scripted(lambda _: []) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        other = await opened.start(node(), {"x": 2})
        server.references = {
            "somebody else's": watch.task,
            **{r: t for r, t in server.references.items() if t != watch.task},
        }
        await server.emit(watch.task, [*yields(777), COMPLETED], live=False)
        await server.emit(other.task, [*yields(2), COMPLETED], live=False)
        for socket in list(server.connections):
            socket.transport.abort()
        with pytest.raises(ConnectionLost, match="knows nothing of the task any more; it may have run") as caught:
            await watch.result()
        assert not caught.value.retry_safe
        assert await other.result() == {"return0": 2}


async def test_ids_of_nodes_are_asked_for_anew_on_every_connection() -> None:
    async with scripted(lambda _: [*yields(1), COMPLETED]) as server, client(server) as opened:
        assert await result(opened) == 1
        for socket in list(server.connections):
            socket.transport.abort()
        assert await result(opened) == 1
        assert server.requests.count("actions") == 2


async def test_a_caller_that_stops_reading_is_read_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_UNREAD", 10)
    monkeypatch.setattr(operations, "MAX_UNREAD", 10)
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        await server.emit(watch.task, [*yields(*range(2, 101)), COMPLETED])
        await until(lambda: watch.behind)
        assert watch.room == 0
        items = []
        while (item := await watch.next_yield()) is not None:
            items.append(item["return0"])
        assert items == list(range(2, 101))


async def test_what_comes_while_it_is_read_back_is_read_back_too() -> None:
    """It is not taken before what came first, nor lost."""
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        assert await watch.next_yield() == {"return0": 1}
        await server.emit(watch.task, yields(2, 3), live=False)
        watch.behind = True
        await server.emit(watch.task, [*yields(4), COMPLETED])
        items = []
        while (item := await watch.next_yield()) is not None:
            items.append(item["return0"])
        assert items == [2, 3, 4]


async def test_what_nobody_reads_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its reader was behind, so that it keeps no client busy."""
    monkeypatch.setattr(watching, "MAX_UNREAD", 10)
    async with scripted(lambda _: yields(1)) as server, client(server) as opened:
        watch = await opened.start(node(), {"x": 1})
        await server.emit(watch.task, yields(*range(2, 101)))
        await until(lambda: watch.behind)
        watch.leave("it runs on")
        await until(lambda: opened.idle)
        assert opened._watches == {}
        assert server.cancelled == []


async def test_a_cancelled_assignment_is_cancelled_at_the_server_too() -> None:
    async def hold(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name != "assign":
            return False
        server.references[variables["input"]["reference"]] = "7"
        held.set()
        return True  # and no answer

    held = asyncio.Event()
    async with scripted(lambda _: [], on_request=hold) as server, client(server) as opened:
        starting = asyncio.create_task(opened.start(node(), {"x": 1}))
        await held.wait()
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        await until(lambda: server.cancelled == ["7"])


async def test_events_of_other_peoples_tasks_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MAX_EARLY", 50)

    async def flood(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name == "assign" and "other" not in server.events:
            await server.emit("other", yields(*range(200)))
        return False

    async with scripted(lambda _: [*yields(5), COMPLETED], on_request=flood) as server, client(server) as opened:
        assert await result(opened) == 5
        assert opened._early == {}


async def test_calls_one_upon_another_keep_room_for_what_is_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MAX_EARLY", 5)
    hold = asyncio.Event()

    async def late(name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name == "assign" and variables["input"]["args"] == {"x": 0}:
            hold.set()
            return True
        return False

    async with scripted(lambda _: [*yields(5), COMPLETED], on_request=late) as server, client(server) as opened:
        assert await result(opened) == 5
        held = asyncio.create_task(opened.start(node(), {"x": 0}))
        await hold.wait()
        assert [await result(opened) for _ in range(10)] == [5] * 10
        assert server.requests.count("task") == 1  # all of them came live
        held.cancel()
        await asyncio.wait([held])
