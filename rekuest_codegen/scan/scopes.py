"""What a name is bound to, read from the statements of a module, class or function.

Conditional code counts: what an ``if`` binds is seen, and what an ``else`` or ``except`` binds is the fallback when
nothing else does. Nothing is evaluated here; a binding is a node or an import to follow (see ``modules``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from rekuest_codegen.scan.source import Source


@dataclass(frozen=True, slots=True)
class ImportedModule:
    """``import a.b`` (binds ``a``) or ``import a.b as c`` (binds ``a.b``)."""

    module: str


@dataclass(frozen=True, slots=True)
class ImportedName:
    """``from module import name``, the module absolute."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A ``class``, ``def`` or ``type`` statement."""

    node: cst.ClassDef | cst.FunctionDef | cst.TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """``name = value`` or ``name: annotation = value``; ``value`` is None for a bare annotation."""

    value: cst.BaseExpression | None
    annotation: cst.BaseExpression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """Bound at run time: a parameter, a loop variable, an unpacked value. ``annotation`` when it has one.

    ``entered`` is the context manager that ``with ... as name`` binds; it often gives itself, which nobody can read.
    """

    what: str
    annotation: cst.BaseExpression | None = None
    entered: cst.BaseExpression | None = None


Binding = ImportedModule | ImportedName | Defined | Assigned | Opaque


@dataclass(slots=True, eq=False)
class Scope:
    """The names of one module, class or function body. ``qualname`` is empty and ``node`` None for a module."""

    source: Source
    kind: str
    qualname: str = ""
    parent: Scope | None = None
    node: cst.ClassDef | cst.FunctionDef | None = None
    names: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    fallbacks: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    stars: list[str] = field(default_factory=list[str])

    def binding(self, name: str) -> Binding | None:
        """The last binding of ``name`` in this body."""
        found = self.names.get(name) or self.fallbacks.get(name)
        return found[-1] if found else None

    def is_constant(self, name: str) -> bool:
        """Whether ``name`` is bound exactly once, so that its value is what is written there."""
        return len(self.names.get(name, ())) + len(self.fallbacks.get(name, ())) == 1

    def child_name(self, name: str) -> str:
        if not self.qualname:
            return name
        return f"{self.qualname}.<locals>.{name}" if self.kind == "function" else f"{self.qualname}.{name}"


def module_scope(source: Source, body: Sequence[cst.CSTNode]) -> Scope:
    scope = Scope(source, "module")
    _collect(scope, body, scope.names)
    return scope


def class_scope(parent: Scope, node: cst.ClassDef) -> Scope:
    scope = Scope(parent.source, "class", parent.child_name(node.name.value), parent, node)
    _bind_type_parameters(scope, node.type_parameters)
    _collect(scope, node.body.body, scope.names)
    return scope


def function_scope(parent: Scope, node: cst.FunctionDef) -> Scope:
    scope = Scope(parent.source, "function", parent.child_name(node.name.value), parent, node)
    _bind_type_parameters(scope, node.type_parameters)
    for parameter in all_parameters(node.params):
        annotation = parameter.annotation.annotation if parameter.annotation else None
        _bind(scope.names, parameter.name.value, Opaque("a parameter", annotation))
    _collect(scope, node.body.body, scope.names)
    return scope


def type_parameter_scope(parent: Scope, node: cst.FunctionDef) -> Scope:
    """``parent`` with the function's own type parameters in sight."""
    scope = Scope(parent.source, "class", parent.qualname, parent)
    _bind_type_parameters(scope, node.type_parameters)
    return scope


def all_parameters(params: cst.Parameters) -> Iterator[cst.Param]:
    """Every parameter in the order of the signature."""
    yield from params.posonly_params
    yield from params.params
    if isinstance(params.star_arg, cst.Param):
        yield params.star_arg
    yield from params.kwonly_params
    if params.star_kwarg is not None:
        yield params.star_kwarg


