"""Who provides what: agents make themselves known, say what they implement, and name values in their memory.

Decisions only. A definition is read like everybody's (`ir.read_node`), so what cannot be expressed is refused here,
with its findings, and not at the first call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rekuest_codegen.errors import DefinitionError, Finding, NodeNotFound, ServerError
from rekuest_codegen.ir import MAX_DEPTH, Validator, definition_hash, read_node
from rekuest_codegen.ir import Node as ReadNode
from rekuest_codegen.ir.bounds import as_function, bounds_of
from rekuest_codegen.server.decision import AgentChanged, Decision, Moment, NodeDefined, ToldAgent
from rekuest_codegen.server.model import Agent, Drawer, Implementation, Json, Node, is_object
from rekuest_codegen.server.shown import read_states
from rekuest_codegen.server.state import ENSURED, State
from rekuest_codegen.wire.contracts import Declaration
from rekuest_codegen.wire.definitions import in_camel, in_snake, registered
from rekuest_codegen.wire.messages import Collect

DEFAULT_NAME = "default"
MAX_NAME = 200
PORT_LISTS = ("children", "choices", "proposedUnits", "requires", "provides")
"""Lists of a port that are null when there is nothing in them."""
WIDGET_TEXTS: Mapping[str, Json] = {
    "STRING": {"placeholder": "", "asParagraph": False},
    "SEARCH": {"query": "", "ward": ""},
    "CUSTOM": {"hook": "", "ward": ""},
    "STATE_CHOICE": {"statePath": ""},
}
"""What the contract promises of a widget, for those who left it out."""
EFFECT_TEXTS: Mapping[str, Json] = {
    "MESSAGE": {"message": ""},
    "HIDE": {"fade": True},
    "CUSTOM": {"hook": "", "ward": ""},
}


def ensure_agent(state: State, owner: str, name: str | None, at: Moment) -> tuple[Agent, Decision]:
    """Find or make the agent; from now on it is the one this identity ensured last."""
    decision = Decision()
    name = name or DEFAULT_NAME
    if len(name) > MAX_NAME:
        raise ServerError(f"an agent's name has at most {MAX_NAME} characters")
    agent = state.agents_by_name.get((owner, name))
    created = agent is None
    if agent is None:
        agent = Agent(id=state.next_id(Agent.kind), owner=owner, name=name)
        state.add_agent(agent)
    agent.ensured = state.next_id(ENSURED)
    agent.last_seen = at.iso
    decision.put(agent)
    decision.tell(AgentChanged(agent, created=created))
    return agent, decision


def implement_agent(state: State, owner: str, wanted: Json, at: Moment) -> tuple[Agent, Decision]:
    """Replace what the agent provides. An implementation keeps its id while its interface stays.

    Raises:
        DefinitionError: a definition cannot be expressed. ServerError: the agent was not ensured.
    """
    name = wanted.get("name")
    agent = state.agents_by_name.get((owner, name)) if name else state.last_ensured(owner)
    if agent is None:
        raise ServerError(f"agent {name or DEFAULT_NAME!r} is not known: call ensureAgent first")
    given: Sequence[Json] = wanted.get("implementations") or []
    read, findings = _read_all(agent.name, given)
    agent_states, complaints = read_states(agent.name, wanted.get("states"))
    if findings or complaints:
        raise DefinitionError([*findings, *complaints])
    decision = Decision()
    _replace(state, agent, wanted.get("hash") or "", read, agent_states, at, decision)
    return agent, decision


def declare(state: State, agent: Agent, declared: Declaration, at: Moment) -> tuple[Decision, list[Finding]]:
    """Replace what the agent provides by what it declares; what cannot be expressed is left out, with findings."""
    read, findings = _read_all(agent.name, [_as_registered(raw) for raw in declared.implementations])
    agent_states, complaints = read_states(agent.name, in_camel(declared.states))
    decision = Decision()
    _replace(state, agent, declared.hash or "", read, agent_states, at, decision)
    return decision, [*findings, *complaints, *declared.findings]


def _as_registered(raw: Mapping[str, Any]) -> Json:
    """An implementation of a declaration, as it would be registered over GraphQL."""
    said: Json = in_camel(raw)
    return {**said, "params": raw.get("params")}


def _replace(
    state: State,
    agent: Agent,
    hashed: str,
    read: Iterable[tuple[ReadNode, Json]],
    agent_states: list[Json],
    at: Moment,
    decision: Decision,
) -> None:
    old = dict(state.provided.get(agent.id, {}))
    for node, raw in read:
        _provide(state, agent, node, raw, old, at, decision)
    for gone in old.values():
        state.drop_implementation(gone)
        decision.delete(gone)
    agent.hash = hashed
    agent.states = agent_states
    decision.put(agent)
    decision.tell(AgentChanged(agent))


def shelve(state: State, owner: str, wanted: Json, at: Moment, agent: Agent | None = None) -> tuple[Drawer, Decision]:
    """Name a value in the memory of ``agent``, or of the one that the identity ensured last.

    Raises:
        ServerError: this identity has no agent.
    """
    agent = agent or state.last_ensured(owner)
    if agent is None:
        raise ServerError("only an agent has a memory: call ensureAgent first")
    drawer = Drawer(
        id=state.next_id(Drawer.kind),
        agent=agent.id,
        resource=wanted["resourceId"],
        identifier=wanted["identifier"],
        label=wanted.get("label") or wanted["resourceId"],
        description=wanted.get("description"),
        created=at.iso,
    )
    state.drawers[drawer.id] = drawer
    decision = Decision()
    decision.put(drawer)
    return drawer, decision


def unshelve(state: State, owner: str, key: int, by: Agent | None = None) -> Decision:
    """Forget a named value; its agent is told to do so too, unless it is the one that asks. So are the others of the
    identity, whom it means nothing: over GraphQL, an agent cannot say that it is not the one ensured last.

    Raises:
        NodeNotFound: this identity's agents have no such drawer.
    """
    drawer = state.drawers.get(key)
    if drawer is None or state.agents[drawer.agent].owner != owner:
        raise NodeNotFound("MemoryDrawer matching query does not exist.")
    del state.drawers[key]
    decision = Decision()
    decision.delete(drawer)
    for agent in state.agents.values():
        if agent.owner == owner and (by is None or by.id != agent.id):
            decision.tell(ToldAgent(agent.id, Collect(drawers=[str(key)])))
    return decision


def _read_all(app: str, given: Sequence[Json]) -> tuple[list[tuple[ReadNode, Json]], list[Finding]]:
    read: list[tuple[ReadNode, Json]] = []
    findings: list[Finding] = []
    interfaces = set[str]()
    for raw in given:
        try:
            node = read_node({**registered(raw["definition"]), "app": app})
        except DefinitionError as error:
            findings.extend(error.findings)
            continue
        interface = raw.get("interface") or node.key
        if interface in interfaces:
            findings.append(Finding("duplicate-interface", node.title, f"{interface!r} is implemented twice"))
            continue
        interfaces.add(interface)
        read.append((node, raw))
    return read, findings


def _provide(
    state: State,
    agent: Agent,
    read: ReadNode,
    raw: Json,
    old: dict[str, Implementation],
    at: Moment,
    decision: Decision,
) -> None:
    node = _define(state, agent.name, read, at, decision)
    interface = raw.get("interface") or read.key
    before = old.pop(interface, None)
    implementation = Implementation(
        id=before.id if before else state.next_id(Implementation.kind),
        agent=agent.id,
        node=node.id,
        interface=interface,
        params=raw.get("params") or {},
        dependencies=[item for item in _objects(raw.get("dependencies")) if is_object(item)],
        needs_token=raw.get("needsToken", True),
        provenance_audience=raw.get("provenanceAudience"),
        effects=raw.get("effects") or ("IRREVERSIBLE" if raw.get("effect") == "PHYSICAL" else "UNKNOWN"),
    )
    if before:
        state.drop_implementation(before)
    state.add_implementation(implementation)
    decision.put(implementation)


def _define(state: State, app: str, read: ReadNode, at: Moment, decision: Decision) -> Node:
    """The node of this app, key and version, brought up to date."""
    hashed = definition_hash(read)
    plain = _plain(read)
    node = state.nodes_by_key.get((app, read.key, read.version))
    if node is None:
        node = Node(
            id=state.next_id(Node.kind),
            app=app,
            key=read.key,
            version=read.version,
            hash=hashed,
            defined=at.iso,
            definition=plain,
        )
        state.add_node(node)
    elif node.definition == plain and node.hash == hashed:
        return node
    else:
        node.hash, node.definition, node.defined = hashed, plain, at.iso
    decision.put(node)
    decision.tell(NodeDefined(node))
    return node


def _plain(read: ReadNode) -> Json:
    """The definition as GraphQL gives it out."""
    plain: Json = in_camel(read.model_dump(mode="json", by_alias=True, exclude={"app", "hash"}))
    for side in ("args", "returns"):
        for port in plain[side]:
            _complete(port, 0)
    for group in plain["portGroups"]:
        _complete_effects(group)
    return plain


def _complete(port: Json, depth: int) -> None:
    """Fill in what the contract promises and definitions may leave out."""
    if depth > MAX_DEPTH:
        return
    for field in PORT_LISTS:
        port[field] = port[field] or None
    for choice in _objects(port["choices"]):
        if not isinstance(choice["value"], str):
            choice["value"] = json.dumps(choice["value"])
    _complete_effects(port)
    _complete_validators(port)
    widget: dict[str, Any] | None = port["widget"]
    if widget:
        for field, text in WIDGET_TEXTS.get(widget["kind"], {}).items():
            if widget.get(field) is None:
                widget[field] = text
        for inner in _objects(widget.get("filters")):
            for field in ("children", "choices", "effects", "validators", "widget"):
                inner.setdefault(field, None)
    for child in _objects(port["children"]):
        _complete(child, depth + 1)


def _complete_validators(port: Json) -> None:
    """A call of an operation that says the bounds of a number or a length is also given as contract 2's function."""
    for validator in port["validators"]:
        if validator.get("function") is None and validator.get("call") is not None:
            function = as_function(bounds_of(Validator.model_validate(in_snake(validator))))
            if function is not None:
                validator["function"] = function


def _complete_effects(holder: Json) -> None:
    for effect in holder["effects"]:
        for field, text in EFFECT_TEXTS.get(effect["kind"], {}).items():
            if effect.get(field) is None:
                effect[field] = text


def _objects(value: Any) -> list[Json]:
    """The items of a list that the schema or `read_node` has checked; null is none."""
    return value or []
