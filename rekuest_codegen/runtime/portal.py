"""The one background event loop that sync calls, and calls from any loop, go through.

It is opened by the first call and closed at exit. A forked child starts its own.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from rekuest_codegen.errors import SyncInsideLoopError

T = TypeVar("T")

_lock = threading.Lock()
_open: tuple[int, AbstractContextManager[BlockingPortal], BlockingPortal] | None = None
_loop: asyncio.AbstractEventLoop | None = None
_at_close: list[Callable[[], Coroutine[Any, Any, None]]] = []


def portal() -> BlockingPortal:
    """The portal of this process, opened if need be."""
    global _open, _loop
    with _lock:
        if _open is None or _open[0] != os.getpid():
            manager = start_blocking_portal("asyncio", name="rekuest-codegen")
            _open = (os.getpid(), manager, manager.__enter__())
            _loop = _open[2].call(_running_loop)
            atexit.register(close)
        return _open[2]


def loop() -> asyncio.AbstractEventLoop | None:
    """The portal's event loop, if one was opened."""
    return _loop if _open is not None else None


def on_close(hook: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run ``hook`` in the portal's loop before it stops."""
    _at_close.append(hook)


def close() -> None:
    """Stop the background loop, if it runs; the next call opens it anew."""
    global _open
    with _lock:
        opened, _open = _open, None
    if opened is None or opened[0] != os.getpid():
        return
    _, manager, running = opened
    hooks, _at_close[:] = list(_at_close), []
    for hook in hooks:
        running.call(hook)
    manager.__exit__(None, None, None)


def start(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> Future[T]:
    """Start ``function(*args)`` in the portal's loop."""
    return portal().start_task_soon(function, *args)


async def hop(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Await ``function(*args)`` in the portal's loop from any other; cancelling here cancels there."""
    return await asyncio.wrap_future(start(function, *args))


def block(function: Callable[..., Coroutine[Any, Any, T]], *args: Any, instead: str) -> T:
    """Run ``function(*args)`` in the portal's loop and wait for it.

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
    """Refuse to block a thread in which an event loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise SyncInsideLoopError(f"an event loop is running here, which a sync call would block: await {instead} instead")


async def _running_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
