"""Alarms for tasks whose callers said how long they wait. They live with the process, as what they are for does:
whoever is still there after a restart ends its task itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rekuest_codegen.server.model import Run

LATE = 1.0
"""Seconds after a deadline in which its caller ends the task itself, if it is still there."""


class Deadlines:
    """Calls ``missed`` with each task that has not ended when its caller has certainly stopped waiting."""

    def __init__(self, missed: Callable[[Run], None]) -> None:
        self._missed = missed
        self._alarms: dict[int, asyncio.TimerHandle] = {}

    def begin(self, run: Run, within: float) -> None:
        self._alarms[run.task.id] = asyncio.get_running_loop().call_later(within + LATE, self._ring, run)

    def end(self, run: Run) -> None:
        if (alarm := self._alarms.pop(run.task.id, None)) is not None:
            alarm.cancel()

    def close(self) -> None:
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def _ring(self, run: Run) -> None:
        del self._alarms[run.task.id]
        self._missed(run)
