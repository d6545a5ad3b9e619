"""The one background event loop that sync calls, and calls from any loop, go through.

The first call opens it, the exit of the process closes it; a forked child opens its own. A coroutine started here
runs in the context (contextvars) of whoever started it, and cancelling its future cancels it. This is asyncio's own
`run_coroutine_threadsafe`: a hop costs half of one through anyio's portal, and the first call imports less.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from rekuest_codegen.errors import SyncInsideLoopError
from rekuest_codegen.runtime.blocking import may_block

T = TypeVar("T")
Hook = Callable[[], Coroutine[Any, Any, None]]

CLOSE_WITHIN = 5.0


class _Portal(NamedTuple):
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread


_lock = threading.Lock()
_portal: _Portal | None = None
_at_close: list[Hook] = []


def loop() -> asyncio.AbstractEventLoop:
    """The loop of this process, opened if need be."""
    global _portal
    with _lock:
        if _portal is None:
            opened = asyncio.new_event_loop()
            thread = threading.Thread(target=opened.run_forever, name="rekuest-codegen", daemon=True)
            _portal = _Portal(opened, thread)
            thread.start()
            atexit.register(close)
        return _portal.loop


def on_close(hook: Hook) -> None:
    """Await ``hook()`` in the loop before it closes."""
    _at_close.append(hook)


def close() -> None:
    """Close the loop, if it is open: hooks, then whatever still runs is cancelled. The next call opens it anew."""
    global _portal
    with _lock:
        portal, _portal = _portal, None
    atexit.unregister(close)
    if portal is None:
        return
    hooks = list(_at_close)
    _at_close.clear()
    with suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(_wind_up(hooks), portal.loop).result(2 * CLOSE_WITHIN)
    portal.loop.call_soon_threadsafe(portal.loop.stop)
    portal.thread.join(CLOSE_WITHIN)
    if not portal.thread.is_alive():
        portal.loop.close()


def start(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> Future[T]:
    """Start ``function(*args)`` in the loop."""
    return asyncio.run_coroutine_threadsafe(function(*args), loop())


async def hop(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Await ``function(*args)`` in the loop from any other; cancelling here cancels there."""
    return await asyncio.wrap_future(start(function, *args))


def block(function: Callable[..., Coroutine[Any, Any, T]], *args: Any, instead: str) -> T:
    """Run ``function(*args)`` in the loop and wait for it.

    Raises:
        SyncInsideLoopError: an event loop runs in this thread; ``instead`` names the form to await.
    """
    forbid_loop(instead)
    future = start(function, *args)
    try:
        return future.result()
    except BaseException:
        future.cancel()  # Ctrl-C while waiting: what was started is cancelled, not left behind
        raise


def forbid_loop(instead: str) -> None:
    """Refuse to block a thread in which an event loop runs, where that is not as good as waiting anywhere."""
    if not loop_runs_here() or may_block():
        return
    raise SyncInsideLoopError(f"an event loop is running here, which a sync call would block: await {instead} instead")


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
    _portal, _lock = None, threading.Lock()
    _at_close.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


async def _wind_up(hooks: list[Hook]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN):
            for hook in hooks:
                await hook()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
