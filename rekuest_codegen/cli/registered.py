"""What a server remembers of an agent, and what registering it anew would change, node by node.

Both sides are compared in the form a registration has: what a server cannot be told is no difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rekuest_codegen.api.client.operations import ENUMERATE_AGENTS_GQL
from rekuest_codegen.api.contracts import Contract, enumeration
from rekuest_codegen.ir import Node
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.provider.registration import Registration
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.definitions import implement_input, node_from_server

PAGE = 100
MAX_VALUE = 40


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one interface; ``details`` say which ports or fields change, and from what to what."""

    interface: str
    state: State
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the server has of the agent: the hash it was registered with, and its nodes by interface."""

    hash: str
    nodes: Mapping[str, Node]


async def remembered(link: Link, name: str) -> Remembered:
    """What the server has of the agent ``name``; of several of that name, the one seen last.

    Raises:
        DefinitionError: it has a definition that cannot be expressed. RekuestError: what `Link.request` raises.
    """
    answer = await link.request(ENUMERATE_AGENTS_GQL, {"name": name}, again=True)
    agents = [agent for agent in answer["agents"] if agent["name"] == name]
    if not agents:
        return Remembered("", {})
    agent = max(agents, key=lambda agent: str(agent["lastSeen"] or ""))
    ids = {str(one["interface"]): str(one["action"]["id"]) for one in agent["implementations"]}
    wanted = sorted(set(ids.values()))
    nodes: dict[str, Node] = {}
    for start in range(0, len(wanted), PAGE):
        some = {"filters": {"ids": wanted[start : start + PAGE]}, "pagination": {"offset": 0, "limit": PAGE}}
        page = await link.request(enumeration(Contract.TWO), some, again=True)
        nodes.update({str(raw["id"]): node_from_server(raw) for raw in page["actions"]})
    return Remembered(str(agent["hash"]), {one: nodes[key] for one, key in ids.items() if key in nodes})


def changes(before: Remembered, after: Registration) -> list[Change]:
    """What happens to every interface of either side, in the order of their names."""
    found: list[Change] = []
    for interface in sorted(before.nodes.keys() | after.nodes.keys()):
        old, new = before.nodes.get(interface), after.nodes.get(interface)
        if old is None or new is None:
            found.append(Change(interface, State.NEW if old is None else State.GONE))
            continue
        details = tuple(_differences("", _plain(old), _plain(new)))
        found.append(Change(interface, State.CHANGED if details else State.UNCHANGED, details))
    return found


def _plain(node: Node) -> dict[str, Any]:
    (implementation,) = implement_input([("", node)])["implementations"]
    definition: dict[str, Any] = implementation["definition"]
    # A server answers with the node that is tested as it knows it, not with the words it was named by.
    definition["isTestFor"] = [target.get("key") or target.get("hash") for target in definition["isTestFor"]]
    return definition


def _differences(place: str, old: Any, new: Any) -> Iterator[str]:
    """``args.x.default: 1 -> 2`` for every place that differs; items of lists are known by their keys."""
    if old == new:
        return
    before, after = _parts(old), _parts(new)
    if before is None or after is None:
        yield f"{place}: {_short(old)} -> {_short(new)}"
        return
    for key in [*after, *(key for key in before if key not in after)]:
        here = f"{place}.{key}" if place else key
        if key not in before:
            yield f"{here}: new" if _parts(after[key]) else f"{here}: {_short(None)} -> {_short(after[key])}"
        elif key not in after:
            yield f"{here}: gone" if _parts(before[key]) else f"{here}: {_short(before[key])} -> {_short(None)}"
        else:
            yield from _differences(_within(place, key), before[key], after[key])
    if before.keys() == after.keys() and list(before) != list(after) and is_array(old):
        yield f"{place}: order {', '.join(before)} -> {', '.join(after)}"


def _within(place: str, key: str) -> str:
    """``args.points[].x``: the ports in a port are named without saying that they are its children."""
    if key in ("children", "..."):
        return place if key == "children" else f"{place}[]"
    return f"{place}.{key}" if place else key


def _parts(value: Any) -> dict[str, Any] | None:
    """What ``value`` is made of, by name; None when it is to be shown as a whole."""
    if is_object(value):
        return value
    if is_array(value) and all(is_object(item) and "key" in item for item in value):
        return {str(item["key"]): item for item in value}
    return None


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 3]}..."
