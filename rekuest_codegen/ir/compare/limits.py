"""Validators, compared by what they demand: bounds that are tightened or loosened, checks nobody can look into."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from rekuest_codegen.ir.bounds import certain
from rekuest_codegen.ir.compare.changes import Found, same, short, text_of
from rekuest_codegen.ir.ports import Port, PortKind, Validator

Interval = tuple[float, float]
"""The lowest and highest value; an open end is moved inwards by the smallest step there is."""


def compare_validators(old: Port, new: Port, place: str) -> Iterator[Found]:
    """What an argument's validators demand that they did not, or no longer."""
    if same(old.validators, new.validators) and old.kind is new.kind and same(old.default, new.default):
        return
    found = [*_bounds(old, new, place), *_opaque(old, new, place)]
    if not found and not same(old.validators, new.validators):
        found = [Found("check-described", place)]
    yield from found


def _bounds(old: Port, new: Port, place: str) -> Iterator[Found]:
    before, after = _demanded(old), _demanded(new)
    whole = old.kind is PortKind.INT  # a FLOAT that was one is asked about whole numbers only
    intervals = [
        (_interval(before, names, whole=whole), _interval(after, names, whole=whole))
        for names in (("gt", "ge", "lt", "le"), ("", "min_length", "", "max_length"))
    ]
    tightened = any(then[0] < now[0] or then[1] > now[1] for then, now in intervals)
    loosened = any(then[0] > now[0] or then[1] < now[1] for then, now in intervals)
    for rule, applies in (("arg-bounds-tightened", tightened), ("arg-bounds-loosened", loosened)):
        if applies:
            yield Found(rule, place, _shown(before), _shown(after))


def _opaque(old: Port, new: Port, place: str) -> Iterator[Found]:
    before, after = _unreadable(old), _unreadable(new)
    for text, validator in before.items():
        if text not in after:
            yield Found("arg-check-removed", place, was=short(_check(validator)))
    for text, validator in after.items():
        if text not in before:
            yield Found("arg-check-added", place, now=short(_check(validator)))


def _demanded(port: Port) -> dict[str, int | float]:
    """As in a generated argument: of two bounds of one sort the first counts."""
    bounds: dict[str, int | float] = {}
    for _, found in certain(port):
        bounds.update({name: bound for name, bound in found.items() if name not in bounds})
    return bounds


def _interval(bounds: Mapping[str, int | float], names: tuple[str, str, str, str], *, whole: bool) -> Interval:
    above, least, below, most = names
    lows = [float(bounds[least])] if least in bounds else []
    highs = [float(bounds[most])] if most in bounds else []
    if above in bounds:
        lows.append(bounds[above] + 1.0 if whole else math.nextafter(bounds[above], math.inf))
    if below in bounds:
        highs.append(bounds[below] - 1.0 if whole else math.nextafter(bounds[below], -math.inf))
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def _unreadable(port: Port) -> dict[str, Validator]:
    readable = {id(validator) for validator, _ in certain(port)}
    return {text_of(_check(validator)): validator for validator in port.validators if id(validator) not in readable}


def _check(validator: Validator) -> Mapping[str, object]:
    return validator.model_dump(exclude_none=True, exclude={"label", "error_message"})


def _shown(bounds: Mapping[str, int | float]) -> str:
    return ", ".join(f"{name}={bound}" for name, bound in sorted(bounds.items())) or "unbounded"
