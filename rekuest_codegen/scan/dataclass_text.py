"""The text that ``dataclasses`` puts where a class has no docstring: its name and the signature of its constructor.

Upstream shows it as the model's description, so an undocumented model is described the same way here.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

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


def _annotation(modules: Modules, scope: Scope, node: cst.BaseExpression) -> str:
    if scope.source.postpones_annotations:
        return repr(scope.source.code(node))
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            return repr(node.evaluated_value)
        case cst.Name() | cst.Attribute():
            target = modules.resolve(scope, node)
            if isinstance(target, Known):
                return target.name.removeprefix("builtins.").removeprefix("typing.")
            if isinstance(target, Object) and isinstance(target.node, cst.ClassDef):
                return f"{target.source.name}.{target.qualname}"
            if isinstance(target, Object) and isinstance(target.node, cst.BaseExpression):
                return _annotation(modules, target.scope, target.node)
            return scope.source.code(node)
        case cst.Subscript(value=value, slice=elements):
            inner = [
                _annotation(modules, scope, part)
                for element in elements
                if isinstance(element.slice, cst.Index)
                for part in _parts(element.slice.value)
            ]
            return f"{_annotation(modules, scope, value)}[{', '.join(inner)}]"
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return f"{_annotation(modules, scope, left)} | {_annotation(modules, scope, right)}"
        case _:
            return scope.source.code(node)


def _parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    return [element.value for element in node.elements] if isinstance(node, cst.Tuple) else [node]


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


def _has_factory(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and any(
        argument.keyword is not None and argument.keyword.value == "default_factory" for argument in node.args
    )
