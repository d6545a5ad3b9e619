"""One node's stub, decided: every name, annotation, default and line break. A template only has to print it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rekuest_codegen.emit.annotations import NONE, Aliases, Name, Subscript, Type
from rekuest_codegen.emit.docstrings import node_docstring, plain_docstring
from rekuest_codegen.emit.layout import COLUMNS, call, signature
from rekuest_codegen.emit.options import Docstrings
from rekuest_codegen.emit.patterns import Pattern
from rekuest_codegen.ir.kinds import NodeKind
from rekuest_codegen.ir.naming import width
from rekuest_codegen.ir.records import NodeRecord


class Names(NamedTuple):
    """What a node's stub is called in its module."""

    function: str
    awaited: str
    arguments: str
    result: str
    constant: str


class Entry(NamedTuple):
    """A node, and its place among those of the same app and key (0 is the newest). ``id`` names it uniquely."""

    id: str
    rank: int
    node: NodeRecord


class ClassText(NamedTuple):
    """A class as text: its header's name, docstring and body lines."""

    name: str
    docstring: Sequence[str]
    fields: Sequence[str]


class Stub(NamedTuple):
    """Everything a template prints of one node.

    ``awaited`` is the name of the async form, where the runtime would not guess it from the key. ``before`` are
    aliases its classes need, ``between`` those that may need its classes.
    """

    node: NodeRecord
    names: Names
    hash: str
    awaited: str
    before: Sequence[str]
    arguments: ClassText
    result: ClassText | None
    between: Sequence[str]
    gives: str
    ports: str
    types: str
    sync_head: str
    sync_body: str
    async_head: str
    async_body: str
    docstring: Sequence[str]
    parameters: Sequence[str]
    used: frozenset[str]

    @property
    def public(self) -> list[str]:
        """The names a user may import."""
        names = [self.names.function, self.names.awaited, self.names.arguments]
        return names if self.result is None else [*names, self.result.name]


def stub(entry: Entry, names: Names, pattern: Pattern, aliases: Aliases, style: Docstrings) -> Stub:
    """Decide the stub of ``entry``, which is of this ``pattern``, in a module with these ``aliases``."""
    node = entry.node
    result: ClassText | None = None
    gives = pattern.gives
    before = aliases.take(pattern.inside)
    if gives is None:
        gives = Name(names.result)
        result = ClassText(names.result, plain_docstring(f"What `{names.function}` gives back."), pattern.results)
    between, count = aliases.take(pattern.outside), len(aliases.definitions)
    sync_head, async_head = _heads(node, names, pattern.parameters, gives, aliases)
    room = COLUMNS - width(f"{names.constant}: _rt.Remote[] = _rt.remote(")
    gives_text = aliases.fit(gives, room, "gives")
    sync_body, async_body = _bodies(node, names, pattern.entries)
    return Stub(
        node=node,
        names=names,
        hash=node.hash or _definition_hash(node),
        awaited="" if names.awaited == f"a{node.key}" else names.awaited,
        before=before,
        arguments=ClassText(names.arguments, plain_docstring(f"Arguments of `{names.function}`."), pattern.fields),
        result=result,
        between=between + aliases.new(count),
        gives=gives_text,
        ports=pattern.ports,
        types=pattern.types,
        sync_head=sync_head,
        sync_body=sync_body,
        async_head=async_head,
        async_body=async_body,
        docstring=node_docstring(node, pattern.arguments, pattern.returns, pattern.given, style),
        parameters=pattern.names,
        used=pattern.used,
    )


def _definition_hash(node: NodeRecord) -> str:
    from rekuest_codegen.ir import definition_hash, read_node  # seldom needed, and needs pydantic

    return definition_hash(read_node(node.definition))


def _heads(node: NodeRecord, names: Names, parameters: Sequence[str], gives: Type, aliases: Aliases) -> tuple[str, str]:
    """The ``def`` lines of the sync and the async form."""
    streams = node.outline.kind is NodeKind.GENERATOR
    sync_gives = Subscript("_abc.Generator", (gives, NONE, NONE)) if streams else gives
    async_gives = Subscript("_abc.AsyncGenerator", (gives, NONE)) if streams else gives
    sync_def, async_def = f"def {names.function}", f"{'' if streams else 'async '}def {names.awaited}"
    # What comes after the arrow is never broken, so it has to fit behind the shortest thing that can precede it.
    used = [f"{head}() -> :" if not parameters else ") -> :" for head in (sync_def, async_def)]
    returns = [
        aliases.fit(type_, COLUMNS - width(around), "gives")
        for type_, around in zip((sync_gives, async_gives), used, strict=True)
    ]
    return signature(sync_def, parameters, returns[0]), signature(async_def, parameters, returns[1])


def _bodies(node: NodeRecord, names: Names, entries: Sequence[str]) -> tuple[str, str]:
    """The one statement of the sync and the async form."""
    if node.outline.kind is NodeKind.GENERATOR:
        openings = "return _rt.stream(", "return _rt.astream("
    elif node.outline.returns:
        openings = "return _rt.call(", "return await _rt.acall("
    else:
        openings = "_rt.call(", "await _rt.acall("
    return call(openings[0], names.constant, entries), call(openings[1], names.constant, entries)
