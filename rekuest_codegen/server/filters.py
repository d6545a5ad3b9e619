"""Which of many: the filters, orders and pages of the GraphQL lists, over what `State` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from rekuest_codegen.server.dispatch import number
from rekuest_codegen.server.model import Agent, Event, Implementation, Json, Node, Run
from rekuest_codegen.server.state import State

T = TypeVar("T")

_TEXT: dict[str, Callable[[str, Any], bool]] = {
    "exact": lambda text, wanted: text == wanted,
    "iExact": lambda text, wanted: text.lower() == wanted.lower(),
    "contains": lambda text, wanted: wanted in text,
    "iContains": lambda text, wanted: wanted.lower() in text.lower(),
    "startsWith": lambda text, wanted: text.startswith(wanted),
    "iStartsWith": lambda text, wanted: text.lower().startswith(wanted.lower()),
    "endsWith": lambda text, wanted: text.endswith(wanted),
    "iEndsWith": lambda text, wanted: text.lower().endswith(wanted.lower()),
    "inList": lambda text, wanted: text in wanted,
}


def page(items: Sequence[T], pagination: Json | None) -> Sequence[T]:
    """Without ``pagination`` everything; the schema gives ``limit`` its default."""
    if pagination is None:
        return items
    offset, limit = max(0, pagination["offset"]), pagination.get("limit")
    return items[offset:] if limit is None else items[offset : offset + max(0, limit)]


def ordered(items: Iterable[T], ordering: Sequence[Json] | None, keys: dict[str, Callable[[T], str]]) -> list[T]:
    """``items`` by the fields of ``ordering``, the first of them first."""
    result = list(items)
    for order in reversed(ordering or ()):
        for field, direction in order.items():
            if direction is not None:
                result.sort(key=keys[field], reverse=direction.startswith("DESC"))
    return result


def node_fits(node: Node, wanted: Json | None) -> bool:
    """Whether ``node`` passes an ActionFilter."""
    if not wanted:
        return True
    definition = node.definition
    tests: dict[str, Callable[[Any], bool]] = {
        "name": lambda value: text_fits(definition["name"], value),
        "search": lambda value: searched(value, definition["name"], node.key, definition["description"]),
        "ids": lambda value: str(node.id) in value,
        "demands": lambda value: all(_demand_fits(definition, demand) for demand in value),
        "protocols": lambda value: set(value) <= set(definition["protocols"]),
        "kind": lambda value: definition["kind"] == value,
        "inCollection": lambda value: value in definition["collections"],
        "stateful": lambda value: definition["stateful"] == value,
        "appIdentifier": lambda value: node.app == value,
    }
    return _all(tests, wanted)


def node_demanded(node: Node, wanted: Json) -> bool:
    """Whether ``node`` is what an ActionDemandInput asks for."""
    definition = node.definition
    args, returns = definition["args"], definition["returns"]
    tests: dict[str, Callable[[Any], bool]] = {
        "hash": lambda value: node.hash == value,
        "key": lambda value: node.key == value,
        "app": lambda value: node.app == value,
        "version": lambda value: node.version == value,
        "name": lambda value: definition["name"] == value,
        "argMatches": lambda value: _ports_fit(args, value),
        "returnMatches": lambda value: _ports_fit(returns, value),
        "protocols": lambda value: set(value) <= set(definition["protocols"]),
        "forceArgLength": lambda value: len(args) == value,
        "forceReturnLength": lambda value: len(returns) == value,
        "pure": lambda value: definition["pure"] == value,
        "idempotent": lambda value: definition["idempotent"] == value,
        "stateful": lambda value: definition["stateful"] == value,
    }
    return _all(tests, wanted)


def implementation_fits(state: State, item: Implementation, wanted: Json | None) -> bool:
    if not wanted:
        return True
    node = state.nodes[item.node]
    tests: dict[str, Callable[[Any], bool]] = {
        "interface": lambda value: text_fits(item.interface, value),
        "ids": lambda value: str(item.id) in value,
        "search": lambda value: searched(value, item.interface, node.definition["name"]),
        "actionHash": lambda value: node.hash == value,
        "action": lambda value: node_fits(node, value),
        "agent": lambda value: agent_fits(state.agents[item.agent], value),
    }
    return _all(tests, wanted)


def agent_fits(agent: Agent, wanted: Json | None) -> bool:
    if not wanted:
        return True
    tests: dict[str, Callable[[Any], bool]] = {
        "ids": lambda value: str(agent.id) in value,
        "search": lambda value: searched(value, agent.name),
        "appIdentifier": lambda value: agent.name == value,
    }
    return _all(tests, wanted)


def run_fits(run: Run, wanted: Json | None) -> bool:
    if not wanted:
        return True
    task = run.task
    tests: dict[str, Callable[[Any], bool]] = {
        "ids": lambda value: str(task.id) in value,
        "state": lambda value: run.latest in value,
        "implementation": lambda value: task.implementation == number(value),
        "action": lambda value: task.node == number(value),
        "agent": lambda value: task.agent == number(value),
        "parent": lambda value: task.parent == number(value),
        "root": lambda value: task.root == number(value),
        "isDone": lambda value: run.done == value,
        "reference": lambda value: task.reference == value,
    }
    return _all(tests, wanted)


def event_fits(event: Event, wanted: Json | None) -> bool:
    if not wanted:
        return True
    tests: dict[str, Callable[[Any], bool]] = {
        "ids": lambda value: str(event.id) in value,
        "kind": lambda value: event.what in value,
    }
    return _all(tests, wanted)


def text_fits(text: str, lookup: Json) -> bool:
    return all(_TEXT[how](text, wanted) for how, wanted in lookup.items() if wanted is not None)


def searched(wanted: str, *texts: str | None) -> bool:
    return any(wanted.lower() in text.lower() for text in texts if text)


def _all(tests: dict[str, Callable[[Any], bool]], wanted: Json) -> bool:
    return all(tests[field](value) for field, value in wanted.items() if value is not None)


def _demand_fits(definition: Json, demand: Json) -> bool:
    ports = definition["args" if demand["kind"] == "ARGS" else "returns"]
    required = [port for port in ports if not port["nullable"]]
    structures = [port for port in ports if port["kind"] == "STRUCTURE"]
    lengths = {"forceLength": ports, "forceNonNullableLength": required, "forceStructureLength": structures}
    for field, counted in lengths.items():
        if demand.get(field) is not None and len(counted) != demand[field]:
            return False
    return _ports_fit(ports, demand.get("matches") or [])


def _ports_fit(ports: Sequence[Json], matches: Sequence[Json]) -> bool:
    for match in matches:
        at = match.get("at")
        candidates = ports if at is None else ports[max(at, 0) : max(at, 0) + 1]
        if not any(_port_fits(port, match) for port in candidates):
            return False
    return True


def _port_fits(port: Json, match: Json) -> bool:
    for field in ("key", "kind", "identifier", "nullable", "dimension"):
        if match.get(field) is not None and port[field] != match[field]:
            return False
    return not match.get("children") or _ports_fit(port["children"] or (), match["children"])
