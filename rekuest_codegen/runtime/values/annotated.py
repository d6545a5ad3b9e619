"""Ports of a generated class by itself, read from its annotations, which say what the ports it is from said."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.ports import Choice, Port
from rekuest_codegen.runtime.types import Quantity

_LEAVES: Mapping[Any, PortKind] = {
    int: PortKind.INT,
    float: PortKind.FLOAT,
    str: PortKind.STRING,
    bool: PortKind.BOOL,
    datetime.datetime: PortKind.DATE,
    Quantity: PortKind.QUANTITY,
}
_read: WeakKeyDictionary[type[BaseModel], tuple[tuple[Port, ...], dict[str, type[Any]]]] = WeakKeyDictionary()


def ports_of(cls: type[BaseModel]) -> tuple[tuple[Port, ...], Mapping[str, type[Any]]]:
    """The ports of its fields, and the classes in them by identifier."""
    if cls not in _read:
        types: dict[str, type[Any]] = {}
        _read[cls] = _fields(cls, types), types
    return _read[cls]


def _fields(cls: type[BaseModel], types: dict[str, type[Any]]) -> tuple[Port, ...]:
    return tuple(
        _port(field.validation_alias if isinstance(field.validation_alias, str) else name, field.annotation, types)
        for name, field in cls.model_fields.items()
    )


def _port(key: str, annotation: Any, types: dict[str, type[Any]]) -> Port:
    """A port that takes what ``annotation`` says. Annotations of generated code are few in kind."""
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _port(key, given[0], types)
    if origin in (Union, UnionType):
        members = [one for one in given if one is not NoneType]
        if len(members) == 1:
            return _port(key, members[0], types).model_copy(update={"nullable": True})
        children = tuple(_port(str(index), one, types) for index, one in enumerate(members))
        return Port(key=key, kind=PortKind.UNION, children=children, nullable=NoneType in given)
    if origin in (list, dict):
        kind = PortKind.LIST if origin is list else PortKind.DICT
        return Port(key=key, kind=kind, children=(_port("...", given[-1], types),))
    if origin is Literal:
        choices = tuple(Choice(value=value, label=str(value)) for value in given)
        return Port(key=key, kind=PortKind.ENUM, choices=choices)
    if annotation in _LEAVES:
        return Port(key=key, kind=_LEAVES[annotation])
    if not isinstance(annotation, type):
        return Port(key=key, kind=PortKind.INTERFACE, identifier="anything", nullable=True)
    found: type[Any] = annotation
    identifier = f"{found.__module__}.{found.__qualname__}"
    types[identifier] = found
    if issubclass(found, enum.Enum):
        return Port(key=key, kind=PortKind.ENUM, identifier=identifier)
    if issubclass(found, BaseModel):
        return Port(key=key, kind=PortKind.MODEL, identifier=identifier, children=_fields(found, types))
    if isinstance(named := getattr(found, "identifier", None), str) and named:
        types[identifier := named] = found  # references are told apart by it
    return Port(key=key, kind=PortKind.STRUCTURE, identifier=identifier)
