"""Arguments from callers of any make, checked against the definition that was registered, before anything runs.

Types, missing values, bounds and names: what does not fit is an `ArgumentError` that names the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from typing import Any

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.bounds import Bounds, bounds_of, is_number
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.values import ROOT, Walk, expand_all
from rekuest_codegen.runtime.values.walk import Place, describe

_COMPARED: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "gt": ("more than", lambda value, bound: value > bound),
    "ge": ("at least", lambda value, bound: value >= bound),
    "lt": ("less than", lambda value, bound: value < bound),
    "le": ("at most", lambda value, bound: value <= bound),
}
"""Bounds of a number: how they are spoken of, and whether one holds."""


async def expand_arguments(ports: Sequence[Port], wire: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
    """Python values by wire key.

    Raises:
        ArgumentError: one does not fit, is out of bounds, or belongs to no port.
    """
    known = [port.key for port in ports]
    for key in wire:
        if key not in known:
            text = f"there is no such argument; expected {', '.join(known) or 'none'}"
            raise ArgumentError(str(ROOT.field(key)), text)
    values = await expand_all(ports, wire, walk)
    for port in ports:
        for bounds in _bounds(port):
            _check(bounds, values[port.key], ROOT.field(port.key))
    return values


_known: dict[int, tuple[Port, tuple[Bounds, ...]]] = {}


def _bounds(port: Port) -> tuple[Bounds, ...]:
    if not port.validators:
        return ()
    known = _known.get(id(port))
    if known is None or known[0] is not port:
        found = tuple(bounds for validator in port.validators if (bounds := bounds_of(validator)))
        known = _known[id(port)] = (port, found)
    return known[1]


def _check(bounds: Bounds, value: Any, place: Place) -> None:
    for name, bound in bounds.items():
        if name in _COMPARED:
            words, holds = _COMPARED[name]
            if is_number(value) and not holds(value, bound):
                raise ArgumentError(str(place), f"expected {words} {bound}, got {describe(value)}")
        elif isinstance(value, Sized):
            size = len(value)
            if (name == "min_length" and size < bound) or (name == "max_length" and size > bound):
                words = "at least" if name == "min_length" else "at most"
                raise ArgumentError(str(place), f"expected {words} {bound} items or characters, got {size}")
