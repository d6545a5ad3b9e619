"""Aliases of types: what another name for a type stands for, its type variables filled in.

``type Pair[T] = tuple[T, T]`` and ``Pair = tuple[T, T]`` mean the same; in ``Pair[int]`` T is int. An argument keeps
the scope it is written in, so nothing in the alias's own module can give it another meaning.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from rekuest_codegen.scan.annotations import subscript_arguments
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope, bound_scope
from rekuest_codegen.scan.trees import TypeAlias

TYPE_VARIABLES = frozenset(["typing.TypeVar", "typing.ParamSpec", "typing.TypeVarTuple"])
COMPOSED = (ast.Subscript, ast.BinOp)


class Meaning(Struct, frozen=True, eq=False):
    """What an alias stands for; ``statement`` is the name that a ``type`` statement gave it."""

    scope: Scope
    node: ast.expr
    statement: str | None = None


def unaliased(modules: Modules, scope: Scope, node: ast.expr) -> Meaning | None:
    """What ``node`` stands for, one step on, when it is an alias of a composed type or filled in; else None.

    Raises:
        Problem: an alias is given too many types, or too few.
    """
    if isinstance(node, ast.Name | ast.Attribute):
        target = modules.resolve(scope, node)
        if not isinstance(target, Object):
            return None
        if isinstance(target.node, TypeAlias):
            if target.node.parameters:
                raise unfilled(target.name, target.node.parameters, 0)
            return Meaning(target.scope, target.node.value, target.name)
        return Meaning(target.scope, target.node) if isinstance(target.node, COMPOSED) else None
    if not isinstance(node, ast.Subscript):
        return None
    target = modules.resolve(scope, node.value)
    if not isinstance(target, Object):
        return None
    statement = target.name if isinstance(target.node, TypeAlias) else None
    if isinstance(target.node, TypeAlias):
        value, names = target.node.value, target.node.parameters
    elif isinstance(target.node, COMPOSED) and target.scope.is_constant(target.name):
        value, names = target.node, tuple(dict.fromkeys(type_variables(modules, target.scope, target.node)))
    else:
        return None
    arguments = subscript_arguments(node)
    if len(arguments) != len(names):
        raise unfilled(target.name, names, len(arguments))
    given = {name: (scope, argument) for name, argument in zip(names, arguments, strict=True)}
    return Meaning(bound_scope(target.scope, given), value, statement)


def type_variables(modules: Modules, scope: Scope, node: ast.expr) -> Iterator[str]:
    """The type variables in ``node``, in the order written."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Name):
            target = modules.resolve(scope, part)
            if isinstance(target, Object) and isinstance(target.node, ast.Call):
                maker = modules.resolve(target.scope, target.node.func)
                if isinstance(maker, Known) and maker.name in TYPE_VARIABLES:
                    yield part.id
        elif isinstance(part, ast.expr):
            yield from type_variables(modules, scope, part)


def unfilled(name: str, parameters: tuple[str, ...], given: int) -> Problem:
    """That ``name`` has these type variables, and ``given`` types for them."""
    if not parameters:
        return Problem("unknown-type", f"{name} has no type variables, so nothing stands in brackets behind it")
    wanted = f"{name}[{', '.join(parameters)}]"
    return Problem("unknown-type", f"{name} has {len(parameters)} type variables and is given {given}: write {wanted}")
