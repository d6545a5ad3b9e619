"""Nodes as a generator reads them: plain records, made of JSON in one pass, without pydantic.

A node has one text, sparse canonical JSON: what says nothing is left out. It is what a manifest keeps, and all that a
record is made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
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


class NodeRecord(NamedTuple):
    """A `Node`, as far as it is generated from. ``text`` has all of it."""

    app: str
    key: str
    version: str
    hash: str
    kind: NodeKind
    name: str
    description: str | None
    args: tuple[PortRecord, ...]
    returns: tuple[PortRecord, ...]
    collections: tuple[str, ...]
    protocols: tuple[str, ...]
    text: str

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
        return node_of(raw, _each(_port, raw.get("args")), _each(_port, raw.get("returns")))
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


def node_of(raw: Mapping[str, Any], args: tuple[PortRecord, ...], returns: tuple[PortRecord, ...]) -> NodeRecord:
    """The record of a node in sparse JSON, which is not looked at: what a stranger wrote goes through `recognising`.

    Args:
        raw: the JSON.
        args: its arguments, made already.
        returns: and what it returns.

    Raises:
        ValueError: it holds what JSON has no form for.
    """
    get = raw.get
    return NodeRecord(
        get("app", ""),
        raw["key"],
        get("version", "1"),
        get("hash", ""),
        _NODE_KINDS[get("kind", "FUNCTION")],
        get("name", ""),
        get("description"),
        args,
        returns,
        tuple(get("collections", ())),
        tuple(get("protocols", ())),
        _encode(raw),
    )


def port_of(raw: Mapping[str, Any], children: tuple[PortRecord, ...]) -> PortRecord:
    """The record of a port with its ``children``, which are made already; as `node_of`."""
    get = raw.get
    widget = get("widget")
    return PortRecord(
        raw["key"],
        PORT_KINDS[raw["kind"]],
        get("label"),
        get("description"),
        get("identifier"),
        get("nullable", False),
        get("default"),
        children,
        _each(_choice, get("choices")),
        get("reference_unit"),
        _each(_validator, get("validators")),
        None if widget is None else WidgetRecord(widget["kind"], widget),
    )


def _port(raw: Mapping[str, Any]) -> PortRecord:
    return port_of(raw, _each(_port, raw.get("children")))


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
            _encode(port.model_dump(mode="json", exclude_defaults=True))
        except ValueError:
            return f"{node.title}: {port.key}"
    return node.title


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False).encode
PORT_KINDS: Mapping[str, PortKind] = {kind.value: kind for kind in PortKind}
_NODE_KINDS: Mapping[str, NodeKind] = {kind.value: kind for kind in NodeKind}
