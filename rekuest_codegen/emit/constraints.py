"""Validators that mean something in Python.

A validator is a function in the language of a user interface. Both live contracts derive theirs from Python's own
annotations, by a handful of fixed texts; those, and only those, are turned back. Anything else is the provider's to
check, and so is the range of a slider: that says what a dialog offers, not what the function takes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from rekuest_codegen.ir import Port, PortKind, Validator
from rekuest_codegen.ir.shapes import is_array, is_object

Bounds = Mapping[str, int | float]

_NUMBER = r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?"
_COMPARISON = re.compile(rf"\(x\) => x (?P<sign>[<>]=?) (?P<bound>{_NUMBER})")
_AT_LEAST, _AT_MOST = r"x\.length >= (?P<min>\d{1,9})", r"x\.length <= (?P<max>\d{1,9})"
_LENGTHS = [re.compile(rf"\(x\) => {text}") for text in (_AT_LEAST, _AT_MOST, rf"{_AT_LEAST} && {_AT_MOST}")]
_SIGNS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_NUMERIC = frozenset({PortKind.INT, PortKind.FLOAT})
_SIZED = frozenset({PortKind.STRING, PortKind.LIST})


def field_options(port: Port) -> list[str]:
    """``gt=3`` and the like, for pydantic's ``Field``; empty when nothing is certain."""
    bounds: dict[str, int | float] = {}
    for validator in port.validators:
        found = _bounds(validator)
        allowed = _NUMERIC if found.keys() <= set(_SIGNS.values()) else _SIZED
        if port.kind in allowed and not validator.dependencies and _admits(port, found):
            bounds.update({name: bound for name, bound in found.items() if name not in bounds})
    return [f"{name}={bound!r}" for name, bound in sorted(bounds.items())]


def _bounds(validator: Validator) -> Bounds:
    extra = validator.model_extra or {}
    function, call = extra.get("function"), extra.get("call")
    if isinstance(function, str):
        return _from_function(function)
    return _from_call(call) if is_object(call) else {}


def _from_function(function: str) -> Bounds:
    if match := _COMPARISON.fullmatch(function):
        return {_SIGNS[match["sign"]]: json.loads(match["bound"])}
    for pattern in _LENGTHS:
        if match := pattern.fullmatch(function):
            return {f"{end}_length": int(bound) for end, bound in match.groupdict().items()}
    return {}


def _from_call(call: Mapping[str, Any]) -> Bounds:
    arguments = call.get("arguments")
    if not is_array(arguments):
        return {}
    given: dict[str, tuple[str, Any]] = {}
    for argument in arguments:
        if not is_object(argument):
            return {}
        given[str(argument.get("key"))] = _plain(argument)
    operation = str(call.get("operation"))
    if operation in _SIGNS.values() and given.keys() == {"a", "b"} and given["a"] == ("path", "value"):
        kind, bound = given["b"]
        return {operation: bound} if kind == "literal" and _is_number(bound) else {}
    if (
        operation != "len_between"
        or given.pop("value", None) != ("path", "value")
        or not given.keys() <= {"min", "max"}
    ):
        return {}
    if all(kind == "literal" and type(bound) is int and bound >= 0 for kind, bound in given.values()):
        return {f"{end}_length": bound for end, (_, bound) in given.items()}
    return {}


def _plain(argument: Mapping[str, Any]) -> tuple[str, Any]:
    """What an argument is, when it is simply a path or simply a value."""
    said = {name: value for name, value in argument.items() if name != "key" and value is not None}
    if len(said) == 1:
        ((name, value),) = said.items()
        if name in ("value_path", "value_literal"):
            return name.removeprefix("value_"), value
    return "other", None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _admits(port: Port, bounds: Bounds) -> bool:
    """Whether the bounds suit the port, and its own default passes: a call that leaves it out must not be refused."""
    if not bounds or (port.kind is PortKind.INT and not all(isinstance(bound, int) for bound in bounds.values())):
        return False
    default = port.default
    if isinstance(default, str | list):
        size = len(default)  # pyright: ignore[reportUnknownArgumentType] - any list has a length
        return bounds.get("min_length", 0) <= size <= bounds.get("max_length", math.inf)
    if not _is_number(default):
        return True
    return all(
        {"gt": default > bound, "ge": default >= bound, "lt": default < bound, "le": default <= bound}.get(name, True)
        for name, bound in bounds.items()
    )
