"""The classes of a package: models, enums and references, each once, whichever nodes use it.

An identifier says which class a value belongs to, but nobody makes sure that two providers mean the same by one. So
a class is known by its identifier *and* its shape; two shapes make two classes. Within one node the wire form allows
an identifier to mean one class only: where a node uses two shapes of one, neither is bound there, and the values stay
dictionaries, literals or plain references.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from rekuest_codegen.emit.annotations import Bound, literal_value
from rekuest_codegen.emit.options import Enums
from rekuest_codegen.emit.ports import carried, distinct_choices, likeness, shape, walk
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.naming import BUILTINS, CLASS, KEYWORDS, MEMBER, assign, digest, last_segment
from rekuest_codegen.ir.records import NodeRecord, Outline, PortRecord
from rekuest_codegen.project.stored import BOUND

_REFERENCES = frozenset({PortKind.STRUCTURE, PortKind.MEMORY_STRUCTURE})
_MAPPED = frozenset({*_REFERENCES, PortKind.INTERFACE, PortKind.ENUM, PortKind.MODEL})
_COMPOUND = frozenset({PortKind.MODEL, PortKind.LIST, PortKind.DICT, PortKind.UNION})
_ENUM_WORDS = frozenset({"mro", "name", "value"})


class UserClass(NamedTuple):
    """A class of the user's own: ``from module import name``."""

    module: str
    name: str


class SharedType(NamedTuple):
    """One class: what it is bound to, a port that shows its shape, and what it is called.

    ``depth`` is how many models deep it reaches: what a class is made of comes before it. ``members`` are those of an
    enum of ours, value by name; what a user's own calls its members is not known.
    """

    id: str
    port: PortRecord
    name: str
    user: UserClass | None
    depth: int
    members: Mapping[str, Any]


class Bindings(NamedTuple):
    """The classes of the nodes of one outline: by port, and by the identifier that values travel under.

    ``usual`` unless a port is bound to no class here whose likes are bound to one elsewhere.
    """

    bound: Bound
    classes: Mapping[str, str]
    usual: bool


def _unbound(port: PortRecord) -> str | None:
    return None


_NO_CLASSES = Bindings(_unbound, {}, usual=True)


class TypeTable:
    """All classes of a package, and which of them each port is bound to."""

    def __init__(self, structures: Mapping[str, UserClass], enums: Enums) -> None:
        self.types: dict[str, SharedType] = {}
        self._structures = structures
        self._enums: Enums = enums
        self._ids: dict[int, str | None] = {}
        self._likes: dict[int, Hashable] = {}
        self._alike: dict[Hashable, str | None] = {}
        self._bindings: dict[Outline, Bindings] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """What the classes are called, once all are there."""
        return frozenset(shared.name for shared in self.types.values())

    def bindings(self, outline: Outline) -> Bindings:
        """The classes of a node, once all are there."""
        made = self._bindings.get(outline)
        if made is None:
            made = self._bindings[outline] = self._bound_in([port for port in outline.ports if port.identifier])
        return made

    def shared(self, port: PortRecord) -> SharedType | None:
        """The class that ``port`` is bound to, wherever nothing keeps it from being bound."""
        id_ = self.id(port)
        return None if id_ is None else self.types[id_]

    def bound_anywhere(self, port: PortRecord) -> str | None:
        """Which class a port inside a shared class is bound to."""
        shared = self.shared(port)
        return None if shared is None else shared.name

    def member(self, port: PortRecord, value: Any) -> str | None:
        """Source for a member of the enum that ``port`` is bound to, where we know what it is called."""
        shared = self.shared(port)
        name = next((name for name, known in shared.members.items() if known == value), None) if shared else None
        return None if shared is None or name is None else f"{shared.name}.{name}"

    def id(self, port: PortRecord) -> str | None:
        """The identity of the class ``port`` is bound to, if any. Ports live as long as the table."""
        if port.identifier is None:
            return None
        place = id(port)
        if place not in self._ids:
            like = self.like(port)
            if like is None or like not in self._alike:
                self._alike[like] = type_id(port, self._structures, self._enums)
            self._ids[place] = self._alike[like]
        return self._ids[place]

    def like(self, port: PortRecord) -> Hashable:
        """The `likeness` of a port, which is asked for again and again of those that have an identifier."""
        if port.identifier is None:
            return likeness(port)
        place = id(port)
        if place not in self._likes:
            self._likes[place] = likeness(port)
        return self._likes[place]

    def _bound_in(self, identified: Sequence[PortRecord]) -> Bindings:
        if not identified:
            return _NO_CLASSES
        ambiguous = _ambiguous(identified, self.id)
        bound = self._bound_but(ambiguous)
        classes = {port.identifier or "": name for port in identified if (name := bound(port))}
        return Bindings(bound, classes, usual=not ambiguous)

    def _bound_but(self, ambiguous: frozenset[str]) -> Bound:
        if not ambiguous:
            return self.bound_anywhere

        def bound(port: PortRecord) -> str | None:
            if any(inner.identifier in ambiguous for inner in walk((port,))):
                return None
            return self.bound_anywhere(port)

        return bound


