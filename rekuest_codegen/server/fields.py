"""What the contract's objects show of the records behind them: one table of fields for each GraphQL type.

A field that is missing here is an attribute or key of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo

from rekuest_codegen.server.decision import AgentChanged, Created, Happened
from rekuest_codegen.server.decorations import IN_TWO
from rekuest_codegen.server.dispatch import ORGANIZATION
from rekuest_codegen.server.filters import event_fits, ordered, page
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.model import Agent, Drawer, Event, Implementation, Json, Node, Run
from rekuest_codegen.server.shown import Change, Shown
from rekuest_codegen.server.state import State

Info = GraphQLResolveInfo
NodeFields = dict[str, Callable[[Node, Info], Any]]
ImplementationFields = dict[str, Callable[[Implementation, Info], Any]]
AgentFields = dict[str, Callable[[Agent, Info], Any]]
DrawerFields = dict[str, Callable[[Drawer, Info], Any]]
RunFields = dict[str, Callable[[Run, Info], Any]]
EventFields = dict[str, Callable[[Event, Info], Any]]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and whom: the context of every resolver. ``replay``: a subscription begins with the recent past;
    ``listener``: what the connection's client calls itself, and is told of its own tasks only; ``trace``: the trace
    that the request is part of; ``within``: for how many seconds what it assigns is waited for.
    """

    identity: str
    hub: Hub
    replay: bool = True
    listener: str | None = None
    trace: Mapping[str, str] | None = None
    within: float | None = None


def state_of(info: Info) -> State:
    asker: Asker = info.context
    return asker.hub.state


def _named(names: list[str]) -> list[Json]:
    return [{"id": name, "name": name} for name in names]


def _of_definition(field: str) -> Callable[[Node, Info], Any]:
    return lambda node, _: node.definition[field]


def _tested(node: Node, info: Info) -> list[Node]:
    """The nodes this one is a test for, as far as they are known here."""
    nodes = state_of(info).nodes.values()
    wanted: list[Json] = node.definition["isTestFor"]

    def meant(other: Node, target: Json) -> bool:
        if target["hash"]:
            return bool(other.hash == target["hash"])
        return (other.app, other.key, other.version) == (target["app"] or node.app, target["key"], target["version"])

    return [other for other in nodes if any(meant(other, target) for target in wanted)]


_NODE: NodeFields = {
    "id": lambda node, _: str(node.id),
    "app": lambda node, _: {"id": node.app, "identifier": node.app},
    "definedAt": lambda node, _: node.defined,
    "scope": lambda node, _: "GLOBAL",
    "collections": lambda node, _: _named(node.definition["collections"]),
    "protocols": lambda node, _: _named(node.definition["protocols"]),
    "isTestFor": _tested,
    "implementations": lambda node, info: state_of(info).implementations_of(node.id),
    **{
        field: _of_definition(field)
        for field in [
            "name",
            "kind",
            "description",
            "stateful",
            "pure",
            "idempotent",
            "isDev",
            "portGroups",
            "args",
            "returns",
        ]
    },
}


def _dependencies(item: Implementation, _: Info) -> list[Json]:
    return [
        {
            "id": f"{item.id}.{index}",
            "key": str(dependency.get("key", index)),
            "optional": bool(dependency.get("optional")),
            "description": dependency.get("description"),
        }
        for index, dependency in enumerate(item.dependencies)
    ]


_IMPLEMENTATION: ImplementationFields = {
    "id": lambda item, _: str(item.id),
    "name": lambda item, _: item.interface,
    "agent": lambda item, info: state_of(info).agents[item.agent],
    "action": lambda item, info: state_of(info).nodes[item.node],
    "dependencies": _dependencies,
    "needsToken": lambda item, _: item.needs_token,
    "provenanceAudience": lambda item, _: item.provenance_audience,
}


def _shelf(agent: Agent, _: Info) -> Json:
    return {"id": str(agent.id), "name": agent.name, "agent": agent}


def _drawers(shelf: Json, info: Info) -> list[Drawer]:
    return [drawer for drawer in state_of(info).drawers.values() if drawer.agent == shelf["agent"].id]


