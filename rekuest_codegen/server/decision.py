"""What a decision comes to: records to write, and whom to tell once they are durable.

Deciding changes `State` at once, so that the next decision builds on it; nobody outside learns of it before the
writes are committed. A decision that may be refused says how to take it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rekuest_codegen.server.model import Agent, Event, Node, Record, Run, pack
from rekuest_codegen.server.store import Delete, Put, Write
from rekuest_codegen.wire.messages import ToAgent


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: ``mono`` for what lasts, ``iso`` for what is written down."""

    mono: float
    iso: str


@dataclass(frozen=True, slots=True)
class ToldAgent:
    """A message for the agent's connection, if it has one."""

    agent: int
    message: ToAgent


@dataclass(frozen=True, slots=True)
class Created:
    run: Run


@dataclass(frozen=True, slots=True)
class Happened:
    run: Run
    event: Event
    size: int = 0


@dataclass(frozen=True, slots=True)
class AgentChanged:
    agent: Agent
    created: bool = False


@dataclass(frozen=True, slots=True)
class NodeDefined:
    node: Node


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The task is durable: hand it to its agent."""

    run: Run


Tell = ToldAgent | Created | Happened | AgentChanged | NodeDefined | Dispatch


@dataclass(slots=True)
class Decision:
    writes: list[Write] = field(default_factory=lambda: list[Write]())
    tells: list[Tell] = field(default_factory=lambda: list[Tell]())
    undo: list[Callable[[], None]] = field(default_factory=lambda: list[Callable[[], None]]())
    """What takes back, where the writes are refused, what is in memory already."""

    def put(self, record: Record) -> int:
        """Write ``record``; its size in bytes."""
        body = pack(record)
        self.writes.append(Put(record.kind, record.id, body))
        return len(body)

    def delete(self, record: Record) -> None:
        self.writes.append(Delete(record.kind, record.id))

    def tell(self, tell: Tell) -> None:
        self.tells.append(tell)
