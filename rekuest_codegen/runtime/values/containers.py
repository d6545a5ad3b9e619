"""Kinds whose value holds others: lists, dicts, unions, models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.values.walk import Place, Walk, misfit, plain_text
from rekuest_codegen.runtime.values.wording import no_text, unfit
from rekuest_codegen.shapes import is_array, is_mapping, is_object, is_series


async def shrink_list(port: Port, value: Any, walk: Walk, place: Place) -> list[Any]:
    if not is_series(value):
        raise unfit(port, value, walk.types, place)
    return [await walk.shrink(port.item, item, place.item(index)) for index, item in enumerate(value)]


async def expand_list(port: Port, wire: Any, walk: Walk, place: Place) -> list[Any]:
    if not is_array(wire):
        raise misfit(place, "list", wire)
    return [await walk.expand(port.item, item, place.item(index)) for index, item in enumerate(wire)]


async def shrink_dict(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    if not is_mapping(value):
        raise unfit(port, value, walk.types, place)
    wire: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ArgumentError(str(place), no_text(key))
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
    if (meant := alternative(port, value, walk)) is None:
        raise unfit(port, value, walk.types, place)
    index, child = meant
    return {"__use": index, "__value": await walk.shrink(child, value, place)}  # or an error from inside of it


def alternative(port: Port, value: Any, walk: Walk) -> tuple[int, Port] | None:
    """The one alternative of a union that ``value`` can be meant for, whether or not all inside of it fits; None where
    there are more, or none."""
    found = [(index, child) for index, child in enumerate(port.children) if _opens(child, value, walk)]
    return found[0] if len(found) == 1 else None


def _opens(port: Port, value: Any, walk: Walk) -> bool:
    match port.kind:
        case PortKind.LIST:
            return is_series(value)
        case PortKind.DICT:
            return is_mapping(value)
        case PortKind.MODEL:
            return is_mapping(value) or fits_model(port, value, walk, exact=True)
        case _:
            return walk.fits(port, value, exact=False)


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
        fields: Mapping[str, Any] = _entries(port, value, cls)
    elif cls is not None and not isinstance(value, cls):
        raise unfit(port, value, walk.types, place)
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
    except ArgumentError as error:
        raise ArgumentError(f"{place}{error.path.removeprefix('$')}", error.problem) from None
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
    if cls is None:
        return isinstance(value, Mapping)
    if is_mapping(value):
        entries = _entries(port, value, cls)
        return not exact and all(walk.fits(child, entries[child.key], exact=False) for child in port.children)
    if not isinstance(value, cls):
        return False
    # A generic class stands for each of its types, so only the fields show which of them this is.
    return not getattr(cls, "__parameters__", ()) or all(
        walk.fits(child, _field(value, child.key), exact=exact) for child in port.children
    )


def _field(value: Any, key: str) -> Any:
    return getattr(value, field_names(value.__class__).get(key, key), None)


def _entries(port: Port, value: Mapping[Any, Any], cls: type[Any] | None) -> dict[str, Any]:
    """A model that is given as a mapping, by wire key or by the names of its class."""
    names = field_names(cls)
    return {child.key: value.get(child.key, value.get(names.get(child.key, child.key))) for child in port.children}


_field_names: WeakKeyDictionary[type[Any], Mapping[str, str]] = WeakKeyDictionary()


def field_names(cls: type[Any] | None) -> Mapping[str, str]:
    """Wire key to attribute name, where a pydantic model's aliases make the two differ."""
    if cls is None:
        return {}
    known = _field_names.get(cls)
    if known is None:
        fields = cls.model_fields if issubclass(cls, BaseModel) else {}
        aliases = {name: field.validation_alias for name, field in fields.items()}
        known = {alias: name for name, alias in aliases.items() if isinstance(alias, str)}
        _field_names[cls] = known
    return known
