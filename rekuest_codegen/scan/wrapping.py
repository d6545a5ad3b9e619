"""Whether a decorator keeps the signature of what it decorates, as far as its source says."""

from __future__ import annotations

import ast
from enum import Enum

from rekuest_codegen.scan.apps import app_member
from rekuest_codegen.scan.classes import Decorator, decorators_of
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.scopes import Scope, function_scope
from rekuest_codegen.scan.trees import Function, dotted_name

TRANSPARENT = frozenset(
    [
        "builtins.staticmethod",
        "builtins.classmethod",
        "functools.lru_cache",
        "functools.cache",
        "functools.wraps",
        "typing.override",
        "typing.final",
        "typing.no_type_check",
        "abc.abstractmethod",
        "warnings.deprecated",
        "typing.deprecated",
        "pydantic.validate_call",
    ]
)


class Wrapping(Enum):
    KEEPS = "keeps"
    CHANGES = "changes"
    UNKNOWN = "unknown"


def wrapping(modules: Modules, scope: Scope, decorator: Decorator) -> Wrapping:
    """What ``decorator`` does to a signature."""
    if app_member(modules, scope, decorator.expression) is not None:
        return Wrapping.KEEPS
    target = decorator.target
    if isinstance(target, Known):
        return Wrapping.KEEPS if target.name in TRANSPARENT else Wrapping.UNKNOWN
    if isinstance(target, Object) and isinstance(target.node, ast.Call):
        ours = app_member(modules, target.scope, target.node.func) is not None
        return Wrapping.KEEPS if ours else Wrapping.UNKNOWN
    if isinstance(target, Object) and isinstance(target.node, Function):
        return _of_function(modules, target.scope, target.node, called=decorator.call is not None)
    return Wrapping.UNKNOWN


def _of_function(modules: Modules, scope: Scope, node: Function, *, called: bool) -> Wrapping:
    inner = function_scope(scope, node)
    functions = {statement.name: statement for statement in node.body if isinstance(statement, Function)}
    results: set[Wrapping] = set()
    for returned in _returned(node):
        name = dotted_name(returned)
        made = functions.get(name or "")
        parameters = [*node.args.posonlyargs, *node.args.args]
        if made is None:
            same = bool(parameters) and name == parameters[0].arg and not called
            results.add(Wrapping.KEEPS if same else Wrapping.UNKNOWN)
        elif called:
            # A factory: what it returns is the decorator proper.
            results.add(_of_function(modules, inner, made, called=False))
        else:
            results.add(Wrapping.KEEPS if _has_wraps(modules, inner, made) else Wrapping.CHANGES)
    return results.pop() if len(results) == 1 else Wrapping.UNKNOWN


def _has_wraps(modules: Modules, scope: Scope, node: Function) -> bool:
    return any(
        isinstance(decorator.target, Known) and decorator.target.name == "functools.wraps"
        for decorator in decorators_of(modules, scope, node)
    )


def returned_names(node: Function) -> list[str]:
    """The plain names that ``node`` returns."""
    return [name for value in _returned(node) if (name := dotted_name(value)) is not None]


def _returned(node: Function) -> list[ast.expr]:
    return [part.value for part in node.body if isinstance(part, ast.Return) and part.value is not None]
