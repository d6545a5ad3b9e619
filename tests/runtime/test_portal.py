"""The loop of sync calls ends, whatever is left in it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, cast

import anyio
import pytest
import trio

from rekuest_codegen import options
from rekuest_codegen.errors import ConnectionLost, SyncInsideLoopError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.calls import where_it_runs
from rekuest_codegen.runtime.context import Nested
from tests.runtime.watching import wait_for


@pytest.fixture(autouse=True)
def closed() -> None:
    portal.close()


def test_a_hook_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "CLOSE_WITHIN", 0.2)
    left: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            left.append("hook")

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            left.append("work")

    portal.start(work)
    portal.on_close(hang)
    loop = portal.loop()
    portal.close()
    assert left == ["work", "hook"]
    assert loop.is_closed()
    assert "rekuest-codegen" not in {thread.name for thread in threading.enumerate()}
    assert portal.block(asyncio.sleep, 0, instead="") is None


def test_the_loop_does_not_wait_for_itself() -> None:
    """Whatever the options say of loops that may be blocked."""

    async def inside() -> None:
        portal.block(asyncio.sleep, 0, instead="the other form")

    with options(blocking=True), pytest.raises(SyncInsideLoopError, match="the other form"):
        portal.block(inside, instead="")


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_who_wants_to_exit_in_a_call_tells_its_caller(error: type[BaseException]) -> None:
    async def leave() -> None:
        raise error

    with pytest.raises(error):
        portal.start(leave).result(10)
    assert portal.start(asyncio.sleep, 0).result(10) is None


def test_a_hook_that_raises_holds_no_other_up() -> None:
    async def fail(text: str) -> None:
        raise ValueError(text)

    async def fine() -> None:
        done.append("fine")

    done: list[str] = []
    loop = portal.loop()
    portal.on_close(partial(fail, "of the hook"))
    portal.on_close(fine)
    with pytest.raises(ValueError, match="of the hook"):
        portal.close()
    assert done == ["fine"]
    assert loop.is_closed()
    assert "rekuest-codegen" not in {thread.name for thread in threading.enumerate()}
    portal.loop()
    for text in ("one", "another"):
        portal.on_close(partial(fail, text))
    with pytest.raises(ExceptionGroup, match="as the connections were closed") as caught:
        portal.close()
    assert len(caught.value.exceptions) == 2


def test_what_is_begun_while_the_loop_closes_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread closes the loop between the moment when it was asked for and that when it is given something."""
    hand = asyncio.run_coroutine_threadsafe
    closer = threading.Thread(target=portal.close)

    def closing(work: Any, loop: asyncio.AbstractEventLoop) -> Any:
        if closer.ident is None:
            closer.start()
            closer.join(0.2)
        return hand(work, loop)

    portal.loop()
    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", closing)
    with pytest.raises(ConnectionLost, match="ended together with its loop"):
        portal.block(asyncio.sleep, 60, instead="")
    closer.join(10)
    assert not closer.is_alive()


class Slow:
    """A stream that gives one item, waits for the next one for ever, and takes its time to end."""

    def __init__(self) -> None:
        self.waits = threading.Event()
        self.closed = False

    async def items(self) -> AsyncGenerator[int]:
        try:
            yield 1
            self.waits.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            self.closed = True


def test_a_stream_that_is_interrupted_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes while its reader waits for the next item."""
    slow = Slow()

    def interrupted(timeout: float | None = None) -> Any:
        assert slow.waits.wait(10)
        raise KeyboardInterrupt

    def start(function: Any, *args: Any) -> Future[Any]:
        future = begin(function, *args)
        if not begun:
            monkeypatch.setattr(future, "result", interrupted)
        begun.append(future)
        return future

    items = portal.iterate(slow.items(), instead="")
    assert next(items) == 1
    begin, begun = portal.start, list[Future[Any]]()
    monkeypatch.setattr(portal, "start", start)
    with pytest.raises(KeyboardInterrupt):
        next(items)
    assert slow.closed
    assert portal._streams == set()


def test_a_stream_that_is_cancelled_in_trio_is_closed() -> None:
    slow = Slow()

    async def read() -> None:
        with anyio.fail_after(10), anyio.move_on_after(10) as scope:
            async with aclosing(portal.anywhere(slow.items())) as items:
                async for _ in items:
                    threading.Thread(target=stop, args=(scope, trio.lowlevel.current_trio_token())).start()

    def stop(scope: anyio.CancelScope, token: trio.lowlevel.TrioToken) -> None:
        assert slow.waits.wait(10)
        token.run_sync_soon(scope.cancel)

    anyio.run(read, backend="trio")
    assert slow.closed
    assert portal._streams == set()


def test_a_step_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "CLOSE_WITHIN", 0.1)
    hung = threading.Event()

    async def hang() -> AsyncGenerator[int]:
        try:
            hung.set()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)
        yield 1

    async def left() -> None:
        stream = portal._Stream(hang())
        step = asyncio.create_task(stream.step())
        await asyncio.sleep(0.01)
        await stream.leave()
        assert not step.done()
        step.cancel()
        await asyncio.wait([step])

    portal.block(left, instead="")
    assert hung.is_set()


async def test_what_comes_too_late_from_another_loop_is_undone_there() -> None:
    """As for an agent's loop, which serves calls from inside of its tasks."""
    where: list[asyncio.AbstractEventLoop] = []
    undone = threading.Event()

    async def answer() -> int:
        return 7

    def undo(answered: int) -> None:
        where.append(asyncio.get_running_loop())
        assert answered == 7
        undone.set()

    with other_loop() as other:
        calling = asyncio.create_task(where_it_runs(Nested(cast("Any", None), other), answer, undo=undo))
        await asyncio.sleep(0)
        for _ in range(3):  # it is on its way here, and this loop is busy
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), other).result(10)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert await asyncio.to_thread(undone.wait, 10)
    assert where == [other]


@contextmanager
def other_loop() -> Generator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def test_who_waits_in_a_loop_that_ends_before_it_began_is_told() -> None:
    """A task that is cancelled before its first step does nothing, and would tell nobody."""
    hopping, begun = threading.Event(), list[str]()
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        begun.append("work")

    async def ends() -> None:
        loops.append(asyncio.get_running_loop())
        hopping.wait(20)  # meanwhile what is to be begun has come
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    other = threading.Thread(target=asyncio.run, args=(ends(),))
    other.start()
    await asyncio.to_thread(wait_for, lambda: bool(loops))
    waiting = asyncio.create_task(portal.at(loops[0], work))
    await asyncio.sleep(0)
    hopping.set()
    with pytest.raises(ConnectionLost, match="was ended together with its loop"):
        await asyncio.wait_for(waiting, 20)
    await asyncio.to_thread(other.join, 20)
    assert begun == []
