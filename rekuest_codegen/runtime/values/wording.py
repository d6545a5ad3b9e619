"""What is said of a value that does not fit: one wording for one mistake, whoever finds it.

Those who find one are pydantic, before a call, the walk, which sends, and the one which receives, of a provider or of
the command line.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port, PortKind

SHOWN = 40
"""Characters of a value that a message shows; a longer one is known by its type."""
MANY = 12
"""Choices that a message lists."""

_KINDS: Mapping[PortKind, str] = {
    PortKind.INT: "int",
    PortKind.FLOAT: "float",
    PortKind.STRING: "str",
    PortKind.BOOL: "bool",
    PortKind.DATE: "datetime",
    PortKind.QUANTITY: "quantity",
    PortKind.LIST: "list",
    PortKind.DICT: "dict",
}

COMPARED: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "gt": ("more than", lambda value, bound: value > bound),
    "ge": ("at least", lambda value, bound: value >= bound),
    "lt": ("less than", lambda value, bound: value < bound),
    "le": ("at most", lambda value, bound: value <= bound),
}
"""Bounds of a number: how they are spoken of, and whether one holds."""
SIZES: Mapping[str, str] = {"min_length": "at least", "max_length": "at most"}

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 2 * SHOWN
_repr.maxlevel = SHOWN
_repr.maxlist = _repr.maxtuple = _repr.maxdict = _repr.maxset = _repr.maxfrozenset = _repr.maxdeque = SHOWN


def expected(port: Port, types: Mapping[str, type[Any]]) -> str:
    """What would do at ``port``, in a caller's words: ``int``, ``list[int] or str``, ``'a' or 'b'``, ``Image``."""
    if port.kind in _KINDS:
        return _KINDS[port.kind]
    cls = types.get(port.identifier or "")
    if port.kind is PortKind.UNION:
        return _one_of(list(dict.fromkeys(_spelled(child, types) for child in port.children)))
    if port.kind is PortKind.ENUM:
        if cls is None:
            return _one_of([repr(choice.value) for choice in port.choices])
        return _one_of([f"{cls.__name__}.{name}" for name in getattr(cls, "__members__", {})]) or cls.__name__
    if cls is None:
        return "dict" if port.kind is PortKind.MODEL else f"a reference to {port.identifier}"
    if getattr(cls, "__parameters__", ()):
        return port.identifier or cls.__name__  # a generic class alone does not say of which types
    stored = getattr(cls, "stored", "")
    return f"{stored.removeprefix('builtins.')} or a reference to one" if stored else cls.__name__


def _spelled(port: Port, types: Mapping[str, type[Any]]) -> str:
    if port.kind is PortKind.LIST:
        return f"list[{_spelled(port.item, types)}]"
    return f"dict[str, {_spelled(port.item, types)}]" if port.kind is PortKind.DICT else expected(port, types)


def _one_of(names: list[str]) -> str:
    more = [f"{len(names) - MANY} more"] if len(names) > MANY else []
    names = names[:MANY] + more
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def describe(value: Any) -> str:
    """Type and, if it is short, value, for a message."""
    text, name = _repr.repr(value), type(value).__name__
    if len(text) > SHOWN or "\n" in text:
        return name
    return text if text.startswith(f"{name}(") else f"{name} {text}"


def unlike(wanted: str, value: Any) -> str:
    """What to say where ``wanted`` should be and ``value`` is. Types of one name are told apart by where they are
    from."""
    name = type(value).__name__
    if wanted == name or wanted.startswith((f"{name} ", f"{name}.")) or f".{name} " in f"{wanted} ":
        return f"expected {wanted}, got {type(value).__module__.partition('.')[0]}.{name}"
    return f"expected {wanted}, got {describe(value)}"


def unfit(port: Port, value: Any, types: Mapping[str, type[Any]], place: object) -> ArgumentError:
    """The error for a value that is none of ``port``."""
    if value is None:
        return ArgumentError(str(place), f"a value is required ({port.kind}), got none")
    return ArgumentError(str(place), unlike(expected(port, types), value))


def beyond(name: str, bound: object, value: Any) -> str:
    """What to say of a value that the bound ``name`` (gt, ge, lt, le, min_length, max_length) does not let pass."""
    if name in SIZES:
        return f"expected {SIZES[name]} {bound} items or characters, got {len(value)}"
    return f"expected {COMPARED[name][0]} {bound}, got {describe(value)}"


def no_text(key: object) -> str:
    """What to say of a key that is none of a JSON object."""
    return f"expected text as keys, got {describe(key)}"


def unknown(known: Sequence[str]) -> str:
    """What to say of an argument that is none of those ``known``."""
    return f"there is no such argument; expected {', '.join(known) or 'none'}"
