"""Folding an expression to the value it has, without running anything.

What folds: literals and containers of them, signs, arithmetic of bounded size, concatenation, subscripts, names bound
once, enum members, and calls of the constructors that the caller lists. Everything else is computed when the user's
code runs, and that is a :class:`Problem`, never a guess.
"""

from __future__ import annotations

import ast
import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from rekuest_codegen.scan.classes import enum_maker, enum_members, is_enum
from rekuest_codegen.scan.constraints import UNREAD_CALLS
from rekuest_codegen.scan.enums import made_members
from rekuest_codegen.scan.modules import Known, Missing, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope

MAX_FOLDS = 20_000
MAX_NESTING = 60
MAX_TEXT = 100_000
MAX_BITS = 256

LITERALS = {"builtins.True": True, "builtins.False": False, "builtins.None": None}
CONSTANTS: Mapping[str, Any] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.tau": math.tau,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "datetime.timezone.utc": datetime.UTC,
    "datetime.UTC": datetime.UTC,
    "dataclasses.MISSING": ...,
}
CONSTRUCTORS: Mapping[str, Callable[..., Any]] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
    "builtins.bool": bool,
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.dict": dict,
    "builtins.len": len,
    "datetime.datetime": datetime.datetime,
    "datetime.timedelta": datetime.timedelta,
    "datetime.timezone": datetime.timezone,
}

UNREAD = frozenset(
    [
        *("default_factory", "json_schema_extra", "validation_alias", "serialization_alias", "alias"),
        *("factory", "validator", "converter", "on_setattr"),
    ]
)
"""Keywords of field makers whose values say nothing about a port."""


@dataclass(frozen=True, slots=True, eq=False)
class EnumMember:
    """A member of a user's Enum. ``name`` is that of the first member with its value; ``value`` None when computed."""

    cls: Object
    name: str
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """An instance of a user's class; what the constructor makes of its arguments is not known."""

    cls: Object


