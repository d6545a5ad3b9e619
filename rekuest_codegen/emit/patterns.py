"""What the stubs of all nodes of one outline have in common: everything but names, what is said, and line breaks.

It is made once for a package, of ports in the forms of `arguments`, with the aliases it needs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from rekuest_codegen.emit.annotations import NONE, Aliases, Type
from rekuest_codegen.emit.arguments import Written
from rekuest_codegen.emit.docstrings import Spoken, spoken_argument, spoken_return
from rekuest_codegen.emit.layout import STEP, spread
from rekuest_codegen.emit.members import Slot, result_fields, slot
from rekuest_codegen.emit.ports import ports_json, walk
from rekuest_codegen.emit.text import literal
from rekuest_codegen.emit.types import TypeTable
from rekuest_codegen.ir.records import Outline, PortRecord


class Pattern(NamedTuple):
    """What stubs share. ``inside`` are aliases that their classes need, ``outside`` those of their signatures.

    ``gives`` is None where several values are given back: then it is a class of the node's own, of the fields
    ``results``.
    """

    used: frozenset[str]
    names: Sequence[str]
    fields: Sequence[str]
    results: Sequence[str]
    inside: Aliases
    parameters: Sequence[str]
    outside: Aliases
    gives: Type | None
    entries: Sequence[str]
    ports: str
    types: str
    arguments: Sequence[Spoken]
    returns: Sequence[Spoken]
    given: Sequence[str]


class Patterns:
    """The patterns of a package whose classes are in ``table``."""

    def __init__(self, table: TypeTable) -> None:
        self._table = table
        self._written = Written(table)
        self._made: dict[Outline, Pattern] = {}

    def of(self, outline: Outline) -> Pattern:
        """The pattern of nodes with this outline."""
        made = self._made.get(outline)
        if made is None:
            made = self._made[outline] = self._make(outline)
        return made

    def _make(self, outline: Outline) -> Pattern:
        written, bindings = self._written, self._table.bindings(outline)
        args, returns = outline.args, outline.returns
        used = frozenset(bindings.classes.values())
        names, inner = written.names(tuple([port.key for port in args]), used)
        likes, back = (written.likenesses(ports, bindings) for ports in (args, returns))
        slots = [written.slot(port, like, bindings) for port, like in zip(args, likes, strict=True)]
        checked = slots
        if None in likes and any(port.validators for port in outline.ports):
            checked = [slot(port, bindings.bound, self._table.member, constrained=True) for port in args]
        inside, outside = Aliases(), Aliases()
        fields = [
            written.field(like, inner[key], name, slot_, inside)
            for (key, name), like, slot_ in zip(names.items(), likes, checked, strict=True)
        ]
        given = [written.type(port, like, bindings) for port, like in zip(returns, back, strict=True)]
        gives: Type | None = given[0] if given else NONE
        called: dict[str, str] = {}
        results: list[str] = []
        if len(given) > 1:
            gives = None
            called, results = result_fields(returns, given, used, inside)
            inside.modules.add("_t")
        shown = {port.key for port, slot_ in zip(args, slots, strict=True) if slot_.default not in (None, "None")}
        places = list(_places((*args, *returns)))
        classes = bindings.classes
        return Pattern(
            used=used,
            names=list(names.values()),
            fields=fields,
            results=results,
            inside=inside,
            parameters=_parameters(list(names.values()), likes, slots, written, outside),
            outside=outside,
            gives=gives,
            entries=[f"{literal(name)}: {name}" for name in names.values()],
            ports=ports_json(written.carried(args, likes), written.carried(returns, back), names),
            types=spread("types={", [f"{literal(key)}: {classes[key]}" for key in sorted(classes)], "},", STEP),
            arguments=[
                spoken_argument(port, place, names[port.key], port.key in shown)
                for port, place in zip(args, places, strict=False)
            ],
            returns=[
                spoken_return(port, place, called.get(port.key, ""))
                for port, place in zip(returns, places[len(args) :], strict=True)
            ],
            given=list(map(str, given)),
        )


def _parameters(
    names: Sequence[str], likes: Sequence[Hashable], slots: Sequence[Slot], written: Written, aliases: Aliases
) -> list[str]:
    texts: list[str] = []
    optional = keyword_only = False
    for name, like, slot_ in zip(names, likes, slots, strict=True):
        if slot_.default is None and optional and not keyword_only:
            keyword_only = True
            texts.append("*")
        optional = optional or slot_.default is not None
        texts.append(written.parameter(like, name, slot_, aliases))
    return texts


def _places(ports: Sequence[PortRecord]) -> Iterator[int]:
    """Where each stands in `Outline.ports`, which has what is inside it after it."""
    place = 0
    for port in ports:
        yield place
        place += len(walk((port,)))
