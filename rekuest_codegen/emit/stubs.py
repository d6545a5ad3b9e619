"""One node's stub, decided: every name, annotation, default and line break. A template only has to print it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from rekuest_codegen.emit.annotations import NONE, Aliases, Name, Subscript, Type
from rekuest_codegen.emit.arguments import Written
from rekuest_codegen.emit.docstrings import node_docstring, plain_docstring
from rekuest_codegen.emit.layout import COLUMNS, STEP, call, signature, spread
from rekuest_codegen.emit.members import Slot, result_fields, slot
from rekuest_codegen.emit.options import Docstrings
from rekuest_codegen.emit.ports import ports_json
from rekuest_codegen.emit.text import literal
from rekuest_codegen.emit.types import Bindings
from rekuest_codegen.ir.kinds import NodeKind
from rekuest_codegen.ir.naming import width
from rekuest_codegen.ir.records import NodeRecord, PortRecord


class Names(NamedTuple):
    """What a node's stub is called in its module."""

    function: str
    awaited: str
    arguments: str
    result: str
    constant: str


class Entry(NamedTuple):
    """A node, all its ports however deep, its place among those of the same app and key (0 is the newest), and the
    classes it uses. ``id`` names it uniquely."""

    id: str
    rank: int
    node: NodeRecord
    ports: Sequence[PortRecord]
    bindings: Bindings


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


def stub(entry: Entry, names: Names, written: Written, style: Docstrings) -> Stub:
    """Decide the stub of ``entry``, with the forms of its ports as they are ``written`` in its module."""
    node, bindings, aliases = entry.node, entry.bindings, written.aliases
    used = frozenset(bindings.classes.values())
    parameters, inner = written.names(tuple([port.key for port in node.args]), used)
    likes, back = (written.likenesses(ports, bindings) for ports in (node.args, node.returns))
    slots = [written.slot(port, like, bindings) for port, like in zip(node.args, likes, strict=True)]
    checked = slots
    if None in likes and any(port.validators for port in entry.ports):
        checked = [slot(port, bindings.bound, written.table.member, constrained=True) for port in node.args]
    classes, count = bindings.classes, len(aliases.definitions)
    fields = [
        written.field(like, inner[key], name, slot_)
        for (key, name), like, slot_ in zip(parameters.items(), likes, checked, strict=True)
    ]
    given = [written.type(port, like, bindings) for port, like in zip(node.returns, back, strict=True)]
    gives, result, results = _given(node, names, given, used, aliases)
    before, count = aliases.new(count), len(aliases.definitions)
    heads = _heads(node, names, _parameters(list(parameters.values()), likes, slots, written), gives, aliases)
    room = COLUMNS - width(f"{names.constant}: _rt.Remote[] = _rt.remote(")
    gives_text = aliases.fit(gives, room, "gives")
    bodies = _bodies(node, names, parameters)
    shown = frozenset(
        port.key for port, slot_ in zip(node.args, slots, strict=True) if slot_.default not in (None, "None")
    )
    return Stub(
        node=node,
        names=names,
        hash=node.hash or _definition_hash(node),
        awaited="" if names.awaited == f"a{node.key}" else names.awaited,
        before=before,
        arguments=ClassText(names.arguments, plain_docstring(f"Arguments of `{names.function}`."), fields),
        result=result,
        between=aliases.new(count),
        gives=gives_text,
        ports=ports_json(written.carried(node.args, likes), written.carried(node.returns, back), parameters),
        types=spread("types={", [f"{literal(key)}: {classes[key]}" for key in sorted(classes)], "},", STEP),
        sync_head=heads[0],
        sync_body=bodies[0],
        async_head=heads[1],
        async_body=bodies[1],
        docstring=node_docstring(node, parameters, shown, results, list(map(str, given)), style),
        parameters=list(parameters.values()),
        used=used,
    )


def _definition_hash(node: NodeRecord) -> str:
    from rekuest_codegen.ir import definition_hash, read_node  # seldom needed, and needs pydantic

    return definition_hash(read_node(node.definition))


def _given(
    node: NodeRecord, names: Names, types: Sequence[Type], used: frozenset[str], aliases: Aliases
) -> tuple[Type, ClassText | None, dict[str, str]]:
    """What a call gives back: its type, the class for several values, and the names of those."""
    if not node.returns:
        return NONE, None, {}
    if len(node.returns) == 1:
        return types[0], None, {}
    results, fields = result_fields(node.returns, types, used, aliases)
    aliases.modules.add("_t")
    said = plain_docstring(f"What `{names.function}` gives back.")
    return Name(names.result), ClassText(names.result, said, fields), results


def _parameters(names: Sequence[str], likes: Sequence[Hashable], slots: Sequence[Slot], written: Written) -> list[str]:
    texts: list[str] = []
    optional = keyword_only = False
    for name, like, slot_ in zip(names, likes, slots, strict=True):
        if slot_.default is None and optional and not keyword_only:
            keyword_only = True
            texts.append("*")
        optional = optional or slot_.default is not None
        texts.append(written.parameter(like, name, slot_))
    return texts


def _heads(node: NodeRecord, names: Names, parameters: Sequence[str], gives: Type, aliases: Aliases) -> tuple[str, str]:
    """The ``def`` lines of the sync and the async form."""
    streams = node.kind is NodeKind.GENERATOR
    sync_gives = Subscript("_abc.Iterator", (gives,)) if streams else gives
    async_gives = Subscript("_abc.AsyncIterator", (gives,)) if streams else gives
    sync_def, async_def = f"def {names.function}", f"{'' if streams else 'async '}def {names.awaited}"
    # What comes after the arrow is never broken, so it has to fit behind the shortest thing that can precede it.
    used = [f"{head}() -> :" if not parameters else ") -> :" for head in (sync_def, async_def)]
    returns = [
        aliases.fit(type_, COLUMNS - width(around), "gives")
        for type_, around in zip((sync_gives, async_gives), used, strict=True)
    ]
    return signature(sync_def, parameters, returns[0]), signature(async_def, parameters, returns[1])


def _bodies(node: NodeRecord, names: Names, parameters: Mapping[str, str]) -> tuple[str, str]:
    """The one statement of the sync and the async form."""
    if node.kind is NodeKind.GENERATOR:
        openings = "return _rt.stream(", "return _rt.astream("
    elif node.returns:
        openings = "return _rt.call(", "return await _rt.acall("
    else:
        openings = "_rt.call(", "await _rt.acall("
    entries = [f"{literal(name)}: {name}" for name in parameters.values()]
    return call(openings[0], names.constant, entries), call(openings[1], names.constant, entries)
