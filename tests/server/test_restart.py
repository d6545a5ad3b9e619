"""A server that stops and starts on the same store, and one whose disk is full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import NodeNotFound
from rekuest_codegen.server import deadlines, serving
from rekuest_codegen.server.decision import Created, Happened
from rekuest_codegen.server.dispatch import Call, find_run
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.memory import MemoryStore
from rekuest_codegen.server.model import Run
from rekuest_codegen.server.presence import Welcome
from rekuest_codegen.server.sqlite import SqliteStore
from rekuest_codegen.server.store import Done, Store, StoreFailure, Write
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN
from rekuest_codegen.wire.messages import (
    Assign,
    Cancel,
    Completed,
    Critical,
    EventAck,
    Progress,
    Register,
    Report,
    TaskEvent,
    ToAgent,
    Unsendable,
    Yield,
)

pytestmark = pytest.mark.anyio
Make = Callable[..., Any]
WAIT = 5.0


class Link:
    """An agent's connection, without one."""

    def __init__(self) -> None:
        self.told: list[ToAgent] = []
        self.inquiries: list[str] | None = None
        self.welcomed = asyncio.Event()
        self.displaced = False

    def welcome(self, welcome: Welcome) -> None:
        self.inquiries = welcome.inquiries
        self.welcomed.set()

    def tell(self, message: ToAgent) -> None:
        self.told.append(message)

    def displace(self) -> None:
        self.displaced = True

    def of(self, kind: type[ToAgent]) -> list[Any]:
        return [message for message in self.told if isinstance(message, kind)]


class Refusing(MemoryStore):
    """Refuses what may be refused while ``full``, and counts it."""

    full = False
    refused = 0

    def commit(self, writes: Sequence[Write], done: Done, *, essential: bool) -> None:
        if self.full and not essential:
            self.refused += 1
            done(StoreFailure("disk full"))
        else:
            super().commit(writes, done, essential=essential)


class Slow(MemoryStore):
    """Makes nothing durable, and refuses nothing, before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Sequence[Write], Done]] | None = None

    def commit(self, writes: Sequence[Write], done: Done, *, essential: bool) -> None:
        if self.held is not None:
            self.held.append((writes, done))
        else:
            super().commit(writes, done, essential=essential)

    def let(self, failure: Exception | None = None) -> None:
        held, self.held = self.held or [], None
        for writes, done in held:
            if failure is None:
                super().commit(writes, done, essential=False)
            else:
                done(failure)


@asynccontextmanager
async def running(store: Store, *, grace: float = 30.0) -> AsyncIterator[Hub]:
    hub = Hub(store, grace=grace)
    hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def provided(hub: Hub, define: Make, **more: Any) -> int:
    agent = await hub.ensure_agent("dev", "calc")
    await hub.implement_agent("dev", {"implementations": [{"definition": define("slow", **more), "interface": "slow"}]})
    return agent.id


async def connected(hub: Hub, session: str = "s") -> Link:
    link = Link()
    hub.register("dev", None, Register(token="t", session_id=session), link)
    await asyncio.wait_for(link.welcomed.wait(), WAIT)
    return link


async def settled(hub: Hub, task: int, what: str) -> None:
    """Wait until the task's last durable event is ``what``."""
    feed = hub.watch_calls("dev")
    async with asyncio.timeout(WAIT):
        while hub.state.runs[task].latest != what:
            await anext(feed)
    await feed.aclose()


