"""The frames of the agent socket, contract 2, as one table each way.

A frame is a JSON object whose ``type`` names it. Strictness follows who reads: the server closes on a field it does
not know (as the real one does), so frames from an agent are read strictly; an agent ignores fields a newer server
adds. Source of names and fields: traffic of rekuest-server 2.2 with rekuest-next 2.3.1.
"""

from __future__ import annotations

from typing import Any, ClassVar, Union, cast

import msgspec

from rekuest_codegen.errors import ProtocolError
from rekuest_codegen.shapes import nests_deeper, opens_more
from rekuest_codegen.wire.ids import message_id

MAX_FRAME = 32 * 1024 * 1024
"""Bytes. A larger frame is refused before it is parsed."""
MAX_NESTING = 400
"""Lists and objects in each other. Ports nest less, and no reader of JSON has trouble with as many."""


class Message(msgspec.Struct, kw_only=True, tag_field="type"):
    id: str = msgspec.field(default_factory=message_id)

    def __repr__(self) -> str:
        """As usual, but for tokens: what is logged or shown in a traceback must not hold any."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        shown = (f"{name}={'<a token>' if name == 'token' else repr(value)}" for name, value in fields.items())
        return f"{type(self).__name__}({', '.join(shown)})"


class FromAgent(Message, forbid_unknown_fields=True):
    """What an agent sends."""


class ToAgent(Message):
    """What a server sends."""


class Report(FromAgent, kw_only=True):
    """What an agent says about a task; ``seq`` counts the reports of one session."""

    task: str
    seq: int | None = None
    terminal: ClassVar[bool] = False


# -- from the agent ----------------------------------------------------------------------------------------------


class Register(FromAgent, tag="REGISTER", kw_only=True):
    token: str
    force: bool = False
    session_id: str | None = None


class SessionInit(FromAgent, tag="SESSION_INIT", kw_only=True):
    session_id: str
    states: dict[str, Any] = {}


class HeartbeatAnswer(FromAgent, tag="HEARTBEAT_ANSWER", kw_only=True):
    pass


class Started(Report, tag="STARTED", kw_only=True):
    pass


class Progress(Report, tag="PROGRESS", kw_only=True):
    progress: int | None = None
    message: str | None = None


class Log(Report, tag="LOG", kw_only=True):
    message: str
    level: str = "INFO"


class Yield(Report, tag="YIELD", kw_only=True):
    returns: dict[str, Any] | None = None


class Completed(Report, tag="COMPLETED", kw_only=True):
    terminal: ClassVar[bool] = True


class Failed(Report, tag="FAILED", kw_only=True):
    error: str
    terminal: ClassVar[bool] = True


class Critical(Report, tag="CRITICAL", kw_only=True):
    error: str
    terminal: ClassVar[bool] = True


class Cancelled(Report, tag="CANCELLED", kw_only=True):
    terminal: ClassVar[bool] = True


class Interrupted(Report, tag="INTERRUPTED", kw_only=True):
    terminal: ClassVar[bool] = True


class Paused(Report, tag="PAUSED", kw_only=True):
    pass


class Resumed(Report, tag="RESUMED", kw_only=True):
    pass


class StatePatch(FromAgent, tag="STATE_PATCH", kw_only=True):
    session_id: str
    global_rev: int
    state_name: str
    ts: float
    op: str
    path: str
    value: Any = None
    old_value: Any = None
    task_id: str | None = None


class StateSnapshot(FromAgent, tag="STATE_SNAPSHOT", kw_only=True):
    session_id: str
    global_rev: int
    snapshots: dict[str, Any]


class Lock(FromAgent, tag="LOCK", kw_only=True):
    key: str
    task: str


class Unlock(FromAgent, tag="UNLOCK", kw_only=True):
    key: str


class AssignRequest(FromAgent, tag="ASSIGN_REQUEST", kw_only=True):
    """A call from inside a task (or from the agent itself, when ``parent`` is null)."""

    reference: str
    args: dict[str, Any] = {}
    action: str | None = None
    action_hash: str | None = None
    implementation: str | None = None
    agent: str | None = None
    interface: str | None = None
    parent: str | None = None
    dependency: str | None = None
    method: str | None = None
    resolution: str | None = None
    hooks: list[dict[str, Any]] | None = None
    capture: bool | None = None
    step: bool | None = None
    trace: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    """Only to a server whose INIT says that it takes it: others close the connection over it."""


class ProbeRequest(FromAgent, tag="PROBE_REQUEST", kw_only=True):
    reference: str | None = None
    args: dict[str, Any] = {}
    action: str | None = None
    action_hash: str | None = None
    implementation: str | None = None


class CancelRequest(FromAgent, tag="CANCEL_REQUEST", kw_only=True):
    task: str
    auto_interrupt: float | None = None


class InterruptRequest(FromAgent, tag="INTERRUPT_REQUEST", kw_only=True):
    task: str


class PauseRequest(FromAgent, tag="PAUSE_REQUEST", kw_only=True):
    task: str


class ResumeRequest(FromAgent, tag="RESUME_REQUEST", kw_only=True):
    task: str
    step: bool = False


# -- to the agent ------------------------------------------------------------------------------------------------


class Inquiry(msgspec.Struct):
    """A task that was running when the agent's last socket was lost."""

    task: str


