"""Ports in every form they are written in: a parameter, a field, JSON that a stub carries.

Most ports of a package are like others in it, but for what is said about them. Of each likeness every form is made
once, with the aliases that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from rekuest_codegen.emit.annotations import Aliases, Type, annotation
from rekuest_codegen.emit.layout import COLUMNS, STEP
from rekuest_codegen.emit.members import Slot, field, field_names, slot
from rekuest_codegen.emit.ports import carried
from rekuest_codegen.emit.types import Bindings, TypeTable
from rekuest_codegen.ir.naming import KEYWORDS, PARAMETER, assign, width
from rekuest_codegen.ir.records import PortRecord


class Written:
    """The forms of the ports of a package. ``like`` is what `likenesses` gives for a port, ``aliases`` take what it
    needs."""

    def __init__(self, table: TypeTable) -> None:
        self.table = table
        self._slots: dict[Hashable, Slot] = {}
        self._types: dict[Hashable, Type] = {}
        self._carried: dict[Hashable, str] = {}
        self._parameters: dict[Hashable, tuple[str, Aliases]] = {}
        self._fields: dict[Hashable, tuple[str, Aliases]] = {}
        self._names: dict[tuple[tuple[str, ...], frozenset[str]], tuple[Mapping[str, str], Mapping[str, str]]] = {}

    def names(self, keys: tuple[str, ...], used: frozenset[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What arguments of these ``keys`` are called, by key: as parameters, and as fields of a class whose
        annotations have the names that are ``used``."""
        made = self._names.get((keys, used))
        if made is None:
            parameters = assign({key: (key,) for key in keys}, style=PARAMETER, reserved=KEYWORDS)
            made = self._names[keys, used] = parameters, field_names(parameters, used)
        return made

    def likenesses(self, ports: Sequence[PortRecord], bindings: Bindings) -> list[Hashable]:
        """For each port what it shares with those that are written alike; None for one that is like no other."""
        return list(map(self.table.like, ports)) if bindings.usual else [None] * len(ports)

    def slot(self, port: PortRecord, like: Hashable, bindings: Bindings) -> Slot:
        """Its type and default."""
        made = self._slots.get(like)
        if made is None:
            made = slot(port, bindings.bound, self.table.member)
            if like is not None:
                self._slots[like] = made
        return made

    def type(self, port: PortRecord, like: Hashable, bindings: Bindings) -> Type:
        """The type of what is given back."""
        made = self._types.get(like)
        if made is None:
            made = annotation(port, bindings.bound)
            if like is not None:
                self._types[like] = made
        return made

    def carried(self, ports: Sequence[PortRecord], likes: Sequence[Hashable]) -> str:
        """A list of ports as JSON."""
        texts: list[str] = []
        for port, like in zip(ports, likes, strict=True):
            made = self._carried.get(like)
            if made is None:
                made = carried(port)
                if like is not None:
                    self._carried[like] = made
            texts.append(made)
        return f"[{','.join(texts)}]"

    def parameter(self, like: Hashable, name: str, slot_: Slot, aliases: Aliases) -> str:
        """``name: type = default``, in a signature."""

        def make(own: Aliases) -> str:
            tail = "" if slot_.default is None else f" = {slot_.default}"
            room = COLUMNS - len(STEP) - width(f"{name}: {tail},")
            return f"{name}: {own.fit(slot_.type, room, name)}{tail}"

        return _once(self._parameters, like and (like, name), make, aliases)

    def field(self, like: Hashable, name: str, outer: str, slot_: Slot, aliases: Aliases) -> str:
        """A field of the class of arguments; ``outer`` is what the outside calls it."""
        return _once(self._fields, like and (like, name, outer), lambda own: field(name, outer, slot_, own), aliases)


def _once(
    known: dict[Hashable, tuple[str, Aliases]], key: Hashable, make: Callable[[Aliases], str], aliases: Aliases
) -> str:
    """What is ``known`` under the ``key``, if there is one, else made."""
    made = known.get(key)
    if made is None:
        own = Aliases()
        made = make(own), own
        if key is not None:
            known[key] = made
    text, own = made
    aliases.take(own)
    return text
