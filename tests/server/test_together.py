"""What is due together is said together: a caller wakes once, and nobody waits longer for it than a moment."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller.terms import AWAITED
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.sockets import Socket
from rekuest_codegen.runtime.transport import Connection
from rekuest_codegen.runtime.types import Arguments
from rekuest_codegen.server import feeds, outbox
from rekuest_codegen.server.feeds import LINGER, Feed, Feeds
from rekuest_codegen.server.model import MAX_LISTENERS, Run
from rekuest_codegen.server.segments import MOST, Joined
from rekuest_codegen.wire.asides import Aside, read_aside, read_listener, takes_asides, write_aside
from rekuest_codegen.wire.messages import Completed
from tests.server.conftest import ASSIGN, WAIT, Agent

pytestmark = pytest.mark.anyio
EVENTS = "subscription { mytasks { event { task kind } } }"


class Wire:
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")

    def abort(self) -> None:
        self.done.append("aborted")

    def is_closing(self) -> bool:
        return "closed" in self.done or "aborted" in self.done

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.done))

    def get_extra_info(self, name: str) -> str:
        return name


async def test_what_is_written_in_one_turn_of_the_loop_is_one_piece() -> None:
    wire = Wire()
    joined = Joined(wire)  # type: ignore[arg-type]  # it stands in for a transport
    joined.write(b"a")
    joined.write(b"b")
    assert wire.done == []
    await asyncio.sleep(0)
    joined.write(b"c")
    await asyncio.sleep(0)
    assert wire.done == [b"ab", b"c"]
    assert joined.get_extra_info("peername") == "peername"


@pytest.mark.parametrize(("end", "done"), [("close", [b"a", "closed"]), ("abort", ["aborted"])])
async def test_what_is_closed_has_said_all_and_what_is_broken_off_nothing(end: str, done: list[Any]) -> None:
    wire = Wire()
    joined = Joined(wire)  # type: ignore[arg-type]  # it stands in for a transport
    joined.write(b"a")
    getattr(joined, end)()
    joined.write(b"lost")
    await asyncio.sleep(0)
    assert wire.done == done


async def test_much_is_written_at_once_so_that_the_transport_can_stop_who_writes() -> None:
    wire = Wire()
    joined = Joined(wire)  # type: ignore[arg-type]  # it stands in for a transport
    joined.write(b"a" * MOST)
    assert (wire.done, joined.get_write_buffer_size()) == ([], MOST)
    joined.write(b"b")
    assert (wire.done, joined.get_write_buffer_size()) == ([b"a" * MOST + b"b"], MOST + 1)
    joined.write(b"c")
    await asyncio.sleep(0)
    assert wire.done[1:] == [b"c"]


async def test_what_may_wait_goes_with_what_follows_or_after_a_moment() -> None:
    topics = Feeds()
    feed = Feed(topics, "topic")
    reader = asyncio.create_task(anext(feed))
    await asyncio.sleep(0)
    topics.put("topic", 1, waits=True)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not reader.done()
    topics.put("topic", 2)
    assert [await reader, await anext(feed)] == [1, 2]
    start = time.monotonic()
    topics.put("topic", 3, waits=True)
    async with asyncio.timeout(WAIT):
        assert await anext(feed) == 3
        late = asyncio.create_task(anext(feed))
        await asyncio.sleep(0)
        topics.put("topic", 4, waits=True)
        assert await late == 4
    assert time.monotonic() - start >= LINGER * 0.9
    await feed.aclose()


async def test_a_feed_that_is_left_wakes_nobody() -> None:
    topics = Feeds()
    feed = Feed(topics, "topic")
    reader = asyncio.create_task(anext(feed))
    await asyncio.sleep(0)
    topics.put("topic", 1, waits=True)
    await feed.aclose()
    await asyncio.sleep(3 * LINGER)
    assert not reader.done()
    reader.cancel()


@asynccontextmanager
async def introduced(url: str, **payload: Any) -> AsyncIterator[tuple[ClientConnection, Any]]:
    place = f"{url.replace('http', 'ws')}/graphql"
    async with connect(place, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]  # websockets has a NewType for it
        await socket.send(json.dumps({"type": "connection_init", "payload": {"token": "secret", **payload}}))
        yield socket, json.loads(await socket.recv())


async def test_a_short_call_is_one_frame_for_who_takes_bundles(
    url: str,
    provide: Callable[..., str],
    define: Callable[..., Any],
    agent_at: Callable[..., Agent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (feeds, outbox):
        monkeypatch.setattr(module, "LINGER", WAIT)  # however busy the machine is
    provide(url, "lab", define("add"))

    async def ask(socket: ClientConnection, key: str, query: str, **more: Any) -> None:
        await socket.send(json.dumps({"type": "subscribe", "id": key, "payload": {"query": query, **more}}))

    async with (
        agent_at(url),
        introduced(url) as (other, _),
        introduced(url, asides=True, bundles=True) as (socket, answer),
        asyncio.timeout(4 * WAIT),
    ):
        assert answer == {"type": "connection_ack", "payload": {"asides": True}}
        for one in (other, socket):
            await ask(one, "e", EVENTS)
        await ask(other, "here", "{ __typename }")
        assert [json.loads(await other.recv())["type"] for _ in range(2)] == ["next", "complete"]
        await ask(socket, "h", "{ actions { hash } }")
        ((key, data),) = json.loads(await socket.recv())
        assert key == "h"
        (action,) = data["actions"]
        given = {"input": {"args": {"x": 1}, "actionHash": action["hash"]}}
        await ask(socket, "1", ASSIGN, variables=given, extensions=write_aside(Aside(awaited=True)))
        assigned, *events = json.loads(await socket.recv())
        assert assigned[0] == "1"
        task = assigned[1]["assign"]["id"]
        told = [{"mytasks": {"event": {"task": task, "kind": kind}}} for kind in ("YIELD", "COMPLETED")]
        assert events == [["e", change] for change in told]
        heard = [json.loads(await other.recv()) for _ in told]
        assert heard == [{"type": "next", "id": "e", "payload": {"data": change}} for change in told]
        await ask(socket, "2", ASSIGN, variables={"input": {"args": {}, "actionHash": "no such hash"}})
        (refused,) = json.loads(await socket.recv())
        assert (refused["type"], refused["id"]) == ("next", "2")
        assert refused["payload"]["errors"]


async def test_only_who_asks_is_told_what_is_taken(url: str) -> None:
    async with introduced(url) as (_, answer):
        assert answer == {"type": "connection_ack"}
    async with introduced(url, asides=True) as (_, answer):
        assert answer == {"type": "connection_ack", "payload": {"asides": True}}


async def test_an_awaited_answer_comes_with_the_end_and_never_without_one_is_lost(
    url: str, provide: Callable[..., str], define: Callable[..., Any], agent_at: Callable[..., Agent]
) -> None:
    provide(url, "lab", define("add"), define("rest"))

    async def heard(socket: ClientConnection, number: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(WAIT):
            return [json.loads(await socket.recv()) for _ in range(number)]

    async def ask(socket: ClientConnection, key: str, hash: str, **more: Any) -> None:
        payload = {"query": ASSIGN, "variables": {"input": {"args": {"x": 1}, "actionHash": hash}}, **more}
        await socket.send(json.dumps({"type": "subscribe", "id": key, "payload": payload}))

    async with agent_at(url), introduced(url, asides=True) as (socket, _):
        await socket.send(json.dumps({"type": "subscribe", "id": "e", "payload": {"query": EVENTS}}))
        await socket.send(
            json.dumps({"type": "subscribe", "id": "h", "payload": {"query": "{ actions { key hash } }"}})
        )
        answer, _ = await heard(socket, 2)
        hashes = {action["key"]: action["hash"] for action in answer["payload"]["data"]["actions"]}
        awaited = write_aside(Aside(awaited=True))
        await ask(socket, "1", hashes["add"], extensions=awaited)
        found = await heard(socket, 4)
        assert [one["id"] for one in found] == ["1", "1", "e", "e"]
        kinds = [one["payload"]["data"]["mytasks"]["event"]["kind"] for one in found[2:]]
        assert kinds == ["YIELD", "COMPLETED"]
        # That a task was made is not among what was asked for, and its answer comes though nothing else does.
        await ask(socket, "2", hashes["rest"], extensions=awaited)
        found = await heard(socket, 2)
        assert [(one["id"], one["type"]) for one in found] == [("2", "next"), ("2", "complete")]
        await ask(socket, "3", "no such hash", extensions=awaited)
        assert (await heard(socket, 1))[0]["payload"]["errors"]


@pytest.mark.parametrize("given", [None, [], {}, {"asides": None}, {"asides": {"awaited": 1}}, {"asides": [True]}])
def test_an_aside_nobody_understands_is_none(given: Any) -> None:
    assert read_aside(given) == Aside()
    assert not takes_asides(given)


@pytest.mark.parametrize("aside", [Aside(), Aside(awaited=True)])
def test_an_aside_is_read_as_it_was_written(aside: Aside) -> None:
    assert read_aside(json.loads(json.dumps(write_aside(aside)))) == aside


async def test_a_caller_wakes_once_for_a_call(
    url: str,
    provide: Callable[..., str],
    define: Callable[..., Any],
    agent_at: Callable[..., Agent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (feeds, outbox):
        monkeypatch.setattr(module, "LINGER", WAIT)  # however busy the machine is
    provide(url, "lab", define("add"))
    pieces = frames = 0
    received, heard = Socket.data_received, Connection._receive

    def counted(self: Socket, data: bytes) -> None:
        nonlocal pieces
        pieces += 1
        received(self, data)

    def heard_too(self: Connection, text: bytes) -> None:
        nonlocal frames
        frames += 1
        heard(self, text)

    monkeypatch.setattr(Connection, "_receive", heard_too)
    remote: Remote[Any] = Remote("lab", "add", "1", "", "{}", Arguments, {})
    async with agent_at(url), Client(url, "secret") as client, asyncio.timeout(4 * WAIT):
        await (await client.start(remote, {"x": 1}, AWAITED)).result()
        monkeypatch.setattr(Socket, "data_received", counted)
        frames = 0
        for _ in range(20):
            assert await (await client.start(remote, {"x": 1}, AWAITED)).result() == {"return0": 2}
    assert pieces < 40  # and not three or more a call
    assert frames < 40


async def test_a_listener_with_a_name_is_told_of_its_own_tasks(
    url: str,
    caller_at: Callable[..., Any],
    provide: Callable[..., str],
    define: Callable[..., Any],
    agent_at: Callable[..., Agent],
) -> None:
    """And of those it asked about, over all its connections; who has no name is told of all of its token's."""
    provide(url, "lab", define("add"), define("rest"))
    async with (
        agent_at(url) as agent,
        caller_at(url) as anybody,
        caller_at(url, listener="one") as one,
        caller_at(url, listener="one") as again,
        caller_at(url, listener="two") as two,
        asyncio.timeout(8 * WAIT),
    ):
        callers = (anybody, one, again, two)
        actions = (await anybody.ask("{ actions { key hash } }"))["data"]["actions"]
        hashes = {action["key"]: action["hash"] for action in actions}
        heard = [await caller.watch() for caller in callers]
        for caller in callers:
            await caller.ask("{ __typename }")  # after which it is subscribed

        async def assigned(caller: Any, key: str, reference: str) -> str:
            return str((await caller.assign(actionHash=hashes[key], reference=reference))["id"])

        async def told(events: Any, last: str) -> set[str]:
            """The tasks that a listener is told of, up to the end of the ``last``."""
            tasks: set[str] = set()
            while True:
                event = (await events.next())["event"]
                if event is not None:
                    tasks.add(event["task"])
                    if (event["task"], event["kind"]) == (last, "COMPLETED"):
                        return tasks

        of_one = [await assigned(one, "add", "1"), await assigned(one, "rest", "2")]
        of_two = await assigned(two, "add", "3")
        of_nobody = [await assigned(anybody, "rest", "4"), await assigned(anybody, "add", "5")]
        assert await assigned(two, "rest", "2") == of_one[1]  # by its reference it is one of its tasks too
        await two.ask("query ($id: ID!) { task(id: $id) { id } }", id=of_nobody[0])
        for task in (of_one[1], of_nobody[0]):
            await agent.send(Completed(task=task))
        ends = [await assigned(caller, "add", f"end of {name}") for name, caller in enumerate((anybody, one, two))]
        assert await told(heard[0], ends[0]) >= {*of_one, of_two, *of_nobody}
        assert await told(heard[1], ends[1]) == {*of_one, ends[1]}
        assert await told(heard[2], ends[1]) == {*of_one, ends[1]}
        assert await told(heard[3], ends[2]) == {of_one[1], of_two, of_nobody[0], ends[2]}


@pytest.mark.parametrize("given", [None, {}, {"listener": ""}, {"listener": 3}, {"listener": "x" * 65}])
def test_a_name_that_is_none_is_not_taken(given: Any) -> None:
    assert read_listener(given) is None


def test_a_task_that_many_want_to_hear_of_is_told_to_all() -> None:
    run = Run.__new__(Run)
    run.listeners = ()
    for number in range(MAX_LISTENERS):
        run.tell(str(number))
        run.tell("0")
        run.tell(None)
    assert run.listeners == tuple(map(str, range(MAX_LISTENERS)))
    run.tell("one more")
    assert run.listeners is None
    run.tell("another")
    assert run.listeners is None