class Init(ToAgent, tag="INIT", kw_only=True):
    agent: str
    inquiries: list[Inquiry] = []
    trace: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether ASSIGN_REQUEST may carry a trace context; said to agents that asked for it."""


class Heartbeat(ToAgent, tag="HEARTBEAT", kw_only=True):
    pass


class Assign(ToAgent, tag="ASSIGN", kw_only=True):
    """Run ``interface`` with ``args``. ``action`` is the node's hash, ``reference`` the caller's idempotency key."""

    interface: str
    task: str
    args: dict[str, Any]
    user: str
    org: str
    action: str
    implementation: str
    step: bool | None = None
    root: str | None = None
    parent: str | None = None
    resolution: str | None = None
    capture: bool | None = None
    reference: str | None = None
    message: str | None = None
    token: str | None = None
    trace: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    """The trace context of the task, for agents that asked for it."""


class Cancel(ToAgent, tag="CANCEL", kw_only=True):
    task: str


class Interrupt(ToAgent, tag="INTERRUPT", kw_only=True):
    task: str


class Pause(ToAgent, tag="PAUSE", kw_only=True):
    task: str


class Resume(ToAgent, tag="RESUME", kw_only=True):
    task: str
    step: bool = False


class Collect(ToAgent, tag="COLLECT", kw_only=True):
    """Drop these drawers from the agent's shelf of memory structures."""

    drawers: list[str]


class Bounce(ToAgent, tag="BOUNCE", kw_only=True):
    duration: int | None = None


class Kick(ToAgent, tag="KICK", kw_only=True):
    reason: str | None = None


class ProtocolErrorMessage(ToAgent, tag="PROTOCOL_ERROR", kw_only=True):
    error: str


class EventAck(ToAgent, tag="EVENT_ACK", kw_only=True):
    """The terminal report ``event`` is stored; the agent need not send it again."""

    event: str
    task: str | None = None
    seq: int | None = None


class AssignResponse(ToAgent, tag="ASSIGN_RESPONSE", kw_only=True):
    request: str
    reference: str
    task: str | None = None
    created: bool = True
    error: str | None = None


class ProbeResponse(ToAgent, tag="PROBE_RESPONSE", kw_only=True):
    request: str
    probe: str | None = None
    error: str | None = None


class ControlResponse(ToAgent, tag="CONTROL_RESPONSE", kw_only=True):
    request: str
    accepted: bool
    task: str | None = None
    error: str | None = None


class TaskEvent(ToAgent, kw_only=True):
    """An event of a task this agent called. ``seq`` grows; ``event`` is the event's id at the server."""

    task: str
    event: str
    seq: int


class ProgressEvent(TaskEvent, tag="PROGRESS_EVENT", kw_only=True):
    progress: int | None = None
    message: str | None = None


class YieldEvent(TaskEvent, tag="YIELD_EVENT", kw_only=True):
    returns: dict[str, Any] | None = None


class LogEvent(TaskEvent, tag="LOG_EVENT", kw_only=True):
    message: str | None = None
    level: str = "INFO"


class DisconnectedEvent(TaskEvent, tag="DISCONNECTED_EVENT", kw_only=True):
    message: str | None = None


class FailedEvent(TaskEvent, tag="FAILED_EVENT", kw_only=True):
    error: str | None = None


class CriticalEvent(TaskEvent, tag="CRITICAL_EVENT", kw_only=True):
    error: str | None = None


def _bare(kind: str) -> type[TaskEvent]:
    name = f"{kind.title()}Event"
    cls = msgspec.defstruct(name, [], bases=(TaskEvent,), tag=f"{kind}_EVENT", kw_only=True, module=__name__)
    return cast("type[TaskEvent]", cls)


BARE_EVENTS: dict[str, type[TaskEvent]] = {
    kind: _bare(kind)
    for kind in [
        "BOUND",
        "QUEUED",
        "STARTED",
        "DELEGATE",
        "COMPLETED",
        "CANCELLING",
        "CANCELLED",
        "INTERRUPTING",
        "INTERRUPTED",
        "PAUSING",
        "PAUSED",
        "RESUMING",
        "RESUMED",
    ]
}
"""Event kinds that carry nothing but their name."""


