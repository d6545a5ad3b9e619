"""What a stub says about itself, in the style that was asked for, from descriptions nobody proofread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from rekuest_codegen.emit.layout import COLUMNS, STEP
from rekuest_codegen.emit.options import Docstrings
from rekuest_codegen.emit.ports import is_optional
from rekuest_codegen.emit.text import docstring_lines
from rekuest_codegen.ir.canonical import canonical_json
from rekuest_codegen.ir.kinds import NodeKind, PortKind
from rekuest_codegen.ir.naming import width
from rekuest_codegen.ir.records import NodeRecord, PortRecord

ROOM = COLUMNS - len(STEP)
"""Columns a line of a docstring has: all of them stand one step in."""

MAX_CHARACTERS = 10_000
"""Of a description that are shown."""

Entries = Sequence[tuple[str, str]]
"""Names, which may be empty, and what is said of them."""

_RAISES = (
    ("ArgumentError", "An argument does not fit; nothing was sent."),
    ("NodeError", "The node itself failed."),
)
_KINDS: Mapping[PortKind, str] = {
    PortKind.INT: "An integer.",
    PortKind.FLOAT: "A number.",
    PortKind.STRING: "Text.",
    PortKind.BOOL: "True or false.",
    PortKind.DATE: "A date and time.",
    PortKind.LIST: "A list.",
    PortKind.DICT: "A dictionary.",
    PortKind.UNION: "One of several types.",
    PortKind.ENUM: "One of several choices.",
    PortKind.QUANTITY: "A quantity.",
}


class Spoken(NamedTuple):
    """What is said of a port: the description at ``place`` among those of its node, or ``otherwise``; and ``more``."""

    name: str
    place: int
    otherwise: str
    more: str


def spoken_argument(port: PortRecord, place: int, name: str, shown: bool) -> Spoken:
    """What is said of an argument that Python calls ``name``; its default may be ``shown`` in the signature."""
    said: list[str] = []
    if port.default is not None and not shown:
        said.append(f"Left out, it is {_short(port.default)}.")
    elif port.default is None and is_optional(port):
        said.append("May be left out.")
    if port.kind is PortKind.QUANTITY and port.reference_unit:
        said.append(f"Measured in {port.reference_unit}.")
    if (span := _slider(port)) is not None:
        said.append(span)
    if name != port.key:
        said.append(f"Travels as {_short(port.key)}.")
    return Spoken(name, place, _undescribed(port), " ".join(said))


def spoken_return(port: PortRecord, place: int, name: str) -> Spoken:
    """What is said of what is given back; ``name`` is empty when that is a single value."""
    return Spoken(name, place, _undescribed(port), "")


def node_docstring(
    node: NodeRecord, arguments: Sequence[Spoken], returns: Sequence[Spoken], types: Sequence[str], style: Docstrings
) -> list[str]:
    """The docstring of a node's function.

    Args:
        node: the node.
        arguments: what to say of them.
        returns: what to say of these.
        types: the type of each return.
        style: how the sections look.
    """
    said = node.said
    streams = node.outline.kind is NodeKind.GENERATOR
    sections = _SECTIONS[style](
        [(spoken.name, _about(spoken, said[spoken.place])) for spoken in arguments],
        [(spoken.name, _about(spoken, said[spoken.place])) for spoken in returns],
        _RAISES,
        streams,
        types,
    )
    return [*_summary(node), *sections]


def plain_docstring(text: str) -> list[str]:
    """The docstring that says ``text``."""
    return docstring_lines(text, ROOM - 6)


def _summary(node: NodeRecord) -> list[str]:
    text = _cut((node.description or "").strip()) or node.name.strip() or node.key.strip() or "No description."
    # Three quotes stand before the first line and, when it is the only one, behind it.
    lines = docstring_lines(text, ROOM - 6) or ["No description."]
    # A summary stands alone: what follows it without a break is another paragraph.
    return [lines[0], "", *lines[1:]] if len(lines) > 1 and lines[1] and lines[0].endswith(".") else lines


def _google(arguments: Entries, returns: Entries, raises: Entries, streams: bool, types: Sequence[str]) -> list[str]:
    lines = [*_google_section("Args:", arguments)] if arguments else []
    if returns:
        lines += _google_often("Yields:" if streams else "Returns:", tuple(returns))
    return [*lines, *_google_often("Raises:", tuple(raises))]


def _google_section(title: str, entries: Entries) -> list[str]:
    lines = ["", title]
    for name, text in entries:
        said = docstring_lines(f"{name}: {text}" if name else text, ROOM - len(STEP), hanging=len(STEP))
        lines += [STEP + line for line in said if line]
    return lines


_google_often = lru_cache(maxsize=256)(_google_section)
"""For what many nodes say in the same words."""


def _numpy(arguments: Entries, returns: Entries, raises: Entries, streams: bool, types: Sequence[str]) -> list[str]:
    lines: list[str] = []
    # What is given back is known by its type, unless that is too long to be read.
    shown = [type_ if width(type_) <= ROOM // 2 else "object" for type_ in types]
    given = [(f"{name} : {type_}" if name else type_, text) for (name, text), type_ in zip(returns, shown, strict=True)]
    titles = "Parameters", "Yields" if streams else "Returns", "Raises"
    for title, entries in zip(titles, (arguments, given, raises), strict=True):
        if entries:
            lines += ["", title, "-" * len(title)]
        for name, text in entries:
            lines += docstring_lines(name, ROOM)
            lines += [f"{STEP}{line}" for line in docstring_lines(text, ROOM - len(STEP)) if line]
    return lines


def _rest(arguments: Entries, returns: Entries, raises: Entries, streams: bool, types: Sequence[str]) -> list[str]:
    fields = [(f"param {name}", text) for name, text in arguments]
    fields += [("yields" if streams else "returns", f"{name}: {text}" if name else text) for name, text in returns]
    fields += [(f"raises {name}", text) for name, text in raises]
    lines = [""]
    for name, text in fields:
        lines += [line for line in docstring_lines(f":{name}: {text}", ROOM, hanging=len(STEP)) if line]
    return lines


def _undescribed(port: PortRecord) -> str:
    """What is said of a port that has no description."""
    if port.label and port.label.strip() and port.label != port.key:
        return " ".join(_cut(port.label).split())
    if port.identifier and port.kind not in _KINDS:
        return f"{port.kind.value} {port.identifier}"
    return _KINDS.get(port.kind, port.kind.value)


def _about(spoken: Spoken, description: str | None) -> str:
    text = " ".join(_cut(description).split()) if description and description.strip() else spoken.otherwise
    if not spoken.more:
        return text
    return f"{text} {spoken.more}" if text.endswith((".", "!", "?", ":", ";")) else f"{text}. {spoken.more}"


def _slider(port: PortRecord) -> str | None:
    if port.widget is None or port.widget.kind != "SLIDER":
        return None
    extra = port.widget.model_extra
    low, high = extra.get("min"), extra.get("max")
    if type(low) not in (int, float) or type(high) not in (int, float):
        return None
    return f"A dialog offers {low} to {high}."


def _cut(text: str) -> str:
    return (
        text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]} ... (cut short; the manifest has all of it)"
    )


def _short(value: Any) -> str:
    text = canonical_json(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_SECTIONS: Mapping[Docstrings, Callable[[Entries, Entries, Entries, bool, Sequence[str]], list[str]]] = {
    "google": _google,
    "numpy": _numpy,
    "rest": _rest,
}