_AGENT: AgentFields = {
    "id": lambda agent, _: str(agent.id),
    "kind": lambda agent, _: "WEBSOCKET",
    "client": lambda agent, _: {"id": agent.owner, "name": agent.owner, "clientId": agent.owner},
    "user": lambda agent, _: {"id": agent.owner, "sub": agent.owner},
    "organization": lambda agent, _: {"slug": ORGANIZATION},
    "app": lambda agent, _: {"id": agent.name, "identifier": agent.name},
    "release": lambda agent, _: {"id": agent.name, "version": "1", "app": {"id": agent.name, "identifier": agent.name}},
    "connected": lambda agent, info: state_of(info).connected(agent.id),
    "active": lambda agent, info: state_of(info).connected(agent.id),
    "blocked": lambda agent, _: False,
    "lastSeen": lambda agent, _: agent.last_seen,
    "memoryShelve": _shelf,
    "implementations": lambda agent, info: list(state_of(info).provided.get(agent.id, {}).values()),
}


def _provided(agent: Agent, info: Info, interface: str) -> Implementation | None:
    return state_of(info).provided.get(agent.id, {}).get(interface)


_DRAWER: DrawerFields = {
    "id": lambda drawer, _: str(drawer.id),
    "resourceId": lambda drawer, _: drawer.resource,
    "createdAt": lambda drawer, _: drawer.created,
    "shelve": lambda drawer, info: _shelf(state_of(info).agents[drawer.agent], info),
}

# -- tasks -------------------------------------------------------------------------------------------------------


def _run(info: Info, key: int | None) -> Run | None:
    return None if key is None else state_of(info).runs.get(key)


def _events(
    run: Run, info: Info, filters: Json | None = None, ordering: Any = None, pagination: Json | None = None
) -> Sequence[Event]:
    events = [event for event in run.events if event_fits(event, filters)]
    if ordering:
        events = ordered(events, ordering, {"createdAt": lambda event: event.created})
    return page(events, pagination)


_TASK: RunFields = {
    "id": lambda run, _: str(run.task.id),
    "reference": lambda run, _: run.task.reference,
    "isDone": lambda run, _: run.done,
    "args": lambda run, _: run.task.args,
    "action": lambda run, info: state_of(info).nodes[run.task.node],
    "implementation": lambda run, info: state_of(info).implementations.get(run.task.implementation),
    "agent": lambda run, info: state_of(info).agents[run.task.agent],
    "root": lambda run, info: _run(info, run.task.root),
    "parent": lambda run, info: _run(info, run.task.parent),
    "children": lambda run, info: [state_of(info).runs[key] for key in state_of(info).children.get(run.task.id, ())],
    "capture": lambda run, _: run.task.capture,
    "ephemeral": lambda run, _: False,
    "latestEventKind": lambda run, _: run.latest,
    "latestInstructKind": lambda run, _: run.instruct,
    "createdAt": lambda run, _: run.task.created,
    "updatedAt": lambda run, _: run.updated,
    "finishedAt": lambda run, _: run.finished,
    "instructs": lambda run, _: [],
}

_EVENT: EventFields = {
    "id": lambda event, _: str(event.id),
    "name": lambda event, _: event.what,
    "kind": lambda event, _: event.what,
    "task": lambda event, info: _run(info, event.task),
    "reference": lambda event, _: event.report or str(event.id),
    "createdAt": lambda event, _: event.created,
}

# -- what subscribers get ----------------------------------------------------------------------------------------


def _optional(key: int | None) -> str | None:
    return None if key is None else str(key)


_CHANGE: dict[str, Callable[[Created | Happened, Info], Any]] = {
    "create": lambda change, _: change.run if isinstance(change, Created) else None,
    "event": lambda change, _: change.event if isinstance(change, Happened) else None,
}

