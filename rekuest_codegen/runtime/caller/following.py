"""All that is known of a task while it runs, kept for whoever asks: its progress, its logs, what it yielded, its end.

Lives in the loop that serves the task. One coroutine reads the task's events and files them, until it is over or the
last who could ask has let go; readers look, and wait for news. What a generator yields waits in a bounded queue: when
nobody takes it, reading stops, and the events stay at the server.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

MAX_ITEMS = 1000
"""Yielded items that wait for a reader."""
MAX_HISTORY = 10_000
"""Events that are kept for who looks later; the oldest go first. What was yielded is not kept twice."""

_reading: set[asyncio.Task[None]] = set()
"""Held here: a loop knows its tasks weakly, and one that waits for room would be collected."""


class Following:
    """The events of ``watch``, filed as they come."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        watch.runs_on = True
        self.progress: int | None = None
        self.message: str | None = None
        self.logs: deque[str] = deque(maxlen=MAX_HISTORY)
        self.state = "ASSIGNED"
        self.end: Event | None = None
        self.failure: BaseException | None = None
        self._items: deque[Mapping[str, Any]] = deque()
        self._last: Mapping[str, Any] | None = None
        self._only_last = False
        self._history: deque[Event] = deque(maxlen=MAX_HISTORY)
        self._filed = 0
        self._news = asyncio.Event()
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

    async def result(self) -> Mapping[str, Any] | None:
        """What was yielded last, once the task is over; what was yielded before is let go.

        Raises:
            NodeError, TaskCancelled, AgentLost, TransportError: it ended otherwise.
        """
        self._only_last = True
        self._items.clear()
        self._tell()
        while not self.over:
            await self._news.wait()
        self._raise()
        return self._last

    async def next_item(self) -> Mapping[str, Any] | None:
        """The next of what it yields, each once; None at the end. Raises as `result`."""
        while not self._items:
            if self.over:
                self._raise()
                return None
            await self._news.wait()
        item = self._items.popleft()
        self._tell()  # there is room
        return item

    async def events(self) -> AsyncGenerator[Event]:
        """All events that are still known, then each as it comes, to the last."""
        seen = self._filed - len(self._history)
        while True:
            new, seen = self._filed - seen, self._filed
            for event in list(self._history)[max(0, len(self._history) - new) :]:
                yield event
            if seen < self._filed:
                continue  # while these were looked at, others came
            if self.over:
                if self.end is None:
                    self._raise()
                return
            await self._news.wait()

    def _raise(self) -> None:
        if self.failure is not None:
            raise self.failure
        if self.end is not None and self.end.kind != "COMPLETED":
            raise self.watch.outcome(self.end)

    async def _read(self) -> None:
        try:
            while self.end is None:
                while len(self._items) >= MAX_ITEMS:
                    await self._news.wait()
                self._file(await self.watch.next_event())
        except asyncio.CancelledError:
            self.failure = ConnectionLost(f"{self.watch.title}: nobody follows the task any more; it may run on")
            raise
        except Exception as error:  # ours, or of who stands in for a server: whoever asks hears of it
            self.failure = error
        finally:
            self._tell()

    def _file(self, event: Event) -> None:
        if event.kind == "YIELD":
            self._last = event.returns or {}
            if not self._only_last:
                self._items.append(self._last)
        elif event.kind == "LOG":
            self.logs.append(event.message or "")
        elif event.kind == "PROGRESS":
            self.progress = event.progress if event.progress is not None else self.progress
            self.message = event.message if event.message is not None else self.message
        if event.kind not in ("YIELD", "LOG", "PROGRESS"):
            self.state = event.kind
        if terminal_kind(event.kind):
            self.end = event
        self._history.append(event if event.kind != "YIELD" else Event(event.number, "YIELD"))
        self._filed += 1
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
