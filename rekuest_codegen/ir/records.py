"""Nodes as a generator reads them: plain records, made of JSON in one pass, without pydantic.

A node has one text, sparse canonical JSON: what says nothing is left out. It is what a manifest keeps, and all that a
record is made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir.kinds import NodeKind, PortKind

if TYPE_CHECKING:
    from rekuest_codegen.ir.nodes import Node

R = TypeVar("R")


class ChoiceRecord(NamedTuple):
    value: Any
    label: str
    image: str | None
    description: str | None


class WidgetRecord(NamedTuple):
    kind: str
    model_extra: Mapping[str, Any]


class ValidatorRecord(NamedTuple):
    dependencies: tuple[str, ...]
    model_extra: Mapping[str, Any]


class PortRecord(NamedTuple):
    """A `Port`, as far as it is generated from."""

    key: str
    kind: PortKind
    label: str | None
    description: str | None
    identifier: str | None
    nullable: bool
    default: Any
    children: tuple[PortRecord, ...]
    choices: tuple[ChoiceRecord, ...]
    reference_unit: str | None
    validators: tuple[ValidatorRecord, ...]
    widget: WidgetRecord | None

    @property
    def item(self) -> PortRecord:
        """The one child of a LIST or DICT."""
        return self.children[0]


class Outline:
    """All of a node but what it and its ports are called and described as: what many nodes may share.

    ``ports`` are those of ``args`` and ``returns`` and all inside them, each before what is inside it. Here none has a
    description.
    """

    __slots__ = ("args", "collections", "kind", "ports", "protocols", "returns", "version")

    def __init__(
        self,
        version: str,
        kind: NodeKind,
        args: tuple[PortRecord, ...],
        returns: tuple[PortRecord, ...],
        collections: tuple[str, ...],
        protocols: tuple[str, ...],
    ) -> None:
        self.version = version
        self.kind = kind
        self.args = args
        self.returns = returns
        self.ports = tuple(_within((*args, *returns)))
        self.collections = collections
        self.protocols = protocols


class NodeRecord:
    """A `Node`, as far as it is generated from: its ``outline``, and what it says of itself.

    ``text`` has all of it; two with the same are equal. ``said`` is the description of each port of the outline.
    """

    __slots__ = ("app", "description", "hash", "key", "name", "outline", "said", "text")
    app: str
    key: str
    hash: str
    name: str
    description: str | None
    text: str

    def __init__(
        self,
        outline: Outline,
        text: str,
        app: str,
        key: str,
        hash: str,
        name: str,
        description: str | None,
        *said: str | None,
    ) -> None:
        self.outline = outline
        self.text = text
        self.app = app
        self.key = key
        self.hash = hash
        self.name = name
        self.description = description
        self.said = said

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NodeRecord) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def version(self) -> str:
        return self.outline.version

    @property
    def kind(self) -> NodeKind:
        return self.outline.kind

    @property
    def args(self) -> tuple[PortRecord, ...]:
        return _described(self.outline.args, iter(self.said))

    @property
    def returns(self) -> tuple[PortRecord, ...]:
        within = sum(1 for _ in _within(self.outline.args))
        return _described(self.outline.returns, iter(self.said[within:]))

    @property
    def collections(self) -> tuple[str, ...]:
        return self.outline.collections

    @property
    def protocols(self) -> tuple[str, ...]:
        return self.outline.protocols

    @property
    def title(self) -> str:
        """``app/key``, as messages name a node."""
        return f"{self.app}/{self.key}" if self.app else self.key

    @property
    def definition(self) -> dict[str, Any]:
        """Every field that says something, as JSON has it."""
        read: dict[str, Any] = json.loads(self.text)
        return read


def record(node: Node) -> NodeRecord:
    """The record of ``node``.

    Raises:
        DefinitionError: it holds what JSON has no form for.
    """
    raw = node.model_dump(mode="json", exclude_defaults=True)
    try:
        said: list[str | None] = []
        args, returns = (tuple([_port(port, said) for port in raw.get(side, ())]) for side in ("args", "returns"))
        return node_of(raw, args, returns, said)
    except ValueError as error:
        raise DefinitionError([Finding("not-json", _place(node), str(error))]) from None


def records(nodes: Iterable[Node | NodeRecord]) -> list[NodeRecord]:
    """The records of ``nodes``.

    Raises:
        DefinitionError: as `record`; all findings are told.
    """
    findings: list[Finding] = []
    made: list[NodeRecord] = []
    for node in nodes:
        try:
            made.append(node if isinstance(node, NodeRecord) else record(node))
        except DefinitionError as error:
            findings.extend(error.findings)
    if findings:
        raise DefinitionError(findings)
    return made


def node_of(
    raw: Mapping[str, Any],
    args: tuple[PortRecord, ...],
    returns: tuple[PortRecord, ...],
    said: Iterable[str | None],
) -> NodeRecord:
    """The record of a node in sparse JSON, which is not looked at: what a stranger wrote goes through `recognising`.

    Args:
        raw: the JSON.
        args: its arguments, made already.
        returns: and what it returns.
        said: the description of each port, in the order of `Outline.ports`.

    Raises:
        ValueError: it holds what JSON has no form for.
    """
    get = raw.get
    outline = Outline(
        get("version", "1"),
        _NODE_KINDS[get("kind", "FUNCTION")],
        args,
        returns,
        tuple(get("collections", ())),
        tuple(get("protocols", ())),
    )
    text = canonical(raw)
    return NodeRecord(
        outline, text, get("app", ""), raw["key"], get("hash", ""), get("name", ""), get("description"), *said
    )


def port_of(raw: Mapping[str, Any], children: tuple[PortRecord, ...]) -> PortRecord:
    """The record of a port, but for its description, with its ``children``, which are made already; as `node_of`."""
    get = raw.get
    widget = get("widget")
    return PortRecord(
        raw["key"],
        PORT_KINDS[raw["kind"]],
        get("label"),
        None,
        get("identifier"),
        get("nullable", False),
        get("default"),
        children,
        _each(_choice, get("choices")),
        get("reference_unit"),
        _each(_validator, get("validators")),
        None if widget is None else WidgetRecord(widget["kind"], widget),
    )


def _port(raw: Mapping[str, Any], said: list[str | None]) -> PortRecord:
    said.append(raw.get("description"))
    return port_of(raw, tuple([_port(child, said) for child in raw.get("children", ())]))


def _within(ports: Iterable[PortRecord]) -> Iterator[PortRecord]:
    for port in ports:
        yield port
        yield from _within(port.children)


def _described(ports: Iterable[PortRecord], said: Iterator[str | None]) -> tuple[PortRecord, ...]:
    return tuple([port._replace(description=next(said), children=_described(port.children, said)) for port in ports])


def _choice(raw: Mapping[str, Any]) -> ChoiceRecord:
    return ChoiceRecord(raw["value"], raw["label"], raw.get("image"), raw.get("description"))


def _validator(raw: Mapping[str, Any]) -> ValidatorRecord:
    return ValidatorRecord(tuple(raw.get("dependencies", ())), raw)


def _each(make: Callable[[Mapping[str, Any]], R], items: list[Any] | None) -> tuple[R, ...]:
    return tuple(map(make, items)) if items else ()


def _place(node: Node) -> str:
    """The port that JSON has no form for, or the node."""
    for port in (*node.args, *node.returns):
        try:
            canonical(port.model_dump(mode="json", exclude_defaults=True))
        except ValueError:
            return f"{node.title}: {port.key}"
    return node.title


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False).encode
"""The text of what a JSON reader gave."""
PORT_KINDS: Mapping[str, PortKind] = {kind.value: kind for kind in PortKind}
_NODE_KINDS: Mapping[str, NodeKind] = {kind.value: kind for kind in NodeKind}
