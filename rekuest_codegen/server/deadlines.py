"""Alarms for tasks whose callers said how long they wait. They live with the process, as what they are for does:
whoever is still there after a restart ends its task itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from rekuest_codegen.server.model import Run

LATE = 1.0
"""Seconds after a deadline in which its caller ends the task itself, if it is still there."""


class Deadlines:
    """Calls ``missed`` with each task that has not ended when its caller has certainly stopped waiting."""

    def __init__(self, missed: Callable[[Run], None]) -> None:
        self._missed = missed
        self._alarms: dict[int, asyncio.TimerHandle] = {}
        self._closed = False

    def begin(self, run: Run) -> None:
        """The task is durable, whether or not its caller still waits for that."""
        if run.until is not None and not run.phase.terminal and not self._closed:
            after = max(0.0, run.until + LATE - time.monotonic())
            self._alarms[run.task.id] = asyncio.get_running_loop().call_later(after, self._ring, run)

    def end(self, run: Run) -> None:
        if (alarm := self._alarms.pop(run.task.id, None)) is not None:
            alarm.cancel()

    def close(self) -> None:
        self._closed = True
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def _ring(self, run: Run) -> None:
        del self._alarms[run.task.id]
        self._missed(run)
