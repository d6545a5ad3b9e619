"""The frames of the agent socket, contract 10, as one table each way.

What is as in contract 2 is taken from there; a class here is a message that has other fields, or is new. Most of what
an agent sends is numbered (`Numbered`). Frames from an agent are read strictly, as its own servers do. Source of names
and fields: the message schemas of rekuest 10.0.0, and what it was seen to send.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, Union, cast

import msgspec

from rekuest_codegen.wire import messages
from rekuest_codegen.wire.contracts.ten_declaration import Asset, Blok, Implementation, LockDeclared, StateDeclared
from rekuest_codegen.wire.ids import new_id
from rekuest_codegen.wire.messages import FromAgent, Register, TaskEvent, ToAgent

Level = Literal["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"]
Json = dict[str, Any]


class Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a message that takes no other fields."""


# -- from the agent ----------------------------------------------------------------------------------------------


class RegisterDeclared(Register, tag="REGISTER", kw_only=True):
    """REGISTER, with everything that the agent provides."""

    name: str | None = None
    description: str | None = None
    hash: str | None = None
    implementations: list[Implementation] | None = None
    states: list[StateDeclared] | None = None
    locks: list[LockDeclared] | None = None
    bloks: list[Blok] | None = None
    assets: list[Asset] | None = None
    supervisor: str | None = None
    features: list[str] = msgspec.field(default_factory=lambda: list[str]())


NUMBER: list[tuple[str, Any, Any]] = [
    ("pos", int | None, None),
    ("journal_session", str | None, None),
    ("agent_ts", float | None, None),
    ("task_step", int | None, None),
]
"""The ``pos``-th frame of a journal, the ``task_step``-th about its task, and when it was made (Unix time, s)."""
NUMBERED_AS_IN_TWO: dict[type[FromAgent], list[tuple[str, Any] | tuple[str, Any, Any]]] = {
    messages.SessionInit: [("states", Json)],
    messages.Started: [],
    messages.Progress: [],
    messages.Log: [("level", Level, "INFO")],
    messages.Yield: [],
    messages.Completed: [],
    messages.Failed: [("code", str | None, None)],
    messages.Critical: [],
    messages.Cancelled: [],
    messages.Interrupted: [],
    messages.Paused: [("message", str | None, None), ("details", Json | None, None)],
    messages.Resumed: [],
    messages.StatePatch: [("value", Any), ("old_value", Any)],
    messages.StateSnapshot: [],
    messages.Lock: [],
    messages.Unlock: [("task", str | None, None)],
}
"""Messages of contract 2 that are numbered here, with what else they have."""


class Prompt(Strict, kw_only=True):
    title: str
    description: str | None = None


class TaskBlok(Strict, kw_only=True):
    """A user interface that a task shows."""

    key: str | None = None
    id: str | None = None
    source: str | None = None
    name: str | None = None
    args: Json | None = None
    returns: list[Json] | None = None
    dependencies: list[Json] | None = None
    agent_mappings: dict[str, str] | None = None
    demo_state: Json | None = None
    catalog: str | None = None
    services: list[Json] | None = None


class NumberedMessage(FromAgent, kw_only=True):
    pos: int | None = None
    journal_session: str | None = None
    agent_ts: float | None = None
    task_step: int | None = None


class NumberedReport(NumberedMessage, kw_only=True):
    """About a task; but for its numbers it is as a report of contract 2."""

    task: str
    seq: int | None = None


class Held(NumberedReport, tag="HELD", kw_only=True):
    """The task waits for somebody to decide."""

    message: str | None = None
    prompt: Prompt | None = None
    details: Json | None = None
    blok: TaskBlok | None = None


class Inform(NumberedReport, tag="INFORM", kw_only=True):
    """The task shows something, and goes on."""

    message: str | None = None
    blok: TaskBlok


class Effect(NumberedReport, tag="EFFECT", kw_only=True):
    """What a workflow drew from the world (the time, a random number), for when it is run again."""

    effect: str
    value: Any
    key: str | None = None


class Shelve(NumberedMessage, tag="SHELVE", kw_only=True):
    """Name a value in the agent's memory."""

    ref: str = msgspec.field(default_factory=new_id)
    identifier: str
    resource_id: str
    label: str | None = None
    description: str | None = None
    task: str | None = None


class Unshelve(NumberedMessage, tag="UNSHELVE", kw_only=True):
    ref: str = msgspec.field(default_factory=new_id)
    drawer: str


class StateRequirement(Strict, kw_only=True):
    state: str
    path: str
    operator: str
    value: Any = None


