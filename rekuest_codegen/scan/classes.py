"""What a class is, as far as its source says: its ancestors, members, fields, methods and decorators."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from rekuest_codegen.scan.generics import NOTHING_GIVEN, Given, filled_in
from rekuest_codegen.scan.modules import Known, Missing, Modules, Object, Target
from rekuest_codegen.scan.scopes import Assigned, Defined, Opaque, Scope, bound_scope, class_scope
from rekuest_codegen.scan.trees import Function, dotted_name, raw_docstring, text_of

MAX_ANCESTORS = 100

ENUM_BASES = frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"))
RECORDS = frozenset(
    [
        "dataclasses.dataclass",
        "pydantic.dataclasses.dataclass",
        *(f"attrs.{name}" for name in ("define", "frozen", "mutable")),
        *(f"attr.{name}" for name in ("s", "attrs", "dataclass", "define", "frozen", "mutable")),
    ]
)
"""Decorators that make fields of the annotations of a class."""
SHRINKERS = ("ashrink", "shrink")
EXPANDERS = ("aexpand", "expand")
INTERFACE_BASES = frozenset(["typing.Protocol", "abc.ABC"])


class Decorator(Struct, frozen=True, eq=False):
    """A decorator: what it resolves to, and the call when it is called with options."""

    target: Target
    expression: ast.expr
    call: ast.Call | None


class Field(Struct, frozen=True, eq=False):
    """One field of a model: its annotation and its default's expression, in the scope of the class that has it."""

    name: str
    scope: Scope
    annotation: ast.expr
    default: ast.expr | None


def ancestors(modules: Modules, cls: Object) -> tuple[Known | Object, ...]:
    """The classes ``cls`` derives from, itself first, nearest first; those not opened by name."""
    found: dict[object, Known | Object] = {}
    queue: list[Known | Object] = [cls]
    while queue and len(found) < MAX_ANCESTORS:
        current = queue.pop(0)
        key = current.name if isinstance(current, Known) else current.key
        if key in found:
            continue
        found[key] = current
        if isinstance(current, Object) and isinstance(current.node, ast.ClassDef):
            queue.extend(_bases(modules, current, current.node))
    return tuple(found.values())


def known_ancestors(modules: Modules, cls: Object) -> frozenset[str]:
    return frozenset(base.name for base in ancestors(modules, cls) if isinstance(base, Known))


def is_enum(modules: Modules, cls: Object) -> bool:
    if isinstance(cls.node, ast.Call):
        return enum_maker(modules, cls) is not None
    return isinstance(cls.node, ast.ClassDef) and not known_ancestors(modules, cls).isdisjoint(ENUM_BASES)


def enum_maker(modules: Modules, thing: Object) -> str | None:
    """What makes ``thing`` when that is an Enum made by a call: ``enum.Enum`` of ``Enum("Colour", "RED GREEN")``."""
    if (
        not isinstance(thing.node, ast.Call)
        or len(thing.node.args) + len(thing.node.keywords) < 2
        or not thing.scope.is_constant(thing.name)
    ):
        return None
    maker = modules.resolve(thing.scope, thing.node.func)
    return maker.name if isinstance(maker, Known) and maker.name in ENUM_BASES else None


def is_dataclass(modules: Modules, cls: Object) -> bool:
    """Whether a decorator or base makes ``cls`` a record with fields (dataclass, pydantic)."""
    names = known_ancestors(modules, cls)
    if "pydantic.BaseModel" in names:
        return True
    return any(
        isinstance(decorator.target, Known) and decorator.target.name in RECORDS
        for decorator in decorators(modules, cls)
    )


def decorators(modules: Modules, thing: Object) -> Iterator[Decorator]:
    """The decorators of a class or function, in the order written."""
    if isinstance(thing.node, ast.ClassDef | Function):
        yield from decorators_of(modules, thing.scope, thing.node)


def decorators_of(modules: Modules, scope: Scope, node: ast.ClassDef | Function) -> Sequence[Decorator]:
    """The decorators of a definition in ``scope``, in the order written."""
    known = scope.source.decorators
    if not node.decorator_list:
        return ()
    if node not in known:
        known[node] = [_decorator(modules, scope, expression) for expression in node.decorator_list]
    return known[node]


def _decorator(modules: Modules, scope: Scope, expression: ast.expr) -> Decorator:
    call = expression if isinstance(expression, ast.Call) else None
    name = call.func if call is not None else expression
    return Decorator(modules.resolve(scope, name), name, call)


