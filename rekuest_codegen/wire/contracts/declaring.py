"""What an agent provides, in the words of contract 10's REGISTER (`ten_declaration`).

Decorations that exist in contract 2 only (checks and effects that are a user interface's own functions, hooks) are left
out, but for the bounds of a number or a length, which both contracts can say: they tell a user interface how to look,
and change no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from rekuest_codegen.ir import Node, Port, declared
from rekuest_codegen.ir.decorations import with_call
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.contracts import ten_declaration as ten
from rekuest_codegen.wire.definitions import NO_TERMS, Terms

Parts = type[declared.Declared] | Mapping[str, type[declared.Declared]]
ASSIGN_WIDGETS: Mapping[str, type[declared.Declared]] = {
    "CHOICE": declared.ChoiceWidget,
    "CUSTOM": declared.CustomWidget,
    "PROXY": declared.ProxyWidget,
    "SEARCH": declared.SearchWidget,
    "SLIDER": declared.SliderWidget,
    "STATE_CHOICE": declared.StateChoiceWidget,
    "STRING": declared.StringWidget,
}
RETURN_WIDGETS: Mapping[str, type[declared.Declared]] = {
    "CHOICE": declared.ReturnChoice,
    "CUSTOM": declared.ReturnCustom,
}
HELD: Mapping[type[declared.Declared], Mapping[str, Parts]] = {
    ten.Definition: {
        "args": declared.Arg,
        "returns": declared.Return,
        "port_groups": declared.PortGroup,
        "is_test_for": ten.Target,
    },
    declared.Arg: {
        "children": declared.Arg,
        "choices": declared.Choice,
        "effects": declared.Effect,
        "validators": declared.Validator,
        "widget": ASSIGN_WIDGETS,
        "requires": declared.Descriptor,
    },
    declared.Return: {
        "children": declared.Return,
        "choices": declared.Choice,
        "effects": declared.Effect,
        "widget": RETURN_WIDGETS,
        "provides": declared.Descriptor,
    },
    declared.PortGroup: {"effects": declared.Effect},
    declared.SearchWidget: {"filters": declared.Arg},
    declared.CustomWidget: {"fallback": ASSIGN_WIDGETS},
}
"""What the fields of a part hold; by ``kind``, where there are several."""
DECORATIONS: tuple[type[declared.Declared], ...] = (
    declared.Effect,
    declared.Validator,
    *ASSIGN_WIDGETS.values(),
    *RETURN_WIDGETS.values(),
)


def declaration(
    name: str,
    hashed: str,
    functions: Iterable[tuple[str, Node]],
    *,
    terms: Mapping[str, Terms],
    states: Iterable[tuple[str, Sequence[Port]]],
) -> dict[str, Any]:
    """The fields of REGISTER that declare the agent ``name``; arguments as those of `definitions.implement_input`."""
    implementations: list[ten.Implementation] = []
    locks: set[str] = set()
    for interface, node in functions:
        term = terms.get(interface, NO_TERMS)
        locks.update(term.locks)
        implementations.append(
            ten.Implementation(
                interface=interface,
                definition=_part(ten.Definition, node.model_dump(mode="json")),
                locks=list(term.locks) or None,
                manipulates=list(term.manipulates) or None,
                effects=term.effects,
            )
        )
    return {
        "name": name,
        "hash": hashed,
        "implementations": implementations,
        "states": [
            ten.StateDeclared(
                interface=interface,
                definition=ten.StateDefinition(
                    name=interface, ports=[_part(declared.Return, port.model_dump(mode="json")) for port in ports]
                ),
            )
            for interface, ports in states
        ],
        "locks": [ten.LockDeclared(key=key, definition=ten.LockDefinition(key=key)) for key in sorted(locks)],
        "bloks": [],
    }


def _part(kind: type[Any], plain: Mapping[str, Any]) -> Any:
    """``plain`` as ``kind``, without what contract 10 has not.

    Raises:
        msgspec.ValidationError: a value is of another type there.
    """
    held = HELD.get(kind, {})
    kept: dict[str, Any] = {} if kind.__struct_config__.tag is None else {"kind": plain["kind"]}
    for field in kind.__struct_fields__:
        value = plain.get(field)
        if field != "default" and value in (None, []):
            continue
        if field in held:
            value = _held(held[field], value)
            if value is None:
                continue
        kept[field] = value
    return msgspec.convert(kept, kind)


def _held(kinds: Parts, value: Any) -> Any:
    """What a field holds, each item read; None and left out where contract 10 has nothing like it."""
    if is_array(value):
        return [part for item in value if (part := _held(kinds, item)) is not None] or None
    if not is_object(value):
        return None
    kind = kinds if isinstance(kinds, type) else kinds.get(str(value.get("kind")))
    if kind is None:
        return None
    try:
        return _part(kind, with_call(value) if kind is declared.Validator else value)
    except msgspec.ValidationError:
        if issubclass(kind, DECORATIONS):
            return None
        raise