def dotted_name(node: cst.BaseExpression | None) -> str | None:
    """``a.b.c`` of a Name or Attribute, else None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])


_Names = dict[str, list[Binding]]


def _bind(names: _Names, name: str, binding: Binding) -> None:
    names.setdefault(name, []).append(binding)


def _bind_type_parameters(scope: Scope, parameters: cst.TypeParameters | None) -> None:
    for parameter in parameters.params if parameters else ():
        _bind(scope.names, parameter.param.name.value, Opaque("a type variable"))


def _collect(scope: Scope, body: Sequence[cst.CSTNode], names: _Names) -> None:
    for statement in body:
        _collect_statement(scope, statement, names)


def _collect_statement(scope: Scope, statement: cst.CSTNode, names: _Names) -> None:
    match statement:
        case cst.SimpleStatementLine(body=parts) | cst.SimpleStatementSuite(body=parts):
            for part in parts:
                _collect_small(scope, part, names)
        case cst.ClassDef() | cst.FunctionDef():
            _bind(names, statement.name.value, Defined(statement))
        case cst.If(body=inner, orelse=orelse):
            _collect_block(scope, inner, names)
            if orelse is not None:
                _collect_statement(scope, orelse, scope.fallbacks)
        case cst.Else(body=inner) | cst.Finally(body=inner):
            _collect_block(scope, inner, names)
        case cst.Try() | cst.TryStar():
            _collect_block(scope, statement.body, names)
            for handler in statement.handlers:
                _collect_block(scope, handler.body, scope.fallbacks)
            for rest in (statement.orelse, statement.finalbody):
                if rest is not None:
                    _collect_statement(scope, rest, names)
        case cst.With(body=inner, items=items):
            for item in items:
                if item.asname is not None:
                    _bind_target(names, item.asname.name, Opaque("bound by 'with'", entered=item.item))
            _collect_block(scope, inner, names)
        case cst.For(body=inner, target=target):
            _bind_target(names, target, Opaque("a loop variable"))
            _collect_block(scope, inner, names)
        case cst.While(body=inner):
            _collect_block(scope, inner, names)
        case _:
            pass


def _collect_block(scope: Scope, block: cst.BaseSuite, names: _Names) -> None:
    # `if X: name = 1` on one line has small statements directly in its suite.
    if isinstance(block, cst.SimpleStatementSuite):
        _collect_statement(scope, block, names)
    else:
        _collect(scope, block.body, names)


def _collect_small(scope: Scope, part: cst.CSTNode, names: _Names) -> None:
    match part:
        case cst.Import(names=aliases):
            for alias in aliases:
                dotted = dotted_name(alias.name)
                if dotted is None:
                    continue
                if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                    _bind(names, alias.asname.name.value, ImportedModule(dotted))
                else:
                    top = dotted.partition(".")[0]
                    _bind(names, top, ImportedModule(top))
        case cst.ImportFrom():
            _collect_import(scope, part, names)
        case cst.Assign(targets=targets, value=value):
            for target in targets:
                _bind_assignment(names, target.target, value)
        case cst.AnnAssign(target=cst.Name(value=name), annotation=annotation, value=value):
            _bind(names, name, Assigned(value, annotation.annotation))
        case cst.AugAssign(target=cst.Name(value=name)):
            _bind(names, name, Opaque("changed in place"))
        case cst.TypeAlias(name=cst.Name(value=name)):
            _bind(names, name, Defined(part))
        case _:
            pass


def _collect_import(scope: Scope, node: cst.ImportFrom, names: _Names) -> None:
    module = scope.source.absolute(dotted_name(node.module) or "", len(node.relative))
    if module is None:
        return
    if isinstance(node.names, cst.ImportStar):
        scope.stars.append(module)
        return
    for alias in node.names:
        if isinstance(alias.name, cst.Name):
            bound = alias.asname.name if alias.asname else alias.name
            if isinstance(bound, cst.Name):
                _bind(names, bound.value, ImportedName(module, alias.name.value))


def _bind_assignment(names: _Names, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
    if isinstance(target, cst.Name):
        _bind(names, target.value, Assigned(value))
        return
    if not isinstance(target, cst.Tuple | cst.List):
        return
    targets = [element.value for element in target.elements]
    if isinstance(value, cst.Tuple | cst.List):
        values = [element.value for element in value.elements]
        plain = not any(isinstance(element, cst.StarredElement) for element in (*target.elements, *value.elements))
        if plain and len(values) == len(targets):
            for part, item in zip(targets, values, strict=True):
                _bind_assignment(names, part, item)
            return
    for part in targets:
        _bind_target(names, part, Opaque("unpacked from another value"))


def _bind_target(names: _Names, target: cst.BaseExpression, binding: Opaque) -> None:
    if isinstance(target, cst.Name):
        _bind(names, target.value, binding)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            _bind_target(names, element.value, binding)
