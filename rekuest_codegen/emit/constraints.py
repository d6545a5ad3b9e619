"""Validators that mean something in Python, as options of pydantic's ``Field``.

Whatever is not certain is left to the provider, and so is the range of a slider: that says what a dialog offers, not
what the function takes.
"""

from __future__ import annotations

import math

from rekuest_codegen.ir import Port, PortKind
from rekuest_codegen.ir.bounds import SIGNS, Bounds, bounds_of, is_number

_NUMERIC = frozenset({PortKind.INT, PortKind.FLOAT})
_SIZED = frozenset({PortKind.STRING, PortKind.LIST})


def field_options(port: Port) -> list[str]:
    """``gt=3`` and the like, for pydantic's ``Field``; empty when nothing is certain."""
    bounds: dict[str, int | float] = {}
    for validator in port.validators:
        found = bounds_of(validator)
        allowed = _NUMERIC if found.keys() <= set(SIGNS.values()) else _SIZED
        if port.kind in allowed and not validator.dependencies and _admits(port, found):
            bounds.update({name: bound for name, bound in found.items() if name not in bounds})
    return [f"{name}={bound!r}" for name, bound in sorted(bounds.items())]


def _admits(port: Port, bounds: Bounds) -> bool:
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
