"""What the type variables of generic classes are where they are filled in: ``Box[int]``, ``class Counts(Box[int])``.

An argument keeps the scope it is written in, where the type variables of that class may be filled in in their turn.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rekuest_codegen.scan.aliases import type_variables, unfilled
from rekuest_codegen.scan.annotations import subscript_arguments
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.scopes import Scope, bound_scope
from rekuest_codegen.scan.trees import type_parameters

MAX_BASES = 100
VARIABLE_BASES = frozenset(["typing.Generic", "typing.Protocol"])

Given = Mapping[str, tuple[Scope, ast.expr]]
NOTHING_GIVEN: Given = MappingProxyType({})


def given_to(modules: Modules, cls: Object, scope: Scope, arguments: Sequence[ast.expr]) -> Given:
    """What the type variables of ``cls`` are where ``arguments`` stand in brackets behind it.

    Raises:
        Problem: they are too many or too few.
    """
    names = variables(modules, cls)
    if len(names) != len(arguments):
        raise unfilled(cls.name, names, len(arguments))
    return {name: (scope, argument) for name, argument in zip(names, arguments, strict=True)}


def filled_in(modules: Modules, cls: Object, own: Given = NOTHING_GIVEN) -> dict[object, Given]:
    """By the key of ``cls`` and each of its base classes, near or far, what its type variables are there.

    Raises:
        Problem: what stands between brackets is no type.
    """
    found: dict[object, Given] = {cls.key: own} if own else {}
    seen: set[object] = set()
    waiting: list[tuple[Object, Scope]] = [(cls, bound_scope(cls.scope, own) if own else cls.scope)]
    while waiting and len(seen) < MAX_BASES:
        current, where = waiting.pop(0)
        if current.key in seen or not isinstance(current.node, ast.ClassDef):
            continue
        seen.add(current.key)
        for base in current.node.bases:
            arguments = subscript_arguments(base) if isinstance(base, ast.Subscript) else []
            target = modules.resolve(current.scope, base.value if isinstance(base, ast.Subscript) else base)
            if not isinstance(target, Object):
                continue
            inside = target.scope
            names = variables(modules, target) if arguments else ()
            if names and len(names) == len(arguments):
                given = {name: (where, argument) for name, argument in zip(names, arguments, strict=True)}
                inside = bound_scope(target.scope, found.setdefault(target.key, given))
            waiting.append((target, inside))
    return found


def variables(modules: Modules, cls: Object) -> tuple[str, ...]:
    """The names of the type variables of a class, in the order in which they are filled in."""
    if not isinstance(cls.node, ast.ClassDef):
        return ()
    if names := type_parameters(cls.node):
        return names
    subscripts = [base for base in cls.node.bases if isinstance(base, ast.Subscript)]
    for base in subscripts:
        maker = modules.resolve(cls.scope, base.value)
        if isinstance(maker, Known) and maker.name in VARIABLE_BASES:
            return tuple(part.id for part in subscript_arguments(base) if isinstance(part, ast.Name))
    return tuple(dict.fromkeys(name for base in subscripts for name in type_variables(modules, cls.scope, base)))
