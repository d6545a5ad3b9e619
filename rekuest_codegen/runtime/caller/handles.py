"""A task in the hands of who called it: its result when it is there, what it says meanwhile, and ways to steer it."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any, Generic, NoReturn, TypeVar

from rekuest_codegen.errors import ConnectionLost, ProtocolError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.calls import expand_returns
from rekuest_codegen.runtime.caller.following import Following, Reader
from rekuest_codegen.runtime.context import Caller
from rekuest_codegen.runtime.deadlines import within
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.values import values_walk
from rekuest_codegen.runtime.watch import Event

R = TypeVar("R")
T = TypeVar("T")


class TaskHandle(Generic[R]):
    """One task of a node that gives ``R`` (for a generator: yields it). Each method has an async form.

    It may be used from any thread and any event loop. Letting go of it ends nothing: the task runs on. ``await task``
    is ``await task.aresult()``.
    """

    def __init__(self, remote: Remote[R], caller: Caller, following: Following) -> None:
        self._remote = remote
        self._caller = caller
        self._following = following
        self._loop = asyncio.get_running_loop()
        self._process = os.getpid()
        weakref.finalize(self, _let_go, self._loop, self._process, following).atexit = False

    def __repr__(self) -> str:
        return f"<task {self.id} of {self._remote.title}: {self.state}>"

    def __await__(self) -> Generator[Any, Any, R]:
        return self.aresult().__await__()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} stays in its process: take its id along, and attach(function, {self.id!r}) there")

    # -- what is known -----------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The server's id of it; another process can take it up by that."""
        return self._following.watch.task

    @property
    def state(self) -> str:
        """The kind of the last event that changed how it stands: ``STARTED``, ``PAUSED``, ``COMPLETED``, ..."""
        return self._following.state

    @property
    def done(self) -> bool:
        """Whether it is over, however it ended."""
        return self._following.over

    @property
    def progress(self) -> int | None:
        """What it said last of its progress, in percent."""
        return self._following.progress

    @property
    def message(self) -> str | None:
        """What it said last beside its progress."""
        return self._following.message

    @property
    def logs(self) -> tuple[str, ...]:
        """What it logged, oldest first."""
        return tuple(self._following.logs)

    # -- what it gives -----------------------------------------------------------------------------------------------

    async def aresult(self, timeout: float | None = None) -> R:
        """What it returned, once it did; of a generator, what it yielded last. Ask as often as you like: nothing is
        taken away by it, and `aitems` still gives all.

        Raises:
            NodeError, TaskCancelled, AgentLost, TransportError: it ended otherwise.
            CallTimeout: it is not over within ``timeout`` seconds, and runs on.
        """
        if portal.in_trio():
            return await portal.from_trio(self.aresult, timeout)
        async with within(timeout, f"{self._remote.title}: no result", "the task runs on"):
            returns = await self._there(self._following.result)
        if returns is None:
            raise ProtocolError(f"{self._remote.title}: completed without returning anything")
        return await expand_returns(self._remote, returns, values_walk(self._remote.types))

    def result(self, timeout: float | None = None) -> R:
        """`aresult`, waiting."""
        value: R = portal.block(self.aresult, timeout, instead="task.aresult()")
        return value

    async def aexception(self, timeout: float | None = None) -> Exception | None:
        """What `aresult` would raise, once it is over; None if it completed.

        Raises:
            CallTimeout: it is not over within ``timeout`` seconds, and runs on.
        """
        if portal.in_trio():
            return await portal.from_trio(self.aexception, timeout)
        async with within(timeout, f"{self._remote.title}: not over", "the task runs on"):
            return await self._there(self._following.ended)

    def exception(self, timeout: float | None = None) -> Exception | None:
        """`aexception`, waiting."""
        return portal.block(self.aexception, timeout, instead="task.aexception()")

    def aitems(self) -> AsyncGenerator[R]:
        """What it yields, from the first item on, as it comes. Leaving the loop early ends nothing.

        Each call begins with the first item, whoever looked before and whatever else was asked. Items that nobody
        looked at as they came, and that are too many to be kept, are read back from the server.

        Raises:
            As `aresult`, when it ended otherwise than by completing.
        """
        return portal.anywhere(self._items())

    async def _items(self) -> AsyncGenerator[R]:
        walk = values_walk(self._remote.types)
        reader = Reader(self._following)
        while (returns := await self._there(reader.next_item)) is not None:
            yield await expand_returns(self._remote, returns, walk)

    def items(self) -> Generator[R]:
        """`aitems`, waiting for each."""
        return portal.iterate(self.aitems(), instead="async for ... in task.aitems()")

    def aevents(self) -> AsyncGenerator[Event]:
        """Every event, from the first to the last, as it comes: what it said, and how it stood. What was yielded is
        in wire form.

        Raises:
            AgentLost, TransportError: nothing more can be known.
        """
        return portal.anywhere(self._events())

    async def _events(self) -> AsyncGenerator[Event]:
        reader = Reader(self._following)
        while (event := await self._there(reader.next_event)) is not None:
            yield event

    def events(self) -> Generator[Event]:
        """`aevents`, waiting for each."""
        return portal.iterate(self.aevents(), instead="async for ... in task.aevents()")

    # -- steering ----------------------------------------------------------------------------------------------------

    async def acancel(self) -> None:
        """Ask it to end. What comes of that, its events and its result tell; one that is over stays as it is.

        Raises:
            TransportError, AccessDenied, ServerError: the server could not be told.
        """
        await self._steer("cancel")

    async def ainterrupt(self) -> None:
        """Make it end at once, whatever it is doing. Raises as `acancel`."""
        await self._steer("interrupt")

    async def apause(self) -> None:
        """Ask it to stop at its next breakpoint. Raises as `acancel`."""
        await self._steer("pause")

    async def aresume(self, *, step: bool = False) -> None:
        """Let it go on; with ``step`` to its next breakpoint. Raises as `acancel`."""
        await self._steer("resume", step=step)

    def cancel(self) -> None:
        """`acancel`, waiting for the server."""
        portal.block(self.acancel, instead="task.acancel()")

    def interrupt(self) -> None:
        """`ainterrupt`, waiting for the server."""
        portal.block(self.ainterrupt, instead="task.ainterrupt()")

    def pause(self) -> None:
        """`apause`, waiting for the server."""
        portal.block(self.apause, instead="task.apause()")

    def resume(self, *, step: bool = False) -> None:
        """`aresume`, waiting for the server."""

        async def resumed() -> None:
            await self.aresume(step=step)

        portal.block(resumed, instead="task.aresume()")

    # -- getting there -----------------------------------------------------------------------------------------------

    async def _steer(self, kind: str, **more: bool) -> None:
        if self.done:
            return

        async def told() -> None:
            await self._caller.steer(self._following.watch, kind, **more)

        await self._there(told)

    async def _there(self, function: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Await ``function()`` in the loop that serves the task, which may be this one."""
        if portal.is_over(self._loop) or self._process != os.getpid():
            raise ConnectionLost(
                f"{self._remote.title}: the loop of this handle is gone; attach(function, {self.id!r})"
            )
        if portal.in_trio():

            async def there() -> T:
                return await self._there(function)

            return await portal.from_trio(there)
        return await portal.at(self._loop, function)


def _let_go(loop: asyncio.AbstractEventLoop, process: int, following: Following) -> None:
    """A handle was collected, in whatever thread and loop."""
    if process == os.getpid():
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(following.let_go)
