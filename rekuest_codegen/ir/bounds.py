"""Checks that mean something in Python: the bounds of a number or a length, read from a validator and written as one.

A validator is a function in the language of a user interface (contract 2), or a call of a named operation (contract
10). Both live contracts derive theirs from Python's own annotations, by a handful of fixed forms; those, and only
those, are read and written here. Anything else is opaque.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rekuest_codegen.ir.forms import AnyPort, AnyValidator
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.shapes import is_array, is_object

Bounds = Mapping[str, int | float]
"""By pydantic's names: gt, ge, lt, le, min_length, max_length."""

_NUMBER = r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?"
_COMPARISON = re.compile(rf"\(x\) => x (?P<sign>[<>]=?) (?P<bound>{_NUMBER})")
_AT_LEAST, _AT_MOST = r"x\.length >= (?P<min>\d{1,9})", r"x\.length <= (?P<max>\d{1,9})"
_LENGTHS = [re.compile(rf"\(x\) => {text}") for text in (_AT_LEAST, _AT_MOST, rf"{_AT_LEAST} && {_AT_MOST}")]
SIGNS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_OPERATIONS = {"gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}

_NUMERIC = frozenset({PortKind.INT, PortKind.FLOAT})
_SIZED = frozenset({PortKind.STRING, PortKind.LIST})


def certain(port: AnyPort) -> Iterator[tuple[AnyValidator, Bounds]]:
    """The validators of ``port`` that certainly hold for every value it takes, with what they demand.

    Whatever is not certain is left to the provider, and so is the range of a slider: that says what a dialog offers,
    not what the function takes.
    """
    for validator in port.validators:
        found = bounds_of(validator)
        allowed = _NUMERIC if found.keys() <= set(SIGNS.values()) else _SIZED
        if port.kind in allowed and not validator.dependencies and _admits(port, found):
            yield validator, found


def _admits(port: AnyPort, bounds: Bounds) -> bool:
    """Whether the bounds suit the port, and its own default passes: a call that leaves it out must not be refused."""
    if not bounds or (port.kind is PortKind.INT and not all(isinstance(bound, int) for bound in bounds.values())):
        return False
    default = port.default
    if isinstance(default, str | list):
        size = len(default)  # pyright: ignore[reportUnknownArgumentType] - any list has a length
        return bounds.get("min_length", 0) <= size <= bounds.get("max_length", math.inf)
    if not is_number(default):
        return True
    return all(
        {"gt": default > bound, "ge": default >= bound, "lt": default < bound, "le": default <= bound}.get(name, True)
        for name, bound in bounds.items()
    )


def bounds_of(validator: AnyValidator) -> Bounds:
    """What ``validator`` demands, as far as it is one of the known forms; empty otherwise."""
    extra = validator.model_extra or {}
    function, call = extra.get("function"), extra.get("call")
    if isinstance(function, str):
        return _from_function(function)
    return _from_call(call) if is_object(call) else {}


def _from_function(function: str) -> Bounds:
    if match := _COMPARISON.fullmatch(function):
        return {SIGNS[match["sign"]]: json.loads(match["bound"])}
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
    if operation in _OPERATIONS and given.keys() == {"a", "b"} and given["a"] == ("path", "value"):
        kind, bound = given["b"]
        return {_OPERATIONS[operation]: bound} if kind == "literal" and is_number(bound) else {}
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


def as_function(bounds: Bounds) -> str | None:
    """The validator's function in contract 2's form, or None when ``bounds`` have none."""
    sign = {name: sign for sign, name in SIGNS.items()}
    lengths = {"min_length": ">=", "max_length": "<="}
    if len(bounds) == 1 and (name := next(iter(bounds))) in sign:
        return f"(x) => x {sign[name]} {bounds[name]}"
    if bounds and bounds.keys() <= lengths.keys():
        return "(x) => " + " && ".join(
            f"x.length {lengths[name]} {bounds[name]}" for name in sorted(bounds, reverse=True)
        )
    return None


def as_call(bounds: Bounds) -> dict[str, Any] | None:
    """The validator's call in contract 10's form, or None when ``bounds`` have none."""
    operations = {name: operation for operation, name in _OPERATIONS.items()}
    if len(bounds) == 1 and (name := next(iter(bounds))) in operations:
        arguments = [{"key": "a", "value_path": "value"}, {"key": "b", "value_literal": bounds[name]}]
        return {"operation": operations[name], "arguments": arguments}
    if bounds and bounds.keys() <= {"min_length", "max_length"}:
        ends = [{"key": name.removesuffix("_length"), "value_literal": bound} for name, bound in bounds.items()]
        return {"operation": "len_between", "arguments": [{"key": "value", "value_path": "value"}, *ends]}
    return None


def is_number(value: Any) -> bool:
    """A finite number; a bool is none."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)
