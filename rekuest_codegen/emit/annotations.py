"""From a port to the type it is written with: one table from kind to annotation.

An annotation is a small tree, not text, so that one too long for its line can be given a name of its own
(``_mode3fa2b1c9: _t.TypeAlias = ...``) piece by piece. Which class an identifier is bound to is somebody else's
decision, passed in as ``bound``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rekuest_codegen.emit.layout import COLUMNS, STEP, exploded, fits
from rekuest_codegen.emit.ports import distinct_choices
from rekuest_codegen.emit.text import literal
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.naming import is_text, width
from rekuest_codegen.ir.records import PortRecord

Bound = Callable[[PortRecord], str | None]
"""The class a port's identifier is bound to, or None when it is bound to none."""

ALIAS_LIMIT = 14
"""How long an alias may be, so that it fits where nothing else does."""


class Name(NamedTuple):
    text: str

    def __str__(self) -> str:
        return self.text


class Subscript(NamedTuple):
    head: str
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"{self.head}[{', '.join(map(str, self.items))}]"


class Either(NamedTuple):
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.items))


Type = Name | Subscript | Either

ANY = Name("_t.Any")
NONE = Name("None")


class Aliases:
    """The aliases one module needs. They are named after their content, so that the same one is made once.

    ``modules`` is what names begin with up to their first dot: ``_t`` and ``_dt`` are modules to import.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}
        self.modules: set[str] = set()

    def new(self, since: int) -> list[str]:
        """The definitions added after there were ``since`` of them, in an order in which each finds the others."""
        return list(self.definitions.values())[since:]

    def take(self, others: Aliases) -> list[str]:
        """Have what the ``others`` are, too; the definitions that were not here, in an order as `new` gives."""
        self.modules |= others.modules
        if not others.definitions:
            return []  # most need none
        added = {name: text for name, text in others.definitions.items() if name not in self.definitions}
        self.definitions |= added
        return list(added.values())

    def fit(self, type_: Type, room: int, hint: str) -> str:
        """``type_`` as text of at most ``room`` columns, or the name of an alias for it."""
        text = str(type_)
        if "." in text:
            self.modules.update(name.split(".")[0] for name in names_in(type_))
        if (len(text) if text.isascii() else width(text)) <= room or (
            isinstance(type_, Name) and width(text) <= ALIAS_LIMIT
        ):
            return text
        return self._alias(type_, text, hint)

    def _alias(self, type_: Type, text: str, hint: str) -> str:
        # Content-addressed, and long enough that two contents do not meet by chance within one module. Lower case
        # keeps it apart from constants, which have none.
        stem = "".join(char for char in hint.lower() if "a" <= char <= "z")[:4] or "type"
        name = f"_{stem}{hashlib.sha256(text.encode()).hexdigest()[: ALIAS_LIMIT - 1 - len(stem)]}"
        if name in self.definitions:
            return name
        self.modules.add("_t")
        target = f"{name}: _t.TypeAlias"
        if isinstance(type_, Name) or fits(f"{target} = {text}"):
            self.definitions[name] = f"{target} = {text}"
            return name
        head = type_.head if isinstance(type_, Subscript) else "_t.Union"
        room = COLUMNS - (len(STEP) + 1 if len(type_.items) > 1 else width(f"{target} = {head}[]"))
        if head == "_t.Literal":
            items = [str(item) for item in type_.items]
        else:
            items = [self.fit(item, room, hint) for item in type_.items]
        self.definitions[name] = _subscripted(f"{target} = {head}[", items)
        return name


def _subscripted(opening: str, items: Sequence[str]) -> str:
    if len(items) > 1:
        return exploded(opening, items, "]")
    # A comma after a lone item would make it a tuple.
    flat = f"{opening}{items[0]}]"
    return flat if fits(flat) else f"{opening}\n{STEP}{items[0]}\n]"


def names_in(type_: Type) -> Iterator[str]:
    """Every name ``type_`` is made of, dotted ones whole; literals come along in their quotes."""
    if isinstance(type_, Name):
        yield type_.text
        return
    if isinstance(type_, Subscript):
        yield type_.head
    for item in type_.items:
        yield from names_in(item)


def annotation(port: PortRecord, bound: Bound, *, constrained: bool = False) -> Type:
    """The type of ``port``'s values, None included where they may be null.

    Args:
        port: the port.
        bound: which class an identifier is bound to.
        constrained: whether to carry the port's validators along, as ``Annotated[..., Field(...)]``.
    """
    made = _MAKERS[port.kind](port, bound, constrained)
    if constrained and port.validators:
        made = _constrained(made, port)
    return either((made, NONE)) if port.nullable else made


def either(items: Sequence[Type]) -> Type:
    """A union: flat, each alternative once, None last."""
    if len(items) == 2 and items[1] is NONE and type(items[0]) is Name and items[0] not in (ANY, NONE):
        return Either((items[0], NONE))  # most are
    flat: dict[Type, None] = {}
    for item in items:
        flat.update(dict.fromkeys(item.items if isinstance(item, Either) else (item,)))
    if ANY in flat:
        return ANY
    ordered = [item for item in flat if item != NONE] + [item for item in flat if item == NONE]
    return ordered[0] if len(ordered) == 1 else Either(tuple(ordered))


def literal_value(value: Any) -> str | None:
    """Source for a value that ``Literal`` takes, else None."""
    if isinstance(value, str):
        return literal(value) if is_text(value) else None
    return repr(value) if isinstance(value, bool | int) else None


def _constrained(type_: Type, port: PortRecord) -> Type:
    from rekuest_codegen.emit.constraints import field_options  # has to compile what few packages need

    options = field_options(port)
    return Subscript("_t.Annotated", (type_, Name(f"_rt.Field({', '.join(options)})"))) if options else type_


_Maker = Callable[[PortRecord, Bound, bool], Type]


def _named(text: str) -> _Maker:
    name = Name(text)
    return lambda port, bound, constrained: name


def _class_or(fallback: Type) -> _Maker:
    def make(port: PortRecord, bound: Bound, constrained: bool) -> Type:
        name = bound(port)
        return fallback if name is None else Name(name)

    return make


def _list(port: PortRecord, bound: Bound, constrained: bool) -> Type:
    return Subscript("list", (annotation(port.item, bound, constrained=constrained),))


def _dict(port: PortRecord, bound: Bound, constrained: bool) -> Type:
    return Subscript("dict", (Name("str"), annotation(port.item, bound, constrained=constrained)))


def _union(port: PortRecord, bound: Bound, constrained: bool) -> Type:
    return either([annotation(child, bound, constrained=constrained) for child in port.children])


def _enum(port: PortRecord, bound: Bound, constrained: bool) -> Type:
    name = bound(port)
    if name is not None:
        return Name(name)
    values = distinct_choices(port)
    literals = [text for value in values if (text := literal_value(value)) is not None]
    if len(literals) < len(values):
        return Name("float") if all(type(value) in (int, float) for value in values) else ANY
    return Subscript("_t.Literal", tuple(map(Name, literals)))


_MAKERS: Mapping[PortKind, _Maker] = {
    PortKind.INT: _named("int"),
    PortKind.FLOAT: _named("float"),
    PortKind.STRING: _named("str"),
    PortKind.BOOL: _named("bool"),
    PortKind.DATE: _named("_dt.datetime"),
    PortKind.QUANTITY: _named("_rt.Quantity"),
    PortKind.LIST: _list,
    PortKind.DICT: _dict,
    PortKind.UNION: _union,
    PortKind.ENUM: _enum,
    PortKind.MODEL: _class_or(Subscript("dict", (Name("str"), ANY))),
    PortKind.STRUCTURE: _class_or(Name("_rt.Reference")),
    PortKind.MEMORY_STRUCTURE: _class_or(Name("_rt.Reference")),
    PortKind.INTERFACE: _class_or(Name("_rt.Reference")),
}
