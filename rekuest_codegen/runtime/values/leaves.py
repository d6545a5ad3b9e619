"""Kinds whose value holds no other: numbers, texts, moments, quantities, choices."""

from __future__ import annotations

import datetime
import enum
import math
import operator
from collections.abc import Mapping
from numbers import Real
from typing import Any

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.types import Choices, Quantity
from rekuest_codegen.runtime.values.walk import Fits, Place, Walk, misfit, plain_text
from rekuest_codegen.runtime.values.wording import unfit


def as_integer(value: Any) -> int | None:
    """``value`` as an int, if it is one to Python, as numpy's are; None for all else, truth and choices included."""
    if type(value) is int:
        return value
    if isinstance(value, bool | enum.Enum) or not hasattr(value, "__index__"):
        return None
    try:
        return operator.index(value)
    except TypeError:  # an array with more than one number has the method too
        return None


def as_truth(value: Any) -> bool | None:
    """``value`` as a bool, if it is one, or one of numpy's, which is not imported to tell."""
    if isinstance(value, bool):
        return value
    return bool(value) if value.__class__.__module__ == "numpy" and value.__class__.__name__ in _TRUTHS else None


_TRUTHS = frozenset({"bool", "bool_"})
INT_RANGE = range(-(2**63), 2**63)
"""What survives every JSON reader on the way."""


def shrink_int(port: Port, value: Any, walk: Walk, place: Place) -> int:
    number = as_integer(value)
    if number is None:
        raise unfit(port, value, walk.types, place)
    if number not in INT_RANGE:
        raise ArgumentError(str(place), "the integer needs more than 64 bits")
    return number


def shrink_float(port: Port, value: Any, walk: Walk, place: Place) -> float:
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__"):
        raise unfit(port, value, walk.types, place)
    number = _float(value, place)
    if not math.isfinite(number):
        raise ArgumentError(str(place), f"{number} has no form in JSON")
    return number


def expand_int(port: Port, wire: Any, walk: Walk, place: Place) -> int:
    if type(wire) is int:
        return wire
    if isinstance(wire, float) and wire.is_integer():
        return int(wire)
    raise misfit(place, "int", wire)


def expand_float(port: Port, wire: Any, walk: Walk, place: Place) -> float:
    if isinstance(wire, int | float) and not isinstance(wire, bool):
        return _float(wire, place)
    raise misfit(place, "float", wire)


def _float(value: Any, place: Place) -> float:
    try:
        return float(value)
    except OverflowError:  # of an integer
        raise ArgumentError(str(place), "the number is too large for a float") from None


def shrink_bool(port: Port, value: Any, walk: Walk, place: Place) -> bool:
    truth = as_truth(value)
    if truth is None:
        raise unfit(port, value, walk.types, place)
    return truth


def expand_bool(port: Port, wire: Any, walk: Walk, place: Place) -> bool:
    if not isinstance(wire, bool):
        raise misfit(place, "bool", wire)
    return wire


def shrink_string(port: Port, value: Any, walk: Walk, place: Place) -> str:
    if not isinstance(value, str):
        raise unfit(port, value, walk.types, place)
    return plain_text(value, place)


def expand_string(port: Port, wire: Any, walk: Walk, place: Place) -> str:
    if not isinstance(wire, str):
        raise misfit(place, "str", wire)
    return wire


def shrink_date(port: Port, value: Any, walk: Walk, place: Place) -> str:
    if not isinstance(value, datetime.datetime):
        raise unfit(port, value, walk.types, place)
    return value.isoformat()


def expand_date(port: Port, wire: Any, walk: Walk, place: Place) -> datetime.datetime:
    if isinstance(wire, str):
        try:
            return datetime.datetime.fromisoformat(wire)
        except ValueError:
            pass
    raise misfit(place, "date and time (ISO 8601)", wire)


def shrink_quantity(port: Port, value: Any, walk: Walk, place: Place) -> str:
    return plain_text(_quantity(port, value, walk, place), place)


def _quantity(port: Port, value: Any, walk: Walk, place: Place) -> str:
    if isinstance(value, str):
        try:
            return str(Quantity.parse(value))
        except ValueError as error:
            raise ArgumentError(str(place), str(error)) from None
    if isinstance(value, Quantity):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(Quantity(shrink_float(port, value, walk, place), port.reference_unit or ""))
    magnitude, units = getattr(value, "magnitude", None), getattr(value, "units", None)
    if magnitude is None or units is None:
        raise unfit(port, value, walk.types, place)
    return str(Quantity(float(magnitude), f"{units:~}"))  # pint's abbreviated form


def expand_quantity(port: Port, wire: Any, walk: Walk, place: Place) -> Quantity:
    if isinstance(wire, int | float) and not isinstance(wire, bool):
        return Quantity(float(wire), port.reference_unit or "")
    if isinstance(wire, str):
        try:
            return Quantity.parse(wire)
        except ValueError:
            pass
    raise misfit(place, "quantity, as in '5 mV'", wire)


def shrink_enum(port: Port, value: Any, walk: Walk, place: Place) -> Any:
    if isinstance(value, Choices):
        wire = value.value
    elif isinstance(value, enum.Enum):
        wire = value.name
    else:
        wire = value
    for choice in port.choices:
        if choice.value == wire:
            return choice.value  # which JSON has a form for, where it is equal to one of numpy's
    raise unfit(port, value, walk.types, place)


def expand_enum(port: Port, wire: Any, walk: Walk, place: Place) -> Any:
    if not isinstance(wire, str | int | float) or all(choice.value != wire for choice in port.choices):
        raise unfit(port, wire, {}, place)
    bound = walk.types.get(port.identifier or "")
    if bound is None:
        return wire
    members: Mapping[str, Any] = bound.__members__
    if issubclass(bound, Choices):
        members = {member.value: member for member in members.values()}
    if wire not in members:
        raise ArgumentError(str(place), f"{bound.__name__} has no member {wire!r}; the definition is newer or older")
    return members[str(wire)]


def fits_type(*types: type[Any]) -> Fits:
    def check(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
        return isinstance(value, types) and (bool in types or not isinstance(value, bool))

    return check


def fits_int(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return as_integer(value) is not None and (not exact or isinstance(value, int))


def fits_bool(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return as_truth(value) is not None and (not exact or isinstance(value, bool))


def fits_float(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return isinstance(value, float) or (not exact and _is_real(value))


def _is_real(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)


def fits_quantity(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return isinstance(value, Quantity) or (hasattr(value, "magnitude") and hasattr(value, "units"))


def fits_enum(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    cls = walk.types.get(port.identifier or "")
    if cls is not None:
        return isinstance(value, cls)
    return any(choice.value == value for choice in port.choices)