class AssignRequest(messages.AssignRequest, tag="ASSIGN_REQUEST", kw_only=True):
    reference: str = msgspec.field(default_factory=new_id)
    parent_step: int | None = None
    call_key: str | None = None
    prompt: Prompt | None = None
    state_requires: list[StateRequirement] = msgspec.field(default_factory=lambda: list[StateRequirement]())


class StateRevisionRequest(FromAgent, tag="STATE_REVISION_REQUEST", kw_only=True):
    """What has changed of a state of another agent."""

    parent: str
    dependency: str
    state: str
    since: Json | None = None
    paths: list[str] = msgspec.field(default_factory=lambda: list[str]())


# -- to the agent ------------------------------------------------------------------------------------------------


class Diagnostic(msgspec.Struct, kw_only=True):
    """What the server has to say of a part of the declaration."""

    level: str = "WARNING"
    code: str
    message: str
    path: str | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.code, self.message) if part)


class Welcome(messages.Init, tag="INIT", kw_only=True):
    """INIT, with what the server says of the declaration; ``hash`` is the declaration's."""

    hash: str | None = None
    diagnostics: list[Diagnostic] = msgspec.field(default_factory=lambda: list[Diagnostic]())


class JournalAck(ToAgent, tag="JOURNAL_ACK", kw_only=True):
    """Every frame of this journal up to the ``pos``-th is stored."""

    journal_session: str
    pos: int


class Shelved(ToAgent, tag="SHELVED", kw_only=True):
    ref: str
    drawer: str | None = None
    error: str | None = None


class Unshelved(ToAgent, tag="UNSHELVED", kw_only=True):
    ref: str
    error: str | None = None


class Decide(ToAgent, tag="DECIDE", kw_only=True):
    task: str
    approved: bool
    answer: str | None = None
    auto: bool = False
    values: Json | None = None


class BlokRefused(ToAgent, tag="BLOK_REFUSED", kw_only=True):
    task: str
    reason: str


class StateRevisionResponse(ToAgent, tag="STATE_REVISION_RESPONSE", kw_only=True):
    request: str
    revision: Json | None = None
    changed: bool | None = None
    detail: str | None = None
    error: str | None = None


class HeldEvent(TaskEvent, tag="HELD_EVENT", kw_only=True):
    prompt: Prompt | None = None


class DeniedEvent(TaskEvent, tag="DENIED_EVENT", kw_only=True):
    answer: str | None = None


class LostEvent(TaskEvent, tag="LOST_EVENT", kw_only=True):
    """The task's agent is gone; ``effects`` says what running it again would do."""

    started: bool = True
    last_progress: int | None = None
    effects: str | None = None
    reason: str | None = None


# -- the tables --------------------------------------------------------------------------------------------------


def _numbered(kind: type[FromAgent], more: list[tuple[str, Any] | tuple[str, Any, Any]]) -> type[FromAgent]:
    fields = [*more, *NUMBER]
    tag = kind.__struct_config__.tag
    cls = msgspec.defstruct(kind.__name__, fields, bases=(kind,), tag=tag, kw_only=True, module=__name__)
    return cast("type[FromAgent]", cls)


NUMBERED = {kind: _numbered(kind, more) for kind, more in NUMBERED_AS_IN_TWO.items()}
FROM_AGENT: tuple[type[FromAgent], ...] = (
    *NUMBERED.values(),
    *(RegisterDeclared, Held, Inform, Effect, Shelve, Unshelve, AssignRequest, StateRevisionRequest),
    *(messages.HeartbeatAnswer, messages.ProbeRequest),
    *(messages.CancelRequest, messages.InterruptRequest, messages.PauseRequest, messages.ResumeRequest),
)
NOT_THERE = (messages.Init, messages.DisconnectedEvent)
TO_AGENT: tuple[type[ToAgent], ...] = (
    *(kind for kind in messages.TO_AGENT if kind not in NOT_THERE),
    *(
        Welcome,
        JournalAck,
        Shelved,
        Unshelved,
        Decide,
        BlokRefused,
        StateRevisionResponse,
        HeldEvent,
        DeniedEvent,
        LostEvent,
    ),
)


@cache
def from_agent() -> msgspec.json.Decoder[FromAgent]:
    return msgspec.json.Decoder(cast("Any", Union)[FROM_AGENT])


@cache
def to_agent() -> msgspec.json.Decoder[ToAgent]:
    return msgspec.json.Decoder(cast("Any", Union)[TO_AGENT])
