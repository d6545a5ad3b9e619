"""Definitions between the server's words and ours: a listed action becomes a node, nodes become a registration.

Server words (action, camel case, ``app {identifier}``) exist on this side of the house only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir import Node, Port, Validator, read_node
from rekuest_codegen.ir.bounds import as_function, bounds_of
from rekuest_codegen.shapes import is_array, is_object

DECORATIONS = ("widget", "effects", "validators")
"""Open data whose keys are turned to snake case."""
VALUES = ("default", "value", "staticValue", "static_value", "valueLiteral", "value_literal")
"""What inside a decoration is the user's own JSON, and never touched."""
PLAIN = ("key", "name", "version", "kind", "description", "stateful", "pure", "idempotent", "isDev", "allowProbe")
TOO_DEEP = "nested deeper than can be fetched; nest it less, or pass part of it as a structure"


def node_from_server(raw: Mapping[str, Any]) -> Node:
    """The node of a listed action.

    Raises:
        DefinitionError: it cannot be expressed, or was nested deeper than the document that asked for it.
    """
    app = _named(raw.get("app"), "identifier")
    title = f"{app}/{raw.get('key')}"[:200]
    try:
        cut = [*_cut(raw.get("args"), f"{title}: args"), *_cut(raw.get("returns"), f"{title}: returns")]
        plain = {
            "app": app,
            "hash": raw.get("hash") or "",
            **{field: raw[field] for field in PLAIN if field in raw},
            "collections": _each(raw.get("collections"), lambda item: _named(item, "name")),
            "protocols": _each(raw.get("protocols"), lambda item: _named(item, "name")),
            "isTestFor": _each(raw.get("isTestFor"), _target),
            "portGroups": _each(raw.get("portGroups"), _decorated),
            "args": _each(raw.get("args"), _port),
            "returns": _each(raw.get("returns"), _port),
        }
    except RecursionError:
        raise DefinitionError([Finding("too-deep", title, TOO_DEEP)]) from None
    if cut:
        raise DefinitionError(cut)
    return read_node(plain)


def registered(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of a registration with its decorations in our words, for `read_node`."""
    sides = {side: _each(raw.get(side), _port) for side in ("args", "returns")}
    groups = {name: _each(raw.get(name), _decorated) for name in ("portGroups", "port_groups") if name in raw}
    return {**raw, **sides, **groups}


def _port(raw: Any) -> Any:
    if not is_object(raw):
        return raw
    port = _decorated(raw)
    port["children"] = _each(port.get("children"), _port)
    return port


def _decorated(raw: Any) -> Any:
    if not is_object(raw):
        return raw
    return {key: in_snake(value) if key in DECORATIONS else value for key, value in raw.items() if key != "__typename"}


def in_snake(value: Any) -> Any:
    """``value`` with its keys in snake case, nulls and GraphQL's own fields left out."""
    if is_array(value):
        return [in_snake(item) for item in value]
    if is_object(value):
        return {
            to_snake(key): item if key in VALUES else in_snake(item)
            for key, item in value.items()
            if item is not None and key != "__typename"
        }
    return value


def in_camel(value: Any) -> Any:
    """A definition in snake case with GraphQL's keys; the user's own JSON in it is left as it is."""
    if is_array(value):
        return [in_camel(item) for item in value]
    if is_object(value):
        return {to_camel(key): item if key in VALUES else in_camel(item) for key, item in value.items()}
    return value


def _cut(ports: Any, place: str) -> Iterator[Finding]:
    """Ports of which the document asked for no more than their key: it ended there, the definition does not."""
    for port in ports if is_array(ports) else ():
        if not is_object(port):
            continue
        if port.keys() <= {"key", "__typename"}:
            yield Finding("too-deep", place, TOO_DEEP)
            return
        here = f"{place}.{port.get('key')}"
        yield from _cut(port.get("children"), here)
        if is_object(widget := port.get("widget")):
            yield from _cut(widget.get("filters"), f"{here}.widget.filters")


def _each(value: Any, read: Callable[[Any], Any]) -> Any:
    """A list's items, each read; what is no list is given back for the check to complain of."""
    return [read(item) for item in value] if is_array(value) else value


def _target(raw: Any) -> Any:
    if not is_object(raw):
        return raw
    kept = {key: raw[key] for key in ("hash", "key", "version") if raw.get(key) is not None}
    return {**kept, "app": _named(raw.get("app"), "identifier") or None}


def _named(raw: Any, field: str) -> Any:
    """``raw[field]``, or what was given in its place, for the check to complain of."""
    return raw.get(field) if is_object(raw) else raw


def to_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)


def to_camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


# -- the other way -----------------------------------------------------------------------------------------------

