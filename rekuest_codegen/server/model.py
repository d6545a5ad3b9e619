"""What the server remembers, as records: agents, nodes, implementations, drawers, tasks and their events.

A task is written once and never changed: its state, its end and what was asked of it follow from its events, which
are only ever appended. Ids are decimal numbers, one sequence a kind. What is not worth a record (who is connected,
who listens) lives in `State` and in the connections.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeGuard

import msgspec

from rekuest_codegen.wire.lifecycle import GIVE_AGAIN, NOT_BEGUN, terminal_kind
from rekuest_codegen.wire.lifecycle import State as Phase

Json = dict[str, Any]


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a JSON value is an object: decoded JSON has no other keys than texts."""
    return isinstance(value, dict)


class Record(msgspec.Struct, kw_only=True):
    """Something with an id that is kept under `kind`."""

    kind: ClassVar[str]
    id: int


class Agent(Record, kw_only=True):
    """A provider: ``name`` of the identity ``owner``. ``ensured`` grows with every ensureAgent."""

    kind: ClassVar[str] = "agents"
    owner: str
    name: str
    hash: str = ""
    session: str | None = None
    ensured: int = 0
    last_seen: str | None = None
    states: list[Json] = []


class Node(Record, kw_only=True):
    """A node; ``definition`` is what GraphQL gives out of it."""

    kind: ClassVar[str] = "nodes"
    app: str
    key: str
    version: str
    hash: str
    defined: str
    definition: Json

    @property
    def repeatable(self) -> bool:
        """Whether running it twice does no harm."""
        return bool(self.definition.get("idempotent") or self.definition.get("pure"))


class Implementation(Record, kw_only=True):
    kind: ClassVar[str] = "implementations"
    agent: int
    node: int
    interface: str
    params: Json = {}
    dependencies: list[Json] = []
    needs_token: bool = True
    provenance_audience: list[str] | None = None
    effects: str = "UNKNOWN"
    """What running it again would do: NONE, REPEATABLE, UNKNOWN, IRREVERSIBLE. Told to callers, never acted on."""


class Drawer(Record, kw_only=True):
    """A value in an agent's memory, by name."""

    kind: ClassVar[str] = "drawers"
    agent: int
    resource: str
    identifier: str
    label: str
    description: str | None
    created: str


class Task(Record, kw_only=True):
    """One run. ``caller`` is an identity, ``caller_agent`` the agent that called over its socket, if one did."""

    kind: ClassVar[str] = "tasks"
    caller: str
    caller_agent: int | None
    reference: str
    node: int
    implementation: int
    interface: str
    agent: int
    args: Json
    parent: int | None
    root: int | None
    capture: bool
    step: bool | None
    created: str


class Event(Record, kw_only=True):
    """One thing that happened to a task: the ``number``-th. ``report`` is the message it came with."""

    kind: ClassVar[str] = "events"
    task: int
    number: int
    what: str
    created: str
    message: str | None = None
    progress: int | None = None
    returns: Json | None = None
    level: str = "INFO"
    report: str | None = None

    @property
    def gives_back(self) -> bool:
        """Whether the agent gave the task back, so that it waits for the next one."""
        said = self.message or ""
        return self.what == "QUEUED" and said.endswith(NOT_BEGUN) and not said.endswith(GIVE_AGAIN)


MAX_LISTENERS = 64
"""Listeners of one task; with more, all hear of it."""


class Run:
    """A task and what became of it. ``phase`` runs ahead of ``events``, which holds what is committed."""

    __slots__ = (
        "asked",
        "chatter",
        "events",
        "listeners",
        "number",
        "phase",
        "sent",
        "size",
        "starts",
        "task",
        "until",
        "yields",
    )

    def __init__(self, task: Task) -> None:
        self.task = task
        self.phase = Phase.QUEUED
        self.number = 0
        self.events: list[Event] = []
        self.size = 0
        self.chatter = 0
        self.yields = 0
        self.starts = 1
        self.asked: str | None = None
        self.sent = False
        self.listeners: tuple[str, ...] | None = None
        """Those of its caller's connections that have names and want to hear of it; None: all of them."""
        self.until: float | None = None
        """The monotonic time at which its caller stops waiting, if it has told."""

    def tell(self, listener: str | None) -> None:
        """Have this listener hear of it too, from now on."""
        if listener is None or self.listeners is None or listener in self.listeners:
            return
        self.listeners = None if len(self.listeners) >= MAX_LISTENERS else (*self.listeners, listener)

    @property
    def done(self) -> bool:
        """Whether the end is committed."""
        return bool(self.events) and terminal_kind(self.events[-1].what)

    @property
    def latest(self) -> str:
        return self.events[-1].what if self.events else "QUEUED"

    @property
    def updated(self) -> str:
        return self.events[-1].created if self.events else self.task.created

    @property
    def finished(self) -> str | None:
        return self.events[-1].created if self.done else None

    @property
    def instruct(self) -> str:
        """The last thing the caller asked for."""
        asks = {"CANCELLING": "CANCEL", "INTERRUPTING": "INTERRUPT", "PAUSING": "PAUSE", "RESUMING": "RESUME"}
        return next((asks[event.what] for event in reversed(self.events) if event.what in asks), "ASSIGN")


RECORDS: dict[str, type[Record]] = {cls.kind: cls for cls in (Agent, Node, Implementation, Drawer, Task, Event)}
_decoders = {kind: msgspec.json.Decoder(cls) for kind, cls in RECORDS.items()}
_encoder = msgspec.json.Encoder()


def pack(record: Record) -> bytes:
    return _encoder.encode(record)


def unpack(kind: str, body: bytes) -> Record:
    """The record in ``body``.

    Raises:
        msgspec.MsgspecError, KeyError: ``body`` is no record of this kind, or there is no such kind.
    """
    return _decoders[kind].decode(body)
