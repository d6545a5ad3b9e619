"""What a name is bound to, read from the statements of a module, class or function.

Conditional code counts: what an ``if`` binds is seen, and what an ``else`` or ``except`` binds is the fallback when
nothing else does. Nothing is evaluated here; a binding is a node or an import to follow (see ``modules``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rekuest_codegen.scan.trees import Function, TypeAlias, type_alias, type_parameters

if TYPE_CHECKING:
    from rekuest_codegen.scan.source import Source


class ImportedModule(Struct, frozen=True):
    """``import a.b`` (binds ``a``) or ``import a.b as c`` (binds ``a.b``)."""

    module: str


class ImportedName(Struct, frozen=True):
    """``from module import name``, the module absolute."""

    module: str
    name: str


class Defined(Struct, frozen=True, eq=False):
    """A ``class``, ``def`` or ``type`` statement."""

    node: ast.ClassDef | Function | TypeAlias


class Assigned(Struct, frozen=True, eq=False):
    """``name = value`` or ``name: annotation = value``; ``value`` is None for a bare annotation."""

    value: ast.expr | None
    annotation: ast.expr | None = None


class Opaque(Struct, frozen=True, eq=False):
    """Bound at run time: a parameter, a loop variable, an unpacked value. ``annotation`` when it has one.

    ``entered`` is the context manager that ``with ... as name`` binds; it often gives itself, which nobody can read.
    """

    what: str
    annotation: ast.expr | None = None
    entered: ast.expr | None = None


class Given(Struct, frozen=True, eq=False):
    """What a type variable of an alias is in one use of it, in a scope in which that has the name ``GIVEN``."""

    scope: Scope
    value: ast.expr


GIVEN = "<given>"
Binding = ImportedModule | ImportedName | Defined | Assigned | Opaque | Given
_Names = dict[str, list[Binding]]


Member = tuple[str, "Scope", ast.expr | None]
"""A word of the vocabulary, and the app it is said of, in its scope; see ``apps``, which finds it."""


TYPE_PARAMETERS = "type parameters"
"""The kind of a scope that stands between a name and the scope it is written in, and hides nothing else of that."""


class Scope:
    """The names of one module, class or function body. ``qualname`` is empty and ``node`` None for a module.

    The body is read when a name is first asked for: most functions are never asked.
    """

    __slots__ = ("source", "kind", "qualname", "parent", "node", "_body", "_names", "_fallbacks", "_stars", "resolved")

    def __init__(
        self,
        source: Source,
        kind: str,
        qualname: str = "",
        parent: Scope | None = None,
        node: ast.ClassDef | Function | None = None,
        body: Sequence[ast.stmt] = (),
    ) -> None:
        self.source = source
        self.kind = kind
        self.qualname = qualname
        self.parent = parent
        self.node = node
        self._body = body
        self._names: _Names | None = None
        self._fallbacks: _Names = {}
        self._stars: list[str] = []
        self.resolved: dict[str, Any] = {}
        """What names were found to mean here; for ``modules``, which finds it."""

    @property
    def names(self) -> _Names:
        """The bindings of each name, in the order written."""
        if self._names is None:
            self._names = {}
            self._seed(self._names)
            self._collect(self._body, self._names)
        return self._names

    @property
    def every_name(self) -> list[str]:
        """The names bound here, fallbacks included."""
        return list(dict.fromkeys((*self.names, *self._fallbacks)))

    @property
    def stars(self) -> list[str]:
        """The modules all of whose names are imported here."""
        _ = self.names
        return self._stars

    def binding(self, name: str) -> Binding | None:
        """The last binding of ``name`` in this body."""
        found = self.names.get(name) or self._fallbacks.get(name)
        return found[-1] if found else None

    def every_binding(self, name: str) -> list[Binding]:
        """The bindings of ``name``, the fallbacks last."""
        return [*self.names.get(name, ()), *self._fallbacks.get(name, ())]

    def is_constant(self, name: str) -> bool:
        """Whether ``name`` is bound exactly once, so that its value is what is written there."""
        return len(self.every_binding(name)) == 1

    def child_name(self, name: str) -> str:
        if not self.qualname:
            return name
        return f"{self.qualname}.<locals>.{name}" if self.kind == "function" else f"{self.qualname}.{name}"

    def _seed(self, names: _Names) -> None:
        """Bind what the head of the class or function binds."""
        if self.node is None:
            return
        for name in type_parameters(self.node):
            _bind(names, name, Opaque("a type variable"))
        if isinstance(self.node, Function) and self.kind == "function":
            for parameter in all_parameters(self.node.args):
                _bind(names, parameter.arg, Opaque("a parameter", parameter.annotation))

    def _collect(self, body: Sequence[ast.stmt], names: _Names) -> None:
        for statement in body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    _bind(names, statement.name, Defined(statement))
                case ast.Assign(targets=targets, value=value):
                    self._collect_assignment(statement, targets, value, names)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    _bind(names, name, Assigned(value, annotation))
                case ast.AugAssign(target=ast.Name(id=name)):
                    _bind(names, name, Opaque("changed in place"))
                case ast.Import(names=aliases):
                    for alias in aliases:
                        module = alias.name if alias.asname else alias.name.partition(".")[0]
                        _bind(names, alias.asname or module, ImportedModule(module))
                case ast.ImportFrom():
                    self._collect_import(statement, names)
                case ast.If(body=inner, orelse=orelse):
                    self._collect(inner, names)
                    self._collect(orelse, self._fallbacks)
                case ast.Try() | ast.TryStar():
                    self._collect(statement.body, names)
                    for handler in statement.handlers:
                        self._collect(handler.body, self._fallbacks)
                    self._collect(statement.orelse, names)
                    self._collect(statement.finalbody, names)
                case ast.With(body=inner, items=items) | ast.AsyncWith(body=inner, items=items):
                    for item in items:
                        if item.optional_vars is not None:
                            entered = Opaque("bound by 'with'", entered=item.context_expr)
                            _bind_target(names, item.optional_vars, entered)
                    self._collect(inner, names)
                case ast.For(target=target) | ast.AsyncFor(target=target):
                    _bind_target(names, target, Opaque("a loop variable"))
                    self._collect(statement.body, names)
                    self._collect(statement.orelse, names)
                case ast.While(body=inner, orelse=orelse):
                    self._collect(inner, names)
                    self._collect(orelse, names)
                case ast.Match(cases=cases):
                    for case in cases:
                        self._collect(case.body, names if case is cases[0] else self._fallbacks)
                case _:
                    if (named := type_alias(statement)) is not None:
                        _bind(names, named.name, Defined(named))

    def _collect_assignment(
        self, statement: ast.Assign, targets: Sequence[ast.expr], value: ast.expr, names: _Names
    ) -> None:
        if (alias := type_alias(statement)) is not None:
            _bind(names, alias.name, Defined(alias))
            return
        for target in targets:
            _bind_assignment(names, target, value)

    def _collect_import(self, node: ast.ImportFrom, names: _Names) -> None:
        module = self.source.absolute(node.module or "", node.level)
        if module is None:
            return
        for alias in node.names:
            if alias.name == "*":
                self._stars.append(module)
            else:
                _bind(names, alias.asname or alias.name, ImportedName(module, alias.name))


def module_scope(source: Source, body: Sequence[ast.stmt]) -> Scope:
    return Scope(source, "module", body=body)


def class_scope(parent: Scope, node: ast.ClassDef) -> Scope:
    """The scope of the body of ``node``, the same each time it is asked for."""
    return _inner_scope(parent, node, "class")


def function_scope(parent: Scope, node: Function) -> Scope:
    """The scope of the body of ``node``, the same each time it is asked for."""
    return _inner_scope(parent, node, "function")


def type_parameter_scope(parent: Scope, node: Function) -> Scope:
    """``parent`` with the function's own type parameters in sight."""
    return Scope(parent.source, TYPE_PARAMETERS, parent.qualname, parent, node)


