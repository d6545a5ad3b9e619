"""What stands on the pages, decided: which pages, sections, rows and words. Templates only print it.

All text here is fit to be read (`text.visible`), and none of it is escaped for what it will be printed as.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from rekuest_codegen.emit.reference.examples import Example, examples
from rekuest_codegen.emit.reference.facts import Fact, group_facts, kind_words, node_facts, port_facts, wire_value
from rekuest_codegen.emit.reference.package import Class, Identity, Package, Parameter, Stub, source
from rekuest_codegen.emit.reference.text import paragraphs, visible
from rekuest_codegen.errors import GenerationError
from rekuest_codegen.ir import Node, NodeKind, Port, PortKind, definition_hash
from rekuest_codegen.ir.naming import DEVICES, KEYWORDS, MODULE, assign

MAX_WORDS = 2_000
"""Characters of a node's text that the search looks at."""
_TOKENS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<prefix>\b_(?:rt|t|dt|abc)\.)|(?P<name>\w+)"""
)
"""Of a type's source: texts, which are left alone; what our imports are called, which is left out; and names."""
_SORTS = {
    "Model": "model",
    "Choices": "choices",
    "Reference": "reference",
    "MemoryReference": "reference to memory",
    "user": "class of yours",
}


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type as pieces of text, those that name a class of the package with its anchor."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class PortRow:
    """One line of a table of ports: an argument, a return, or (``depth`` above 0) a part of one."""

    name: str
    depth: int
    type: TypeText
    kind: str
    wire: str
    presence: str
    default: str
    about: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    title: str
    about: tuple[str, ...]
    ports: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node's section. ``heads`` are the sync and the async function as a reader would write them, ``aliases`` what
    those mention; ``words`` is what a search looks through."""

    name: str
    awaited: str
    page: str
    anchor: str
    streams: bool
    summary: str
    about: tuple[tuple[str, ...], ...]
    aliases: str
    heads: tuple[str, str]
    facts: tuple[Fact, ...]
    arguments: tuple[PortRow, ...]
    returns: tuple[PortRow, ...]
    groups: tuple[GroupView, ...]
    examples: tuple[Example, Example]
    words: str


@dataclass(frozen=True, slots=True)
class AppView:
    """A page: the nodes of one app. ``page`` is its name as a file, ``module`` where its functions are imported."""

    name: str
    page: str
    modules: tuple[str, ...]
    nodes: tuple[NodeView, ...]


@dataclass(frozen=True, slots=True)
class TypeView:
    """A class's section; ``users`` are the nodes that take or give it."""

    name: str
    anchor: str
    sort: str
    about: tuple[tuple[str, ...], ...]
    text: str
    users: tuple[NodeView, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ReferenceView:
    package: str
    facts: tuple[Fact, ...]
    apps: tuple[AppView, ...]
    types: tuple[TypeView, ...]

    @property
    def count(self) -> int:
        return sum(len(app.nodes) for app in self.apps)


def view(package: Package, *, package_name: str) -> ReferenceView:
    """The pages for ``package``, which is imported as ``package_name``.

    Raises:
        GenerationError: a node has none there.
    """
    nodes = package.nodes
    waiting = {identity: deque(stubs) for identity, stubs in package.stubs.items()}
    names = assign({node.app: [node.app] for node in nodes}, style=MODULE, reserved=KEYWORDS | DEVICES)
    found: dict[str, list[tuple[NodeView, Stub]]] = {}
    for node in nodes:
        hash_ = node.hash or definition_hash(node)
        stubs = waiting.get(Identity(node.app, node.key, node.version, hash_))
        if not stubs:
            raise GenerationError(f"{visible(node.title)}: is not in the package; look at the templates of your own")
        stub = stubs.popleft()
        made = _node(node, stub, hash_, names[node.app], package.classes, package_name)
        found.setdefault(node.app, []).append((made, stub))
    apps = [
        AppView(
            name=visible(app) or "(no app)",
            page=names[app],
            modules=tuple(sorted({f"{package_name}.{stub.module}" for _, stub in found[app]})),
            nodes=tuple(made for made, _ in sorted(found[app], key=lambda pair: pair[0].name)),
        )
        for app in sorted(found, key=lambda app: names[app])
    ]
    everyone = [pair for pairs in found.values() for pair in pairs]
    return ReferenceView(
        package=package_name,
        facts=tuple(_provenance(package.provenance)),
        apps=tuple(apps),
        types=tuple(_type(package.classes[name], everyone) for name in sorted(package.classes)),
    )


def _node(node: Node, stub: Stub, hash_: str, page: str, classes: Mapping[str, Class], package_name: str) -> NodeView:
    about = paragraphs(node.description or "") or paragraphs(node.name)
    arguments = [
        row
        for parameter, port in zip(stub.parameters, node.args, strict=True)
        for row in _rows(port, parameter.name, parameter.type, parameter, classes)
    ]
    alone = "item" if node.kind is NodeKind.GENERATOR else "result"
    results: Sequence[Parameter | None] = stub.results or [None] * len(node.returns)
    returns = [
        row
        for result, port in zip(results, node.returns, strict=True)
        for row in _rows(
            port, result.name if result else alone, result.type if result else stub.gives, None, classes, given=True
        )
    ]
    facts = tuple(node_facts(node, hash_))
    named = _alias_names(stub.aliases, classes)
    words = [stub.function, stub.awaited, node.app, node.key, node.name, *node.collections, *node.protocols]
    words += [f"{row.name} {row.kind}" for row in (*arguments, *returns)]
    return NodeView(
        name=stub.function,
        awaited=stub.awaited,
        page=page,
        anchor=_anchor(f"{page}.{stub.function}"),
        streams=node.kind is NodeKind.GENERATOR,
        summary=_summary(about),
        about=tuple(map(tuple, about)),
        aliases="\n".join(_told(alias, named).replace(": TypeAlias = ", " = ", 1) for alias in stub.aliases),
        heads=(_told(stub.sync_head, named), _told(stub.async_head, named)),
        facts=facts,
        arguments=tuple(arguments),
        returns=tuple(returns),
        groups=tuple(_group(node, stub)),
        examples=examples(node, stub, classes, package_name),
        words=visible(" ".join([*words, " ".join(line for lines in about for line in lines)])[:MAX_WORDS]).lower(),
    )


def _piece(name: str) -> tuple[str, str]:
    return name, name and _anchor(f"types.{name}")


def _anchor(name: str) -> str:
    """``name`` as an anchor that is the same in a link: not every reader of Markdown decodes one."""
    return "".join(char if char.isascii() else f"-{ord(char):x}-" for char in name)


def _alias_names(aliases: Sequence[str], classes: Mapping[str, Class]) -> dict[str, str]:
    """What is shown for the names of ``aliases``, which are hashes."""
    names = (name for number in count(1) if (name := f"Type{number}") not in classes)
    return {alias.partition(":")[0]: name for alias, name in zip(aliases, names, strict=False)}


def _told(text: str, named: Mapping[str, str]) -> str:
    """Generated source without the names that only its own imports and aliases give a meaning."""
    return _TOKENS.sub(lambda match: "" if match["prefix"] else named.get(match[0], match[0]), text)


def _rows(
    port: Port,
    name: str,
    type_: ast.expr | None,
    parameter: Parameter | None,
    classes: Mapping[str, Class],
    depth: int = 0,
    *,
    given: bool = False,
    field: bool = False,
) -> Iterator[PortRow]:
    facts = tuple(port_facts(port))
    about = tuple(line for lines in paragraphs(port.description or "") for line in lines)
    label = visible(port.label or "")
    if label and label not in (port.key, name, *about):
        about = (label, *about)
    default = parameter.default if parameter is not None else None
    if (default is None or default == "None") and port.default is not None:
        default = wire_value(port.default)
    wire = visible(port.key)
    if depth == 0 or field or port.kind is PortKind.MODEL or about or facts:
        yield PortRow(
            name=name,
            depth=depth,
            type=_type_text(type_, classes),
            kind=kind_words(port),
            wire="" if depth or wire == name else wire,
            presence=_presence(port, given=given),
            default="" if default in (None, "None") else default,
            about=about,
            facts=facts,
        )
    for child in port.children:
        yield from _child_rows(port, child, name, classes, depth + 1, given=given)


def _child_rows(
    port: Port, child: Port, name: str, classes: Mapping[str, Class], depth: int, *, given: bool
) -> Iterator[PortRow]:
    key = visible(child.key)
    part = {"LIST": f"{name}[…]", "DICT": f"{name}[…]", "UNION": f"{name} ({key})"}.get(
        port.kind.value, f"{name}.{key}"
    )
    yield from _rows(child, part, None, None, classes, depth, given=given, field=port.kind is PortKind.MODEL)


def _presence(port: Port, *, given: bool) -> str:
    if given:
        return "may be None" if port.nullable else ""
    if port.default is not None:
        return "optional"
    return "optional, may be None" if port.nullable else "required"


def _type_text(type_: ast.expr | None, classes: Mapping[str, Class]) -> TypeText:
    pieces: list[tuple[str, str]] = []
    text, end = "" if type_ is None else source(type_), 0
    for match in _TOKENS.finditer(text):
        if match["prefix"] or match["name"] in classes:
            pieces += [(text[end : match.start()], ""), _piece(match["name"] or "")]
            end = match.end()
    return TypeText(tuple(piece for piece in (*pieces, (text[end:], "")) if piece[0]))


def _group(node: Node, stub: Stub) -> Iterator[GroupView]:
    names = {port.key: parameter.name for port, parameter in zip(node.args, stub.parameters, strict=True)}
    for group in node.port_groups:
        yield GroupView(
            title=visible(group.title or group.key),
            about=tuple(line for lines in paragraphs(group.description or "") for line in lines),
            ports=tuple(names.get(key, visible(key)) for key in group.ports),
            facts=tuple(group_facts(group)),
        )


def _type(found: Class, everyone: Sequence[tuple[NodeView, Stub]]) -> TypeView:
    about = paragraphs(found.docstring)
    users = [made for made, stub in everyone if any(found.name in _class_names(type_) for type_ in _types_of(stub))]
    said = " ".join(line for lines in about for line in lines)
    return TypeView(
        name=found.name,
        anchor=_anchor(f"types.{found.name}"),
        sort=_SORTS.get(found.sort, "class"),
        about=tuple(map(tuple, about)),
        text=_told(found.text, {}),
        users=tuple(sorted(users, key=lambda made: made.anchor)),
        words=visible(f"{found.name} {found.sort} {said}"[:MAX_WORDS]).lower(),
    )


def _types_of(stub: Stub) -> Iterator[ast.expr]:
    yield stub.gives
    for part in (*stub.parameters, *stub.results):
        yield part.type


def _class_names(type_: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(type_) if isinstance(node, ast.Name)}


def _summary(about: Sequence[Sequence[str]]) -> str:
    line = about[0][0] if about else ""
    sentence = re.match(r".{8,}?[.!?](?=\s|$)", line)
    text = sentence[0] if sentence else line
    return text if len(text) <= 160 else f"{text[:157].rstrip()}…"


def _provenance(provenance: Mapping[str, Any]) -> Iterator[Fact]:
    for label, name in (("Server", "server"), ("Source", "source")):
        if isinstance(value := provenance.get(name), str):
            yield Fact(label, (visible(value),), code=True)
    if filters := provenance.get("filters"):
        yield Fact("Filters", (wire_value(filters),), code=True)
