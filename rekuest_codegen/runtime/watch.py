"""One task as its caller sees it: events in order, each once, and the outcome they add up to.

Events reach us by two roads: the live subscription, and reading a task's events back. Every event has an id that
grows; taking only ids above the last one makes the two roads one. A subscription is not live the moment it is asked
for, so until a live event of this task (or an earlier task) proved it, the first live event is held back until the
task's events have been read once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from rekuest_codegen.errors import AgentLost, ConnectionLost, NodeError, ProtocolError, RekuestError, TaskCancelled
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN, as_in_two, terminal_kind
from rekuest_codegen.wire.raised import read
from rekuest_codegen.wire.tracing import NO_SPAN

MAX_UNREAD = 10_000
"""Events that wait for a caller to read them. More stay at the server until there is room."""


TOLD = frozenset({"STARTED", "PROGRESS", "LOG", "PAUSED", "RESUMED"})
"""Events by which an agent says how it gets on; a short call has none of them but the first two."""
SAID = TOLD | {"YIELD", "DELEGATE"}
"""Events that only an agent can cause: one that was gone is back. A request, CANCELLING say, is not among them."""


Recall = Callable[["Watch", int, int], Awaitable[Sequence["Event"]]]
"""Gives events of a task again that came before: from one offset on, so many or fewer, but one at least."""


class Event(NamedTuple):
    """One event of a task. ``number`` grows within the task; ``returns`` is in wire form; ``created`` is when it
    happened, as the server writes that, and `at` as a time."""

    number: int
    kind: str
    returns: Mapping[str, Any] | None = None
    message: str | None = None
    progress: int | None = None
    created: str | None = None

    @property
    def at(self) -> datetime | None:
        """When it happened, by the server's clock; None where that is not told, as inside of a running task."""
        return None if self.created is None else datetime.fromisoformat(self.created)

    @property
    def tells_of_loss(self) -> bool:
        """Whether it says that the agent is gone."""
        return self.kind == "DISCONNECTED" or (
            self.kind == "CRITICAL" and self.message is not None and self.message.startswith(LOST_PREFIX)
        )


