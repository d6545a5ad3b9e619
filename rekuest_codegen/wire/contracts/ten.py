"""Contract 10 on the agent socket: its messages (`ten_messages`) to and from those that everything above deals in.

REGISTER declares what an agent provides, nothing is sent before INIT, and nearly everything an agent says is numbered:
it is kept until a JOURNAL_ACK retires all up to a number, and sent again after a loss. A task whose agent is gone ends
as LOST, where contract 2 has a CRITICAL that says so. What waits for a decision counts as paused; what a task shows is
logged; what a workflow recorded is not kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from rekuest_codegen.errors import Finding
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.contracts import Declaration
from rekuest_codegen.wire.contracts import ten_messages as ten
from rekuest_codegen.wire.ids import new_id
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN
from rekuest_codegen.wire.messages import FromAgent, Init, Register, SessionInit, ToAgent, encode

UNUSED = ("bloks", "assets")
"""Parts of a declaration that are taken and have no effect."""
NO_REVISIONS = "this server keeps no revisions of states"
NO_REQUIREMENTS = "this server does not wait for states: leave state_requires out"


class TenAtServer:
    outlives = True  # an agent's journal is on its disk, and a server may begin anew

    def __init__(self) -> None:
        self._session: str | None = None
        self._heard = 0
        self._unsaid: dict[str, int] = {}
        self._ends: dict[str, int] = {}

    def read(self, frame: str | bytes) -> FromAgent | ToAgent | None:
        message: FromAgent = messages.decode_as(ten.from_agent(), frame)
        if not self._first_time(message):
            return None
        match message:
            case ten.Held():
                return messages.Paused(id=message.id, task=message.task, seq=message.seq)
            case ten.Inform():
                return messages.Log(id=message.id, task=message.task, seq=message.seq, message=message.message or "")
            case ten.Effect():
                return None
            case ten.StateRevisionRequest():
                return ten.StateRevisionResponse(request=message.id, error=NO_REVISIONS)
            case ten.AssignRequest(state_requires=[_, *_]):
                return messages.AssignResponse(
                    request=message.id, reference=message.reference, created=False, error=NO_REQUIREMENTS
                )
            case _:
                return message

    def declared(self, register: Register) -> Declaration | None:
        if not isinstance(register, ten.RegisterDeclared):
            return None
        title = register.name or "agent"
        unused = [part for part in UNUSED if getattr(register, part)]
        return Declaration(
            name=register.name,
            hash=register.hash,
            implementations=msgspec.to_builtins(register.implementations or []),
            states=msgspec.to_builtins(register.states or []),
            findings=[Finding("not-used", title, f"{part}: this server does nothing with them") for part in unused],
        )

    def welcome(self, register: Register, init: Init, heard: ToAgent | None, findings: Sequence[Finding]) -> list[str]:
        self._session = register.session_id
        if isinstance(heard, ten.JournalAck) and heard.journal_session == self._session:
            self._heard = heard.pos
        said = [ten.Diagnostic(code=one.code, message=one.message, path=one.where) for one in findings]
        fields = {name: getattr(init, name) for name in init.__struct_fields__}
        declared = register.hash if isinstance(register, ten.RegisterDeclared) else None
        return [encode(ten.Welcome(**fields, hash=declared, diagnostics=said))]

    def write(self, message: ToAgent) -> str | None:
        match message:
            case messages.DisconnectedEvent():
                return None
            case messages.EventAck():
                # At once, as before it what follows from that end: a task that was given back may come again.
                return None if (pos := self._ends.get(message.event)) is None else self.write(self._until(pos))
            case ten.JournalAck():
                self._ends = {key: pos for key, pos in self._ends.items() if pos > message.pos}
                return encode(message)
            case messages.CriticalEvent(error=str(why)) if why.startswith(LOST_PREFIX):
                return encode(
                    ten.LostEvent(
                        id=message.id,
                        task=message.task,
                        event=message.event,
                        seq=message.seq,
                        started=not why.endswith(NOT_BEGUN),
                        reason=why.removeprefix(LOST_PREFIX).removesuffix(NOT_BEGUN),
                    )
                )
            case _:
                return encode(message)

    def acknowledgements(self) -> list[ToAgent]:
        told = sorted(self._unsaid.items(), key=lambda item: item[0] == self._session)
        self._unsaid.clear()
        return [ten.JournalAck(journal_session=session, pos=pos) for session, pos in told]

    def _until(self, pos: int) -> ten.JournalAck:
        return ten.JournalAck(journal_session=self._session or "", pos=pos)

    def _first_time(self, message: FromAgent) -> bool:
        """Whether this is no repeated frame, and none of a session before; notes its number."""
        session: str | None = getattr(message, "journal_session", None)
        pos: int | None = getattr(message, "pos", None)
        if session is None or pos is None:
            return True
        first = session == self._session and pos > self._heard
        if first:
            self._heard = pos
            if isinstance(message, messages.Report) and message.terminal:
                self._ends[message.id] = pos
        self._unsaid[session] = self._heard if session == self._session else pos
        return first


class TenAtAgent:
    keeps_all = True

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self._declared = declared
        self.complaints: list[str] = []
        self.begin(new_id(), fresh=True)

    @property
    def unacknowledged(self) -> int:
        return len(self._journal)

    def begin(self, session: str, *, fresh: bool) -> None:
        self._session = session
        self._journal: dict[str, tuple[int, str]] = {}
        # How far another process has counted is not known, but it was fewer than this.
        self._pos = 0 if fresh else int(time.time() * 1000)
        self._steps: dict[str, int] = {}
        self._introduction: SessionInit | None = None

    def connect(self, register: Register, introduction: SessionInit | None) -> list[str]:
        self._introduction = introduction
        fields = {name: getattr(register, name) for name in register.__struct_fields__}
        return [encode(ten.RegisterDeclared(**fields, **self._declared))]

    def welcome(self) -> list[str]:
        repeated = [frame for _, frame in self._journal.values()]
        introduction, self._introduction = self._introduction, None
        return [*repeated, self.write(introduction)] if introduction else repeated

    def repeats(self, message: str) -> bool:
        return message in self._journal

    def write(self, message: FromAgent) -> str:
        numbered = ten.NUMBERED.get(type(message))
        if numbered is None:
            return encode(message)
        fields: dict[str, Any] = {name: getattr(message, name) for name in message.__struct_fields__}
        pos, step = self._pos + 1, None
        report = message if isinstance(message, messages.Report) else None
        if report is not None:
            step = self._steps.get(report.task, 0) + 1
        fields |= {"pos": pos, "journal_session": self._session, "agent_ts": time.time(), "task_step": step}
        frame = encode(numbered(**fields))
        self._pos = pos
        self._journal[message.id] = pos, frame
        if report is not None and step is not None:
            self._steps[report.task] = step
            if report.terminal:
                del self._steps[report.task]
        return frame

    def read(self, frame: str | bytes) -> list[ToAgent]:
        message: ToAgent = messages.decode_as(ten.to_agent(), frame)
        match message:
            case ten.JournalAck():
                return self._retired(message)
            case ten.Welcome():
                self.complaints = [str(one) for one in message.diagnostics]
                return [message]
            case ten.LostEvent():
                ending = "" if message.started else NOT_BEGUN
                error = f"{LOST_PREFIX}{message.reason or 'the server does not say why'}"
                return [_mirror(messages.CriticalEvent, message, error=error + ending)]
            case ten.HeldEvent():
                return [_mirror(messages.BARE_EVENTS["PAUSED"], message)]
            case ten.DeniedEvent():
                return [_mirror(messages.LogEvent, message, message=f"denied: {message.answer or ''}", level="WARN")]
            case _:
                return [message]

    def _retired(self, said: ten.JournalAck) -> list[ToAgent]:
        if said.journal_session != self._session:
            return []
        retired: list[str] = []
        for key, (pos, _) in self._journal.items():
            if pos > said.pos:
                break
            retired.append(key)
        for key in retired:
            del self._journal[key]
        return [messages.EventAck(event=key) for key in retired]


def _mirror(kind: type[messages.TaskEvent], of: messages.TaskEvent, **content: Any) -> messages.TaskEvent:
    return kind(id=of.id, task=of.task, event=of.event, seq=of.seq, **content)
