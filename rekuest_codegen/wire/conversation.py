"""The agent's end of its socket, without I/O: frames and the clock go in, frames, events and timers come out.

`AgentSide` is a whole session, over as many connections as it takes (`server_side` is the other end): call `receive`
for each frame and `handle_timer` when `next_timer` is due, then write what `frames_to_send` returns. ``now`` is any
clock that only goes forward. It decides nothing about tasks: it registers, keeps alive, numbers, retains, repeats and
correlates. The words are those of an adapter (`wire.contracts`).
"""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.contracts import at_agent
from rekuest_codegen.wire.ids import new_id
from rekuest_codegen.wire.messages import (
    AssignRequest,
    AssignResponse,
    BadFrame,
    CancelRequest,
    ControlResponse,
    EventAck,
    FromAgent,
    Heartbeat,
    HeartbeatAnswer,
    Init,
    InterruptRequest,
    NotJSON,
    PauseRequest,
    ProbeRequest,
    ProbeResponse,
    Register,
    Report,
    ResumeRequest,
    SessionInit,
    TaskEvent,
    ToAgent,
    Yield,
    encode,
)
from rekuest_codegen.wire.pace import Pace

HEARTBEAT = 10.0
"""Seconds between two heartbeats."""
ANSWER_WITHIN = 5.0
REGISTER_WITHIN = 10.0
SILENCE = 3 * HEARTBEAT
"""Seconds without a frame after which an agent takes the server for dead."""
MAX_WAITING = 1000
"""What an agent keeps of the messages it may lose (progress, logs, state) while it is not connected."""
MAX_SEEN = 4096
"""Of how many called tasks an agent remembers the last event, so as to notice a repeated one."""

TRY_AGAIN = 1013
NO_HEARTBEAT = 3001
INVALID_JSON = 3002
MISMATCH = 3003
BUSY = 4004
DISPLACED = 4005

Request = AssignRequest | ProbeRequest | CancelRequest | InterruptRequest | PauseRequest | ResumeRequest
Response = AssignResponse | ProbeResponse | ControlResponse
_REQUESTS = (AssignRequest, ProbeRequest, CancelRequest, InterruptRequest, PauseRequest, ResumeRequest)
_RESPONSES = (AssignResponse, ProbeResponse, ControlResponse)


@dataclass(frozen=True, slots=True)
class Answered:
    """The server's answer to a request of ours."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A frame that is no message we know; it was skipped. ``task`` is what it wants to be run, if it says so."""

    reason: str
    task: str | None = None


@dataclass(slots=True)
class _Retained:
    order: int
    report: Report
    sent: bool
    size: int = 0


