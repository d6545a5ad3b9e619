"""The states that agents show: what is registered of them is kept with the agent, their values live here only.

An agent tells each value when a session begins and after every loss, so nothing of it needs to be durable. Decisions
only; what a patch does not fit changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from rekuest_codegen.errors import DefinitionError, Finding, NodeNotFound
from rekuest_codegen.ir import read_node
from rekuest_codegen.ir.canonical import canonical_json
from rekuest_codegen.server.decision import Moment
from rekuest_codegen.server.model import Agent, Json, is_object
from rekuest_codegen.server.state import State
from rekuest_codegen.shapes import is_array
from rekuest_codegen.wire.messages import SessionInit, StatePatch, StateSnapshot

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of one state as JSON; what would make it larger is not taken."""


@dataclass(slots=True)
class Shown:
    """What a state is now. ``revision`` is the agent's count of changes, of all its states."""

    agent: Agent
    interface: str
    definition: Json
    value: Json = field(default_factory=lambda: dict[str, Any]())
    revision: int = 0
    session: str = ""
    updated: str = ""

    @property
    def id(self) -> str:
        return f"{self.agent.id}.{self.interface}"


@dataclass(frozen=True, slots=True)
class Change:
    """A state as it is now, or, with ``op``, what of it has changed."""

    shown: Shown
    value: Any
    revision: int
    at: str
    op: str | None = None
    path: str = ""


def states_of(state: State, agent: Agent) -> Iterator[Shown]:
    """The states an agent has registered."""
    for definition in agent.states:
        interface = definition["interface"]
        known = state.shown.get((agent.id, interface))
        if known is None or known.definition is not definition:
            fresh = Shown(agent, interface, definition, updated=agent.last_seen or "")
            if known is not None:
                fresh.value, fresh.revision, fresh.session = known.value, known.revision, known.session
            known = state.shown[agent.id, interface] = fresh
        yield known


def find_state(state: State, key: str) -> Shown:
    """The state with this id.

    Raises:
        NodeNotFound: there is none.
    """
    agent, _, interface = key.partition(".")
    return find_of(state, agent, interface)


def find_of(state: State, agent: str, interface: str) -> Shown:
    """The state of an agent under this interface.

    Raises:
        NodeNotFound: there is none.
    """
    known = state.agents.get(int(agent)) if agent.isascii() and agent.isdigit() and len(agent) < 19 else None
    for found in states_of(state, known) if known is not None else ():
        if found.interface == interface:
            return found
    raise NodeNotFound("State matching query does not exist.")


def take(state: State, agent: int, message: SessionInit | StateSnapshot | StatePatch, at: Moment) -> list[Change]:
    """What an agent says of its states."""
    known = {one.interface: one for one in states_of(state, state.agents[agent])}
    if isinstance(message, StatePatch):
        shown = known.get(message.state_name)
        return [] if shown is None else _patched(shown, message, at)
    told = message.states if isinstance(message, SessionInit) else message.snapshots
    revision = 0 if isinstance(message, SessionInit) else message.global_rev
    changes: list[Change] = []
    for interface, value in told.items():
        shown = known.get(interface)
        if shown is None or not is_object(value) or _size(value) > MAX_BYTES:
            continue
        shown.value, shown.revision, shown.session, shown.updated = value, revision, message.session_id, at.iso
        changes.append(Change(shown, value, revision, at.iso))
    return changes


def read_states(app: str, given: Any) -> tuple[list[Json], list[Finding]]:
    """The states of a registration, with their fields as GraphQL gives them out, and what cannot be expressed."""
    read: list[Json] = []
    findings: list[Finding] = []
    for raw in given if is_array(given) else ():
        definition = raw.get("definition") if is_object(raw) else None
        interface = raw.get("interface") if is_object(raw) else None
        if not is_object(definition) or not isinstance(interface, str):
            findings.append(Finding("bad-state", app, "a state has an interface and a definition"))
            continue
        plain = {"key": interface, "name": interface, "version": "1", "kind": "FUNCTION", "app": app}
        try:
            node = read_node({**plain, "returns": definition.get("ports") or []})
        except DefinitionError as error:
            findings.extend(error.findings)
            continue
        ports = [port.model_dump(mode="json", by_alias=True) for port in node.returns]
        name = str(definition.get("name") or interface)
        hashed = hashlib.sha256(canonical_json({"name": name, "ports": ports}).encode()).hexdigest()
        read.append({"interface": interface, "name": name, "ports": ports, "hash": hashed})
    return read, findings


def _patched(shown: Shown, message: StatePatch, at: Moment) -> list[Change]:
    value: Json = msgspec.json.decode(msgspec.json.encode(shown.value))
    if not _apply(value, message.op, message.path, message.value) or _size(value) > MAX_BYTES:
        return []
    shown.value, shown.revision = value, message.global_rev
    shown.session, shown.updated = message.session_id, at.iso
    return [Change(shown, message.value, message.global_rev, at.iso, message.op, message.path)]


def _apply(value: Json, op: str, path: str, new: Any) -> bool:
    """Apply one operation of JSON Patch; False when it does not fit."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    if op not in ("add", "replace", "remove") or not steps:
        return False
    holder: Any = value
    for step in steps[:-1]:
        holder = _at(holder, step)
    last = steps[-1]
    if is_object(holder):
        if op == "remove":
            return holder.pop(last, holder) is not holder
        holder[last] = new
        return True
    if is_array(holder):
        if op == "add" and last == "-":
            holder.append(new)
            return True
        if not (last.isascii() and last.isdigit() and len(last) < 9 and int(last) < len(holder) + (op == "add")):
            return False
        if op == "add":
            holder.insert(int(last), new)
        elif op == "remove":
            del holder[int(last)]
        else:
            holder[int(last)] = new
        return True
    return False


def _at(holder: Any, step: str) -> Any:
    if is_object(holder):
        return holder.get(step)
    if is_array(holder) and step.isascii() and step.isdigit() and len(step) < 9 and int(step) < len(holder):
        return holder[int(step)]
    return None


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))
