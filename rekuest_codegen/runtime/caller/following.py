"""All that is known of a task while it runs, kept for whoever asks: its progress, its logs, what it yielded, its end.

Lives in the loop that serves the task. One coroutine reads the task's events and files them, until it is over or the
last who could ask has let go; it waits for no reader. Readers look from the first event on, at their own pace: the
newest events are kept here, and older ones are read back from the server for who still wants them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

MAX_KEPT = 1000
"""Events that are kept here, with what was yielded. Where they cannot be read back, all are."""
MAX_LOGS = 10_000
"""Lines of the log; the oldest go first."""

_reading: set[asyncio.Task[None]] = set()
"""Held here: a loop knows its tasks weakly, and one that waits for events would be collected."""


class Following:
    """The events of ``watch``, filed as they come."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        watch.runs_on = True
        self.progress: int | None = None
        self.message: str | None = None
        self.logs: deque[str] = deque(maxlen=MAX_LOGS)
        self.state = "ASSIGNED"
        self.end: Event | None = None
        self.failure: Exception | None = None
        self.kept: deque[Event] = deque(maxlen=None if watch.recall is None else MAX_KEPT)
        """The newest events."""
        self.filed = 0
        """How many there were."""
        self._last: Mapping[str, Any] | None = None
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._work = asyncio.create_task(self._read(), name=f"following task {watch.task}")
        _reading.add(self._work)
        self._work.add_done_callback(_reading.discard)

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.end is not None or self.failure is not None

    def let_go(self) -> None:
        """Nobody can ask any more: reading ends, and the task runs on."""
        if not self.over:
            self.watch.leave(f"{self.watch.title}: the handle was let go, and the task runs on")
            self._work.cancel()

    async def ended(self) -> Exception | None:
        """What was raised, or came in the way, once nothing more will come; None if the task completed."""
        await self._over.wait()
        if self.end is None or self.end.kind == "COMPLETED":
            return self.failure
        return self.watch.outcome(self.end)

    async def result(self) -> Mapping[str, Any] | None:
        """What was yielded last, once the task is over.

        Raises:
            NodeError, TaskCancelled, AgentLost, TransportError: it ended otherwise.
        """
        error = await self.ended()
        if error is not None:
            raise error
        return self._last

    async def news(self) -> None:
        """Something that was not filed yet."""
        await self._news.wait()

    async def _read(self) -> None:
        try:
            while self.end is None:
                self._file(await self.watch.next_event())
        except asyncio.CancelledError:
            self.failure = ConnectionLost(f"{self.watch.title}: nobody follows the task any more; it may run on")
            raise
        except Exception as error:  # ours, or of who stands in for a server: whoever asks hears of it
            self.failure = error
        finally:
            self._over.set()
            self._tell()

    def _file(self, event: Event) -> None:
        if event.kind == "YIELD":
            self._last = event.returns or {}
        elif event.kind == "LOG":
            self.logs.append(event.message or "")
        elif event.kind == "PROGRESS":
            self.progress = event.progress if event.progress is not None else self.progress
            self.message = event.message if event.message is not None else self.message
        if event.kind not in ("YIELD", "LOG", "PROGRESS"):
            self.state = event.kind
        if terminal_kind(event.kind):
            self.end = event
        self.kept.append(event)
        self.filed += 1
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Reader:
    """One who looks at the events of ``following``, from the first one on, each once."""

    def __init__(self, following: Following) -> None:
        self._following = following
        self._seen = 0
        self._page: deque[Event] = deque()
        """Events that were read back, and not looked at yet."""

    async def next_event(self) -> Event | None:
        """The next event; None after the last.

        Raises:
            AgentLost, TransportError: nothing more can be known.
        """
        following = self._following
        while not self._page:
            gone = following.filed - len(following.kept)
            if self._seen < gone:
                recall = following.watch.recall
                assert recall is not None  # noqa: S101 - without it, all are kept
                self._page.extend(await recall(following.watch, self._seen, gone - self._seen))
            elif self._seen < following.filed:
                self._page.append(following.kept[self._seen - gone])
            elif not following.over:
                await following.news()
            elif following.failure is not None:
                raise following.failure
            else:
                return None
        self._seen += 1
        return self._page.popleft()

    async def next_item(self) -> Mapping[str, Any] | None:
        """The next of what it yields; None at the end.

        Raises:
            NodeError, TaskCancelled: it ended otherwise. Else as `next_event`.
        """
        while (event := await self.next_event()) is not None:
            if event.kind == "YIELD":
                return event.returns or {}
        await self._following.result()
        return None