class AgentSide:
    """An agent's session: registers on every connection, and brings over a loss what must not be lost.

    Yields and terminal reports are retained until the server acknowledges them, and repeated under the same message
    id after a reconnect, so that the server knows them again. A server that acknowledges terminal reports only
    (those of contract 2) would count a repeated yield twice: there only a lone yield is repeated, with the end of
    its task. A server that acknowledges yields says so by acknowledging REGISTER; any other is not told more than it
    can take in (see `pace`).

    ``states`` gives the values of the observable states, which a session begins with.
    """

    def __init__(
        self,
        token: str,
        *,
        session_id: str | None = None,
        force: bool = False,
        silence: float = SILENCE,
        states: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.token = token
        self.force = force
        self._silence = silence
        self._states = states
        self.contract = Contract.TWO
        self._adapter = at_agent(self.contract, {})
        self.begin(session_id)

    def speak(self, contract: Contract, declared: Mapping[str, Any]) -> None:
        """Speak ``contract`` from the next connection on; ``declared`` is what the agent provides, in its words."""
        if contract is not self.contract:
            self._adapter = at_agent(contract, declared)
            self._adapter.begin(self.session_id, fresh=self._fresh)
            self.contract = contract

    def begin(self, session_id: str | None = None) -> None:
        """Begin a session, a new one or one that was begun before; what was kept for another is dropped."""
        self.session_id = session_id or new_id()
        self._fresh = session_id is None
        self._adapter.begin(self.session_id, fresh=self._fresh)
        self._out: deque[str] = deque()
        self._pace = Pace()
        self._bytes = 0
        self._acknowledged: list[str] = []
        self._order = itertools.count()
        self._seq = 0
        self._register = ""
        self._yields_acknowledged = False
        self._retained: dict[str, _Retained] = {}
        self._retained_of: dict[str, tuple[int, int]] = {}
        self._ends: dict[str, str] = {}
        self._yields: dict[str, int] = {}
        self._waiting: deque[tuple[int, FromAgent]] = deque(maxlen=MAX_WAITING)
        self._requests: dict[str, tuple[int, Request]] = {}
        self._seen: dict[str, int] = {}
        self._heard: float | None = None
        self._clock = 0.0
        self._introduced = False
        self.ready = False
        self.lost: str | None = None

    @property
    def unacknowledged(self) -> int:
        """How many reports are retained. Whoever makes many should wait while this is large."""
        return max(len(self._retained), self._adapter.unacknowledged)

    def unacknowledged_of(self, task: str) -> tuple[int, int]:
        """How many reports of one task are retained, and how much memory they take, as frames."""
        return self._retained_of.get(task, (0, 0))

    @property
    def complaints(self) -> list[str]:
        """What the server said of what the agent declares, a line each."""
        return self._adapter.complaints

    @property
    def unacknowledged_bytes(self) -> int:
        """How much memory the retained reports take, as frames."""
        return self._bytes

    def turn(self, now: float) -> float:
        """Seconds until the server can take another report; whoever makes many should wait as long."""
        self._clock = now
        if self._yields_acknowledged or not self.ready:
            return 0.0
        return self._pace.wait(now)

    def reported(self, task: str) -> bool:
        """Whether a terminal report of ``task`` is on its way: then no inquiry about it needs an answer."""
        return task in self._ends

    def retained(self, task: str) -> list[Report]:
        """The reports of ``task`` that are retained, in their order: what a later process would have to send."""
        return [kept.report for kept in self._retained.values() if kept.report.task == task]

    def restore(self, reports: Sequence[Report]) -> None:
        """Retain the reports that another process of this session left behind, before the first connection."""
        for report in reports:
            self._seq = max(self._seq, report.seq or 0)
            if isinstance(report, Yield):
                self._yields[report.task] = self._yields.get(report.task, 0) + 1
            self._keep(_Retained(next(self._order), report, sent=True, size=len(encode(report))))

    def take_acknowledged(self) -> list[str]:
        """The message ids of reports that were acknowledged since this was asked last."""
        taken, self._acknowledged = self._acknowledged, []
        return taken

    def connect(self, now: float) -> None:
        """A socket is open: introduce ourselves. Everything else waits for INIT."""
        self.disconnect()
        self._heard = now
        self.lost = None
        self._yields_acknowledged = self._adapter.keeps_all
        self._pace.reset()
        register = Register(token=self.token, force=self.force, session_id=self.session_id)
        self._register = register.id
        introduction = None if self._introduced else SessionInit(session_id=self.session_id, states=self._states())
        self._out = deque(self._adapter.connect(register, introduction))

    def disconnect(self) -> None:
        """The socket is gone. Messages go on being taken."""
        self.ready = False
        self._heard = None
        self._out = deque()

    def send(self, message: FromAgent) -> None:
        """Send a message now, or after the next INIT. Reports are numbered here.

        Raises:
            Unsendable: it has no frame. Nothing was kept of it: what is sent again must not fail again.
        """
        if isinstance(message, Report):
            message.seq = self._seq + 1
        frame = self._adapter.write(message) if self.ready else encode(message)
        order = next(self._order)
        kept = False
        if isinstance(message, Report):
            self._seq += 1
            kept = self._retain(message, order, len(frame))
        elif isinstance(message, _REQUESTS):
            self._requests[message.id] = (order, message)
            kept = True
        if self.ready and not self._yields_acknowledged:
            end = isinstance(message, Report) and message.terminal
            self._pace.sent(self._clock, end=message.id if end else None)
        if self.ready:
            self._out.append(frame)
        elif not kept:
            self._waiting.append((order, message))

    def forget(self, request: str) -> None:
        """Nobody waits for the answer to this request any more."""
        self._requests.pop(request, None)

    def receive(self, frame: str | bytes, now: float) -> list[ToAgent | Answered | Unreadable]:
        """What the server said, without what is handled here: heartbeats, acknowledgements, repeated task events."""
        if self._heard is None:
            return []
        self._heard = self._clock = now
        try:
            read = self._adapter.read(frame)
        except (NotJSON, BadFrame) as error:
            return [Unreadable(str(error), _assigned(frame))]
        return [event for message in read for event in self._taken(message)]

    def _taken(self, message: ToAgent) -> Sequence[ToAgent | Answered]:
        if isinstance(message, Heartbeat):
            self._out.appendleft(encode(HeartbeatAnswer()))  # whatever else waits to be written
            return []
        if isinstance(message, EventAck):
            self._acknowledge(message.event)
            return []
        if isinstance(message, TaskEvent):
            return [message] if self._first_time(message) else []
        if isinstance(message, _RESPONSES):
            _, request = self._requests.pop(message.request, (0, None))
            return [Answered(request, message)] if request else []
        if isinstance(message, Init):
            self._become_ready()
        return [message]

    def handle_timer(self, now: float) -> None:
        """Give the server up when it was silent for too long: ``lost`` says so."""
        due = self.next_timer()
        if due is not None and now >= due:
            self.lost = f"nothing heard from the server for {self._silence:g} s"
            self.disconnect()

    def next_timer(self) -> float | None:
        return None if self._heard is None else self._heard + self._silence

    @property
    def has_frames(self) -> bool:
        """Whether there is anything to be written."""
        return bool(self._out)

    def frames_to_send(self, most: int | None = None) -> list[str]:
        """What is to be written next, at most ``most`` frames."""
        if most is None or len(self._out) <= most:
            frames = list(self._out)
            self._out.clear()
            return frames
        return [self._out.popleft() for _ in range(most)]

    def _become_ready(self) -> None:
        if self.ready:
            return
        self.ready = self._introduced = True
        self._out.extend(self._adapter.welcome())
        queue: list[tuple[int, FromAgent]] = [*self._waiting, *self._requests.values()]
        self._waiting.clear()
        for kept in list(self._retained.values()):
            if self._adapter.repeats(kept.report.id):
                continue
            if self._to_send(kept):
                queue.append((kept.order, kept.report))
                if not self._yields_acknowledged:
                    self._pace.sent(self._clock, end=kept.report.id if kept.report.terminal else None)
            if self._worth_keeping(kept.report):
                kept.sent = True
            else:
                self._drop(kept.report.id)
        self._out.extend(self._adapter.write(message) for _, message in sorted(queue, key=lambda item: item[0]))

    def _to_send(self, kept: _Retained) -> bool:
        report = kept.report
        if not kept.sent or report.terminal or self._yields_acknowledged:
            return True
        return self._yields.get(report.task) == 1 and self.reported(report.task)

    def _worth_keeping(self, report: Report) -> bool:
        return report.terminal or self._yields_acknowledged or self._yields.get(report.task) == 1

    def _retain(self, report: Report, order: int, size: int) -> bool:
        """Keep ``report`` if it must arrive: until it is acknowledged, or at least until it is sent."""
        if isinstance(report, Yield):
            self._yields[report.task] = self._yields.get(report.task, 0) + 1
        elif not report.terminal:
            return False
        if self.ready and not self._worth_keeping(report):
            self._drop_sent_yields(report.task)
        else:
            self._keep(_Retained(order, report, sent=self.ready, size=size))
        return True

    def _keep(self, kept: _Retained) -> None:
        self._retained[kept.report.id] = kept
        self._bytes += kept.size
        count, size = self.unacknowledged_of(kept.report.task)
        self._retained_of[kept.report.task] = count + 1, size + kept.size
        if kept.report.terminal:
            self._ends[kept.report.task] = kept.report.id

    def _drop(self, message_id: str) -> _Retained | None:
        kept = self._retained.pop(message_id, None)
        if kept is not None:
            self._bytes -= kept.size
            count, size = self._retained_of.pop(kept.report.task)
            if count > 1:
                self._retained_of[kept.report.task] = count - 1, size - kept.size
            if kept.report.terminal:
                self._ends.pop(kept.report.task, None)
        return kept

    def _acknowledge(self, message_id: str) -> None:
        if message_id == self._register:
            self._yields_acknowledged = True
        elif kept := self._drop(message_id):
            self._acknowledged.append(message_id)
            if kept.report.terminal:
                self._pace.acknowledged(message_id)
                self._yields.pop(kept.report.task, None)
                self._drop_sent_yields(kept.report.task)

    def _drop_sent_yields(self, task: str) -> None:
        old = [key for key, kept in self._retained.items() if kept.report.task == task and not kept.report.terminal]
        for key in old:
            self._drop(key)
            self._acknowledged.append(key)

    def _first_time(self, event: TaskEvent) -> bool:
        last = self._seen.pop(event.task, -1)
        self._seen[event.task] = max(last, event.seq)  # behind the others: the longest silent one is forgotten first
        if len(self._seen) > MAX_SEEN:
            del self._seen[next(iter(self._seen))]
        return event.seq > last


def _assigned(frame: str | bytes) -> str | None:
    """The task of an ASSIGN that cannot be read otherwise."""
    try:
        said: Any = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    task = said.get("task") if is_object(said) and said.get("type") == "ASSIGN" else None
    return task if isinstance(task, str) else None
