"""Is this definition one that can be expressed? A node of either form in, findings out.

Definitions come from outside and nobody checked them: the real server accepts any key, any default and any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rekuest_codegen.errors import Finding
from rekuest_codegen.ir.forms import AnyNode, AnyPort
from rekuest_codegen.ir.kinds import MAX_DEPTH, PortKind
from rekuest_codegen.ir.naming import is_text
from rekuest_codegen.shapes import is_mapping, is_series

_DefaultCheck = Callable[[AnyPort, Any], str | None]

ONE_CHILD = frozenset({PortKind.LIST, PortKind.DICT})
_LEAVES = frozenset({PortKind.INT, PortKind.FLOAT, PortKind.STRING, PortKind.BOOL, PortKind.DATE, PortKind.QUANTITY})
_PLAIN: Mapping[PortKind, type] = {
    PortKind.INT: int,
    PortKind.FLOAT: float,
    PortKind.STRING: str,
    PortKind.BOOL: bool,
}
"""The type of nearly every default of a kind, which needs no second look."""
_HALF = "holds half a character (a lone surrogate), which cannot be sent"
_SAME_KEY = "two ports have the same key"
IDENTIFIED = frozenset({PortKind.STRUCTURE, PortKind.MEMORY_STRUCTURE, PortKind.INTERFACE, PortKind.MODEL})


def check_node(node: AnyNode) -> list[Finding]:
    """What keeps ``node`` from being expressed: missing children, misfit defaults, duplicate keys."""
    findings: list[Finding] = []
    if not is_text(node.title):
        findings.append(Finding("not-text", node.title, _HALF))
    for side, ports in (("args", node.args), ("returns", node.returns)):
        seen: set[str] = set()
        for port in ports:
            key = port.key
            if key in seen:
                findings.append(Finding("duplicate-port", f"{node.title}: {side}.{key}", _SAME_KEY))
            seen.add(key)
            if not is_text(key):
                findings.append(Finding("not-text", f"{node.title}: {side}.{key}", _HALF))
            if not _is_simple(port):
                findings.extend(_check_port(port, f"{node.title}: {side}.{key}", 1))
    return findings


def default_problem(port: AnyPort, value: Any) -> str | None:
    """Why ``value`` (wire form) cannot be a default of ``port``, or None when it can."""
    if value is None:
        return None
    return _DEFAULT_CHECKS[port.kind](port, value)


def _is_simple(port: AnyPort) -> bool:
    """Whether there is nothing in it to be wrong. Most ports are."""
    kind, default = port.kind, port.default
    if port.children or (default is not None and type(default) is not _PLAIN.get(kind)):
        return False
    return kind in _LEAVES or (kind in IDENTIFIED and bool(port.identifier))


def _check_port(port: AnyPort, place: str, depth: int) -> Iterator[Finding]:
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
    if not all(map(is_text, keys)):
        yield Finding("not-text", place, f"a key inside it {_HALF}")
    if port.kind is PortKind.MODEL and len(set(keys)) != len(keys):
        yield Finding("duplicate-port", place, "two fields of the model have the same key")
    problem = default_problem(port, port.default)
    if problem:
        yield Finding("bad-default", place, problem)
    for child in port.children:
        if depth == MAX_DEPTH or not _is_simple(child):
            yield from _check_port(child, f"{place}.{child.key}", depth + 1)


def _is(*types: type) -> _DefaultCheck:
    def check(port: AnyPort, value: Any) -> str | None:
        if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
            return None
        return f"default {short(value)} is no {port.kind}"

    return check


def _check_list(port: AnyPort, value: Any) -> str | None:
    if not is_series(value):
        return f"default {short(value)} is no LIST"
    return next(filter(None, (_child_problem(port.item, item) for item in value)), None)


def _check_dict(port: AnyPort, value: Any) -> str | None:
    if not is_mapping(value):
        return f"default {short(value)} is no DICT"
    return next(filter(None, (_child_problem(port.item, item) for item in value.values())), None)


def _check_model(port: AnyPort, value: Any) -> str | None:
    if not is_mapping(value):
        return f"default {short(value)} is no MODEL"
    fields = {child.key: child for child in port.children}
    for key, item in value.items():
        if key in fields and (problem := _child_problem(fields[key], item)):
            return problem
    return None


def _check_union(port: AnyPort, value: Any) -> str | None:
    if is_mapping(value) and isinstance(use := value.get("__use"), int):
        if not 0 <= use < len(port.children):
            return f"default uses alternative {use} of {len(port.children)}"
        return _child_problem(port.children[use], value.get("__value"))
    # Upstream sends union defaults untagged: any alternative that takes it will do.
    if any(default_problem(child, value) is None for child in port.children):
        return None
    return f"default {short(value)} fits no alternative of the UNION"


def _check_enum(port: AnyPort, value: Any) -> str | None:
    if any(choice.value == value for choice in port.choices):
        return None
    return f"default {short(value)} is no member of the ENUM"


def _check_date(port: AnyPort, value: Any) -> str | None:
    import datetime  # seldom needed

    try:
        datetime.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return f"default {short(value)} is no DATE (ISO 8601)"
    return None


def _check_reference(port: AnyPort, value: Any) -> str | None:
    # A structure's default is a reference: bare, or in the envelope it travels in.
    if is_mapping(value) and "object" in value:
        value = value["object"]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return None
    return f"default {short(value)} is no reference to a {port.kind}"


def _child_problem(port: AnyPort, value: Any) -> str | None:
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


def short(value: Any) -> str:
    """``value`` for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
