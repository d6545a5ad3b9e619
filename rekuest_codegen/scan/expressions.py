"""The expressions of validators and effects, as the call trees that travel.

``"len(value) > 0 and other.min != 'x'"`` becomes ``and(gt(len(value), 0), ne(other/min, 'x'))``: operations of the
base function catalogue over ``value`` (the port's own), other ports by name, and literals. A user interface evaluates
the tree; nothing here does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from rekuest_codegen.scan.nesting import too_deep
from rekuest_codegen.scan.trees import is_none, parse_expression, text_of

MAX_EXPRESSION = 2_000
OWN_VALUE = "value"

_AB = ("a", "b")
OPERATIONS: Mapping[str, tuple[tuple[str, ...], int]] = {
    **dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "coalesce"), (_AB, 2)),
    **dict.fromkeys(("add", "sub", "mul", "div", "mod"), (_AB, 2)),
    **dict.fromkeys(("not", "is_null", "is_set", "len", "is_empty", "neg"), (("a",), 1)),
    "between": (("value", "min", "max"), 3),
    "if": (("condition", "then", "otherwise"), 3),
    "len_between": (("value", "min", "max"), 2),
    "contains": (("haystack", "needle"), 2),
    "in": (("value", "options"), 2),
    "matches": (("value", "pattern"), 2),
    "starts_with": (("value", "prefix"), 2),
    "ends_with": (("value", "suffix"), 2),
    "get": (("value", "path"), 2),
}
"""Operation of the base catalogue -> its parameters, and how many of them are required."""

_BINARY: Mapping[type[ast.operator | ast.boolop], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Mod: "mod",
    ast.And: "and",
    ast.Or: "or",
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: "gt",
    ast.GtE: "gte",
    ast.Lt: "lt",
    ast.LtE: "lte",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
# `and(a, b)` is an operation by that name, but no Python: the name is hidden from the parser.
_KEYWORD_CALL = re.compile(r"(^|[(,])(\s*)(and|or|in|if|not)\(")
_HIDDEN = "operation_named_"

Call = dict[str, Any]


def parse_call(expression: str) -> Call:
    """The call tree of ``expression``.

    Raises:
        ValueError: it is no call or condition, or uses what a port call cannot say.
    """
    text = expression.strip().removeprefix("@").strip()
    if len(text) > MAX_EXPRESSION or too_deep(text):
        raise ValueError(f"an expression of {len(text)} characters is too long, or nested too deeply")
    node = parse_expression(_KEYWORD_CALL.sub(rf"\1\2{_HIDDEN}\3(", text))
    if node is None:
        raise ValueError(f"{text[:60]!r} is no expression")
    call = _call(node)
    if call is None:
        raise ValueError(f"{text[:60]!r} is no call or condition, such as 'value > 3' or 'gt(value, 3)'")
    return call


def operation(name: str, *arguments: Mapping[str, Any]) -> Call:
    """A call of ``name`` with positional arguments, each in one of the bindings ``_argument`` takes."""
    return _keyed(name, [(None, _argument(**argument)) for argument in arguments])


def dependencies(call: Call, explicit: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The ports a call reads besides its own, in the order seen, then the explicit ones."""
    seen = dict.fromkeys(path.split("/")[0] for path in _paths(call.get("arguments") or ()))
    seen.pop(OWN_VALUE, None)
    return tuple(dict.fromkeys([*seen, *explicit]))


def _paths(arguments: Any) -> Iterator[str]:
    for argument in arguments:
        if argument["value_path"] is not None:
            yield argument["value_path"]
        if argument["util_call"] is not None:
            yield from _paths(argument["util_call"].get("arguments") or ())
        yield from _paths(argument["value_list"] or ())
        yield from _paths(argument["value_dict"] or ())


def _argument(
    *,
    key: str | None = None,
    literal: Any = None,
    path: str | None = None,
    call: Call | None = None,
    items: list[Any] | None = None,
    entries: list[Any] | None = None,
) -> dict[str, Any]:
    return {
        "key": key,
        "value_literal": literal,
        "value_path": path,
        "agent_call": None,
        "util_call": call,
        "value_list": items,
        "value_dict": entries,
    }


