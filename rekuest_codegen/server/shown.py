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
    """What a state is now. ``value`` is never changed, but replaced; ``size`` is about what it takes as JSON, in bytes;
    ``revision`` is the agent's count of changes, of all its states."""

    agent: Agent
    interface: str
    definition: Json
    value: Json = field(default_factory=lambda: dict[str, Any]())
    size: int = 0
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
                fresh.value, fresh.size = known.value, known.size
                fresh.revision, fresh.session = known.revision, known.session
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
        if shown is None or not is_object(value) or (size := _size(value)) > MAX_BYTES:
            continue
        shown.size = size
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
    steps = [step.replace("~1", "/").replace("~0", "~") for step in message.path.split("/")[1:]]
    if message.op not in ("add", "replace", "remove") or not steps:
        return []
    applied = _apply(shown.value, steps, message.op, message.value)
    if applied is None or shown.size + applied[1] > MAX_BYTES:
        return []
    shown.value, shown.size = applied[0], shown.size + applied[1]
    shown.revision, shown.session, shown.updated = message.global_rev, message.session_id, at.iso
    return [Change(shown, message.value, message.global_rev, at.iso, message.op, message.path)]


def _apply(holder: Any, steps: list[str], op: str, new: Any) -> tuple[Any, int] | None:
    """``holder`` after one operation of JSON Patch, and by how many bytes it has grown; None when it does not fit.
    What is not on the way to the change is shared, not copied: a large state costs no more than a small one."""
    step, *rest = steps
    if rest:
        found = _apply(_at(holder, step), rest, op, new)
        if found is None:
            return None
        changed, grown = found
        copied: Any = {**holder} if is_object(holder) else [*holder]
        copied[step if is_object(holder) else int(step)] = changed
        return copied, grown
    if is_object(holder):
        if op == "remove" and step not in holder:
            return None
        rests = {key: value for key, value in holder.items() if key != step} if op == "remove" else holder
        gone = _size({step: holder[step]}) if step in holder else 0
        return (rests, -gone) if op == "remove" else ({**holder, step: new}, _size({step: new}) - gone)
    if not is_array(holder):
        return None
    if op == "add" and step == "-":
        return [*holder, new], _size(new)
    if not (step.isascii() and step.isdigit() and len(step) < 9 and int(step) < len(holder) + (op == "add")):
        return None
    index = int(step)
    if op == "add":
        return [*holder[:index], new, *holder[index:]], _size(new)
    kept = [] if op == "remove" else [new]
    grown = (_size(new) if kept else 0) - _size(holder[index])
    return [*holder[:index], *kept, *holder[index + 1 :]], grown


def _at(holder: Any, step: str) -> Any:
    if is_object(holder):
        return holder.get(step)
    if is_array(holder) and step.isascii() and step.isdigit() and len(step) < 9 and int(step) < len(holder):
        return holder[int(step)]
    return None


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))
