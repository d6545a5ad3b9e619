"""What a function gives back: nothing, one thing, several, or a stream of either."""

from __future__ import annotations

import ast

from msgspec import Struct

from rekuest_codegen.scan.aliases import unaliased
from rekuest_codegen.scan.annotations import parse_annotation, subscript_arguments
from rekuest_codegen.scan.classes import known_ancestors, model_fields
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope
from rekuest_codegen.scan.trees import Function, is_none, own_nodes
from rekuest_codegen.scan.types import NONES, TUPLES

STREAMS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in ("Generator", "AsyncGenerator", "Iterator", "AsyncIterator")
)
ITERABLES = {
    f"{module}.{asynchronous}Iterable": f"{asynchronous}Iterator"
    for module in ("typing", "collections.abc")
    for asynchronous in ("", "Async")
}
"""What typing allows for a generator as well, and what to write in its place."""
MAX_ALIASES = 20


class Returned(Struct, frozen=True, eq=False):
    """The annotations of the returns, each in the scope it is written in, and whether they come as a stream."""

    items: tuple[tuple[Scope, ast.expr], ...]
    streams: bool
    statements: tuple[str, ...] = ()
    """The ``type`` statements that were followed."""


def streams(node: Function) -> bool:
    """Whether ``node`` yields, and so is a generator whatever its annotation says."""
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in own_nodes(node.body))


def return_types(modules: Modules, scope: Scope, annotation: ast.expr, *, yields: bool = False) -> Returned:
    """Take a return annotation apart; ``yields`` when the function does.

    Raises:
        Problem: a stream of nothing said.
    """
    statements: list[str] = []
    scope, annotation = _unaliased(modules, scope, annotation, statements)
    is_stream = False
    if isinstance(annotation, ast.Subscript) and _name(modules, scope, annotation.value) in STREAMS:
        is_stream = True
        scope, annotation = _unaliased(modules, scope, subscript_arguments(annotation)[0], statements)
    elif _name(modules, scope, annotation) in STREAMS:
        raise Problem("undeclared-type", "say what is streamed: Iterator[int]")
    elif yields and isinstance(annotation, ast.Subscript):
        # Upstream refuses it too; a definition here would be one that only we derive.
        if (name := _name(modules, scope, annotation.value)) in ITERABLES:
            word = name.rpartition(".")[2]
            raise Problem("undeclared-type", f"a function that yields says {ITERABLES[name]}[...], not {word}[...]")
    return Returned(_items(modules, scope, annotation, is_stream), is_stream, tuple(statements))


def _items(modules: Modules, scope: Scope, annotation: ast.expr, is_stream: bool) -> tuple[tuple[Scope, ast.expr], ...]:
    if not is_stream and _is_none(modules, scope, annotation):
        return ()
    if isinstance(annotation, ast.Subscript) and _name(modules, scope, annotation.value) in TUPLES:
        items = subscript_arguments(annotation)
        if any(isinstance(item, ast.Constant) and item.value is ... for item in items):
            raise Problem("undeclared-type", "a tuple of any length is no list of returns; use list[...]")
        return tuple((scope, item) for item in items)
    named = _named_tuple(modules, scope, annotation)
    return named if named is not None else ((scope, annotation),)


def _unaliased(modules: Modules, scope: Scope, annotation: ast.expr, statements: list[str]) -> tuple[Scope, ast.expr]:
    for _ in range(MAX_ALIASES):
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = parse_annotation(annotation)
        elif (meant := unaliased(modules, scope, annotation)) is not None:
            scope, annotation = meant.scope, meant.node
            if meant.statement is not None:
                statements.append(meant.statement)
        else:
            break
    return scope, annotation


def _named_tuple(modules: Modules, scope: Scope, annotation: ast.expr) -> tuple[tuple[Scope, ast.expr], ...] | None:
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return None
    target = modules.resolve(scope, annotation)
    if not isinstance(target, Object) or not isinstance(target.node, ast.ClassDef):
        return None
    if "typing.NamedTuple" not in known_ancestors(modules, target):
        return None
    return tuple((field.scope, field.annotation) for field in model_fields(modules, target))


def _is_none(modules: Modules, scope: Scope, annotation: ast.expr) -> bool:
    """``None``, or what typing makes None of: ``Optional[None]``."""
    if isinstance(annotation, ast.Subscript):
        if _name(modules, scope, annotation.value) not in ("typing.Optional", "typing.Union"):
            return False
        return all(_is_none(modules, scope, item) for item in subscript_arguments(annotation))
    return is_none(annotation) or _name(modules, scope, annotation) in NONES


def _name(modules: Modules, scope: Scope, node: ast.expr) -> str:
    if not isinstance(node, ast.Name | ast.Attribute):
        return ""
    target = modules.resolve(scope, node)
    return target.name if isinstance(target, Known) else ""
