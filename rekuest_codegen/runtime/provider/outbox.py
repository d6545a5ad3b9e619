"""What running tasks say, at the pace at which the server takes it.

Yields and ends wait their turn (`report`), so a generator runs no faster than its items leave. Progress and logs never
wait (`say`, from any thread): of the progress of one task the newest is sent, of a flood of logs the first, and how
many were left out. What a task said before it yielded or ended is sent before that.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from rekuest_codegen.runtime import portal
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.conversation import AgentSide

HIGH_WATER, HIGH_BYTES = 1000, 32 * 1024 * 1024
"""Reports not acknowledged, and their bytes, above which a running task waits before it makes another one."""
OWN_WATER, OWN_BYTES = 100, 8 * 1024 * 1024
"""The same of a single task: who has few does not wait for those who have many."""
FLUSH_EVERY = 100
"""Reports after which a running task waits until all were written: a server may acknowledge none."""
SAY_EVERY = 0.05
"""Seconds between two rounds of what tasks say on the way."""
SLOW_DOWN = 0.001
"""Seconds that a thread is held up that says more than can be told: it would take the loop's time for nothing."""
A_ROUND, OF_A_TASK = 100, 10
"""Things that are said in a round, and those of a single task: who calls others is not to wait behind a flood."""
MAX_SAID = 500
"""Of one task, what waits to be said; more logs are left out."""


class Outbox:
    """The way out of one agent. ``wake`` is called when there is something to write, ``on_end`` with each end."""

    def __init__(
        self,
        side: AgentSide,
        wake: Callable[[], None],
        *,
        on_end: Callable[[messages.Report], None] = lambda report: None,
    ) -> None:
        self._side = side
        self._wake = wake
        self._on_end = on_end
        self._lock = threading.Lock()
        self._said: dict[str, deque[messages.Report]] = {}
        self._left_out: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._round: bool = False
        self._last_round = 0.0
        self._written = asyncio.Event()
        self._unwritten = 0
        self._held_up = 0
        self._waiting = 0
        self._queue = asyncio.Lock()
        self._turns = asyncio.Lock()

    def open(self) -> None:
        """Begin, in the running loop."""
        self._loop = asyncio.get_running_loop()

    def send(self, message: messages.FromAgent) -> None:
        """Send at once."""
        self._side.send(message)
        if isinstance(message, messages.Report) and message.terminal:
            self._on_end(message)
        self._wake()

    def written(self) -> None:
        """Everything there was has been written to the socket."""
        self._unwritten = 0
        self._written.set()

    @property
    def holds_up(self) -> bool:
        """Whether a task waits for `written`: there was no room for what it said."""
        return self._held_up > 0

    async def report(self, message: messages.Report, still: Callable[[], bool] = lambda: True) -> None:
        """Send a yield or an end when it is its turn, if it is ``still`` to be sent then; returns when there is room
        for another. Cancelled before its turn, nothing was sent."""
        if message.task in self._said:
            self.say_all(message.task)
        if self._turns.locked() or self._side.turn(self._now()) > 0:
            async with self._turns:
                while (wait := self._side.turn(self._now())) > 0:  # noqa: ASYNC110 - how long is known
                    await asyncio.sleep(wait)
        if not still():
            return
        self.send(message)
        self._unwritten += 1
        if self._waiting or self._full() or self._has_its_share(message.task):
            await self._room(message.task)

    def _full(self) -> bool:
        side = self._side
        return (
            self._unwritten >= FLUSH_EVERY or side.unacknowledged > HIGH_WATER or side.unacknowledged_bytes > HIGH_BYTES
        )

    def _has_its_share(self, task: str) -> bool:
        count, size = self._side.unacknowledged_of(task)
        return count > OWN_WATER or size > OWN_BYTES

    async def _room(self, task: str) -> None:
        """Wait until there is room for ``task``; where there is none for anybody, one after the other: who would fill
        it again at once is not to have all of it."""
        self._held_up += 1
        try:
            while self._has_its_share(task):
                await self._news()
            if not self._waiting and not self._full():
                return
            self._waiting += 1
            try:
                async with self._queue:
                    while self._full():
                        await self._news()
            finally:
                self._waiting -= 1
        finally:
            self._held_up -= 1

    async def _news(self) -> None:
        self._written.clear()
        await self._written.wait()

    # -- on the way --------------------------------------------------------------------------------------------------

    def say(self, report: messages.Report) -> None:
        """Say something that may be late or left out: from any thread, never waiting for it to be heard."""
        flood = False
        with self._lock:
            said = self._said.setdefault(report.task, deque())
            if said and isinstance(report, messages.Progress) and isinstance(said[-1], messages.Progress):
                said[-1] = report
            elif len(said) >= MAX_SAID and isinstance(report, messages.Progress | messages.Log):
                self._left_out[report.task] = self._left_out.get(report.task, 0) + 1
                flood = True
            else:
                said.append(report)
            begun, self._round = self._round, self._loop is not None
        if flood and not portal.loop_runs_here():
            time.sleep(SLOW_DOWN)
        if begun or self._loop is None:
            return
        with suppress(RuntimeError):  # the loop was closed: nobody is told anything any more
            self._loop.call_soon_threadsafe(self._plan_round)

    def forget(self, task: str) -> None:
        """The task is over: what it says from now on is not its own."""
        with self._lock:
            self._said.pop(task, None)
            self._left_out.pop(task, None)

    def _plan_round(self) -> None:
        assert self._loop is not None  # noqa: S101 - it called us
        self._loop.call_later(max(0.0, self._last_round + SAY_EVERY - self._now()), self._say_round)

    def _say_round(self) -> None:
        """One thing of each task in turn, not too many, and for as long as it is our turn at the server."""
        assert self._loop is not None  # noqa: S101 - it called us
        self._last_round = self._now()
        wait, left = 0.0, A_ROUND
        with self._lock:
            tasks = list(self._said)
        for _ in range(OF_A_TASK):
            for task in list(tasks):
                if wait or left == 0 or (wait := self._side.turn(self._last_round)) > 0:
                    break
                left -= 1
                if not self._say_one(task):
                    tasks.remove(task)
        with self._lock:
            self._round = bool(self._said)
        if self._round:
            self._loop.call_later(max(wait, SAY_EVERY), self._say_round)

    def say_all(self, task: str) -> None:
        """Send now what ``task`` said."""
        while self._say_one(task):
            pass

    def _say_one(self, task: str) -> bool:
        """Send the next thing ``task`` said; False when there is nothing left."""
        with self._lock:
            said = self._said.get(task)
            report = said.popleft() if said else None
            if report is None:
                self._said.pop(task, None)
                left_out = self._left_out.pop(task, 0)
                if not left_out:
                    return False
                report = messages.Log(task=task, message=f"{left_out} more reports were left out", level="WARN")
        self.send(report)
        return True

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
