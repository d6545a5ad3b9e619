"""What contract 10's objects show otherwise than contract 2's: one table of fields for each GraphQL type that differs.

A task whose agent is gone ends as LOST there, and nothing is said of an agent that may come back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rekuest_codegen.server.decision import Created, Happened
from rekuest_codegen.server.decorations import IN_TEN
from rekuest_codegen.server.fields import (
    FIELDS,
    AgentFields,
    EventFields,
    ImplementationFields,
    Info,
    NodeFields,
    RunFields,
    state_of,
)
from rekuest_codegen.server.model import Event, Json, Run
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN

UNSAID = "DISCONNECTED"
"""The one kind of event that contract 10 has not."""


def kind_of(event: Event) -> str:
    return "LOST" if _lost(event) else event.what


def _lost(event: Event) -> bool:
    return event.what == "CRITICAL" and (event.message or "").startswith(LOST_PREFIX)


def _latest(run: Run, _: Info) -> str:
    return next((kind_of(event) for event in reversed(run.events) if event.what != UNSAID), "QUEUED")


def _value(event: Event, info: Info) -> Json | None:
    """Of a lost task: what is known of how far it came."""
    run = state_of(info).runs.get(event.task)
    if run is None or not _lost(event):
        return None
    text = event.message or ""
    implementation = state_of(info).implementations.get(run.task.implementation)
    return {
        "started": not text.endswith(NOT_BEGUN),
        "last_progress": next((item.progress for item in reversed(run.events) if item.progress is not None), None),
        "effects": implementation.effects if implementation else None,
        "reason": text.removeprefix(LOST_PREFIX).removesuffix(NOT_BEGUN),
    }


def _events(run: Run, info: Info, **wanted: Any) -> Sequence[Event]:
    events: Sequence[Event] = FIELDS["Task"]["events"](run, info, **wanted)
    return [event for event in events if event.what != UNSAID]


def _event(change: Created | Happened, _: Info) -> Event | None:
    return change.event if isinstance(change, Happened) and change.event.what != UNSAID else None


_EVENT: EventFields = {"kind": lambda event, _: kind_of(event), "value": _value}
_TASK: RunFields = {"latestEventKind": _latest, "policy": lambda run, _: "AUTO"}
_NODE: NodeFields = {"allowProbe": lambda node, _: node.definition["allowProbe"]}
_AGENT: AgentFields = {"supervisor": lambda agent, _: None}
_IMPLEMENTATION: ImplementationFields = {"diagnostics": lambda item, _: []}

DIFFERENT: dict[str, Mapping[str, Callable[..., Any]]] = {
    **IN_TEN,
    "Action": _NODE,
    "Agent": _AGENT,
    "Implementation": _IMPLEMENTATION,
    "Task": {**_TASK, "events": _events},
    "TaskChange": _TASK,
    "TaskChangeEvent": {"event": _event},
    "TaskEvent": _EVENT,
    "TaskEventChange": _EVENT,
}
