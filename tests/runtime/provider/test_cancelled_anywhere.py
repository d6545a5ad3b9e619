"""A provided task is cancelled after one step, two steps, …, to its end: nothing is left dirty, wherever it was."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import pytest

from rekuest_codegen import App, memory_structure
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.runtime.provider.holdings import Holdings
from rekuest_codegen.runtime.provider.outbox import Outbox
from rekuest_codegen.runtime.provider.processes import Processes
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.runtime.provider.tasks import Patience, Tasks
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.wire import messages

app = App("anywhere")
open_now: list[str] = []


@memory_structure
class Camera:
    """Stays."""


class Held:
    """Something that has to be given back."""

    def __enter__(self) -> None:
        open_now.append("held")

    def __exit__(self, *error: object) -> None:
        open_now.remove("held")


@app.register(locks=["a", "b"], concurrency=1)
async def coroutine(x: int) -> Camera:
    with Held():
        for _ in range(x):
            await asyncio.sleep(0)
    return Camera()


@app.register(locks=["a"], concurrency=1)
async def stream(x: int) -> AsyncIterator[Camera]:
    with Held():
        for _ in range(x):
            yield Camera()
            await asyncio.sleep(0)


@app.register(locks=["b"], concurrency=1)
def thread(x: int) -> Camera:
    with Held():
        for _ in range(x):
            threading.Event().wait(0.001)
    return Camera()


@app.register(locks=["a"], concurrency=1)
def sync_stream(x: int) -> Iterator[Camera]:
    with Held():
        for _ in range(x):
            yield Camera()


class Desk:
    """The outbox, the children and the shelf of a provider; each takes a few turns of the loop for what it does."""

    def __init__(self) -> None:
        self.sent: list[messages.FromAgent] = []
        self.drawers: list[str] = []
        self.said = 0

    def send(self, message: messages.FromAgent) -> None:
        self.sent.append(message)

    async def report(self, message: messages.Report, still: Callable[[], bool]) -> None:
        await asyncio.sleep(0)  # it has to wait for its turn
        if not still():
            return
        self.sent.append(message)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def say(self, message: messages.Report) -> None:
        self.said += 1

    def say_all(self, task: str) -> None:
        pass

    def forget(self, task: str) -> None:
        pass

    def of(self, task: str) -> Any:
        return self

    def end(self, task: str, *, cancelled: bool) -> None:
        pass

    def caller_of(self, task: str) -> str | None:
        return {"elsewhere": "1"}.get(task)

    async def put(self, identifier: str, value: Any) -> str:
        await asyncio.sleep(0)
        self.drawers.append(identifier)
        await asyncio.sleep(0)
        return str(len(self.drawers))

    async def get(self, drawer: str) -> Any:
        raise KeyError(drawer)


def tasks_at(desk: Desk, threads: DaemonThreads, **more: Any) -> Tasks:
    return Tasks(
        app.name,
        provision(app.name, app.parts).functions,
        outbox=cast("Outbox", desk),
        children=cast("Children", desk),
        holdings=Holdings(app.parts, threads),
        shelf=desk,
        threads=threads,
        processes=Processes(threads),
        concurrency=1,
        patience=Patience(grace=0.2, force=0.2),
        **more,
    )


def assigned(interface: str, task: str, x: int, parent: str | None = None) -> messages.Assign:
    return messages.Assign(
        interface=interface,
        task=task,
        args={"x": x},
        user="u",
        org="o",
        action="a",
        implementation="i",
        parent=parent,
        root=parent,
    )


@pytest.mark.parametrize("kind", ["cancel", "interrupt", "both"])
@pytest.mark.parametrize("interface", ["coroutine", "stream", "thread", "sync_stream"])
async def test_nothing_is_left_dirty(interface: str, kind: str) -> None:
    threads = DaemonThreads("anywhere")
    desk = Desk()
    tasks = tasks_at(desk, threads)
    ends: dict[str, str] = {}

    def begin(key: int) -> str:
        task = str(key)
        tasks.begin(assigned(interface, task, 3))
        return task

    async with asyncio.timeout(60):
        for steps in range(40):
            task = begin(steps)
            for _ in range(steps):
                await asyncio.sleep(0)
            if kind != "interrupt":
                tasks.end(task, messages.Cancelled)
            if kind != "cancel":
                tasks.end(task, messages.Interrupted)
            await tasks.quiet()
            reports = [one for one in desk.sent if isinstance(one, messages.Report) and one.task == task]
            terminal = [messages.type_of(one) for one in reports if one.terminal]
            assert len(terminal) == 1, (steps, terminal)
            assert reports[-1].terminal, "nothing is said after the end"
            ends[task] = terminal[0]
            assert tasks.gates.holders == {}, steps
            while open_now:  # noqa: ASYNC110 - a thread that was let go gives back what it holds a moment later
                await asyncio.sleep(0.001)
        whole = begin(1000)
        await tasks.quiet()
    last = [one for one in desk.sent if isinstance(one, messages.Report) and one.task == whole][-1]
    assert isinstance(last, messages.Completed), "there is room, and the locks are free"
    asked = {"cancel": {"CANCELLED"}, "interrupt": {"INTERRUPTED"}, "both": {"INTERRUPTED", "CANCELLED"}}[kind]
    assert set(ends.values()) <= {*asked, "COMPLETED"}
    assert set(ends.values()) & asked
    held = [one.key for one in desk.sent if isinstance(one, messages.Lock)]
    freed = [one.key for one in desk.sent if isinstance(one, messages.Unlock)]
    assert sorted(held) == sorted(freed)
    threads.shutdown()


def ends_of(desk: Desk) -> dict[str, str]:
    ends = [one for one in desk.sent if isinstance(one, messages.Report) and one.terminal]
    said = {one.task: getattr(one, "error", messages.type_of(one)) for one in ends}
    assert len(said) == len(ends)
    return said


async def test_who_is_being_stopped_begins_nothing_but_what_its_running_tasks_call() -> None:
    threads = DaemonThreads("anywhere")
    desk = Desk()
    tasks = tasks_at(desk, threads)
    tasks.begin(assigned("coroutine", "1", 40))
    tasks.begin(assigned("coroutine", "2", 0))
    for _ in range(10):
        await asyncio.sleep(0)
    assert tasks.gates.holders == {"a": "1", "b": "1"}, "it runs, and the other one waits"
    tasks.begin(assigned("coroutine", "3", 0))
    tasks.begin(assigned("coroutine", "8", 0))
    await asyncio.sleep(0)
    tasks.begin(assigned("coroutine", "9", 0))
    tasks.end("8", messages.Cancelled)
    tasks.end("9", messages.Interrupted)
    tasks.refuse("is being stopped")
    tasks.begin(assigned("coroutine", "4", 0))
    tasks.begin(assigned("coroutine", "5", 0, parent="1"))
    tasks.begin(assigned("coroutine", "6", 0, parent="elsewhere"))
    tasks.begin(assigned("coroutine", "7", 0, parent="nobody knows"))
    async with asyncio.timeout(5):
        await tasks.quiet()
    given_back = "agent lost: anywhere is being stopped; the task was not begun"
    whole = dict.fromkeys(("1", "5", "6"), "COMPLETED")
    asked = {"8": "CANCELLED", "9": "INTERRUPTED"}
    assert ends_of(desk) == {**whole, **asked, **dict.fromkeys(("2", "3", "4", "7"), given_back)}
    threads.shutdown()


async def test_a_mistake_of_ours_ends_the_task(caplog: pytest.LogCaptureFixture) -> None:
    def fail(task: str) -> None:
        raise RuntimeError(f"the disk has no room for {task}")

    threads = DaemonThreads("anywhere")
    desk = Desk()
    tasks = tasks_at(desk, threads, on_begin=fail)
    tasks.begin(assigned("coroutine", "1", 0))
    async with asyncio.timeout(5):
        await tasks.quiet()
    assert ends_of(desk) == {"1": "the disk has no room for 1"}
    assert "task 1 (coroutine) failed here" in caplog.text
    threads.shutdown()
