"""What decorates a port, written with every field that it has: what says nothing is null there.

A hash is over that form. Contract 2 says the bounds of a number or a length as a function, contract 10 as a call: both
are the call here. What contract 10 does not know (contract 2's hooks, a later contract's widgets) is as it was given,
without nulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from rekuest_codegen.ir.bounds import as_call, bounds_of
from rekuest_codegen.ir.declared import AssignWidget, Declared, Effect, ReturnWidget, Validator
from rekuest_codegen.ir.ports import Validator as AnyValidator
from rekuest_codegen.shapes import is_array, is_object

KINDS: Mapping[tuple[str, str], Any] = {
    ("args", "widget"): AssignWidget,
    ("returns", "widget"): ReturnWidget,
    ("args", "effects"): Effect,
    ("returns", "effects"): Effect,
    ("args", "validators"): Validator,
}

USERS = ("default", "value", "static_value", "value_literal")
"""Fields that hold a user's own JSON."""


def whole(field: str, value: Any, *, side: str = "args") -> Any:
    """``value`` of a port's ``field`` ("widget", "effects", "validators") in full; ``side``: "args" or "returns"."""
    if is_array(value):
        return [whole(field, item, side=side) for item in value]
    said = _said(value)
    called = {**with_call(said)} if field == "validators" else said
    if called.get("call") is not None:
        called.pop("function", None)  # which says the same
    try:
        return _full(msgspec.convert(called, KINDS[side, field]))
    except (msgspec.ValidationError, KeyError):
        return said


def with_call(validator: Mapping[str, Any]) -> Mapping[str, Any]:
    """A validator that is a function of contract 2, with the call contract 10 has for it, if it has one."""
    if validator.get("call") is not None:
        return validator
    call = as_call(bounds_of(AnyValidator.model_validate(dict(validator))))
    if call is None:
        return validator
    given = (item["value_path"] if "value_path" in item else repr(item["value_literal"]) for item in call["arguments"])
    return {**validator, "call": call, "source": f"{call['operation']}({', '.join(given)})"}


def _full(part: Any) -> Any:
    if is_array(part):
        return [_full(item) for item in part]
    if not isinstance(part, Declared):
        return part
    kind = part.__struct_config__.tag
    plain = {} if kind is None else {"kind": kind}
    return plain | {field: _full(getattr(part, field)) for field in part.__struct_fields__}


def _said(value: Any) -> Any:
    """``value`` without what says nothing: nulls, and dependencies on no port, which contract 2 gives every widget.
    What a user wrote as JSON is left as it is."""
    if is_array(value):
        return [_said(item) for item in value]
    if is_object(value):
        given = {name: item for name, item in value.items() if item is not None}
        if given.get("dependencies") in ([], ()):
            del given["dependencies"]
        return {name: item if name in USERS else _said(item) for name, item in given.items()}
    return value
