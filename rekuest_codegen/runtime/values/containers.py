"""Kinds whose value holds others: lists, dicts, unions, models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.values.walk import Place, Walk, describe, misfit, plain_text
from rekuest_codegen.shapes import is_array, is_mapping, is_object, is_series


async def shrink_list(port: Port, value: Any, walk: Walk, place: Place) -> list[Any]:
    if not is_series(value):
        raise misfit(place, "list", value)
    return [await walk.shrink(port.item, item, place.item(index)) for index, item in enumerate(value)]


async def expand_list(port: Port, wire: Any, walk: Walk, place: Place) -> list[Any]:
    if not is_array(wire):
        raise misfit(place, "list", wire)
    return [await walk.expand(port.item, item, place.item(index)) for index, item in enumerate(wire)]


async def shrink_dict(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    if not is_mapping(value):
        raise misfit(place, "dict", value)
    wire: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ArgumentError(str(place), f"expected text as keys, got {describe(key)}")
        entry = place.entry(key)
        wire[plain_text(key, entry)] = await walk.shrink(port.item, item, entry)
    return wire


async def expand_dict(port: Port, wire: Any, walk: Walk, place: Place) -> dict[str, Any]:
    if not is_object(wire):
        raise misfit(place, "dict", wire)
    return {key: await walk.expand(port.item, item, place.entry(key)) for key, item in wire.items()}


async def shrink_union(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    for exact in (True, False):
        for index, child in enumerate(port.children):
            if walk.fits(child, value, exact=exact):
                return {"__use": index, "__value": await walk.shrink(child, value, place)}
    kinds = " or ".join(child.identifier or child.kind.lower() for child in port.children)
    raise ArgumentError(str(place), f"expected {kinds}, got {describe(value)}")


async def expand_union(port: Port, wire: Any, walk: Walk, place: Place) -> Any:
    if not is_object(wire) or "__value" not in wire:
        raise misfit(place, "a tagged alternative {'__use': index, '__value': value}", wire)
    use = wire.get("__use")
    if type(use) is not int or not 0 <= use < len(port.children):
        raise ArgumentError(str(place), f"there is no alternative {use!r}, there are {len(port.children)}")
    return await walk.expand(port.children[use], wire["__value"], place)


async def shrink_model(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    cls = walk.types.get(port.identifier or "")
    wire: dict[str, Any] = {}
    if is_mapping(value):
        fields: Mapping[str, Any] = {key: value.get(key) for key in (child.key for child in port.children)}
    elif cls is not None and not isinstance(value, cls):
        raise misfit(place, cls.__name__, value)
    else:
        names = field_names(value.__class__)
        missing = [child.key for child in port.children if not hasattr(value, names.get(child.key, child.key))]
        if missing:
            raise ArgumentError(str(place), f"{type(value).__name__} has no {missing[0]!r}")
        fields = {child.key: getattr(value, names.get(child.key, child.key)) for child in port.children}
    for child in port.children:
        wire[child.key] = await walk.shrink(child, fields[child.key], place.field(child.key))
    wire["__identifier"] = port.identifier
    return wire


async def expand_model(port: Port, wire: Any, walk: Walk, place: Place) -> Any:
    if not is_object(wire):
        raise misfit(place, port.identifier or "model", wire)
    fields = {
        child.key: await walk.expand(child, wire.get(child.key), place.field(child.key)) for child in port.children
    }
    cls = walk.types.get(port.identifier or "")
    if cls is None:
        return fields
    try:
        return cls(**fields)
    except (TypeError, ValueError) as error:
        raise ArgumentError(str(place), f"{cls.__name__} refuses its fields: {error}") from error


def fits_list(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return is_series(value) and all(walk.fits(port.item, item, exact=exact) for item in value)


def fits_dict(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return is_mapping(value) and all(
        isinstance(key, str) and walk.fits(port.item, item, exact=exact) for key, item in value.items()
    )


def fits_union(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    return any(walk.fits(child, value, exact=exact) for child in port.children)


def fits_model(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    cls = walk.types.get(port.identifier or "")
    return isinstance(value, cls) if cls is not None else isinstance(value, Mapping)


_field_names: WeakKeyDictionary[type[Any], Mapping[str, str]] = WeakKeyDictionary()


def field_names(cls: type[Any]) -> Mapping[str, str]:
    """Wire key to attribute name, where a pydantic model's aliases make the two differ."""
    known = _field_names.get(cls)
    if known is None:
        fields = cls.model_fields if issubclass(cls, BaseModel) else {}
        aliases = {name: field.validation_alias for name, field in fields.items()}
        known = {alias: name for name, alias in aliases.items() if isinstance(alias, str)}
        _field_names[cls] = known
    return known
