"""The one background event loop that sync calls, and calls from any loop, go through.

The first call opens it, the exit of the process closes it for good; a forked child opens its own. A coroutine started
here runs in the context (contextvars) of whoever started it, and cancelling its future cancels it. This is asyncio's
own `run_coroutine_threadsafe`: a hop costs half of one through anyio's portal, and the first call imports less.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Generator
from concurrent.futures import CancelledError, Future
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Any, NamedTuple, TypeVar
from weakref import WeakSet

from rekuest_codegen.errors import ConnectionLost, SyncInsideLoopError
from rekuest_codegen.runtime.blocking import may_block

T = TypeVar("T")
Hook = Callable[[], Coroutine[Any, Any, None]]

CLOSE_WITHIN = 5.0
TELL_WITHIN = 2.0
_END: Any = object()


class _Portal(NamedTuple):
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread


_lock = threading.RLock()
"""Held while something is handed to the loop: it then comes before the loop's end. What is collected while it is held
may hand over something too."""
_portal: _Portal | None = None
_at_close: list[Hook] = []
_ours: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
_waited_for: set[asyncio.Task[Any]] = set()
"""What somebody outside of the loop waits for; in the loop's hands alone."""
leaving: set[asyncio.Future[None]] = set()
"""Requests under way to cancel what nobody waits for any more: the loop closes after them."""
_streams: set[_Stream] = set()
"""Those that are read from outside of the loop, until they are left."""
ended = False
"""Whether the process is past the point where the loop was closed for good: nobody may wait for it any more."""


def loop() -> asyncio.AbstractEventLoop:
    """The loop of this process, opened if need be.

    Raises:
        ConnectionLost: the process is ending.
    """
    global _portal
    with _lock:
        if ended:
            raise ConnectionLost("the process is ending: no more calls can be made")
        if _portal is None:
            opened = asyncio.new_event_loop()
            _ours.add(opened)
            thread = threading.Thread(target=_run, args=(opened,), name="rekuest-codegen", daemon=True)
            _portal = _Portal(opened, thread)
            thread.start()
            atexit.register(_end)
        return _portal.loop


def _run(opened: asyncio.AbstractEventLoop) -> None:
    """asyncio ends its loop when one of its tasks wants to exit. Here that is for who waits for the task, to be told by
    a loop that runs on."""
    while True:
        with suppress(SystemExit, KeyboardInterrupt):
            opened.run_forever()
            return


