"""Values across the wire: shrink (Python to JSON) and expand (JSON to Python), one table for callers and providers.

Whatever does not fit is an `ArgumentError` that names the place: ``$.images[1]['b']: expected int, got str``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.values import containers, leaves, references
from rekuest_codegen.runtime.values.walk import ROOT, Codec, Shelf, Types, Walk
from rekuest_codegen.runtime.values.wording import describe
from rekuest_codegen.shapes import is_series

CODECS: Mapping[PortKind, Codec] = {
    PortKind.INT: Codec(leaves.fits_int, leaves.shrink_int, leaves.expand_int),
    PortKind.FLOAT: Codec(leaves.fits_float, leaves.shrink_float, leaves.expand_float),
    PortKind.STRING: Codec(leaves.fits_type(str), leaves.shrink_string, leaves.expand_string),
    PortKind.BOOL: Codec(leaves.fits_bool, leaves.shrink_bool, leaves.expand_bool),
    PortKind.DATE: Codec(leaves.fits_type(datetime.datetime), leaves.shrink_date, leaves.expand_date),
    PortKind.QUANTITY: Codec(leaves.fits_quantity, leaves.shrink_quantity, leaves.expand_quantity),
    PortKind.ENUM: Codec(leaves.fits_enum, leaves.shrink_enum, leaves.expand_enum),
    PortKind.LIST: Codec(containers.fits_list, shrink=containers.shrink_list, expand=containers.expand_list),
    PortKind.DICT: Codec(containers.fits_dict, shrink=containers.shrink_dict, expand=containers.expand_dict),
    PortKind.UNION: Codec(containers.fits_union, shrink=containers.shrink_union, expand=containers.expand_union),
    PortKind.MODEL: Codec(containers.fits_model, shrink=containers.shrink_model, expand=containers.expand_model),
    PortKind.STRUCTURE: Codec(
        references.fits_reference, shrink=references.shrink_structure, expand=references.expand_structure
    ),
    PortKind.INTERFACE: Codec(
        references.fits_reference, shrink=references.shrink_structure, expand=references.expand_structure
    ),
    PortKind.MEMORY_STRUCTURE: Codec(
        references.fits_reference, shrink=references.shrink_memory, expand=references.expand_memory
    ),
}


def values_walk(types: Types, shelf: Shelf | None = None) -> Walk:
    """A walk with every kind there is; a provider gives its shelf."""
    return Walk(CODECS, types, shelf)


async def shrink_all(ports: Sequence[Port], values: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
    """Wire values from Python ones, by wire key; a missing argument travels as null, for the agent to fill in."""
    return {port.key: await walk.shrink(port, values.get(port.key), ROOT.field(port.key)) for port in ports}


async def expand_all(ports: Sequence[Port], wire: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
    """Python values by wire key; missing ones take their default, keys no port has are ignored."""
    return {port.key: await walk.expand(port, wire.get(port.key), ROOT.field(port.key)) for port in ports}


def returned(ports: Sequence[Port], value: Any) -> dict[str, Any]:
    """What a function returned, by return port: nothing, one value, or a tuple with one item a port.

    Raises:
        ArgumentError: the number of values is not the number of ports.
    """
    if not ports:
        return {}
    if len(ports) == 1:
        return {ports[0].key: value}
    if not is_series(value) or len(value) != len(ports):
        raise ArgumentError("$", f"expected {len(ports)} return values, got {describe(value)}")
    return {port.key: item for port, item in zip(ports, value, strict=True)}


__all__ = ["CODECS", "ROOT", "Shelf", "Types", "Walk", "expand_all", "returned", "shrink_all", "values_walk"]
