"""What goes into which file: one module an app, split into parts where there is too much for one.

A part is chosen by a hash of the name, so that one node more moves no others, and the number of parts is a power of
two, so that it seldom changes. Classes go to parts by what they are made of, so that parts import in one direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rekuest_codegen.emit.annotations import Aliases, names_in
from rekuest_codegen.emit.docstrings import plain_docstring
from rekuest_codegen.emit.isort import from_import, reexports
from rekuest_codegen.emit.layout import spread
from rekuest_codegen.emit.members import Slot, enum_members, model_fields, slot
from rekuest_codegen.emit.options import Docstrings, EmitOptions
from rekuest_codegen.emit.patterns import Patterns
from rekuest_codegen.emit.stubs import ClassText, Entry, Names, Stub, stub
from rekuest_codegen.emit.text import literal
from rekuest_codegen.emit.types import SharedType, TypeTable, UserClass
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.naming import digest

TYPES = "types"
"""The module of the classes; no app is called that."""
USING = "using"
"""The function of the package that says which server its calls go to; no app is called that either."""
FLAT = "nodes"
"""The module of all nodes, where apps have none of their own."""

_AMBIGUOUS = frozenset({"I", "O", "l"})
_AMBIGUOUS_FIELDS = tuple(f"{name}{end}" for name in sorted(_AMBIGUOUS) for end in (":", " "))

_BASES: Mapping[PortKind, str] = {
    PortKind.MODEL: "_rt.Model",
    PortKind.ENUM: "_rt.Choices",
    PortKind.STRUCTURE: "_rt.Reference",
    PortKind.MEMORY_STRUCTURE: "_rt.MemoryReference",
}


class StubModule(NamedTuple):
    """A file of stubs. ``ambiguous``: a name in it is a letter that looks like another, which ruff would report."""

    path: str
    ambiguous: bool
    docstring: Sequence[str]
    imports: Sequence[str]
    shared: str
    exports: str
    stubs: Sequence[Stub]


class ClassDefinition(NamedTuple):
    """One shared class, ready to be printed; ``before`` are the aliases its fields need."""

    header: str
    before: Sequence[str]
    text: ClassText


class TypeModule(NamedTuple):
    """A file of shared classes. ``users`` are imports of the user's own; ``ambiguous`` as in `StubModule`."""

    path: str
    ambiguous: bool
    docstring: Sequence[str]
    imports: Sequence[str]
    shared: Sequence[str]
    users: Sequence[str]
    exports: str
    classes: Sequence[ClassDefinition]


class LazyPackage(NamedTuple):
    """An ``__init__`` that finds its names where ``parts`` says, and the stub file that shows them to type checkers."""

    path: str
    docstring: Sequence[str]
    parts: Mapping[str, Sequence[str]]

    @property
    def places(self) -> str:
        return spread("_PLACES = {", [f'"{name}": "{part}"' for name, part in self._places()], "}")

    @property
    def exports(self) -> str:
        return exports([name for name, _ in self._places()])

    @property
    def imports(self) -> list[str]:
        return [line for part in sorted(self.parts) for line in reexports(part, self.parts[part])]

    def _places(self) -> list[tuple[str, str]]:
        return sorted((name, part) for part, names in self.parts.items() for name in names)


def exports(names: Sequence[str]) -> str:
    """``__all__``, sorted."""
    if not names:
        return "__all__: list[str] = []"
    return spread("__all__ = [", [f'"{name}"' for name in sorted(names)], "]")


def stub_modules(
    module: str, about: str, named: Sequence[tuple[Entry, Names]], patterns: Patterns, options: EmitOptions
) -> tuple[list[StubModule], LazyPackage | None]:
    """The files of the nodes that share a module."""
    ordered = sorted(named, key=lambda pair: pair[1].function)
    style = options.docstrings
    if len(ordered) <= options.module_size:
        return [_stub_module(f"{module}.py", about, f".{TYPES}", ordered, patterns, style)], None
    count = 1
    while count * options.module_size < 2 * len(ordered):
        count *= 2
    parts: dict[str, list[tuple[Entry, Names]]] = {}
    for pair in ordered:
        parts.setdefault(f"_part{int(digest(pair[1].function, 8), 16) % count:03d}", []).append(pair)
    types = f"..{TYPES}"
    modules = [
        _stub_module(f"{module}/{part}.py", about, types, parts[part], patterns, style, part=True)
        for part in sorted(parts)
    ]
    places = {f".{part}": _public(made) for part, made in zip(sorted(parts), modules, strict=True)}
    places[types] = sorted({name for made in modules for made_stub in made.stubs for name in made_stub.used})
    return modules, LazyPackage(module, plain_docstring(about), places)