def is_over(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether nothing can be begun in ``loop`` from here any more."""
    if loop.is_closed() or loop not in _ours or (loop_runs_here() and asyncio.get_running_loop() is loop):
        return loop.is_closed()
    return _portal is None or _portal.loop is not loop


def on_close(hook: Hook) -> Callable[[], None]:
    """Await ``hook()`` in the loop before it closes. Gives what takes that back."""
    _at_close.append(hook)

    def forget() -> None:
        with suppress(ValueError):  # it is having its turn
            _at_close.remove(hook)

    return forget


def close() -> None:
    """Close the loop, if it is open: what is waited for is cancelled, then come the hooks. The next call opens a new
    one.

    Raises:
        What a hook raised, once all is closed.
    """
    global _portal
    with _lock:
        portal, _portal = _portal, None
    atexit.unregister(_end)
    if portal is None:
        return
    hooks = list(_at_close)
    _at_close.clear()
    try:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_wind_up(hooks), portal.loop).result(2 * CLOSE_WITHIN)
    finally:
        portal.loop.call_soon_threadsafe(portal.loop.stop)
        portal.thread.join(CLOSE_WITHIN)
        if not portal.thread.is_alive():
            portal.loop.close()


def _end() -> None:
    global ended
    ended = True  # from here on threads that are daemons stand still: who waited for one would wait for ever
    close()


def start(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> Future[T]:
    """Start ``function(*args)`` in the loop. Raises as `loop`."""
    if loop_runs_here() and runs_here():
        return asyncio.run_coroutine_threadsafe(_waited(function, *args), asyncio.get_running_loop())
    with _lock:
        opened = loop()
        return asyncio.run_coroutine_threadsafe(_waited(function, *args), opened)


async def _waited(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - it is what runs this
    _waited_for.add(task)
    try:
        return await function(*args)
    finally:
        _waited_for.discard(task)


async def there(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Await ``function(*args)`` in the loop, which may be the one we are in. Raises as `block`."""
    if in_trio():
        return await from_trio(function, *args)
    return await (function(*args) if runs_here() else hop(function, *args))


def in_trio() -> bool:
    """Whether this is called inside of trio; through anyio, say."""
    trio: Any = sys.modules.get("trio")
    if trio is None:
        return False
    try:
        trio.lowlevel.current_trio_token()
    except RuntimeError:
        return False
    return not loop_runs_here()


async def from_trio(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Await ``function(*args)`` in the loop from trio; cancelling here cancels there. Raises as `block`."""
    trio: Any = sys.modules["trio"]
    done, token = trio.Event(), trio.lowlevel.current_trio_token()

    def tell(_: object) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(done.set)

    future = start(function, *args)
    future.add_done_callback(tell)
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    try:
        return future.result()
    except CancelledError:
        raise _ended() from None


def anywhere(items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """``items`` as they are, or, inside of trio, stepped in the loop."""
    return _stepped(items) if in_trio() else items


async def _stepped(items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    stream = _Stream(items)
    try:
        while (item := await from_trio(stream.step)) is not _END:
            yield item
    finally:
        with sys.modules["trio"].CancelScope(shield=True):
            await from_trio(stream.leave)


def semaphore(value: int) -> Any:
    """A semaphore of where we are: of asyncio, or of trio."""
    return sys.modules["trio"].Semaphore(value) if in_trio() else asyncio.Semaphore(value)


@asynccontextmanager
async def beside(
    function: Callable[[], Coroutine[Any, Any, None]], close: Callable[[], Coroutine[Any, Any, None]]
) -> AsyncGenerator[None]:
    """Await ``function()``, which raises nothing, in a task beside the block, be it of asyncio or of trio. When the
    block is left that is cancelled, and ``close()`` awaited in the same task."""
    if not in_trio():

        async def run() -> None:
            with suppress(asyncio.CancelledError):
                await function()
            await close()

        task = asyncio.create_task(run())
        try:
            await asyncio.sleep(0)  # a task that is cancelled before it ran does nothing at all
            yield
        finally:
            task.cancel()
            await task
        return

    trio: Any = sys.modules["trio"]
    scope, over, raised = trio.CancelScope(), trio.Event(), list[Exception]()

    async def run_in_trio() -> None:
        try:
            with scope:
                await function()
            with trio.CancelScope(shield=True, deadline=trio.current_time() + CLOSE_WITHIN):
                await close()
        except Exception as error:
            raised.append(error)
        finally:
            over.set()

    trio.lowlevel.spawn_system_task(run_in_trio, context=copy_context())
    try:
        yield
    finally:
        scope.cancel()
        with trio.CancelScope(shield=True):
            await over.wait()
    if raised:
        raise raised[0]


class _Stream:
    """An async generator that is read from outside of the loop: stepped and left in it."""

    def __init__(self, items: AsyncGenerator[Any]) -> None:
        self._items = items
        self._stepping: asyncio.Task[Any] | None = None
        self.process: int | None = None
        """The one it was begun in: it cannot be read on in another."""

    async def step(self) -> Any:
        """The next item, or `_END`."""
        _streams.add(self)
        self._stepping = asyncio.current_task()
        try:
            return await anext(self._items, _END)
        finally:
            self._stepping = None

    async def leave(self) -> None:
        """Close it. A step whose reader was interrupted is on its way out: it comes first, if it does not hang."""
        _streams.discard(self)
        step = self._stepping
        if step is not None:
            if not step.cancelling():
                step.cancel()
            await asyncio.wait([step], timeout=CLOSE_WITHIN)
        if self._stepping is None:
            await self._items.aclose()


async def at(
    where: asyncio.AbstractEventLoop,
    function: Callable[..., Coroutine[Any, Any, T]],
    *args: Any,
    undo: Callable[[T], None] | None = None,
) -> T:
    """Await ``function(*args)`` in the loop ``where``, which may be the one we are in, or ours; ``undo`` as `hop`.

    Raises:
        ConnectionLost: that loop is closed.
    """
    if where is asyncio.get_running_loop():
        return await function(*args)
    return await hop(function, *args, where=where, undo=undo)


async def hop(
    function: Callable[..., Coroutine[Any, Any, T]],
    *args: Any,
    where: asyncio.AbstractEventLoop | None = None,
    undo: Callable[[T], None] | None = None,
) -> T:
    """Await ``function(*args)`` in the loop, or in ``where``, from any other; cancelling here cancels there, or has
    ``undo`` called there with what was on its way here already. Raises as `block`, and where ``where`` is closed."""
    here = asyncio.get_running_loop()
    waiter: asyncio.Future[T] = here.create_future()
    begun: list[asyncio.Task[None]] = []
    given: list[T] = []

    def begin() -> None:
        if not waiter.cancelled():
            task = there.create_task(carry())
            task.add_done_callback(over)
            begun.append(task)

    async def carry() -> None:
        try:
            value = await (_waited(function, *args) if there in _ours else function(*args))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # an exit too is for who waits
            tell(waiter.set_exception, error)
        else:
            given.append(value)
            tell(waiter.set_result, value)

    def over(task: asyncio.Task[None]) -> None:
        if task.cancelled():  # before it began, perhaps
            tell(waiter.set_exception, _ended())

    def tell(settle: Callable[[Any], None], what: Any) -> None:
        with suppress(RuntimeError):  # that loop is closed: nobody waits
            here.call_soon_threadsafe(lambda: None if waiter.done() else settle(what))

    def stop() -> None:
        for task in begun:
            if not task.done():
                task.cancel()
            elif undo is not None:
                for value in given:
                    undo(value)

    with _lock:
        if where is not None and is_over(where):
            raise _ended()
        there = where or loop()
        there.call_soon_threadsafe(begin)  # what can be cheaper than a future of threads, which has locks
    try:
        return await waiter
    except asyncio.CancelledError:
        with suppress(RuntimeError):
            there.call_soon_threadsafe(stop)
        raise


def block(function: Callable[..., Coroutine[Any, Any, T]], *args: Any, instead: str) -> T:
    """Run ``function(*args)`` in the loop and wait for it.

    Raises:
        SyncInsideLoopError: an event loop runs in this thread; ``instead`` names the form to await.
        ConnectionLost: the process, or a `close`, ended it.
    """
    forbid_loop(instead)
    future = start(function, *args)
    try:
        return future.result()
    except CancelledError:
        raise _ended() from None
    except BaseException:
        future.cancel()  # Ctrl-C while waiting: what was started is cancelled, not left behind
        raise


def _ended() -> ConnectionLost:
    return ConnectionLost("the call was ended together with its loop; its task was cancelled")


def iterate(items: AsyncGenerator[T], *, instead: str) -> Generator[T]:
    """What ``items`` yields, waiting for each; it is stepped in the loop, and closed there when its reader leaves.

    Raises:
        SyncInsideLoopError: at once, as `block`.
    """
    forbid_loop(instead)
    stream = _Stream(items)

    def each() -> Generator[T]:
        try:
            while True:
                stream.process = stream.process or os.getpid()
                if stream.process != os.getpid():
                    raise ConnectionLost(
                        "the stream was begun in the process that this one is a fork of; call again here"
                    )
                if (item := block(stream.step, instead=instead)) is _END:
                    return
                yield item
        finally:
            if ended or stream.process != os.getpid():
                pass  # the loop's end was the stream's too, and the parent's is the parent's
            elif loop_runs_here():  # left behind and collected where waiting would block a loop
                start(stream.leave)
            else:
                block(stream.leave, instead=instead)

    return each()


def runs_here() -> bool:
    """Whether this is called in the loop; also while it is being closed."""
    return asyncio.get_running_loop() in _ours


def forbid_loop(instead: str) -> None:
    """Refuse to block a thread in which an event loop runs, where that is not as good as waiting anywhere. The loop of
    ours would wait for itself."""
    if not in_trio() and (not loop_runs_here() or (may_block() and not runs_here())):
        return
    advice = instead if instead.startswith("async ") else f"await {instead}"
    raise SyncInsideLoopError(f"an event loop is running here, which a sync call would block: write {advice} instead")


def loop_runs_here() -> bool:
    """Whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _forget_after_fork() -> None:
    """A forked child has the parent's loop, but not the thread that ran it: it begins with none."""
    global _portal, _lock
    _portal, _lock = None, threading.RLock()
    _at_close.clear()
    _waited_for.clear()
    _streams.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


async def _wind_up(hooks: list[Hook]) -> None:
    """Calls and streams first: who leaves them has their tasks cancelled, and that takes a client that is open."""
    raised: list[BaseException | None] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN):
            await _cancelled(list(_waited_for))
            raised += await asyncio.gather(*(stream.leave() for stream in list(_streams)), return_exceptions=True)
            telling = [one for one in leaving if one.get_loop() is asyncio.get_running_loop()]
            if telling:
                await asyncio.wait(telling, timeout=TELL_WITHIN)
            raised += await asyncio.gather(*(hook() for hook in hooks), return_exceptions=True)
    _streams.clear()
    await _cancelled([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
    await asyncio.get_running_loop().shutdown_asyncgens()
    errors = [error for error in raised if isinstance(error, Exception)]
    if errors:
        raise errors[0] if len(errors) == 1 else ExceptionGroup("as the connections were closed", errors)


async def _cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