_TASK_CHANGE: RunFields = {
    "id": lambda run, _: str(run.task.id),
    "reference": lambda run, _: run.task.reference,
    "isDone": lambda run, _: run.done,
    "latestEventKind": lambda run, _: run.latest,
    "latestInstructKind": lambda run, _: run.instruct,
    "statusMessage": lambda run, _: run.events[-1].message if run.events else None,
    "action": lambda run, _: str(run.task.node),
    "implementation": lambda run, _: str(run.task.implementation),
    "agent": lambda run, _: str(run.task.agent),
    "root": lambda run, _: _optional(run.task.root),
    "parent": lambda run, _: _optional(run.task.parent),
    "createdAt": lambda run, _: run.task.created,
    "updatedAt": lambda run, _: run.updated,
    "finishedAt": lambda run, _: run.finished,
}

_EVENT_CHANGE: EventFields = {
    "id": lambda event, _: str(event.id),
    "task": lambda event, _: str(event.task),
    "kind": lambda event, _: event.what,
    "createdAt": lambda event, _: event.created,
}


_AGENT_CHANGES: dict[str, Callable[[AgentChanged, Info], Any]] = {
    "create": lambda change, _: change.agent if change.created else None,
    "update": lambda change, _: None if change.created else change.agent,
    "delete": lambda change, _: None,
}

_AGENT_CHANGE: AgentFields = {
    **{field: _AGENT[field] for field in ("id", "kind", "connected", "blocked", "lastSeen")},
    "latestEvent": lambda agent, info: "CONNECT" if state_of(info).connected(agent.id) else "DISCONNECT",
}

_STATE: dict[str, Callable[[Shown, Info], Any]] = {
    "definition": lambda shown, _: {**shown.definition, "id": shown.definition["hash"]},
    "key": lambda shown, _: shown.interface,
    "appIdentifier": lambda shown, _: shown.agent.name,
    "createdAt": lambda shown, _: shown.updated,
    "updatedAt": lambda shown, _: shown.updated,
}

_STATE_VALUE: dict[str, Callable[[Shown, Info], Any]] = {
    "stateId": lambda shown, _: shown.id,
    "globalRevision": lambda shown, _: shown.revision,
}

_STATE_CHANGE: dict[str, Callable[[Change, Info], Any]] = {
    "stateId": lambda change, _: change.shown.id,
    "agentId": lambda change, _: str(change.shown.agent.id),
    "interface": lambda change, _: change.shown.interface,
    "globalRevision": lambda change, _: change.revision,
    "sessionId": lambda change, _: change.shown.session,
    "timestamp": lambda change, _: change.at,
}

FIELDS: dict[str, Mapping[str, Callable[..., Any]]] = {
    **IN_TWO,
    "Action": _NODE,
    "Implementation": _IMPLEMENTATION,
    "Agent": {**_AGENT, "implementation": _provided},
    "MemoryShelve": {"drawers": _drawers},
    "MemoryDrawer": _DRAWER,
    "Task": {**_TASK, "events": _events},
    "TaskEvent": _EVENT,
    "TaskChangeEvent": _CHANGE,
    "TaskChange": _TASK_CHANGE,
    "TaskEventChange": _EVENT_CHANGE,
    "AgentChangeEvent": _AGENT_CHANGES,
    "AgentChange": _AGENT_CHANGE,
    "State": _STATE,
    "StateValue": _STATE_VALUE,
    "StateSnapshotEvent": _STATE_CHANGE,
    "StatePatchEvent": _STATE_CHANGE,
}

KINDS: dict[str, tuple[dict[str, str], str]] = {
    "AssignWidget": (
        {
            "SLIDER": "SliderAssignWidget",
            "STRING": "StringAssignWidget",
            "CHOICE": "ChoiceAssignWidget",
            "SEARCH": "SearchAssignWidget",
            "CUSTOM": "CustomAssignWidget",
            "STATE_CHOICE": "StateChoiceAssignWidget",
        },
        "ProxyWidget",
    ),
    "ReturnWidget": ({"CHOICE": "ChoiceReturnWidget"}, "CustomReturnWidget"),
    "Effect": ({"MESSAGE": "MessageEffect", "HIDE": "HideEffect"}, "CustomEffect"),
}
"""Of each interface: the type by ``kind``, and the type of any other kind."""