def is_sequence(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether a folded value is a list or tuple."""
    return isinstance(value, list | tuple)


def is_mapping(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether a folded value is a dict."""
    return isinstance(value, dict)


class Folder:
    """Folds expressions.

    ``calls`` are constructors besides :data:`CONSTRUCTORS`, by the name they are known under;
    ``spelled`` are enumerations whose members are their own names.
    """

    def __init__(self, modules: Modules, calls: Mapping[str, Callable[..., Any]], spelled: frozenset[str]) -> None:
        self._modules = modules
        self._calls = calls
        self._names = {**CONSTANTS, **LITERALS}
        self._spelled = spelled
        self._left = MAX_FOLDS
        self._depth = 0
        self._members: dict[object, dict[str, Any]] = {}

    def fold(self, scope: Scope, expression: ast.expr) -> Any:
        """The value of ``expression``.

        Raises:
            Problem: ``computed``, placed at the innermost part that cannot be folded.
        """
        self._left = MAX_FOLDS
        self._depth = 0
        return self._fold(scope, expression)

    def members(self, cls: Object) -> dict[str, Any]:
        """Values of an Enum's members by name, aliases included; None for a computed one."""
        if cls.key not in self._members:
            self._members[cls.key] = self._made_members(cls, cls.node) if isinstance(cls.node, ast.Call) else {}
            for name, expression, scope in enum_members(cls):
                self._left = MAX_FOLDS
                try:
                    self._members[cls.key][name] = self._fold(scope, expression)
                except Problem:
                    self._members[cls.key][name] = None
        return self._members[cls.key]

    def _made_members(self, cls: Object, call: ast.Call) -> dict[str, Any]:
        """Those of an Enum made by a call; none when the call cannot be read."""
        try:
            positional, named = self.arguments(cls.scope, call)
            names = positional[1] if len(positional) > 1 else named.get("names")
            return made_members(enum_maker(self._modules, cls) or "", names, named.get("start"))
        except (Problem, ValueError):
            return {}

    def _fold(self, scope: Scope, expression: ast.expr) -> Any:
        self._left -= 1
        if self._left <= 0 or self._depth >= MAX_NESTING:
            raise self._computed(scope, expression, "is too large, or refers to itself")
        self._depth += 1
        try:
            return self._fold_node(scope, expression)
        except Problem as problem:
            raise problem.at(scope.source, expression) from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise self._computed(scope, expression, f"fails ({error})") from None
        finally:
            self._depth -= 1

    def _fold_node(self, scope: Scope, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value) if not isinstance(value, complex):
                return value
            case ast.Name() | ast.Attribute():
                return self._fold_name(scope, node)
            case ast.UnaryOp(op=sign, operand=inner) if type(sign) in _UNARY:
                return _UNARY[type(sign)](self._fold(scope, inner))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
                return self._combine(scope, node, type(sign), self._fold(scope, left), self._fold(scope, right))
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                if any(isinstance(element, ast.Starred) for element in elements):
                    raise self._computed(scope, node)
                items = [self._fold(scope, element) for element in elements]
                return tuple(items) if isinstance(node, ast.Tuple) else items
            case ast.Dict(keys=keys, values=values):
                if None in keys:
                    raise self._computed(scope, node)
                pairs = zip(keys, values, strict=True)
                return {self._fold(scope, key): self._fold(scope, item) for key, item in pairs if key is not None}
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice | ast.Tuple):
                held: Any = self._fold(scope, value)
                key: Any = self._fold(scope, index)
                return self._enum_items(held)[key] if isinstance(held, Object) else held[key]
            case ast.Call():
                return self._fold_call(scope, node)
            case ast.JoinedStr(values=pieces):
                texts = [self._fold_piece(scope, piece) for piece in pieces]
                if None in texts:
                    raise self._computed(scope, node)
                return "".join(filter(None, texts))
            case _:
                raise self._computed(scope, node)

    def _fold_piece(self, scope: Scope, piece: ast.expr) -> str | None:
        """A piece of an f-string: plain text, or the name of a text or whole number; None of anything else."""
        match piece:
            case ast.Constant(value=str() as text):
                return text
            case ast.FormattedValue(value=ast.Name() | ast.Attribute() as name, conversion=-1, format_spec=None):
                value: Any = self._fold(scope, name)
                return str(value) if type(value) in (str, int) else None
            case _:
                return None

    def _fold_name(self, scope: Scope, node: ast.Name | ast.Attribute) -> Any:
        target = self._modules.resolve(scope, node)
        if isinstance(target, Known):
            owner, _, last = target.name.rpartition(".")
            if target.name in self._names:
                return self._names[target.name]
            if owner in self._spelled:
                return last
        if isinstance(target, Object):
            if not isinstance(target.node, ast.expr) or is_enum(self._modules, target):
                return target
            # In the body of its own class a member is still the plain value.
            if scope.node is not target.scope.node and (member := self._member(target)) is not None:
                return member
            if not target.scope.is_constant(target.name):
                raise self._computed(scope, node, "is assigned more than once")
            return self._fold(target.scope, target.node)
        if isinstance(node, ast.Attribute):
            value = self._fold(scope, node.value)
            if isinstance(value, Object) and enum_maker(self._modules, value) is not None:
                if (member := self.enum_member(value, node.attr)) is not None:
                    return member
                raise self._computed(scope, node, f"is no member of {value.name} that can be read")
            if isinstance(value, EnumMember) and node.attr in ("value", "name"):
                return value.value if node.attr == "value" else value.name
        reason = target.reason if isinstance(target, Missing) else "is computed elsewhere"
        raise self._computed(scope, node, reason)

    def _enum_items(self, cls: Object) -> dict[Any, Any]:
        """What ``Colour["RED"]`` picks from; nothing for a class that is no Enum."""
        if not is_enum(self._modules, cls):
            return {}
        return {name: self.enum_member(cls, name) for name in self.members(cls)}

    def _member(self, target: Object) -> EnumMember | None:
        scope = target.scope
        if scope.kind != "class" or scope.parent is None or not isinstance(scope.node, ast.ClassDef):
            return None
        cls = Object(scope.parent, scope.node.name, scope.node)
        return self.enum_member(cls, target.name) if is_enum(self._modules, cls) else None

    def enum_member(self, cls: Object, name: str) -> EnumMember | None:
        """The member ``name`` of ``cls``, under the name it travels by."""
        values = self.members(cls)
        if name not in values:
            return None
        value = values[name]
        first = next((other for other, known in values.items() if known is not None and known == value), name)
        return EnumMember(cls, first, value)

    def _fold_call(self, scope: Scope, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and len(node.args) == 1:
            glue = self._fold(scope, node.func.value)
            if isinstance(glue, str):
                return glue.join(self._fold(scope, node.args[0]))
        target = self._modules.resolve(scope, node.func)
        if isinstance(target, Known) and target.name in UNREAD_CALLS:
            return UNREAD_CALLS[target.name]
        if isinstance(target, Known) and (target.name in self._calls or target.name in CONSTRUCTORS):
            positional, named = self.arguments(scope, node)
            if target.name in CONSTRUCTORS:
                return CONSTRUCTORS[target.name](*positional, **named)
            try:
                return self._calls[target.name](*positional, **named)
            except (TypeError, ValueError) as error:
                raise Problem("bad-marker", f"{target.name.rpartition('.')[2]}: {error}") from None
        if isinstance(target, Object):
            if is_enum(self._modules, target) and len(node.args) == 1:
                wanted = self._fold(scope, node.args[0])
                for name, value in self.members(target).items():
                    if value is not None and value == wanted:
                        return EnumMember(target, name, value)
            if isinstance(target.node, ast.ClassDef):
                return Instance(target)
        raise self._computed(scope, node)

    def arguments(self, scope: Scope, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """The folded arguments of a call."""
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self._computed(scope, argument.value)
            positional.append(self._fold(scope, argument))
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self._computed(scope, keyword.value)
            if keyword.arg not in UNREAD:
                named[keyword.arg] = self._fold(scope, keyword.value)
        return positional, named

    def _combine(self, scope: Scope, node: ast.expr, sign: type[ast.operator], left: Any, right: Any) -> Any:
        if sign is ast.Pow and isinstance(left, int) and isinstance(right, int):
            if left.bit_length() * abs(right) > MAX_BITS:
                raise self._computed(scope, node, "is too large")
        elif sign is ast.LShift and isinstance(right, int) and right > MAX_BITS:
            raise self._computed(scope, node, "is too large")
        elif sign is ast.Mult:
            if _repeated(left, right) > MAX_TEXT:
                raise self._computed(scope, node, "is too large")
        elif sign is ast.Mod and isinstance(left, str):
            raise self._computed(scope, node)
        value = _BINARY[sign](left, right)
        if isinstance(value, int) and value.bit_length() > 4 * MAX_BITS:
            raise self._computed(scope, node, "is too large")
        return value

    def _computed(self, scope: Scope, node: ast.expr, reason: str = "is computed when the code runs") -> Problem:
        return Problem("computed-value", f"`{scope.source.shown(node)}` {reason}", source=scope.source, node=node)


def _repeated(left: Any, right: Any) -> int:
    """How long a repeated text or list would be; zero for other products."""
    if isinstance(left, int):
        left, right = right, left
    return len(left) * right if isinstance(right, int) and hasattr(left, "__len__") else 0


_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: lambda value: -value,
    ast.UAdd: lambda value: +value,
    ast.Not: lambda value: not value,
    ast.Invert: lambda value: ~value,
}
_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: lambda left, right: left % right,
    ast.Pow: lambda left, right: left**right,
    ast.LShift: lambda left, right: left << right,
    ast.RShift: lambda left, right: left >> right,
    ast.BitOr: lambda left, right: left | right,
    ast.BitAnd: lambda left, right: left & right,
}