@pytest.fixture(params=["memory", "sqlite"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "memory":
        store = MemoryStore()
        return lambda: store
    return lambda: SqliteStore(tmp_path / "server.db")


async def test_everything_is_there_after_a_restart(reopen: Callable[[], Store], define: Make) -> None:
    async with running(reopen()) as hub:
        agent = await provided(hub, define)
        drawer = await hub.shelve("dev", {"identifier": "@a/b", "resourceId": "r"})
        link = await connected(hub)
        done, _ = await hub.assign(Call("dev", {"x": 1}, node="1", reference="done"))
        unfinished, _ = await hub.assign(Call("dev", {"x": 2}, node="1", reference="unfinished"))
        reports: list[Report] = [
            Yield(task=str(done.task.id), returns={"return0": 5}),
            Completed(task=str(done.task.id)),
            Progress(task=str(unfinished.task.id), progress=3),
        ]
        for report in reports:
            hub.report(agent, report)
        await settled(hub, unfinished.task.id, "PROGRESS")
        assert len(link.of(EventAck)) == 2
    async with running(reopen()) as hub:
        state = hub.state
        assert [node.key for node in state.nodes.values()] == ["slow"]
        assert state.drawers[drawer.id].identifier == "@a/b"
        kept = find_run(state, "dev", str(done.task.id))
        assert [(event.number, event.what, event.returns) for event in kept.events] == [
            (1, "YIELD", {"return0": 5}),
            (2, "COMPLETED", None),
        ]
        again, new = await hub.assign(Call("dev", {"x": 1}, node="1", reference="done"))
        assert (again.task.id, new) == (done.task.id, False)
        link = await connected(hub)
        assert link.inquiries == [str(unfinished.task.id)]
        hub.report(agent, reports[0])
        hub.report(agent, Completed(task=str(unfinished.task.id)))
        await settled(hub, unfinished.task.id, "COMPLETED")
        events = state.runs[unfinished.task.id].events
        assert [event.what for event in events] == ["PROGRESS", "DISCONNECTED", "COMPLETED"]
        assert [event.number for event in events] == [1, 2, 3]
        assert len(kept.events) == 2, "a repeated report of a finished task changes nothing"
        third, _ = await hub.assign(Call("dev", {"x": 3}, node="1"))
        assert third.task.id > unfinished.task.id


async def test_repeated_yield_is_known_after_a_restart(reopen: Callable[[], Store], define: Make) -> None:
    async with running(reopen()) as hub:
        agent = await provided(hub, define)
        await connected(hub)
        run, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
        report = Yield(task=str(run.task.id), returns={"return0": 1})
        hub.report(agent, report)
        await settled(hub, run.task.id, "YIELD")
    async with running(reopen()) as hub:
        link = await connected(hub)
        hub.report(agent, report)
        hub.report(agent, Completed(task=str(run.task.id)))
        await settled(hub, run.task.id, "COMPLETED")
        assert [event.what for event in hub.state.runs[run.task.id].events].count("YIELD") == 1
        assert len(link.of(EventAck)) == 2, "what is repeated is acknowledged all the same"


async def test_agent_that_does_not_come_back_after_a_restart(reopen: Callable[[], Store], define: Make) -> None:
    async with running(reopen()) as hub:
        await provided(hub, define)
        await connected(hub)
        run, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
    async with running(reopen(), grace=0.1) as hub:
        await settled(hub, run.task.id, "CRITICAL")


async def test_what_was_given_back_waits_for_the_next_agent_over_a_restart(
    reopen: Callable[[], Store], define: Make
) -> None:
    async with running(reopen()) as hub:
        agent = await provided(hub, define)
        link = await connected(hub)
        run, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
        task = run.task.id
        hub.report(agent, Critical(task=str(task), error=f"{LOST_PREFIX}calc is being stopped{NOT_BEGUN}"))
        await settled(hub, task, "QUEUED")
        hub.lose(agent, link)
        await settled(hub, task, "DISCONNECTED")
    async with running(reopen()) as hub:
        link = await connected(hub, "next")
        await settled(hub, task, "QUEUED")
        assert [message.task for message in link.of(Assign)] == [str(task)]
    async with running(reopen()) as hub:
        link = await connected(hub, "another")
        await settled(hub, task, "CRITICAL")
        assert link.of(Assign) == [], "now it may have been begun"
        assert hub.state.runs[task].starts == 1


async def test_full_disk_refuses_a_call_and_dispatches_nothing(define: Make) -> None:
    store = Refusing()
    async with running(store) as hub:
        await provided(hub, define)
        link = await connected(hub)
        feed = hub.watch_calls("dev")
        store.full = True
        with pytest.raises(StoreFailure) as refusal:
            await hub.assign(Call("dev", {"x": 1}, node="1", reference="r"))
        assert refusal.value.retry_safe
        assert store.refused == 1
        assert link.of(Assign) == []
        with pytest.raises(NodeNotFound):
            find_run(hub.state, "dev", "1")
        store.full = False
        run, new = await hub.assign(Call("dev", {"x": 1}, node="1", reference="r"))
        assert new
        assert [message.task for message in link.of(Assign)] == [str(run.task.id)]
        first = await asyncio.wait_for(anext(feed), WAIT)
        assert isinstance(first, Created)
        assert first.run is run


@pytest.mark.parametrize("failure", [None, StoreFailure("disk full")])
async def test_a_caller_that_is_gone_before_its_task_is_written(
    define: Make, monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    monkeypatch.setattr(deadlines, "LATE", 0.0)
    store = Slow()
    dropped: list[Run] = []
    async with running(store) as hub:
        monkeypatch.setattr(hub._traces, "drop", dropped.append)
        await provided(hub, define)
        link = await connected(hub)
        store.held = []
        calling = asyncio.ensure_future(hub.assign(Call("dev", {"x": 1}, node="1", within=0.05)))
        await asyncio.sleep(0)
        (run,) = hub.state.runs.values()
        calling.cancel()
        await asyncio.wait([calling])
        assert dropped == []
        store.let(failure)
        if failure is None:
            await settled(hub, run.task.id, "CANCELLING")
            assert [type(message) for message in link.told] == [Assign, Cancel]
        assert (dropped, hub._deadlines._alarms) == ([run] if failure else [], {})
        assert bool(hub.state.runs) is (failure is None)


async def test_stale_connection_no_longer_speaks_for_its_agent(define: Make) -> None:
    async with running(MemoryStore()) as hub:
        agent = await provided(hub, define)
        old = await connected(hub)
        run, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
        new = Link()
        hub.register("dev", None, Register(token="t", session_id="other", force=True), new)
        assert old.displaced
        assert not hub.current(agent, old)
        assert hub.current(agent, new)
        hub.lose(agent, old)
        assert hub.state.connected(agent), "the old connection's end says nothing about the new one"
        assert run.latest == "CRITICAL"


async def test_what_cannot_be_told_keeps_nobody_else_from_hearing(
    reopen: Callable[[], Store], define: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(reopen()) as hub:
        await provided(hub, define)
        link = await connected(hub)
        tell = link.tell

        def fail(message: ToAgent) -> None:
            if isinstance(message, Assign) and message.args == {"x": 2}:
                raise Unsendable("no frame is large enough")
            tell(message)

        monkeypatch.setattr(link, "tell", fail)
        await asyncio.gather(*(hub.assign(Call("dev", {"x": x}, node="1")) for x in (1, 2, 3)))
        assert [message.args for message in link.of(Assign)] == [{"x": 1}, {"x": 3}]
        assert "something could not be told" in caplog.text


async def test_finished_tasks_are_let_go(define: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekuest_codegen.server.state.KEPT_RUNS", 3)
    monkeypatch.setattr("rekuest_codegen.server.state.RECENT", 0.0)
    store = MemoryStore()
    async with running(store) as hub:
        agent = await provided(hub, define)
        link = await connected(hub)
        last = None
        for _ in range(10):
            run, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
            last = Completed(task=str(run.task.id))
            hub.report(agent, last)
        assert sorted(hub.state.runs) == [8, 9, 10]
        kept = [row.kind for row in store.load()]
        assert (kept.count("tasks"), kept.count("events")) == (3, 3)
        hub.report(agent, Completed(task="1"))
        assert len(link.of(EventAck)) == 11, "the agent may still repeat its report of a forgotten task"


async def test_called_agent_misses_nothing_while_its_caller_is_away(define: Make) -> None:
    async with running(MemoryStore()) as hub:
        agent = await provided(hub, define)
        link = await connected(hub)
        run, _ = await hub.assign(Call("dev", {"x": 1}, node="1", caller_agent=agent))
        task = str(run.task.id)
        hub.report(agent, Yield(task=task, returns={"return0": 1}))
        hub.lose(agent, link)
        link = await connected(hub)
        assert [message.task for message in link.of(TaskEvent)] == [task, task]
        feed = hub.watch_calls("dev")
        hub.report(agent, Completed(task=task))
        own, _ = await hub.assign(Call("dev", {"x": 1}, node="1"))
        item = await asyncio.wait_for(anext(feed), WAIT)
        assert not isinstance(item, Happened)
        assert item.run is own, "mytasks tells of what the identity called itself"


def test_server_restarts_on_its_database(define: Make, provide: Make, post: Make, tmp_path: Path) -> None:
    with serving(token="secret", db=tmp_path / "server.db") as server:
        provide(server.url, "calc", define("slow"))
    with serving(token="secret", db=tmp_path / "server.db", durability="full") as server:
        answer = post(server.url, "{ agents { name hash connected implementations { interface action { key } } } }")
        assert answer["data"]["agents"] == [
            {
                "name": "calc",
                "hash": "h1",
                "connected": False,
                "implementations": [{"interface": "slow", "action": {"key": "slow"}}],
            }
        ]