def _ambiguous(ports: Sequence[PortRecord], id_: Callable[[PortRecord], str | None]) -> frozenset[str]:
    """Identifiers that mean more than one class among ``ports``."""
    if len({port.identifier for port in ports}) == len(ports):
        return frozenset()
    meanings: dict[str | None, set[str | None]] = {}
    for port in ports:
        if port.kind is not PortKind.INTERFACE:
            meanings.setdefault(port.identifier, set()).add(id_(port))
    return frozenset(identifier for identifier, ids in meanings.items() if identifier and len(ids) > 1)


def collect(used: Iterable[tuple[int, NodeRecord]], structures: Mapping[str, str], enums: Enums) -> TypeTable:
    """Find and name every class that is ``used``: by nodes, each of a rank.

    The classes of nodes of lower rank are named first.
    """
    users = {identifier: read_user_class(identifier, spec) for identifier, spec in {**BOUND, **structures}.items()}
    table = TypeTable(users, enums)
    shown: dict[str, tuple[tuple[Any, ...], PortRecord, str | None]] = {}
    bound: dict[Outline, list[tuple[int, PortRecord, str]]] = {}
    seen: set[tuple[int, int, str | None]] = set()
    for rank, node in used:
        outline = node.outline
        if outline not in bound:
            bound[outline] = [
                (place, port, id_)
                for place, port in enumerate(outline.ports)
                if port.identifier is not None and (id_ := table.id(port)) is not None
            ]
        for place, port, id_ in bound[outline]:
            description = node.said[place]
            if (mark := (id(port), rank, description)) in seen:
                continue
            seen.add(mark)
            said = (rank, *_fullness(port, description or ""))
            if id_ not in shown or said < shown[id_][0]:
                shown[id_] = said, port, description
    names = assign(
        {id_: _wishes(port, users.get(port.identifier or "")) for id_, (_, port, _) in shown.items()},
        style=CLASS,
        reserved=KEYWORDS | BUILTINS,
        rank={id_: said[0] for id_, (said, _, _) in shown.items()},
    )
    for id_, (_, port, description) in shown.items():
        user = users.get(port.identifier or "")
        members = enum_names(port) if port.kind is PortKind.ENUM and user is None else {}
        described = port._replace(description=description)
        table.types[id_] = SharedType(id_, described, names[id_], user, _depth(port), members)
    return table


def _fullness(port: PortRecord, description: str) -> tuple[Any, ...]:
    """Sorts uses of one class: they differ in what they say, and the order of listing has no say.

    First the one with most defaults, then one that is described, then by what is written down of it.
    """
    if not port.children and not port.choices:
        return 0, not description, description
    defaults = sum(inner.default is not None for inner in walk(port.children))
    return -defaults, not description, description, carried(port._replace(key="", default=None, nullable=False))


def enum_names(port: PortRecord) -> dict[str, Any]:
    """The members of an enum: value by name, in the provider's order."""
    values = {f"{type(value).__name__} {value}": value for value in distinct_choices(port)}
    names = assign({id_: [str(value)] for id_, value in values.items()}, style=MEMBER, reserved=KEYWORDS | _ENUM_WORDS)
    return {names[id_]: value for id_, value in values.items()}


def type_id(port: PortRecord, users: Mapping[str, UserClass], enums: Enums) -> str | None:
    """The identity of the class a port is bound to, or None when its values need no class."""
    identifier = port.identifier
    if identifier is None:
        return None
    if identifier in users and port.kind in _MAPPED:
        return f"USER {identifier}"
    if port.kind in _REFERENCES:
        return f"{port.kind.value} {identifier}"
    if port.kind is PortKind.MODEL:
        return f"MODEL {identifier} {digest(shape(port), 16)}"
    if port.kind is PortKind.ENUM and not is_literal(port, enums):
        return f"ENUM {identifier} {digest(shape(port), 16)}"
    return None


def is_literal(port: PortRecord, enums: Enums) -> bool:
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


def _wishes(port: PortRecord, user: UserClass | None) -> list[str]:
    identifier = port.identifier or ""
    said = [last_segment(identifier), identifier]
    return [user.name, *said] if user is not None else said


def _depth(port: PortRecord) -> int:
    if port.kind not in _COMPOUND:
        return 0
    return 1 + max((_depth(child) for child in port.children), default=0)
