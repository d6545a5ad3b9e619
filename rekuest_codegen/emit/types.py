"""The classes of a package: models, enums and references, each once, whichever nodes use it.

An identifier says which class a value belongs to, but nobody makes sure that two providers mean the same by one. So
a class is known by its identifier *and* its shape; two shapes make two classes. Within one node the wire form allows
an identifier to mean one class only: where a node uses two shapes of one, neither is bound there, and the values stay
dictionaries, literals or plain references.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rekuest_codegen.emit.annotations import Bound, literal_value
from rekuest_codegen.emit.options import Enums
from rekuest_codegen.emit.ports import distinct_choices, shape, walk
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.ir import Node, Port, PortKind, canonical_json
from rekuest_codegen.ir.naming import BUILTINS, CLASS, KEYWORDS, assign, digest, last_segment

_REFERENCES = frozenset({PortKind.STRUCTURE, PortKind.MEMORY_STRUCTURE})


@dataclass(frozen=True, slots=True)
class UserClass:
    """A class of the user's own: ``from module import name``."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class SharedType:
    """One class: what it is bound to, a port that shows its shape, and what it is called."""

    id: str
    port: Port
    name: str
    user: UserClass | None
    depth: int
    """How many models deep it reaches: what a class is made of comes before it."""


@dataclass(frozen=True, slots=True)
class TypeTable:
    """All classes of a package, and which of them each port is bound to."""

    types: Mapping[str, SharedType]
    structures: Mapping[str, UserClass]
    enums: Enums
    _ids: dict[int, tuple[Port, str | None]] = field(default_factory=dict[int, tuple[Port, str | None]])

    def bound(self, node: Node) -> Bound:
        """Which class a port of ``node`` is bound to."""
        unbound = self._unbound(node)

        def name(port: Port) -> str | None:
            id_ = self.id(port)
            if id_ is None or (unbound and _mentions(port, unbound)):
                return None
            return self.types[id_].name

        return name

    def shared(self, port: Port) -> SharedType | None:
        """The class that ``port`` is bound to, wherever nothing keeps it from being bound."""
        id_ = self.id(port)
        return None if id_ is None else self.types[id_]

    def names(self, node: Node) -> set[str]:
        """The names of the classes that ``node`` uses."""
        bound = self.bound(node)
        return {name for port in walk((*node.args, *node.returns)) if (name := bound(port)) is not None}

    def bound_anywhere(self, port: Port) -> str | None:
        """Which class a port inside a shared class is bound to."""
        shared = self.shared(port)
        return None if shared is None else shared.name

    def id(self, port: Port) -> str | None:
        """The identity of the class ``port`` is bound to, if any."""
        known = self._ids.get(id(port))
        if known is None:
            # The port is kept beside the answer, so that its address is not given to another one.
            known = self._ids[id(port)] = (port, type_id(port, self.structures, self.enums))
        return known[1]

    def _unbound(self, node: Node) -> frozenset[str]:
        meanings: dict[str, set[str | None]] = {}
        for port in walk((*node.args, *node.returns)):
            if port.identifier and port.kind is not PortKind.INTERFACE:
                meanings.setdefault(port.identifier, set()).add(self.id(port))
        return frozenset(identifier for identifier, ids in meanings.items() if len(ids) > 1)


def collect(ranked: Sequence[tuple[int, Node]], structures: Mapping[str, str], enums: Enums) -> TypeTable:
    """Find and name every class that ``ranked`` nodes use; the classes of nodes of lower rank are named first."""
    users = {identifier: read_user_class(identifier, spec) for identifier, spec in structures.items()}
    table = TypeTable({}, users, enums)  # unnamed as yet: knows identities only
    ports: dict[str, tuple[int, int, str, Port]] = {}
    for rank, node in ranked:
        for port in walk((*node.args, *node.returns)):
            id_ = table.id(port)
            if id_ is None:
                continue
            known = ports.get(id_)
            if known is not None and known[0] < rank:
                continue
            # Uses differ in what they say. The one with most defaults, then the least text, so that the order of
            # listing has no say.
            defaults = sum(inner.default is not None for inner in walk(port.children))
            said = canonical_json(port.model_dump(mode="json", exclude={"key", "label", "default", "nullable"}))
            if known is None or (rank, -defaults, said) < known[:3]:
                ports[id_] = (rank, -defaults, said, port)
    names = assign(
        {id_: _wishes(port, users.get(port.identifier or "")) for id_, (_, _, _, port) in ports.items()},
        style=CLASS,
        reserved=KEYWORDS | BUILTINS,
        rank={id_: rank for id_, (rank, _, _, _) in ports.items()},
    )
    types = {
        id_: SharedType(id_, port, names[id_], users.get(port.identifier or ""), _depth(port))
        for id_, (_, _, _, port) in ports.items()
    }
    return dataclasses.replace(table, types=types)


def type_id(port: Port, users: Mapping[str, UserClass], enums: Enums) -> str | None:
    """The identity of the class a port is bound to, or None when its values need no class."""
    identifier = port.identifier
    if identifier is None:
        return None
    if identifier in users and port.kind in (*_REFERENCES, PortKind.INTERFACE, PortKind.ENUM, PortKind.MODEL):
        return f"USER {identifier}"
    if port.kind in _REFERENCES:
        return f"{port.kind.value} {identifier}"
    if port.kind is PortKind.MODEL:
        return f"MODEL {identifier} {digest(shape(port), 16)}"
    if port.kind is PortKind.ENUM and not is_literal(port, enums):
        return f"ENUM {identifier} {digest(shape(port), 16)}"
    return None


def is_literal(port: Port, enums: Enums) -> bool:
    """Whether an ENUM is to be written as a ``Literal``: it was one where it comes from, or it cannot be a class."""
    identifier = port.identifier or ""
    if not identifier or enums == "literal":
        return True
    if enums == "auto" and identifier.startswith(("@literal/", "literal.")):
        return True
    return any(literal_value(value) is None or isinstance(value, bool) for value in distinct_choices(port))


def read_user_class(identifier: str, spec: str) -> UserClass:
    """``"pkg.module:Class"``, taken apart.

    Raises:
        ConfigurationError: it is none.
    """
    module, _, name = spec.partition(":")
    parts = [*module.split("."), name]
    if not all(part.isidentifier() and part.isascii() and part not in KEYWORDS for part in parts):
        problem = (
            f"structure {identifier!r} is mapped to {spec!r}, which is no class; write it as 'package.module:Class'"
        )
        raise ConfigurationError(problem)
    return UserClass(module, name)


def _wishes(port: Port, user: UserClass | None) -> list[str]:
    identifier = port.identifier or ""
    said = [last_segment(identifier), identifier]
    return [user.name, *said] if user is not None else said


def _depth(port: Port) -> int:
    if port.kind not in (PortKind.MODEL, PortKind.LIST, PortKind.DICT, PortKind.UNION):
        return 0
    return 1 + max((_depth(child) for child in port.children), default=0)


def _mentions(port: Port, identifiers: frozenset[str]) -> bool:
    return any(inner.identifier in identifiers for inner in walk((port,)))
