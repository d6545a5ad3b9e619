"""The GraphQL schema, bound: thin resolvers from the contract's root fields to the hub and its state.

The contracts themselves are ``api/schema.graphql`` and ``api/schema_ten.graphql``, which has fewer fields; nothing is
decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, TypeVar

from ariadne import InterfaceType, ObjectType, SubscriptionType, UnionType
from graphql import GraphQLObjectType, GraphQLSchema, assert_valid_schema, build_ast_schema, parse

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import NodeNotFound, ServerError
from rekuest_codegen.server.decision import NodeDefined
from rekuest_codegen.server.dispatch import Call, Refused, find_run, number
from rekuest_codegen.server.fields import FIELDS, KINDS, Asker, Info, state_of
from rekuest_codegen.server.fields_ten import DIFFERENT
from rekuest_codegen.server.filters import (
    agent_fits,
    implementation_fits,
    node_demanded,
    node_fits,
    ordered,
    page,
    run_fits,
)
from rekuest_codegen.server.model import Agent, Drawer, Event, Implementation, Json, Node, Run, is_object
from rekuest_codegen.server.shown import Change, Shown, find_of, find_state, states_of

T = TypeVar("T")


def _found(item: T | None, what: str) -> T:
    if item is None:
        raise NodeNotFound(f"{what} matching query does not exist.")
    return item


def _own(info: Info, key: str) -> Run:
    return find_run(state_of(info), info.context.identity, key)


# -- queries -----------------------------------------------------------------------------------------------------


def _actions(
    _: Any, info: Info, *, filters: Any = None, ordering: Any = None, pagination: Any = None
) -> Sequence[Node]:
    nodes = [node for node in state_of(info).nodes.values() if node_fits(node, filters)]
    return page(ordered(nodes, ordering, {"definedAt": lambda node: node.defined}), pagination)


def _action(_: Any, info: Info, **wanted: Any) -> Node:
    state = state_of(info)
    given = {name: value for name, value in wanted.items() if value is not None}
    if "id" in given:
        return _found(state.nodes.get(number(given["id"])), "Action")
    if "task" in given:
        return state.nodes[_own(info, given["task"]).task.node]
    if "implementation" in given:
        item = _found(state.implementations.get(number(given["implementation"])), "Implementation")
        return state.nodes[item.node]
    if "agent" in given and "interface" in given:
        provided = state.provided.get(number(given["agent"]), {})
        return state.nodes[_found(provided.get(given["interface"]), "Implementation").node]
    nodes = state.nodes.values()
    if "hash" in given:
        return _found(next((node for node in nodes if node.hash == given["hash"]), None), "Action")
    if "matching" in given:
        return _found(next((node for node in nodes if node_demanded(node, given["matching"])), None), "Action")
    raise ServerError("say which action: by id, task, implementation, agent and interface, hash, or matching")


def _implementations(
    _: Any, info: Info, *, filters: Any = None, ordering: Any = None, pagination: Any = None
) -> Sequence[Implementation]:
    state = state_of(info)
    items = [item for item in state.implementations.values() if implementation_fits(state, item, filters)]
    return page(ordered(items, ordering, {"createdAt": lambda item: f"{item.id:020}"}), pagination)


def _implementation(_: Any, info: Info, *, id: str) -> Implementation:
    return _found(state_of(info).implementations.get(number(id)), "Implementation")


def _my_implementation(
    _: Any, info: Info, *, actionId: str | None = None, interface: str | None = None
) -> Implementation:
    state = state_of(info)
    mine = {agent.id for agent in state.agents.values() if agent.owner == info.context.identity}
    for item in state.implementations.values():
        fits = interface in (None, item.interface) and (actionId is None or item.node == number(actionId))
        if item.agent in mine and fits:
            return item
    raise NodeNotFound("Implementation matching query does not exist.")


def _agents(
    _: Any, info: Info, *, filters: Any = None, ordering: Any = None, pagination: Any = None
) -> Sequence[Agent]:
    agents = [agent for agent in state_of(info).agents.values() if agent_fits(agent, filters)]
    return page(ordered(agents, ordering, {"lastSeen": lambda agent: agent.last_seen or ""}), pagination)


def _agent(_: Any, info: Info, *, id: str | None = None, app: str | None = None, **_unused: Any) -> Agent:
    state = state_of(info)
    if id is not None:
        return _found(state.agents.get(number(id)), "Agent")
    return _found(next((agent for agent in state.agents.values() if agent.name == app), None), "Agent")


def _tasks(_: Any, info: Info, *, filters: Any = None, ordering: Any = None, pagination: Any = None) -> Sequence[Run]:
    runs = [run for run in state_of(info).calls_of(info.context.identity).values() if run_fits(run, filters)]
    orders: dict[str, Callable[[Run], str]] = {
        "createdAt": lambda run: run.task.created,
        "finishedAt": lambda run: run.finished or "",
    }
    return page(ordered(runs, ordering, orders), pagination)


def _task(_: Any, info: Info, *, id: str) -> Run:
    run = _own(info, id)
    run.tell(info.context.listener)  # who reads what became of it wants to know what becomes of it
    return run


def _event(_: Any, info: Info, *, id: str) -> Event:
    runs = state_of(info).calls_of(info.context.identity).values()
    return _found(next((event for run in runs for event in run.events if event.id == number(id)), None), "TaskEvent")


def _states(_: Any, info: Info) -> list[Shown]:
    state = state_of(info)
    return [one for agent in state.agents.values() for one in states_of(state, agent)]


def _state(_: Any, info: Info, *, id: str) -> Shown:
    return find_state(state_of(info), id)


def _checkout(_: Any, info: Info, *, state: str) -> Shown:
    return find_state(state_of(info), state)


# -- mutations ---------------------------------------------------------------------------------------------------


async def _assign(_: Any, info: Info, *, input: Json) -> Run:
    asker: Asker = info.context
    args: object = input["args"]
    if not is_object(args):
        raise ServerError("args: expected an object of port keys and values")
    if input.get("notBefore") is not None or input.get("stateRequires"):
        raise ServerError("this server runs calls at once: leave notBefore and stateRequires out")
    call = Call(
        caller=asker.identity,
        args=args,
        reference=input.get("reference"),
        node=input.get("action"),
        implementation=input.get("implementation"),
        hash=input.get("actionHash"),
        agent=input.get("agent"),
        interface=input.get("interface"),
        parent=input.get("parent"),
        capture=bool(input.get("capture")),
        step=input.get("step"),
        trace=asker.trace,
        within=asker.within,
        listener=asker.listener,
    )
    run, _ = await asker.hub.assign(call)
    return run


def _asking(what: str) -> Callable[..., Any]:
    async def resolve(_: Any, info: Info, *, input: Json) -> Run:
        run = _own(info, input["task"])
        try:
            await info.context.hub.ask(run, what, step=bool(input.get("step")))
        except Refused:
            if not run.phase.terminal:
                raise
        return run

    return resolve


async def _ensure_agent(_: Any, info: Info, *, input: Json) -> Agent:
    asker: Asker = info.context
    return await asker.hub.ensure_agent(asker.identity, input.get("name"))


async def _implement_agent(_: Any, info: Info, *, input: Json) -> Agent:
    asker: Asker = info.context
    return await asker.hub.implement_agent(asker.identity, input)


async def _shelve(_: Any, info: Info, *, input: Json) -> Drawer:
    asker: Asker = info.context
    return await asker.hub.shelve(asker.identity, input)


async def _unshelve(_: Any, info: Info, *, input: Json) -> str:
    asker: Asker = info.context
    await asker.hub.unshelve(asker.identity, input["id"])
    key: str = input["id"]
    return key


# -- subscriptions -----------------------------------------------------------------------------------------------


def _mytasks(_: Any, info: Info) -> Any:
    asker: Asker = info.context
    return asker.hub.watch_calls(asker.identity, replay=asker.replay, listener=asker.listener)


def _watch_agents(_: Any, info: Info) -> Any:
    return info.context.hub.watch_agents()


def _new_actions(_: Any, info: Info, **_unused: Any) -> Any:
    return info.context.hub.watch_nodes()


def _itself(item: Any, *_: Any, **_arguments: Any) -> Any:
    return item


def _defined(item: NodeDefined, *_: Any, **_arguments: Any) -> Node:
    return item.node


def _watch_state(
    _: Any, info: Info, *, stateId: str | None = None, agentId: str | None = None, interface: str | None = None
) -> Any:
    state = state_of(info)
    found = find_state(state, stateId) if stateId is not None else find_of(state, agentId or "", interface or "")
    return info.context.hub.watch_state(found)


RESOLVERS: dict[str, Mapping[str, Callable[..., Any]]] = {
    "Query": {
        "actions": _actions,
        "action": _action,
        "implementations": _implementations,
        "implementation": _implementation,
        "myImplementationAt": _my_implementation,
        "agents": _agents,
        "agent": _agent,
        "tasks": _tasks,
        "task": _task,
        "event": _event,
        "states": _states,
        "state": _state,
        "checkout": _checkout,
    },
    "Mutation": {
        "assign": _assign,
        "ensureAgent": _ensure_agent,
        "implementAgent": _implement_agent,
        "shelveInMemoryDrawer": _shelve,
        "unshelveMemoryDrawer": _unshelve,
        **{what: _asking(what) for what in ("cancel", "interrupt", "pause", "resume")},
    },
    "Subscription": {"mytasks": _itself, "agents": _itself, "newActions": _defined, "watchState": _itself},
    **FIELDS,
}
SCHEMAS: dict[Contract, tuple[str, Mapping[str, Mapping[str, Callable[..., Any]]]]] = {
    Contract.TWO: ("schema.graphql", {}),
    Contract.TEN: ("schema_ten.graphql", DIFFERENT),
}
"""Of each contract: its schema, and what it shows otherwise than contract 2."""
SOURCES: dict[str, Callable[..., Any]] = {
    "mytasks": _mytasks,
    "agents": _watch_agents,
    "newActions": _new_actions,
    "watchState": _watch_state,
}


def build_schema(contract: Contract) -> GraphQLSchema:
    """The executable schema of ``contract``.

    Bound by hand: ``ariadne.make_executable_schema`` replaces every enum's parser, by one that graphql-core 3.2.14
    calls in another way, and our enums are plain text anyway.
    """
    file, different = SCHEMAS[contract]
    text = files("rekuest_codegen.api").joinpath(file).read_text("utf-8")
    schema = build_ast_schema(parse(text))
    for name in {**RESOLVERS, **different}:
        kind = schema.get_type(name)
        fields = set[str](kind.fields if isinstance(kind, GraphQLObjectType) else ())
        bound: Any = SubscriptionType() if name == "Subscription" else ObjectType(name)
        for field, resolver in {**RESOLVERS.get(name, {}), **different.get(name, {})}.items():
            if field in fields:
                bound.set_field(field, resolver)
                if name == "Subscription":
                    bound.set_source(field, SOURCES[field])
        if fields:
            bound.bind_to_schema(schema)
    for name, (types, other) in KINDS.items():
        InterfaceType(name, _by_kind(types, other)).bind_to_schema(schema)
    if (union := "StateSnapshotEventStatePatchEvent") in schema.type_map:
        UnionType(union, _snapshot_or_patch).bind_to_schema(schema)
    assert_valid_schema(schema)
    return schema


def _snapshot_or_patch(change: Change, *_: Any) -> str:
    return "StateSnapshotEvent" if change.op is None else "StatePatchEvent"


def _by_kind(types: Mapping[str, str], other: str) -> Callable[..., str]:
    def resolve(value: Json, *_: Any) -> str:
        return types.get(value["kind"], other)

    return resolve