def bound_scope(parent: Scope, given: Mapping[str, tuple[Scope, ast.expr]]) -> Scope:
    """``parent`` with type variables that mean the types ``given``, each written in a scope of its own."""
    made = Scope(parent.source, TYPE_PARAMETERS, parent.qualname, parent)
    for name, (where, value) in given.items():
        written = Scope(where.source, TYPE_PARAMETERS, where.qualname, where)
        _bind(written.names, GIVEN, Assigned(value))
        _bind(made.names, name, Given(written, value))
    return made


def _inner_scope(parent: Scope, node: ast.ClassDef | Function, kind: str) -> Scope:
    known = parent.source.scopes.get(node)
    if known is None:
        known = Scope(parent.source, kind, parent.child_name(node.name), parent, node, node.body)
        parent.source.scopes[node] = known
    return known


def all_parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """Every parameter in the order of the signature."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg is not None:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg is not None:
        yield arguments.kwarg


def _bind(names: _Names, name: str, binding: Binding) -> None:
    names.setdefault(name, []).append(binding)


def _bind_assignment(names: _Names, target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        _bind(names, target.id, Assigned(value))
        return
    if not isinstance(target, ast.Tuple | ast.List):
        return
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
        plain = not any(isinstance(element, ast.Starred) for element in (*target.elts, *value.elts))
        if plain:
            for part, item in zip(target.elts, value.elts, strict=True):
                _bind_assignment(names, part, item)
            return
    for part in target.elts:
        _bind_target(names, part, Opaque("unpacked from another value"))


def _bind_target(names: _Names, target: ast.expr, binding: Opaque) -> None:
    if isinstance(target, ast.Starred):
        target = target.value
    if isinstance(target, ast.Name):
        _bind(names, target.id, binding)
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            _bind_target(names, element, binding)
