"""Defaults as source: what is immutable and has a literal stands in the signature; the rest is said in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from rekuest_codegen.emit.annotations import Bound, literal_value
from rekuest_codegen.emit.ports import distinct_choices
from rekuest_codegen.emit.text import literal
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.naming import is_text
from rekuest_codegen.ir.records import PortRecord

MemberOf = Callable[[PortRecord, Any], str | None]
"""The source of an enum's member, ``Color.RED``, by port and value on the wire."""

MAX_CHARACTERS = 1000
"""Of a default that a signature shows."""

_INT_RANGE = range(-(2**63), 2**63)


def default_source(port: PortRecord, bound: Bound, member: MemberOf) -> str | None:
    """Source for the port's default, or None when it has none or none that a signature can show."""
    if port.default is None:
        return None
    if port.kind is PortKind.ENUM:
        # True is 1 and 0.0 is 0: what is shown is the choice, not its twin.
        choice = next((value for value in distinct_choices(port) if value == port.default), None)
        return member(port, choice) if bound(port) is not None else literal_value(choice)
    maker = _MAKERS.get(port.kind)
    return maker(port.default) if maker is not None else None


def _int(value: Any) -> str | None:
    return repr(int(value)) if value in _INT_RANGE else None


def _float(value: Any) -> str | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return repr(number).replace("e+", "e") if math.isfinite(number) else None


def _string(value: Any) -> str | None:
    # What cannot travel would be refused when a call sends it; what is too long is nothing to be read in a signature.
    return literal(value) if len(value) <= MAX_CHARACTERS and is_text(value) else None


_MAKERS: Mapping[PortKind, Callable[[Any], str | None]] = {
    PortKind.INT: _int,
    PortKind.FLOAT: _float,
    PortKind.STRING: _string,
    PortKind.BOOL: lambda value: repr(bool(value)),
}
