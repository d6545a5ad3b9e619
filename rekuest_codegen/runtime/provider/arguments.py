"""Arguments from callers of any make, checked against the definition that was registered, before anything runs.

Types, missing values, bounds and names: what does not fit is an `ArgumentError` that names the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.bounds import Bounds, bounds_of, is_number
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.values import ROOT, Walk, expand_all
from rekuest_codegen.runtime.values.walk import Place
from rekuest_codegen.runtime.values.wording import COMPARED, beyond, unknown


async def expand_arguments(ports: Sequence[Port], wire: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
    """Python values by wire key.

    Raises:
        ArgumentError: one does not fit, is out of bounds, or belongs to no port.
    """
    known = [port.key for port in ports]
    for key in wire:
        if key not in known:
            raise ArgumentError(str(ROOT.field(key)), unknown(known))
    values = await expand_all(ports, wire, walk)
    for port in ports:
        if (limits := limits_of(port)) is not None:
            # A default is the function's own affair; within a quantity or a structure there is nothing to be measured.
            _check(limits, wire.get(port.key), ROOT.field(port.key))
    return values


@dataclass(frozen=True, slots=True)
class Limits:
    """What is demanded of a port's value, and of what it holds: by key, or of each item."""

    port: Port
    bounds: tuple[Bounds, ...]
    children: tuple[Limits | None, ...]


_known: dict[int, tuple[Port, Limits | None]] = {}


def limits_of(port: Port) -> Limits | None:
    """The limits of ``port``; None when there are none, at any depth."""
    known = _known.get(id(port))
    if known is None or known[0] is not port:
        known = _known[id(port)] = (port, _read_limits(port))
    return known[1]


def _read_limits(port: Port) -> Limits | None:
    bounds = tuple(found for validator in port.validators if (found := bounds_of(validator)))
    children = tuple(map(_read_limits, port.children or ()))
    return Limits(port, bounds, children) if bounds or any(children) else None


def _check(limits: Limits, wire: Any, place: Place) -> None:
    """Check a value in wire form, which has been expanded: its form is right."""
    if wire is None:
        return
    for bounds in limits.bounds:
        _check_bounds(bounds, wire, place)
    children = limits.children
    match limits.port.kind:
        case PortKind.LIST if (one := children[0]) is not None:
            for index, item in enumerate(wire):
                _check(one, item, place.item(index))
        case PortKind.DICT if (one := children[0]) is not None:
            for key, item in wire.items():
                _check(one, item, place.entry(key))
        case PortKind.UNION:
            use: int = wire["__use"]
            if (one := children[use]) is not None:
                _check(one, wire["__value"], place)
        case PortKind.MODEL:
            for one in children:
                if one is not None:
                    _check(one, wire.get(one.port.key), place.field(one.port.key))
        case _:
            pass


def _check_bounds(bounds: Bounds, value: Any, place: Place) -> None:
    for name, bound in bounds.items():
        if name in COMPARED:
            wrong = is_number(value) and not COMPARED[name][1](value, bound)
        else:
            size = len(value) if isinstance(value, Sized) else bound
            wrong = size < bound if name == "min_length" else size > bound
        if wrong:
            raise ArgumentError(str(place), beyond(name, bound, value))
