"""What an agent leaves to the next process of its app: the session, ends that have not arrived, and what was begun.

Without a journal there is nothing to be left; trouble with the file costs the agent nothing but that.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.provider.begun import Begun
from rekuest_codegen.runtime.provider.journal import Journal, Locked
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.conversation import AgentSide

logger = logging.getLogger("rekuest_codegen.provider")

KEEP_AFTER = 0.05
"""Seconds after which an end that is not acknowledged is written down."""


class Handover:
    """Of one agent. ``path`` is the journal's, if there is to be one; ``running`` gives the tasks that run now."""

    def __init__(self, name: str, side: AgentSide, path: Path | None, running: Callable[[], Iterable[str]]) -> None:
        self._name = name
        self._side = side
        self._path = path
        self._running = running
        self._journal: Journal | None = None
        self._begun: Begun | None = None
        self._fresh: list[str] = []
        self._waiting: list[str] = []
        self._kept: set[str] = set()
        self._arrived: set[str] = set()
        self._planned: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Take up what the process before left, if there is anything."""
        if self._path is None:
            return
        try:
            self._journal = Journal(self._path)
            session, left = self._journal.session(), self._journal.reports()
            begun = self._path.with_name(f"{self._path.name}-begun")
            if session is None or begun.exists():  # else nobody noted what this session began
                self._begun = Begun(begun, self._running)
        except Locked:
            logger.info("%s: another process has the journal; this one has none", self._name)
        except (ConfigurationError, sqlite3.Error, OSError) as error:
            self._without(error)
        else:
            if session is not None:
                self._side.begin(session)
                self._side.restore(left)
                self._kept = {report.id for report in left}
            self.begin()

    def begin(self) -> None:
        """From now on the session of the agent's side is what is handed on."""
        if self._journal is None:
            return
        try:
            if self._journal.begin(self._side.session_id) and self._begun is not None:
                self._begun.forget()
        except (sqlite3.Error, OSError) as error:
            self._without(error)

    def begins(self, task: str) -> None:
        """``task`` is begun: noted before it is."""
        if self._begun is not None:
            try:
                self._begun.note(task)
            except OSError as error:
                self._begun = None
                logger.warning("%s: %s; the next process cannot know what this one began", self._name, error)

    def surely_not_begun(self, task: str) -> bool:
        """Whether the process before is known not to have begun ``task``."""
        return self._begun is not None and self._begun.surely_not(task)

    def ended(self, report: messages.Report) -> None:
        """An end was reported: it is written down unless it is acknowledged in a moment, as nearly all are."""
        if self._journal is None:
            return
        self._fresh.append(report.task)
        if not self._side.ready:
            self.settle()
        else:
            self._plan()

    def heard(self) -> None:
        """The server has said something, which may be that something has arrived."""
        taken = self._side.take_acknowledged()
        if self._kept and (arrived := self._kept.intersection(taken)):
            self._arrived |= arrived
            self._plan()

    def settle(self) -> None:
        """Bring the journal up to date: what has arrived, and what has not."""
        self.heard()
        self._waiting += self._fresh
        self._fresh.clear()
        self._write()

    def _plan(self) -> None:
        if self._planned is None:
            self._planned = asyncio.get_running_loop().call_later(KEEP_AFTER, self._turn)

    def _turn(self) -> None:
        """Write down the ends that were there a turn ago already, and go on while there are newer ones."""
        self._planned = None
        self._write()
        self._waiting, self._fresh = self._fresh, []
        if self._waiting:
            self._plan()

    def _write(self) -> None:
        tasks, self._waiting = self._waiting, []
        arrived, self._arrived = self._arrived, set()
        if self._journal is None:
            return
        left = [one for task in tasks if self._side.reported(task) for one in self._side.retained(task)]
        try:
            if arrived:
                self._journal.drop(arrived)
            if left:
                self._journal.keep(left)
            self._journal.commit()
        except sqlite3.Error as error:
            self._without(error)
        self._kept -= arrived
        self._kept.update(report.id for report in left)

    def close(self) -> None:
        """Leave the files to the next process, or none when there is nothing to be said."""
        if self._planned is not None:
            self._planned.cancel()
        if self._journal is None:
            return
        with suppress(sqlite3.Error, OSError):
            self.settle()
            empty = self._journal.close()
            if self._begun is not None:
                self._begun.remove() if empty else self._begun.close()

    def _without(self, error: Exception) -> None:
        logger.warning("%s: %s; ends will not outlive this process", self._name, error)
        self._journal = None
        if self._begun is not None:
            self._begun.remove()
            self._begun = None