def task_event(kind: str, **fields: Any) -> TaskEvent:
    """The mirror frame of an event of kind ``kind`` (``YIELD``, ``CRITICAL``…); takes what that kind carries."""
    if kind in BARE_EVENTS:
        return BARE_EVENTS[kind](**{name: fields[name] for name in ("task", "event", "seq")})
    cls = _EVENTS_WITH_FIELDS[kind]
    known = set(cls.__struct_fields__)
    return cls(**{name: value for name, value in fields.items() if name in known})


def event_kind(message: TaskEvent) -> str:
    """``YIELD`` for a YIELD_EVENT frame, and so on."""
    return type_of(message).removesuffix("_EVENT")


def type_of(message: Message) -> str:
    """The frame's ``type``."""
    return str(message.__struct_config__.tag)


_EVENTS_WITH_FIELDS: dict[str, type[TaskEvent]] = {
    type_.__struct_config__.tag.removesuffix("_EVENT"): type_  # type: ignore[union-attr]  # every tag is a string
    for type_ in (ProgressEvent, YieldEvent, LogEvent, DisconnectedEvent, FailedEvent, CriticalEvent)
}

REPORTS: tuple[type[Report], ...] = (
    Started,
    Progress,
    Log,
    Yield,
    Completed,
    Failed,
    Critical,
    Cancelled,
    Interrupted,
    Paused,
    Resumed,
)
FROM_AGENT: tuple[type[FromAgent], ...] = (
    Register,
    SessionInit,
    HeartbeatAnswer,
    *REPORTS,
    StatePatch,
    StateSnapshot,
    Lock,
    Unlock,
    AssignRequest,
    ProbeRequest,
    CancelRequest,
    InterruptRequest,
    PauseRequest,
    ResumeRequest,
)
TO_AGENT: tuple[type[ToAgent], ...] = (
    Init,
    Heartbeat,
    Assign,
    Cancel,
    Interrupt,
    Pause,
    Resume,
    Collect,
    Bounce,
    Kick,
    ProtocolErrorMessage,
    EventAck,
    AssignResponse,
    ProbeResponse,
    ControlResponse,
    *_EVENTS_WITH_FIELDS.values(),
    *BARE_EVENTS.values(),
)


def _union(types: tuple[type[Any], ...]) -> Any:
    return cast("Any", Union)[types]


_encoder = msgspec.json.Encoder()
_from_agent: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_union(FROM_AGENT))
_to_agent: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_union(TO_AGENT))


class NotJSON(ProtocolError):
    """The frame is no JSON at all (close code 3002)."""


class BadFrame(ProtocolError):
    """The frame is JSON, but no message of this protocol (close code 3003)."""


class Unsendable(ProtocolError):
    """The message has no frame: it would be too large, or holds what JSON cannot."""


def encode(message: Message) -> str:
    """The frame of ``message``, a text frame.

    Raises:
        Unsendable: it would be larger than MAX_FRAME, or holds text or values without a form in JSON.
    """
    try:
        frame = _encoder.encode(message)
    except (UnicodeError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unsendable(f"no form in JSON ({error})") from None
    if len(frame) > MAX_FRAME:
        raise Unsendable(f"{len(frame)} bytes, more than the {MAX_FRAME} a frame may have")
    return frame.decode()


def decode_from_agent(frame: str | bytes) -> FromAgent:
    """Read a frame an agent sent.

    Raises:
        NotJSON, BadFrame: the frame is not one of FROM_AGENT, or too large.
    """
    return cast("FromAgent", decode_as(_from_agent, frame))


def decode_to_agent(frame: str | bytes) -> ToAgent:
    """Read a frame a server sent.

    Raises:
        NotJSON, BadFrame: the frame is not one of TO_AGENT, or too large.
    """
    return cast("ToAgent", decode_as(_to_agent, frame))


def decode_as(decoder: msgspec.json.Decoder[Any], frame: str | bytes) -> Any:
    """Read a frame of any table; raises NotJSON, BadFrame."""
    if len(frame) > MAX_FRAME:
        raise BadFrame(f"frame of {len(frame)} bytes, more than the {MAX_FRAME} allowed")
    try:
        message = decoder.decode(frame)
        if opens_more(frame, MAX_NESTING) and nests_deeper(msgspec.structs.astuple(message), MAX_NESTING):
            raise BadFrame("nested too deep")
        return message
    except msgspec.ValidationError as error:
        raise BadFrame(str(error)) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise NotJSON(str(error)) from None
    except RecursionError:
        raise BadFrame("nested too deep") from None