def type_modules(table: TypeTable, size: int) -> tuple[list[TypeModule], LazyPackage | None]:
    """The files of the shared classes; none when there are no classes."""
    ordered = sorted(table.types.values(), key=lambda shared: (shared.depth, shared.name))
    about = "Classes that the nodes of this package take and give."
    if not ordered:
        return [], None
    if len(ordered) <= size:
        return [_type_module(f"{TYPES}.py", about, ordered, table, {})], None
    # In order of depth, so that a part is made of earlier parts only.
    half = max(size // 2, 1)
    chunks = [ordered[start : start + half] for start in range(0, len(ordered), half)]
    places = {shared.name: f"_part{number:03d}" for number, chunk in enumerate(chunks) for shared in chunk}
    modules = [
        _type_module(f"{TYPES}/_part{number:03d}.py", about, chunk, table, places)
        for number, chunk in enumerate(chunks)
    ]
    own = {f"._part{number:03d}": [shared.name for shared in chunk] for number, chunk in enumerate(chunks)}
    return modules, LazyPackage(TYPES, plain_docstring(about), own)


def _public(module: StubModule) -> list[str]:
    return [name for made in module.stubs for name in made.public]


def _stub_module(
    path: str,
    about: str,
    types: str,
    named: Sequence[tuple[Entry, Names]],
    patterns: Patterns,
    style: Docstrings,
    *,
    part: bool = False,
) -> StubModule:
    aliases = Aliases()
    stubs = [stub(entry, names, patterns.of(entry.node.outline), aliases, style) for entry, names in named]
    used = sorted({name for made in stubs for name in made.used})
    public = [name for made in stubs for name in made.public]
    names = {name for made in stubs for name in (*made.public, *made.parameters)}
    classes = [text for made in stubs for text in (made.arguments, made.result) if text is not None]
    return StubModule(
        path=path,
        ambiguous=not _AMBIGUOUS.isdisjoint(names) or any(map(_is_ambiguous, classes)),
        docstring=plain_docstring(about),
        imports=_standard(aliases),
        shared=from_import(types, used) if used else "",
        exports=exports(public if part else [*public, *used]),
        stubs=stubs,
    )


def _type_module(
    path: str, about: str, chunk: Sequence[SharedType], table: TypeTable, places: Mapping[str, str]
) -> TypeModule:
    aliases = Aliases()
    own = [shared for shared in chunk if shared.user is None]
    names = {shared.name for shared in chunk}
    elsewhere: dict[str, set[str]] = {}
    for shared in own:
        for name in _parts(_slots(shared, table), table) - names:
            elsewhere.setdefault(places[name], set()).add(name)
    classes = [_definition(shared, table, aliases) for shared in own]
    return TypeModule(
        path=path,
        ambiguous=any(_is_ambiguous(definition.text) for definition in classes),
        docstring=plain_docstring(about),
        classes=classes,
        imports=_standard(aliases),
        shared=[from_import(f".{part}", elsewhere[part]) for part in sorted(elsewhere)],
        users=[_user_import(shared.user, shared.name) for shared in chunk if shared.user is not None],
        exports=exports(sorted(names)),
    )


def _definition(shared: SharedType, table: TypeTable, aliases: Aliases) -> ClassDefinition:
    port = shared.port
    count = len(aliases.definitions)
    bases, fields = [_BASES[port.kind]], list[str]()
    if port.kind is PortKind.MODEL:
        slots = _slots(shared, table)
        keys = {child.key: child.key for child in port.children}
        fields = model_fields(port.children, keys, slots, _parts(slots, table), aliases)
    elif port.kind is PortKind.ENUM:
        fields = enum_members(shared.members)
    else:
        bases.append(f"identifier={literal(port.identifier or '')}")
    said = (port.description or "").strip() or f"{port.kind.value} {port.identifier}"
    header = spread(f"class {shared.name}(", bases, "):")
    return ClassDefinition(header, aliases.new(count), ClassText(shared.name, plain_docstring(said), fields))


def _is_ambiguous(text: ClassText) -> bool:
    return text.name in _AMBIGUOUS or any(field.startswith(_AMBIGUOUS_FIELDS) for field in text.fields)


def _slots(shared: SharedType, table: TypeTable) -> dict[str, Slot]:
    ports = shared.port.children if shared.port.kind is PortKind.MODEL else ()
    return {port.key: slot(port, table.bound_anywhere, table.member) for port in ports}


def _parts(slots: Mapping[str, Slot], table: TypeTable) -> set[str]:
    """The names of the classes that a class with these fields is made of."""
    texts = {text for slot_ in slots.values() for text in names_in(slot_.type)}
    texts |= {slot_.default.split(".")[0] for slot_ in slots.values() if slot_.default is not None}
    return texts & table.names


def _user_import(user: UserClass, name: str) -> str:
    renamed = "" if user.name == name else f" as {name}"
    return f"from {user.module} import {user.name}{renamed}"


def _standard(aliases: Aliases) -> list[str]:
    lines = {"_abc": "import collections.abc as _abc", "_dt": "import datetime as _dt", "_t": "import typing as _t"}
    return [line for name, line in lines.items() if name in aliases.modules]
