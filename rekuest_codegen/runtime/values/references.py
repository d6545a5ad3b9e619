"""Kinds whose value stays where it is and travels as a reference: structures, interfaces, memory structures."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from rekuest_codegen.errors import ArgumentError, ConfigurationError, MissingExtraError
from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.types import AnyReference, MemoryReference, Reference
from rekuest_codegen.runtime.values.adapters import adapter_of
from rekuest_codegen.runtime.values.walk import Place, Walk, misfit, plain_text
from rekuest_codegen.runtime.values.wording import unfit
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.raised import name_of, text_of


class Unexpanded(ArgumentError):
    """The code of a structure raised where a provider had it expand a reference; what it raised is the cause."""


async def shrink_structure(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    identifier = port.identifier or ""
    if isinstance(value, Reference):
        if port.kind is not PortKind.INTERFACE and value.identifier != identifier:
            raise ArgumentError(str(place), f"expected a reference to {identifier}, got one to {value.identifier}")
        return _envelope(value.identifier or identifier, value.object, place)
    cls = walk.types.get(identifier)
    if cls is not None and port.kind is PortKind.STRUCTURE and not _is_one(value, cls):
        raise unfit(port, value, walk.types, place)
    method = getattr(value, "ashrink", None) or getattr(value, "shrink", None)
    if method is None and (adapter := adapter_of(value.__class__)) is not None:
        method = partial(adapter.shrink, value)
    if method is None:
        raise misfit(place, f"something that can shrink (ashrink or shrink), for {identifier}", value)
    if port.kind is PortKind.INTERFACE:
        identifier = _own_identifier(value) or identifier
    return _envelope(identifier, await _placed(method, place), place)


async def expand_structure(port: Port, wire: Any, walk: Walk, place: Place) -> Any:
    identifier, reference = _open(port, wire, place)
    cls = walk.types.get(identifier)
    if cls is None:
        return AnyReference(reference, identifier)
    method = getattr(cls, "aexpand", None) or getattr(cls, "expand", None)
    if method is None and (adapter := adapter_of(cls)) is not None:
        method = adapter.expand
    if method is not None:
        try:
            return await _placed(partial(method, reference), place)
        except (ArgumentError, ConfigurationError, MissingExtraError):
            raise
        except Exception as error:
            if walk.shelf is None:  # the caller's own, whose it is
                raise
            raise Unexpanded(str(place), f"{name_of(error)}: {text_of(error)}") from error
    if issubclass(cls, Reference):
        return cls(reference) if cls.identifier == identifier else AnyReference(reference, identifier)
    raise ArgumentError(str(place), f"{cls.__name__} has neither aexpand nor expand")


async def shrink_memory(port: Port, value: Any, walk: Walk, place: Place) -> dict[str, Any]:
    identifier = port.identifier or ""
    if isinstance(value, Reference):
        return _envelope(value.identifier or identifier, value.object, place)
    if walk.shelf is None:
        raise misfit(place, f"a reference to {identifier}, as a node returned it", value)
    return _envelope(identifier, await walk.shelf.put(identifier, value), place)


async def expand_memory(port: Port, wire: Any, walk: Walk, place: Place) -> Any:
    identifier, drawer = _open(port, wire, place)
    if walk.shelf is not None:
        try:
            return await walk.shelf.get(drawer)
        except KeyError:
            raise ArgumentError(str(place), f"no {identifier} {drawer!r} on this agent's shelf; it is gone") from None
    cls = walk.types.get(identifier)
    if cls is not None and issubclass(cls, Reference):
        return cls(drawer)
    return MemoryReference(drawer) if not identifier else AnyReference(drawer, identifier)


def _envelope(identifier: str, reference: Any, place: Place) -> dict[str, Any]:
    """What travels; ``reference`` comes from a structure's own code, so it may be anything."""
    if isinstance(reference, bool) or not isinstance(reference, str | int):
        raise misfit(place, f"text or an int as the reference to {identifier}", reference)
    return {"__identifier": plain_text(identifier, place), "object": plain_text(str(reference), place)}


def _open(port: Port, wire: Any, place: Place) -> tuple[str, str]:
    """Identifier and reference of an envelope; a bare reference, as some defaults are, takes the port's identifier."""
    if isinstance(wire, str):
        return port.identifier or "", wire
    if not is_object(wire) or not isinstance(wire.get("object"), str | int):
        raise misfit(place, f"a reference to {port.identifier}", wire)
    identifier = wire.get("__identifier", port.identifier)
    if not isinstance(identifier, str):
        raise misfit(place, f"a reference to {port.identifier}", wire)
    if port.kind is not PortKind.INTERFACE and identifier != port.identifier:
        raise ArgumentError(str(place), f"expected a reference to {port.identifier}, got one to {identifier}")
    return identifier, str(wire["object"])


def fits_reference(port: Port, value: Any, walk: Walk, exact: bool) -> bool:
    if isinstance(value, Reference):
        return port.kind is PortKind.INTERFACE or value.identifier == port.identifier
    cls = walk.types.get(port.identifier or "")
    return cls is not None and _is_one(value, cls)


def _is_one(value: Any, cls: type[Any]) -> bool:
    """Whether ``value`` is of ``cls``, or of the class that it stands for in generated code."""
    if isinstance(value, cls):
        return True
    adapter = adapter_of(cls) if issubclass(cls, Reference) else None
    return adapter is not None and adapter.fits(value)


def _own_identifier(value: Any) -> str | None:
    method = getattr(value, "get_identifier", None)
    return str(method()) if callable(method) else None


async def _placed(step: Callable[[], Any], place: Place) -> Any:
    """What a structure's own code gives; what it says of the value is said of this place."""
    try:
        value = step()
        return await value if inspect.isawaitable(value) else value
    except ArgumentError as error:
        raise ArgumentError(str(place), error.problem) from error