PORT = (
    "key label kind description identifier nullable default choices reference_unit proposed_units dimension children"
    " effects validators widget requires provides"
)
CONTRACT_2 = {
    "definition": "description collections key version name stateful pure idempotent port_groups args returns kind"
    " is_test_for is_dev",
    "args": PORT.removesuffix(" provides"),
    "returns": PORT.replace(" requires", ""),
    "choices": "value label image description",
    "validators": "function dependencies label error_message",
    "effects": "function dependencies message kind fade hook ward",
    "widget": "kind query choices state_choices follow_value min max step placeholder as_paragraph hook ward fallback"
    " filters dependencies dependency target_dependency target_action target_port state_path state_accessors",
    "return widget": "kind query choices placeholder hook ward",
    "state_accessors": "option_key sub_path",
    "requires": "key operator value",
    "provides": "key operator value",
    "port_groups": "key title description effects ports",
    "is_test_for": "hash app key version",
}
"""What contract 2 takes, by input: a field it does not know would make it refuse the whole registration."""
FIELDS = {name: frozenset(text.split()) for name, text in CONTRACT_2.items()}
KINDS = {
    "effects": ("MESSAGE", "HIDE", "CUSTOM"),
    "widget": ("SEARCH", "CHOICE", "SLIDER", "CUSTOM", "STRING", "STATE_CHOICE", "PROXY"),
    "return widget": ("CHOICE", "CUSTOM", "PROXY"),
}
INPUTS = {
    "args": {"filters": "args", "children": "args", "widget": "widget"},
    "returns": {"children": "returns", "widget": "return widget"},
    "widget": {"filters": "args", "fallback": "widget"},
}
"""Which input a field of an input holds, where that is not the one of its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms an agent runs a node. ``effects``: what running it does to the world."""

    locks: tuple[str, ...] = ()
    manipulates: tuple[str, ...] = ()
    effects: Literal["NONE", "REPEATABLE", "UNKNOWN", "IRREVERSIBLE"] = "UNKNOWN"


NO_TERMS = Terms()


def implement_input(
    functions: Iterable[tuple[str, Node]],
    *,
    terms: Mapping[str, Terms] = MappingProxyType({}),
    states: Iterable[tuple[str, Sequence[Port]]] = (),
) -> dict[str, Any]:
    """A registration as contract 2's ``ImplementAgentInput``.

    ``functions`` are given as interface and node, ``terms`` by interface, ``states`` as interface and fields.

    Decorations that exist in contract 10 only (calls of named operations, custom components) are left out: they tell
    a user interface of that generation how to look, and change no value.
    """
    locks = sorted({key for one in terms.values() for key in one.locks})
    return {
        "implementations": [_implementation(name, node, terms.get(name, NO_TERMS)) for name, node in functions],
        "states": [_state(interface, ports) for interface, ports in states],
        "locks": [{"key": key, "definition": {"key": key}} for key in locks],
    }


def _implementation(interface: str, node: Node, terms: Terms) -> dict[str, Any]:
    """What says nothing is left out, so that a registration without it keeps its hash."""
    definition = _kept(node.model_dump(mode="json"), "definition")
    said: dict[str, Any] = {"interface": interface, "definition": definition, "dependencies": []}
    if terms.locks:
        said["locks"] = list(terms.locks)
    if terms.manipulates:
        said["manipulates"] = list(terms.manipulates)
    if terms.effects == "IRREVERSIBLE":
        said["effect"] = "PHYSICAL"
    return said


def _state(interface: str, ports: Sequence[Port]) -> dict[str, Any]:
    fields = [_kept(port.model_dump(mode="json"), "returns") for port in ports]
    return {"interface": interface, "definition": {"name": interface, "ports": fields}}


HASHED_BY_2 = ("name", "description", "args", "returns", "stateful", "is_test_for", "collections", "key", "version")


def hashed_by_contract_2(node: Node) -> str:
    """The text over which a server of contract 2 takes the hash of a definition: every field of its inputs, those
    that say nothing as null. Kind, flags and port groups are not in it.

    Source: rekuest-server 2.2, `DefinitionInputModel.unique_hash`; its hashes of 177 definitions came out alike.
    """
    plain = node.model_dump(mode="json")
    full = {name: plain[name] for name in HASHED_BY_2}
    full |= {side: [_whole(port, side) for port in plain[side]] for side in ("args", "returns")}
    return json.dumps(full, sort_keys=True)


def _whole(plain: Mapping[str, Any], kind: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name in FIELDS[kind]:
        held = INPUTS.get(kind, {}).get(name, name)
        value: Any = plain.get(name)
        if name == "dependencies":
            value = value or []
        elif name != "default" and held in FIELDS and is_array(value):
            items = [_whole(item, held) for item in value]
            value = items or None
        elif name != "default" and held in FIELDS and is_object(value):
            value = _whole(value, held)
        elif name == "proposed_units":
            value = value or None
        whole[name] = value
    return whole


def _kept(plain: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What contract 2's input ``kind`` takes of ``plain``, in camel case; what says nothing is left out."""
    kept: dict[str, Any] = {}
    for name in sorted(FIELDS[kind] & plain.keys()):
        held = INPUTS.get(kind, {}).get(name, name)
        value = plain[name]
        if name != "default" and held in FIELDS:
            if is_array(value):
                given = [_in_words_of_two(item, held) for item in value if is_object(item)]
                value = [_kept(item, held) for item in given if _known(item, held)]
            elif is_object(value):
                value = _kept(value, held) if _known(value, held) else None
        if value is None or (value == [] and kind != "definition" and name != "default"):
            continue
        kept[to_camel(name)] = value
    if kind in ("requires", "provides"):
        # It wants a value, whatever the operator; only those that look at none come without.
        kept.setdefault("value", True)
    return kept


def _known(item: Mapping[str, Any], kind: str) -> bool:
    """Whether contract 2 has such a decoration at all."""
    if kind in ("effects", "validators") and not isinstance(item.get("function"), str):
        return False
    return kind not in KINDS or item.get("kind") in KINDS[kind]


def _in_words_of_two(item: dict[str, Any], kind: str) -> dict[str, Any]:
    """A validator that calls a named operation, as the function contract 2 has for it, if it has one."""
    if kind != "validators" or isinstance(item.get("function"), str):
        return item
    function = as_function(bounds_of(Validator.model_validate(item)))
    return item if function is None else {**item, "function": function}
