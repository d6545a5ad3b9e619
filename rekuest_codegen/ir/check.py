"""Is this definition one that can be expressed? Raw data in, a node or findings out.

Definitions come from outside and nobody checked them: the real server accepts any key, any default and any depth.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.ir.ports import MAX_DEPTH, Port, PortKind
from rekuest_codegen.shapes import is_mapping, is_series

MAX_JSON_DEPTH = 2 * MAX_DEPTH + 16
"""Two JSON levels a port level (object and array), and some for what decorates the innermost."""

_DefaultCheck = Callable[[Port, Any], str | None]

ONE_CHILD = frozenset({PortKind.LIST, PortKind.DICT})
IDENTIFIED = frozenset({PortKind.STRUCTURE, PortKind.MEMORY_STRUCTURE, PortKind.INTERFACE, PortKind.MODEL})


def read_node(raw: Mapping[str, Any]) -> Node:
    """Make a node of ``raw`` (snake or camel case).

    Raises:
        DefinitionError: with every finding, when the definition cannot be expressed.
    """
    where = str(raw.get("key", "?"))[:200]
    if app := raw.get("app"):
        where = f"{str(app)[:200]}/{where}"
    if _too_deep(raw):
        raise DefinitionError([Finding("too-deep", where, f"nested deeper than {MAX_DEPTH} ports")])
    try:
        node = Node.model_validate(raw)
    except ValidationError as error:
        raise DefinitionError(list(_translate(where, error))) from None
    findings = check_node(node)
    if findings:
        raise DefinitionError(findings)
    return node


def check_node(node: Node) -> list[Finding]:
    """What keeps ``node`` from being expressed: missing children, misfit defaults, duplicate keys."""
    findings: list[Finding] = []
    for side, ports in (("args", node.args), ("returns", node.returns)):
        seen: set[str] = set()
        for port in ports:
            place = f"{node.title}: {side}.{port.key}"
            if port.key in seen:
                findings.append(Finding("duplicate-port", place, "two ports have the same key"))
            seen.add(port.key)
            findings.extend(_check_port(port, place, 1))
    return findings


def default_problem(port: Port, value: Any) -> str | None:
    """Why ``value`` (wire form) cannot be a default of ``port``, or None when it can."""
    if value is None:
        return None
    return _DEFAULT_CHECKS[port.kind](port, value)


def _check_port(port: Port, place: str, depth: int) -> Iterator[Finding]:
    if depth > MAX_DEPTH:
        yield Finding("too-deep", place, f"nested deeper than {MAX_DEPTH} ports")
        return
    if port.kind in ONE_CHILD and len(port.children) != 1:
        yield Finding("no-child", place, f"a {port.kind} needs exactly one child, not {len(port.children)}")
        return
    if port.kind is PortKind.UNION and not port.children:
        yield Finding("no-child", place, "a UNION needs at least one alternative")
        return
    if port.kind in IDENTIFIED and not port.identifier:
        yield Finding("no-identifier", place, f"a {port.kind} needs an identifier")
    if port.kind is PortKind.ENUM and not port.choices:
        yield Finding("no-choices", place, "an ENUM needs at least one choice")
        return
    keys = [child.key for child in port.children]
    if port.kind is PortKind.MODEL and len(set(keys)) != len(keys):
        yield Finding("duplicate-port", place, "two fields of the model have the same key")
    problem = default_problem(port, port.default)
    if problem:
        yield Finding("bad-default", place, problem)
    for child in port.children:
        yield from _check_port(child, f"{place}.{child.key}", depth + 1)


def _is(*types: type) -> _DefaultCheck:
    def check(port: Port, value: Any) -> str | None:
        if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
            return None
        return f"default {_short(value)} is no {port.kind}"

    return check


def _check_list(port: Port, value: Any) -> str | None:
    if not is_series(value):
        return f"default {_short(value)} is no LIST"
    return next(filter(None, (_child_problem(port.item, item) for item in value)), None)


def _check_dict(port: Port, value: Any) -> str | None:
    if not is_mapping(value):
        return f"default {_short(value)} is no DICT"
    return next(filter(None, (_child_problem(port.item, item) for item in value.values())), None)


def _check_model(port: Port, value: Any) -> str | None:
    if not is_mapping(value):
        return f"default {_short(value)} is no MODEL"
    fields = {child.key: child for child in port.children}
    for key, item in value.items():
        if key in fields and (problem := _child_problem(fields[key], item)):
            return problem
    return None


def _check_union(port: Port, value: Any) -> str | None:
    if is_mapping(value) and isinstance(use := value.get("__use"), int):
        if not 0 <= use < len(port.children):
            return f"default uses alternative {use} of {len(port.children)}"
        return _child_problem(port.children[use], value.get("__value"))
    # Upstream sends union defaults untagged: any alternative that takes it will do.
    if any(default_problem(child, value) is None for child in port.children):
        return None
    return f"default {_short(value)} fits no alternative of the UNION"


def _check_enum(port: Port, value: Any) -> str | None:
    if any(choice.value == value for choice in port.choices):
        return None
    return f"default {_short(value)} is no member of the ENUM"


def _check_date(port: Port, value: Any) -> str | None:
    try:
        datetime.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return f"default {_short(value)} is no DATE (ISO 8601)"
    return None


def _check_reference(port: Port, value: Any) -> str | None:
    # A structure's default is a reference: bare, or in the envelope it travels in.
    if is_mapping(value) and "object" in value:
        value = value["object"]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return None
    return f"default {_short(value)} is no reference to a {port.kind}"


def _child_problem(port: Port, value: Any) -> str | None:
    if value is None:
        return None if port.nullable else f"default holds null where {port.kind} is not nullable"
    return default_problem(port, value)


_DEFAULT_CHECKS: Mapping[PortKind, _DefaultCheck] = {
    PortKind.INT: _is(int),
    PortKind.FLOAT: _is(int, float),
    PortKind.STRING: _is(str),
    PortKind.BOOL: _is(bool),
    PortKind.DATE: _check_date,
    PortKind.QUANTITY: _is(str, int, float),
    PortKind.ENUM: _check_enum,
    PortKind.LIST: _check_list,
    PortKind.DICT: _check_dict,
    PortKind.UNION: _check_union,
    PortKind.MODEL: _check_model,
    PortKind.STRUCTURE: _check_reference,
    PortKind.MEMORY_STRUCTURE: _check_reference,
    PortKind.INTERFACE: _check_reference,
}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _too_deep(raw: Any) -> bool:
    """Whether ``raw`` nests deeper than any definition may; walks level by level, so it cannot overflow the stack."""
    level: list[Any] = [raw]
    for _ in range(MAX_JSON_DEPTH):
        below: list[Any] = []
        for item in level:
            if is_mapping(item):
                below.extend(item.values())
            elif is_series(item):
                below.extend(item)
        if not below:
            return False
        level = below
    return True


def _translate(where: str, error: ValidationError) -> Iterator[Finding]:
    for problem in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "enum" and problem["loc"][-1] == "kind":
            text = f"unknown kind {_short(problem['input'])}; a newer rekuest-codegen may know it"
            yield Finding("unknown-kind", f"{where}: {place}", text)
        else:
            yield Finding("bad-definition", f"{where}: {place}", problem["msg"])
