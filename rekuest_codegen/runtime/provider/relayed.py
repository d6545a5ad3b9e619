"""Calls that a function makes in its process: they go through the pipe to its agent, and become children of its task.

Lives in the portal's loop of the process. What comes of a call is sent here event by event, no more than fit into a
window: who does not read holds up the child, as it would anywhere, and not the pipe.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

from rekuest_codegen.errors import TaskCancelled
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.types import Arguments
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

WINDOW = 256
"""Events of a call that are under way or wait here for its reader."""


class Relayed:
    """The caller in force while one task runs here. ``send`` puts a message into the pipe, from any thread; ``numbers``
    go on from task to task, so that what comes late for one is not taken for the next one's."""

    def __init__(self, send: Callable[..., None], numbers: Iterator[int], loop: asyncio.AbstractEventLoop) -> None:
        self._send = send
        self._numbers = numbers
        self._loop = loop
        self._waiting: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._watches: dict[int, _Window] = {}
        self._lock = threading.Lock()
        self._over = False

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        number = next(self._numbers)
        said = how._replace(keep=None) if how is not None else None
        try:
            watch = await self._ask(remote.title, "start", number, _address(remote), dict(args), said)
        except asyncio.CancelledError:
            self._drop(number, keep=how is not None and how.keep is not None and how.keep())
            raise
        return cast("Watch", watch)

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return bool(await self._ask(remote.title, "repeatable", next(self._numbers), _address(remote)))

    async def cancel(self, watch: Watch) -> None:
        self._drop(cast("_Window", watch).number)

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        await self._ask(watch.title, "steer", next(self._numbers), cast("_Window", watch).number, kind, step)

    # -- from other threads ------------------------------------------------------------------------------------------

    def hear(self, number: int, kind: str, value: Any) -> None:
        """What the agent says of a call, or answers."""
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            self._loop.call_soon_threadsafe(self._hear, number, kind, value)

    def close(self) -> None:
        """The task is over: nothing more is sent, and who waits still gets TaskCancelled."""
        with self._lock:
            self._over = True
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end)

    # -- in the loop -------------------------------------------------------------------------------------------------

    async def _ask(self, title: str, verb: str, number: int, *what: Any) -> Any:
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._waiting[number] = title, answer
        try:
            if not self._tell(verb, number, *what):
                raise _over(title)
            return await answer
        finally:
            del self._waiting[number]

    def _tell(self, verb: str, number: int, *what: Any) -> bool:
        """Whether it could be said still."""
        with self._lock:
            if not self._over:
                self._send("call", verb, number, *what)
            return not self._over

    def _drop(self, number: int, *, keep: bool = False) -> None:
        self._watches.pop(number, None)
        self._tell("drop", number, keep)

    def _hear(self, number: int, kind: str, value: Any) -> None:
        title, answer = self._waiting.get(number, ("", None))
        watch = self._watches.get(number)
        if answer is not None and not answer.done():
            match kind:
                case "begun":
                    answer.set_result(self._begun(title, number, *value))
                case "failed":
                    answer.set_exception(value)
                case _:
                    answer.set_result(value)
        elif watch is not None and kind == "failed":
            watch.fail(value)
        elif watch is not None:
            watch.feed([value])
            if terminal_kind(value.kind):
                del self._watches[number]

    def _begun(self, title: str, number: int, task: str, reference: str) -> _Window:
        def on_taken(taken: int) -> None:
            self._tell("room", number, taken)

        def on_outlive(cancelled: bool) -> None:
            self._tell("outlive", number, cancelled)

        watch = _Window(title, task, reference, number, on_taken, on_outlive)
        self._watches[number] = watch
        return watch

    def _end(self) -> None:
        for title, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_over(title))
        for watch in self._watches.values():
            watch.fail(_over(watch.title))
        self._watches.clear()


class _Window(Watch):
    """The events of one call, ``WINDOW`` of them at most; ``on_taken`` is told how many were read since, ``on_outlive``
    what is asked of `outlive`."""

    def __init__(
        self,
        title: str,
        task: str,
        reference: str,
        number: int,
        on_taken: Callable[[int], object],
        on_outlive: Callable[[bool], object],
    ) -> None:
        # The agent, which watches the child too, says when it is lost.
        super().__init__(title, task, reference, proven=True, lost_after=math.inf, most=WINDOW)
        self.number = number
        self._on_taken = on_taken
        self._on_outlive = on_outlive
        self._read = 0

    def outlive(self, *, cancelled: bool) -> None:
        super().outlive(cancelled=cancelled)
        self._on_outlive(cancelled)

    def _taken(self) -> Event:
        event = super()._taken()
        self._read += 1
        if self._read >= WINDOW // 2:
            self._on_taken(self._read)
            self._read = 0
        return event


def _address(remote: Remote[Any]) -> Remote[Any]:
    """What finds the node, without the classes of its values, which need not travel."""
    return Remote(remote.app, remote.key, remote.version, remote.hash, "{}", Arguments, {})


def _over(title: str) -> TaskCancelled:
    return TaskCancelled(f"{title}: the task that called it is over")
