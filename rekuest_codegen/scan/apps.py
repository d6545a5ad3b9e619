"""Which expressions are the app, and which of its members is meant.

An app is what ``easy(...)`` or ``App(...)`` gave, under any name and across files, and its ``.rekuest``; a parameter
called ``app``, or annotated with an app's class, counts too. ``register`` imported by itself is the same member
without an app.
"""

from __future__ import annotations

import libcst as cst

from rekuest_codegen.scan.modules import Known, Missing, Modules, Object
from rekuest_codegen.scan.scopes import Opaque, Scope
from rekuest_codegen.scan.vocabulary import APP_MAKERS, DECORATORS


def app_member(modules: Modules, scope: Scope, expression: cst.BaseExpression) -> str | None:
    """The vocabulary's word for ``expression`` (``register``, ``model``, …), or None when it is none of ours."""
    if isinstance(expression, cst.Attribute) and expression.attr.value in DECORATORS:
        if is_app(modules, scope, expression.value):
            return expression.attr.value
    elif isinstance(expression, cst.Name | cst.Attribute):
        pass
    else:
        return None
    target = modules.resolve(scope, expression)
    if isinstance(target, Known) and target.name.startswith("rekuest."):
        word = target.name.removeprefix("rekuest.")
        return word if word in DECORATORS else None
    if isinstance(target, Object) and isinstance(target.node, cst.Attribute):
        return app_member(modules, target.scope, target.node)
    return None


def is_app(modules: Modules, scope: Scope, expression: cst.BaseExpression) -> bool:
    """Whether ``expression`` is an app or its ``.rekuest``."""
    while isinstance(expression, cst.Attribute) and expression.attr.value in ("rekuest", "structure_registry"):
        expression = expression.value
    if isinstance(expression, cst.Call):
        return _makes_app(modules, scope, expression)
    if not isinstance(expression, cst.Name | cst.Attribute):
        return False
    target = modules.resolve(scope, expression)
    if isinstance(target, Object) and isinstance(target.node, cst.Call):
        return _makes_app(modules, target.scope, target.node)
    if isinstance(target, Missing) and isinstance(target.binding, Opaque):
        annotation = target.binding.annotation
        if annotation is None:
            return target.name == "app" and target.binding.what in ("a parameter", "bound by 'with'")
        if isinstance(annotation, cst.SimpleString):
            text = str(annotation.evaluated_value)
            if not text.isidentifier():
                return False
            annotation = cst.Name(text)
        known = modules.resolve(scope, annotation)
        return isinstance(known, Known) and known.name in APP_MAKERS
    return False


def _makes_app(modules: Modules, scope: Scope, call: cst.Call) -> bool:
    target = modules.resolve(scope, call.func)
    return isinstance(target, Known) and target.name in APP_MAKERS
