"""Raw data in, a node or findings out: the road for whatever comes from outside.

The models are strict about types and lenient about spelling (snake or camel case, null or empty); `check` says the
rest. What is nested without end is refused before anything recursive sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir.check import check_node, short
from rekuest_codegen.ir.kinds import MAX_DEPTH
from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.shapes import is_mapping, is_series

MAX_JSON_DEPTH = 2 * MAX_DEPTH + 16
"""Two JSON levels a port level (object and array), and some for what decorates the innermost."""


def read_node(raw: Mapping[str, Any]) -> Node:
    """Make a node of ``raw`` (snake or camel case).

    Raises:
        DefinitionError: with every finding, when the definition cannot be expressed.
    """
    where = str(raw.get("key", "?"))[:200]
    if app := raw.get("app"):
        where = f"{str(app)[:200]}/{where}"
    if _too_deep(raw):
        raise DefinitionError([_deepest(raw, where)])
    try:
        node = Node.model_validate(raw)
    except ValidationError as error:
        raise DefinitionError(list(_translate(where, error))) from None
    findings = check_node(node)
    if findings:
        raise DefinitionError(findings)
    return node


def _deepest(raw: Mapping[str, Any], where: str) -> Finding:
    """What to say of ``raw``, which nests too deep: ports in ports, or what one of them holds."""
    for side in ("args", "returns"):
        for port in _ports(raw.get(side)):
            if _too_deep(port, MAX_JSON_DEPTH - 2):
                return _deepest_field(port, f"{where}: {side}.{_key(port)}", MAX_JSON_DEPTH - 3)
    return _deepest_field(raw, where, MAX_JSON_DEPTH - 1)


def _deepest_field(raw: Mapping[str, Any], place: str, left: int) -> Finding:
    """Down the ports, as far as the first that holds what is too deep without any port's help."""
    while True:
        for field, value in raw.items():
            if field not in ("children", "args", "returns") and _too_deep(value, left):
                text = (
                    f"its {str(field)[:60]} is nested deeper than a definition may be ({MAX_JSON_DEPTH} levels in all)"
                )
                return Finding("too-deep", place, text)
        deep = [port for port in _ports(raw.get("children")) if left > 2 and _too_deep(port, left - 1)]
        if not deep:
            return Finding("too-deep", place, f"nested deeper than {MAX_DEPTH} ports")
        raw, left = deep[0], left - 2
        place = f"{place}.{_key(raw)}"


def _ports(value: Any) -> list[Mapping[str, Any]]:
    return [port for port in value if is_mapping(port)] if is_series(value) else []


def _key(port: Mapping[str, Any]) -> str:
    return str(port.get("key", "?"))[:200]


def _too_deep(raw: Any, most: int = MAX_JSON_DEPTH) -> bool:
    """Whether ``raw`` nests deeper than ``most``, by default than any definition may; walks level by level, so it
    cannot overflow the stack."""
    level: list[Any] = [raw]
    for _ in range(most):
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
            text = f"unknown kind {short(problem['input'])}; a newer rekuest-codegen may know it"
            yield Finding("unknown-kind", f"{where}: {place}", text)
        else:
            yield Finding("bad-definition", f"{where}: {place}", problem["msg"])