def _keyed(name: str, arguments: list[tuple[str | None, dict[str, Any]]]) -> Call:
    known = OPERATIONS.get(name)
    keys = known[0] if known else tuple(str(index) for index in range(len(arguments)))
    bound: dict[str, dict[str, Any]] = {}
    for index, (keyword, argument) in enumerate(arguments):
        if keyword is None and index >= len(keys):
            raise ValueError(f"{name} takes at most {len(keys)} arguments ({', '.join(keys)})")
        key = keyword if keyword is not None else keys[index]
        if known and key not in keys:
            raise ValueError(f"{name} has no argument {key!r} (it has {', '.join(keys)})")
        if key in bound:
            raise ValueError(f"{name} is given {key!r} twice")
        bound[key] = {**argument, "key": key}
    if known and (missing := [key for key in keys[: known[1]] if key not in bound]):
        raise ValueError(f"{name} lacks {', '.join(missing)}")
    ordered = [bound[key] for key in keys if key in bound] if known else list(bound.values())
    return {"operation": name, "arguments": ordered or None}


def _call(node: ast.expr) -> Call | None:
    """The call ``node`` is sugar for, or None when it is a plain value."""
    match node:
        case ast.Call(func=function, args=arguments, keywords=named):
            name = ".".join(_path(function)).removeprefix("utils.")
            if name.startswith("actions."):
                raise ValueError("a port call cannot call actions")
            given = [(None, _value(argument)) for argument in arguments]
            return _keyed(name.replace(_HIDDEN, ""), [*given, *((part.arg, _value(part.value)) for part in named)])
        case ast.Compare(left=left, ops=signs, comparators=comparators):
            result: Call | None = None
            for sign, right in zip(signs, comparators, strict=True):
                step = _compare(sign, left, right)
                result = step if result is None else operation("and", {"call": result}, {"call": step})
                left = right
            return result
        case ast.BoolOp(op=sign, values=[first, *others]):
            joined = _value(first)
            for other in others:
                joined = _argument(call=_keyed(_BINARY[type(sign)], [(None, joined), (None, _value(other))]))
            made: Call | None = joined["util_call"]
            return made
        case ast.BinOp(left=left, op=sign, right=right):
            if type(sign) not in _BINARY:
                raise ValueError(f"the operator {type(sign).__name__} has no meaning in a port call")
            return _keyed(_BINARY[type(sign)], [(None, _value(left)), (None, _value(right))])
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _keyed("not", [(None, _value(inner))])
        case ast.UnaryOp(op=ast.USub(), operand=inner) if not _is_number(inner):
            return _keyed("neg", [(None, _value(inner))])
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _call(inner)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _keyed("if", [(None, _value(test)), (None, _value(body)), (None, _value(orelse))])
        case _:
            return None


def _compare(sign: ast.cmpop, left: ast.expr, right: ast.expr) -> Call:
    if isinstance(sign, ast.In | ast.NotIn):
        inside = _keyed("in", [(None, _value(left)), (None, _value(right))])
        return inside if isinstance(sign, ast.In) else operation("not", {"call": inside})
    if isinstance(sign, ast.Is | ast.IsNot):
        if not is_none(right):
            raise ValueError("'is' is only said of None")
        return _keyed("is_null" if isinstance(sign, ast.Is) else "is_set", [(None, _value(left))])
    return _keyed(_COMPARISONS[type(sign)], [(None, _value(left)), (None, _value(right))])


def _value(node: ast.expr) -> dict[str, Any]:
    if (call := _call(node)) is not None:
        return _argument(call=call)
    match node:
        case ast.Constant(value=None):
            raise ValueError("None is no argument; leave the argument out")
        case ast.Constant(value=str() | bool() | int() | float() as plain):
            return _argument(literal=plain)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=int() | float() as number)):
            return _argument(literal=-number if isinstance(sign, ast.USub) else number)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return _argument(items=[_value(element) for element in elements])
        case ast.Dict(keys=keys, values=values):
            entries: list[Any] = []
            for key, value in zip(keys, values, strict=True):
                if (text := text_of(key)) is None:
                    raise ValueError("the keys of a dict are literal texts")
                entries.append({**_value(value), "key": text})
            return _argument(entries=entries)
        case _:
            return _argument(path="/".join(_path(node)))


def _path(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=attribute):
            return [*_path(value), attribute]
        case ast.Subscript(value=value, slice=index):
            if text := text_of(index):
                return [*_path(value), text.replace("~", "~0").replace("/", "~1")]
            if _is_number(index) and isinstance(index.value, int):
                return [*_path(value), str(index.value)]
            raise ValueError("a subscript is a text or a number that is not negative")
        case _:
            raise ValueError(f"{type(node).__name__} has no meaning in a port call")


def _is_number(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)
