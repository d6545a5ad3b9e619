"""Ports as a stub carries them: what is needed to check and convert values, and nothing that is only shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rekuest_codegen.ir import Node, Port, PortKind, canonical_json


def is_optional(port: Port) -> bool:
    """Whether a caller may leave it out: the provider then takes its default, or null."""
    return port.nullable or port.default is not None


def walk(ports: Sequence[Port]) -> Iterator[Port]:
    """The ports and everything inside them."""
    for port in ports:
        yield port
        yield from walk(port.children)


def ports_json(node: Node, names: Mapping[str, str]) -> str:
    """The JSON text a stub carries. ``names`` gives the Python name of each argument by its key."""
    carried: dict[str, Any] = {
        "args": [_carried(port) for port in node.args],
        "returns": [_carried(port) for port in node.returns],
    }
    differing = {name: key for key, name in names.items() if name != key}
    if differing:
        carried["names"] = differing
    return canonical_json(carried)


def shape(port: Port) -> str:
    """What makes two uses of one identifier the same type: what values may be, not what is said about them.

    Defaults do not count: returns carry none, even those of a model that has some as an argument.
    """
    return canonical_json(_shape(port))


def distinct_choices(port: Port) -> list[Any]:
    """The values of an ENUM, each once: what is equal in Python is one member."""
    values: list[Any] = []
    for choice in port.choices:
        if choice.value not in values:
            values.append(choice.value)
    return values


def _carried(port: Port) -> dict[str, Any]:
    carried: dict[str, Any] = {"key": port.key, "kind": port.kind.value}
    if port.identifier is not None:
        carried["identifier"] = port.identifier
    if is_optional(port):
        carried["nullable"] = True
    if port.default is not None:
        carried["default"] = port.default
    if port.children:
        carried["children"] = [_carried(child) for child in port.children]
    if port.choices:
        carried["choices"] = [{"label": choice.label, "value": choice.value} for choice in port.choices]
    if port.reference_unit is not None:
        carried["reference_unit"] = port.reference_unit
    return carried


def _shape(port: Port) -> dict[str, Any]:
    if port.kind is PortKind.ENUM:
        return {"values": distinct_choices(port)}
    return {
        "fields": [
            {
                "key": child.key,
                "kind": child.kind.value,
                "identifier": child.identifier,
                "nullable": child.nullable,
                **_shape(child),
            }
            for child in port.children
        ]
    }