class Watch:
    """The events of one task, fed by a client or an agent, read by whoever called. ``most`` of them wait unread."""

    def __init__(
        self, title: str, task: str, reference: str, *, proven: bool, lost_after: float, most: int | None = None
    ) -> None:
        self.title = title
        self.task = task
        self.reference = reference
        self.agent: str | None = None
        """The name of who has the task, as far as that was asked."""
        self.taken = 0
        self.behind = False
        """Whether there was no room for an event: from there on they are to be read back."""
        self.missed = False
        """Whether an event came while it was behind: reading back what was asked for before is not all."""
        self.proven = proven
        self.held: list[Event] = []
        self.ended = False
        self.runs_on = False
        """Whether the task is to run on though its caller goes."""
        self.outlives_cancel = False
        """And though the task that called it is cancelled."""
        self.recall: Recall | None = None
        """None where nobody keeps the events."""
        self.swept = 0
        self._lost_after = lost_after
        self._most = MAX_UNREAD if most is None else most
        self.span = NO_SPAN
        self._last = -1
        self._clock = asyncio.get_running_loop().time
        self.heard_at = self._clock()
        self._only_end = False
        """Whether its reader waits for the end, and need not be woken by what comes before."""
        self._disconnected_at: float | None = None
        self._events: deque[Event] = deque()
        self._failure: RekuestError | None = None
        self._told: str | None = None
        self._progress: int | None = None
        self._log: str | None = None
        self._news = asyncio.Event()

    def feed(self, events: Sequence[Event]) -> None:
        """Take what is new of ``events``; the first one there is no room for sets `behind`, and ends it."""
        now = self._clock()
        wake = not self._only_end or self._disconnected_at is not None
        for event in sorted(events, key=_number) if len(events) > 1 else events:
            if event.number <= self._last or self.ended:
                continue
            if len(self._events) >= self._most:
                self.behind = True
                break
            self._last = event.number
            self.taken += 1
            if event.kind in TOLD:
                self._note(event)
            if event.kind == "DISCONNECTED":
                self._disconnected_at, wake = now, True
            elif terminal_kind(event.kind):
                self.ended = wake = True
                self.span.end(event.kind, event.message)
            elif event.kind in SAID:
                self._disconnected_at = None
            self._events.append(event)
            self.heard_at, self.swept = now, 0
        if wake or len(self._events) > self._most // 2:
            self._news.set()

    def hear(self, events: Sequence[Event]) -> None:
        """Take events as they happen; not after one there was no room for, which is to be read back first."""
        if self.behind:
            self.missed = True
        else:
            self.feed(events)

    def fail(self, error: RekuestError) -> None:
        """Nothing more will come; the reader gets ``error`` after what it has not read yet."""
        self._failure = self._failure or error
        self.span.end("FAILED", str(error))
        self._news.set()

    def outlive(self, *, cancelled: bool) -> None:
        """The task is to run on when the one that called it is over: also when that is ``cancelled``, or else ends
        by itself."""
        self.runs_on = True
        self.outlives_cancel = self.outlives_cancel or cancelled

    def leave(self, why: str) -> None:
        """Nobody reads any more, and the task runs on. Whoever feeds this lets go of it."""
        self._events.clear()
        self._failure = self._failure or ConnectionLost(why)
        self.span.end("LEFT")
        self._news.set()

    @property
    def failed(self) -> bool:
        """Whether nothing more will come, for a reason outside the task."""
        return self._failure is not None

    @property
    def room(self) -> int:
        """How many events more it takes."""
        return self._most - len(self._events)

    async def next_event(self) -> Event:
        """The next event.

        Raises:
            AgentLost: the agent disconnected and did not come back in time. Whatever `fail` was given.
        """
        while not self._events:
            if self._failure is not None:
                raise self._failure
            self._news.clear()
            if self._disconnected_at is None:
                await self._news.wait()
                continue
            try:
                async with asyncio.timeout_at(self._disconnected_at + self._lost_after):
                    await self._news.wait()
            except TimeoutError:
                # No more is expected: whoever feeds this lets go of it.
                self.fail(self._lost(f"the agent is gone for {self._lost_after:g} s; the work may be done or not"))
        return self._taken()

    def _taken(self) -> Event:
        """The next event that is there; every reading goes through here."""
        return self._events.popleft()

    async def next_yield(self) -> Mapping[str, Any] | None:
        """The returns of the next YIELD, or None when the task completed.

        Raises:
            NodeError, TaskCancelled, AgentLost: the task ended otherwise.
        """
        while True:
            event = self._taken() if self._events else await self.next_event()
            if event.kind == "YIELD":
                return event.returns or {}
            if event.kind == "COMPLETED":
                return None
            if terminal_kind(event.kind):
                raise self.outcome(event)

    async def result(self) -> Mapping[str, Any]:
        """The returns of a function: its one YIELD, once it completed."""
        returns: Mapping[str, Any] | None = None
        self._only_end = True
        while (item := await self.next_yield()) is not None:
            returns = item
        if returns is None:
            raise ProtocolError(f"{self.title}: completed without returning anything")
        return returns

    def outcome(self, event: Event) -> RekuestError:
        """The error that a terminal event other than COMPLETED means."""
        if event.kind in ("CANCELLED", "INTERRUPTED"):
            return TaskCancelled(f"{self.title}: the task was {event.kind.lower()}")
        message = event.message or "the node gave no reason"
        if event.kind == "CRITICAL" and message.startswith(LOST_PREFIX):
            return self._lost(message)
        told = read(self._log, message) or (None, None)
        return NodeError(self.title, self.task, message, type=told[0], traceback=told[1])

    def _note(self, event: Event) -> None:
        """Keep what may have to be said when the agent is lost, or the function raised."""
        self._told = event.kind
        if event.kind == "LOG":
            self._log = event.message
        elif event.kind == "PROGRESS" and event.progress is not None:
            self._progress = event.progress

    def _lost(self, text: str) -> AgentLost:
        gone = self._disconnected_at
        ago = 0.0 if gone is None else self._clock() - gone
        return AgentLost(
            f"{self.title}: {text}",
            node=self.title,
            task=self.task,
            agent=self.agent,
            last_event=self._told,
            progress=self._progress,
            since=datetime.now(UTC) - timedelta(seconds=ago),
            begun=not text.endswith(NOT_BEGUN),
        )


def _number(event: Event) -> int:
    return event.number


def read_event(raw: Mapping[str, Any]) -> Event:
    """An event as GraphQL gives it."""
    kind, message = as_in_two(str(raw["kind"]), raw.get("message"))
    return Event(int(raw["id"]), kind, raw.get("returns"), message, raw.get("progress"), raw.get("createdAt"))
