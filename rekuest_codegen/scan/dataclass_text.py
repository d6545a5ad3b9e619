"""The text that ``dataclasses`` puts where a class has no docstring: its name and the signature of its constructor.

Upstream shows it as the model's description, so an undocumented model is described the same way here.
"""

from __future__ import annotations

import ast
from typing import Any

from rekuest_codegen.scan.classes import Field
from rekuest_codegen.scan.constants import EnumMember, Folder, Instance
from rekuest_codegen.scan.markers import Markers
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope


def written_signature(modules: Modules, folder: Folder, name: str, fields: list[Field]) -> str:
    """``Point(x: float, y: float = 0.0)``."""
    parts: list[str] = []
    for field in fields:
        text = f"{field.name}: {_annotation(modules, field.scope, field.annotation)}"
        default = _default(folder, field)
        parts.append(f"{text} = {default}" if default is not None else text)
    return f"{name}({', '.join(parts)})"


def _annotation(modules: Modules, scope: Scope, node: ast.expr) -> str:
    if scope.source.postpones_annotations:
        return repr(scope.source.code(node))
    match node:
        case ast.Constant(value=str() as text):
            return repr(text)
        case ast.Name() | ast.Attribute():
            target = modules.resolve(scope, node)
            if isinstance(target, Known):
                return target.name.removeprefix("builtins.").removeprefix("typing.")
            if isinstance(target, Object) and isinstance(target.node, ast.ClassDef):
                return f"{target.source.name}.{target.qualname}"
            if isinstance(target, Object) and isinstance(target.node, ast.expr):
                return _annotation(modules, target.scope, target.node)
            return scope.source.code(node)
        case ast.Subscript(value=value, slice=elements):
            inner = [_annotation(modules, scope, part) for part in _parts(elements)]
            return f"{_annotation(modules, scope, value)}[{', '.join(inner)}]"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{_annotation(modules, scope, left)} | {_annotation(modules, scope, right)}"
        case _:
            return scope.source.code(node)


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _default(folder: Folder, field: Field) -> str | None:
    if field.default is None:
        return None
    try:
        value: Any = folder.fold(field.scope, field.default)
    except Problem:
        return field.scope.source.code(field.default)
    if isinstance(value, Markers):
        if value.default is None:
            return "<factory>" if _has_factory(field.default) else None
        value = value.default.value
    if isinstance(value, EnumMember):
        return f"<{value.cls.name}.{value.name}: {value.value!r}>"
    return field.scope.source.code(field.default) if isinstance(value, Instance | Object) else repr(value)


def _has_factory(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and any(argument.arg == "default_factory" for argument in node.keywords)
