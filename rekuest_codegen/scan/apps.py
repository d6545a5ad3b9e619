"""Which expressions are the app, which app that is, and which of its members is meant.

An app is what ``easy(...)`` or ``App(...)`` gave, under any name and across files, and its ``.rekuest``; what
``with easy(...) as app`` binds too. A parameter called ``app``, or annotated with an app's class, is an app whose
name nobody can read. ``register`` imported by itself is the same member without an app.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.scan.constants import Folder
from rekuest_codegen.scan.modules import Known, Missing, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Member, Opaque, Scope
from rekuest_codegen.scan.trees import text_of
from rekuest_codegen.scan.vocabulary import APP_MAKERS, DECORATORS

NAME_WORDS = ("name", "identifier")
MAX_STEPS = 20


@dataclass(frozen=True, slots=True)
class MadeApp:
    """An app by the call that makes it. ``name`` is empty when it is computed; ``key`` tells apps apart."""

    name: str
    key: object


def app_member(modules: Modules, scope: Scope, expression: ast.expr) -> str | None:
    """The vocabulary's word for ``expression`` (``register``, ``model``, …), or None when it is none of ours."""
    found = _member(modules, scope, expression)
    return found[0] if found is not None else None


def is_app(modules: Modules, scope: Scope, expression: ast.expr) -> bool:
    """Whether ``expression`` is an app or its ``.rekuest``."""
    found = _followed(modules, scope, expression)
    if found is None:
        return False
    target = found[1]
    if isinstance(target, ast.Call):
        return True
    return _is_named_app(modules, scope, target)


def made_app(modules: Modules, folder: Folder, scope: Scope, expression: ast.expr) -> MadeApp | None:
    """The app of which ``expression`` is a member (``app.rekuest.register``), when its making can be read."""
    member = _member(modules, scope, expression)
    if member is None or member[2] is None:
        return None
    made = _followed(modules, member[1], member[2])
    return app_of_call(folder, made[0], made[1]) if made is not None and isinstance(made[1], ast.Call) else None


def app_of_call(folder: Folder, scope: Scope, call: ast.Call) -> MadeApp:
    """The app that ``call``, known to make one, makes."""
    named = next((part.value for part in call.keywords if part.arg in NAME_WORDS), None)
    first = next((part for part in call.args if not isinstance(part, ast.Starred)), named)
    name: Any = None
    if first is not None:
        try:
            name = folder.fold(scope, first)
        except Problem:
            name = None
    return MadeApp(name if isinstance(name, str) else "", (scope.source.path, call.lineno, call.col_offset))


def makes_app(modules: Modules, scope: Scope, call: ast.Call) -> bool:
    target = modules.resolve(scope, call.func)
    return isinstance(target, Known) and target.name in APP_MAKERS


def _member(modules: Modules, scope: Scope, expression: ast.expr) -> Member | None:
    """The word for ``expression``, and the app it is a member of in its scope, or None for what is imported bare."""
    known = scope.source.members
    if expression not in known:
        known[expression] = _find_member(modules, scope, expression)
    return known[expression]


def _find_member(modules: Modules, scope: Scope, expression: ast.expr) -> Member | None:
    if isinstance(expression, ast.Attribute) and expression.attr in DECORATORS:
        if is_app(modules, scope, expression.value):
            return expression.attr, scope, expression.value
    elif not isinstance(expression, ast.Name | ast.Attribute):
        return None
    target = modules.resolve(scope, expression)
    if isinstance(target, Known) and target.name.startswith("rekuest."):
        word = target.name.removeprefix("rekuest.")
        return (word, scope, None) if word in DECORATORS else None
    if isinstance(target, Object) and isinstance(target.node, ast.Attribute) and target.node is not expression:
        return _member(modules, target.scope, target.node)
    return None


def _followed(modules: Modules, scope: Scope, expression: ast.expr) -> tuple[Scope, ast.Call | Missing] | None:
    """The call that makes the app ``expression`` is, or the name at which the trail of a possible app ends."""
    for _ in range(MAX_STEPS):
        while isinstance(expression, ast.Attribute) and expression.attr in ("rekuest", "structure_registry"):
            expression = expression.value
        if isinstance(expression, ast.Call):
            return (scope, expression) if makes_app(modules, scope, expression) else None
        if not isinstance(expression, ast.Name | ast.Attribute):
            return None
        target = modules.resolve(scope, expression)
        if isinstance(target, Missing) and isinstance(target.binding, Opaque):
            entered = target.binding.entered
            if target.scope is not None and isinstance(entered, ast.Call) and makes_app(modules, target.scope, entered):
                return target.scope, entered
            return scope, target
        if isinstance(target, Object) and isinstance(target.node, ast.Call | ast.Attribute):
            if target.node is expression:
                return None
            scope, expression = target.scope, target.node
        else:
            return None
    return None


def _is_named_app(modules: Modules, scope: Scope, target: Missing) -> bool:
    """Whether a value nobody can follow is called, or annotated as, an app."""
    assert isinstance(target.binding, Opaque)  # noqa: S101 - the caller found it so
    annotation = target.binding.annotation
    if annotation is None:
        return target.name == "app" and target.binding.what in ("a parameter", "bound by 'with'")
    if (text := text_of(annotation)) is not None:
        if not text.isidentifier():
            return False
        annotation = ast.Name(text)
    known = modules.resolve(scope, annotation)
    return isinstance(known, Known) and known.name in APP_MAKERS
