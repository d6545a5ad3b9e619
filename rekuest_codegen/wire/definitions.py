"""Definitions between the server's words and ours: a listed action becomes a node, nodes become a registration.

Server words (action, camel case, ``app {identifier}``) exist on this side of the house only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir import Node, Port, read_node
from rekuest_codegen.ir.shapes import is_array, is_object

DECORATIONS = ("widget", "effects", "validators")
"""Open data whose keys are turned to snake case; a default's or a choice's value is never touched."""


def node_from_server(raw: Mapping[str, Any]) -> Node:
    """The node of a listed action.

    Raises:
        DefinitionError: it cannot be expressed, or was nested deeper than the document that asked for it.
    """
    app = _named(raw.get("app"), "identifier")
    title = f"{app}/{raw.get('key')}"
    cut = [*_cut(raw.get("args"), f"{title}: args"), *_cut(raw.get("returns"), f"{title}: returns")]
    if cut:
        raise DefinitionError(cut)
    return read_node(
        {
            "app": app,
            "hash": raw.get("hash") or "",
            **{field: raw[field] for field in ("key", "name", "version", "kind", "description") if field in raw},
            **{field: bool(raw.get(field)) for field in ("stateful", "pure", "idempotent", "isDev")},
            "collections": [_named(item, "name") for item in raw.get("collections") or ()],
            "protocols": [_named(item, "name") for item in raw.get("protocols") or ()],
            "isTestFor": [_target(item) for item in raw.get("isTestFor") or ()],
            "portGroups": [_decorated(group) for group in raw.get("portGroups") or ()],
            "args": [_port(port) for port in raw.get("args") or ()],
            "returns": [_port(port) for port in raw.get("returns") or ()],
        }
    )


def _port(raw: Any) -> Any:
    if not is_object(raw):
        return raw
    port = _decorated(raw)
    if is_array(children := port.get("children")):
        port["children"] = [_port(child) for child in children]
    return port


def _decorated(raw: Any) -> Any:
    if not is_object(raw):
        return raw
    return {key: _snake(value) if key in DECORATIONS else value for key, value in raw.items() if key != "__typename"}


def _snake(value: Any) -> Any:
    """``value`` with its keys in snake case, nulls and GraphQL's own fields left out."""
    if is_array(value):
        return [_snake(item) for item in value]
    if is_object(value):
        return {
            to_snake(key): item if key in ("default", "value", "call") else _snake(item)
            for key, item in value.items()
            if item is not None and key != "__typename"
        }
    return value


def _cut(ports: Any, place: str) -> Iterator[Finding]:
    """Ports of which the document asked for no more than their key: it ended there, the definition does not."""
    for port in ports if is_array(ports) else ():
        if not is_object(port):
            continue
        here = f"{place}.{port.get('key')}"
        if "kind" not in port:
            yield Finding("too-deep", place, "nested deeper than can be fetched")
            return
        yield from _cut(port.get("children"), here)


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
    "return widget": "kind query choices min max step placeholder hook ward",
    "requires": "key operator value",
    "provides": "key operator value",
    "port_groups": "key title description effects ports",
    "is_test_for": "hash app key version",
}
"""What contract 2 takes, by input: a field it does not know would make it refuse the whole registration."""
FIELDS = {name: frozenset(text.split()) for name, text in CONTRACT_2.items()}


def implement_input(functions: Iterable[tuple[str, Node]]) -> dict[str, Any]:
    """The registration of ``functions`` (interface and node each), as contract 2's ``ImplementAgentInput``.

    Decorations that exist in contract 10 only (calls of named operations, custom components) are left out: they tell
    a user interface of that generation how to look, and change no value.
    """
    implementations: list[dict[str, Any]] = [
        {"interface": interface, "definition": _definition(node), "dependencies": []} for interface, node in functions
    ]
    return {"implementations": implementations, "states": [], "locks": []}


def _definition(node: Node) -> dict[str, Any]:
    plain = node.model_dump(mode="json", exclude={"args", "returns"})
    plain["args"] = [_input(port, "args") for port in node.args]
    plain["returns"] = [_input(port, "returns") for port in node.returns]
    return _kept(plain, "definition")


def _input(port: Port, side: str) -> dict[str, Any]:
    plain = port.model_dump(mode="json", exclude={"children"})
    plain["children"] = [_input(child, side) for child in port.children]
    return _kept(plain, side)


def _kept(plain: Mapping[str, Any], kind: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in sorted(FIELDS[kind] & plain.keys()):
        value = plain[name]
        if value is None or (is_array(value) and not value and kind in ("args", "returns")):
            continue
        if name == "widget" and is_object(value):
            value = _kept(value, "widget" if kind == "args" else "return widget")
        elif name in ("validators", "effects"):
            value = [_kept(item, name) for item in value if "function" in item]
        elif name in ("port_groups", "is_test_for", "choices", "requires", "provides"):
            value = [_kept(item, name) for item in value]
        elif name == "filters":
            value = [_kept(item, "args") for item in value]
        elif name == "state_accessors":
            value = [{to_camel(key): part for key, part in item.items()} for item in value]
        kept[to_camel(name)] = value
    return kept
