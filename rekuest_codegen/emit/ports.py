"""Ports as a stub carries them: what is needed to check and convert values, and nothing that is only shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

from rekuest_codegen.ir.canonical import canonical_json
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.records import PortRecord

_SIMPLE = frozenset({bool, float, int, str})

quoted = encode_basestring_ascii
"""A JSON string, ASCII only."""


def is_optional(port: PortRecord) -> bool:
    """Whether a caller may leave it out: the provider then takes its default, or null."""
    return port.nullable or port.default is not None


def walk(ports: Iterable[PortRecord]) -> list[PortRecord]:
    """The ports and everything inside them."""
    found = list(ports)
    for port in found:  # which grows while it is walked
        if port.children:
            found.extend(port.children)
    return found


def ports_json(args: str, returns: str, names: Mapping[str, str]) -> str:
    """The JSON text a stub carries, canonical, of that of its ``args`` and ``returns``. ``names`` gives the Python name
    of each argument by its key."""
    differing = {name: key for key, name in names.items() if name != key}
    named = f',"names":{canonical_json(differing)}' if differing else ""
    return f'{{"args":{args}{named},"returns":{returns}}}'


def likeness(port: PortRecord) -> Hashable:
    """What two ports share that are the same but for what is said about them.

    None for one whose values are described at length (choices, checks, a default that is a list or an object): telling
    whether another is like it takes as long as writing it.
    """
    key, kind, _, _, identifier, nullable, default, children, choices, unit, validators, _ = port
    if choices or validators:
        return None
    said: str | None = None
    if default is not None:
        if type(default) not in _SIMPLE:
            return None
        said = repr(default)  # equal values need not be written alike
    inside = tuple(map(likeness, children)) if children else ()
    return None if None in inside else (key, kind, identifier, nullable, said, unit, inside)


def carried(port: PortRecord) -> str:
    """What a stub carries of one port, as canonical JSON."""
    text = "{"
    if port.children:
        text += f'"children":{_carried_all(port.children)},'
    if port.choices:
        choices = [
            f'{{"label":{quoted(choice.label)},"value":{canonical_json(choice.value)}}}' for choice in port.choices
        ]
        text += f'"choices":[{",".join(choices)}],'
    if port.default is not None:
        text += f'"default":{canonical_json(port.default)},'
    if port.identifier is not None:
        text += f'"identifier":{quoted(port.identifier)},'
    text += f'"key":{quoted(port.key)},"kind":"{port.kind}"'
    if port.nullable or port.default is not None:
        text += ',"nullable":true'
    if port.reference_unit is not None:
        text += f',"reference_unit":{quoted(port.reference_unit)}'
    return text + "}"


def shape(port: PortRecord) -> str:
    """What makes two uses of one identifier the same type: what values may be, not what is said about them.

    Defaults do not count: returns carry none, even those of a model that has some as an argument.
    """
    return canonical_json(_shape(port))


def distinct_choices(port: PortRecord) -> list[Any]:
    """The values of an ENUM, each once: what is equal in Python is one member."""
    values = [choice.value for choice in port.choices]
    try:
        return list(dict.fromkeys(values))
    except TypeError:  # lists and objects have no hash
        return [value for place, value in enumerate(values) if value not in values[:place]]


def _carried_all(ports: Sequence[PortRecord]) -> str:
    return f"[{','.join(map(carried, ports))}]"


def _shape(port: PortRecord) -> dict[str, Any]:
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
