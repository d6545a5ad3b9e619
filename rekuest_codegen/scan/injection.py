"""Parameters an agent hands in by itself: the task, states, contexts, services, dependencies. They are no ports."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from rekuest_codegen.scan.annotations import parse_annotation, subscript_arguments
from rekuest_codegen.scan.classes import ancestors
from rekuest_codegen.scan.declarations import Declarations
from rekuest_codegen.scan.modules import Known, Modules, Object, Target
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope, class_scope
from rekuest_codegen.scan.trees import Function
from rekuest_codegen.scan.vocabulary import INJECTED


@dataclass(frozen=True, slots=True)
class Injected:
    """What is handed in: ``task``, or ``state:module.Stage`` with the class that was declared. ``name`` is that of a
    state the function may change, ``locks`` are those it holds meanwhile, ``calls`` that it has methods to call."""

    what: str
    stateful: bool = False
    name: str = ""
    locks: tuple[str, ...] = ()
    calls: bool = False


class Injection:
    """Decides whether an annotation asks for something injected."""

    def __init__(self, modules: Modules, declarations: Declarations) -> None:
        self._modules = modules
        self._declarations = declarations

    def __call__(self, scope: Scope, annotation: ast.expr) -> Injected | None:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = parse_annotation(annotation)
            except Problem:
                return None
        if isinstance(annotation, ast.Subscript):
            target = self._modules.resolve(scope, annotation.value)
            if not (isinstance(target, Known) and target.name in ("rekuest.ReadOnly", "typing.Annotated")):
                return None
            found = self(scope, subscript_arguments(annotation)[0])
            if found is not None and target.name == "rekuest.ReadOnly":
                return replace(found, what=found.what.replace("state:", "readonly-state:", 1), name="")
            return found
        if not isinstance(annotation, ast.Name | ast.Attribute):
            return None
        target = self._modules.resolve(scope, annotation)
        if isinstance(target, Known) and target.name in INJECTED:
            return Injected(INJECTED[target.name])
        if not isinstance(target, Known | Object):
            return None
        declaration = self._declarations.of(target)
        if declaration is None or declaration.injected is None:
            return None
        name = target.name if isinstance(target, Known) else f"{target.source.name}.{target.qualname}"
        is_state = declaration.injected == "state"
        own = declaration.name or name.rpartition(".")[2]
        what = f"{declaration.injected}:{name}"
        calls = (
            declaration.injected == "dependency" and isinstance(target, Object) and _has_methods(self._modules, target)
        )
        return Injected(what, is_state, own if is_state else "", declaration.locks, calls)


def _has_methods(modules: Modules, cls: Object) -> bool:
    """Whether a class has methods anybody may call, its own or inherited ones, wherever its bases are written."""
    for base in ancestors(modules, cls):
        if isinstance(base, Object) and isinstance(base.node, ast.ClassDef):
            scope = class_scope(base.scope, base.node)
            public = [name for name in scope.every_name if not name.startswith("_")]
            if any(isinstance(_defined(modules.lookup(scope, name)), Function) for name in public):
                return True
    return False


def _defined(target: Target) -> ast.AST | None:
    return target.node if isinstance(target, Object) else None