def docstring(node: ast.ClassDef | Function) -> str | None:
    """The docstring without its indentation, whatever version of Python reads it."""
    text = raw_docstring(node)
    return inspect.cleandoc(text) if text else None


def method(modules: Modules, cls: Object, name: str) -> Object | None:
    """The method ``name`` of ``cls``, inherited ones included."""
    for base in ancestors(modules, cls):
        if isinstance(base, Object) and isinstance(base.node, ast.ClassDef):
            inner = class_scope(base.scope, base.node)
            binding = inner.binding(name)
            if isinstance(binding, Defined):
                return Object(inner, name, binding.node)
            if isinstance(binding, Assigned) and binding.value is not None:
                return Object(inner, name, binding.value)
    return None


def follows_protocol(modules: Modules, cls: Object) -> bool:
    """Whether ``cls`` can shrink itself to a reference and expand itself from one."""
    return any(method(modules, cls, name) for name in SHRINKERS) and any(
        method(modules, cls, name) for name in EXPANDERS
    )


def enum_members(cls: Object) -> Iterator[tuple[str, ast.expr, Scope]]:
    """Names and values of an Enum's members, aliases included, in the order of definition."""
    if not isinstance(cls.node, ast.ClassDef):
        return
    scope = class_scope(cls.scope, cls.node)
    for name, bindings in scope.names.items():
        first = bindings[0]
        if name.startswith("_") or not isinstance(first, Assigned) or first.value is None:
            continue
        if isinstance(first.value, ast.Lambda) or _is_nonmember(first.value):
            continue
        yield name, first.value, scope


def model_fields(
    modules: Modules, cls: Object, has_fields: Callable[[Object], bool] | None = None, own: Given = NOTHING_GIVEN
) -> list[Field]:
    """The fields of a model class, those of its bases first; ``own`` is what its type variables are.

    A base of pydantic's makes fields of all annotations. Else those of a base count where it ``has_fields`` of its
    own, as dataclasses look at it; without the question they all count.
    """
    fields: dict[str, Field] = {}
    given = filled_in(modules, cls, own)
    pydantic = "pydantic.BaseModel" in known_ancestors(modules, cls)
    asked = None if pydantic else has_fields
    for base in reversed(ancestors(modules, cls)):
        if not isinstance(base, Object) or not isinstance(base.node, ast.ClassDef):
            continue
        if asked is not None and base is not cls and not asked(base):
            continue
        scope = class_scope(base.scope, base.node)
        # What the body binds itself comes before what is filled in.
        filled = {name: value for name, value in given.get(base.key, {}).items() if not _is_bound(scope, name)}
        where = bound_scope(scope, filled) if filled else scope
        for name, bindings in scope.names.items():
            last = bindings[-1]
            if not isinstance(last, Assigned) or last.annotation is None:
                continue
            if _is_class_variable(modules, scope, last.annotation) or (pydantic and name.startswith("_")):
                continue
            if pydantic and name == "model_config":
                continue
            fields[name] = Field(name, where, last.annotation, last.value)
    return list(fields.values())


def _is_bound(scope: Scope, name: str) -> bool:
    """Whether a class body gives ``name`` a value; type parameters and bare annotations do not."""
    binding = scope.binding(name)
    return not (binding is None or isinstance(binding, Opaque) or (isinstance(binding, Assigned) and not binding.value))


def _bases(modules: Modules, cls: Object, node: ast.ClassDef) -> Iterator[Known | Object]:
    for value in node.bases:
        # Generic[T] and friends: the class is what is subscripted.
        while isinstance(value, ast.Subscript):
            value = value.value
        target = modules.resolve(cls.scope, value)
        if isinstance(target, Known | Object):
            yield target
        elif isinstance(target, Missing):
            yield Known(dotted_name(value) or target.name)


def _is_nonmember(value: ast.expr) -> bool:
    name = dotted_name(value.func) if isinstance(value, ast.Call) else None
    return name is not None and name.rpartition(".")[2] in ("nonmember", "property", "staticmethod", "classmethod")


def _is_class_variable(modules: Modules, scope: Scope, annotation: ast.expr) -> bool:
    if (text := text_of(annotation)) is not None:
        return text.split("[", 1)[0].rpartition(".")[2] == "ClassVar"
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    target = modules.resolve(scope, annotation)
    return isinstance(target, Known) and target.name in ("typing.ClassVar", "dataclasses.KW_ONLY")
