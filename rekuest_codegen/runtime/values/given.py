"""Values that somebody gives in wire form, as on a command line: read, and written again as a program's are.

So what is sent is what a generated function would send, and what it would refuse is refused, in its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.values import CODECS, ROOT
from rekuest_codegen.runtime.values.containers import expand_union, fits_union
from rekuest_codegen.runtime.values.walk import Codec, Place, Walk


class _Alternative(NamedTuple):
    """One of a union that was said by its number: two of them may take the same value."""

    use: int
    value: Any


async def sendable(ports: Sequence[Port], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` as it may be sent, by wire key; what is not given is null, for the agent to fill in.

    Raises:
        ArgumentError: a value does not fit its port, or has no form in JSON.
    """
    wire: dict[str, Any] = {}
    for port in ports:
        place = ROOT.field(port.key)
        value = await _WALK.expand(port, given.get(port.key), place)
        wire[port.key] = None if given.get(port.key) is None else await _WALK.shrink(port, value, place)
    return wire


async def _read(port: Port, wire: Any, walk: Walk, place: Place) -> _Alternative:
    value = await expand_union(port, wire, walk, place)
    return _Alternative(wire["__use"], value)


async def _write(port: Port, value: _Alternative, walk: Walk, place: Place) -> dict[str, Any]:
    return {"__use": value.use, "__value": await walk.shrink(port.children[value.use], value.value, place)}


_WALK = Walk({**CODECS, PortKind.UNION: Codec(fits_union, shrink=_write, expand=_read)}, {})
