"""A second opinion: what a function says of itself once it is imported, read with ``inspect`` and ``typing`` alone.

Small and for tests only. It covers the common subset (no markers, no widgets, no injected parameters) and shares no
code with the scanner, so that where both agree on a source, it was read as Python reads it.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import inspect
import json
import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KINDS = {int: "INT", float: "FLOAT", str: "STRING", bool: "BOOL", datetime.datetime: "DATE"}
STREAMS = (abc.Iterator, abc.AsyncIterator, abc.Generator, abc.AsyncGenerator)
EMPTY = inspect.Parameter.empty


@contextmanager
def imported(path: Path) -> Generator[types.ModuleType]:
    """The module at ``path``, run as an import would, and forgotten again, by typing's caches too."""
    module = types.ModuleType(path.stem)
    sys.modules[path.stem] = module
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
        yield module
    finally:
        del sys.modules[path.stem]
        for clear in typing.__dict__["_cleanups"]:  # they hold references that are bound to this module's classes
            clear()


def said(function: Callable[..., Any]) -> dict[str, Any]:
    """What the definition of ``function`` must say, as far as `read` of a scanned one gives it."""
    hints = typing.get_type_hints(function, include_extras=True)
    ports = [
        _port(name, hints[name] if name in hints else type(parameter.default), parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    ]
    returned = _unaliased(hints.get("return", type(None)))
    streams = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if typing.get_origin(returned) in STREAMS:
        returned, streams = _unaliased(typing.get_args(returned)[0]), True
    if returned is type(None):
        returns: tuple[Any, ...] = ()
    else:
        returns = typing.get_args(returned) if typing.get_origin(returned) is tuple else (returned,)
    return {
        "key": function.__name__,
        "name": function.__name__.replace("_", " ").title(),
        "kind": "GENERATOR" if streams else "FUNCTION",
        "description": inspect.getdoc(function) or "No Description",
        "is_dev": inspect.getdoc(function) is None,
        "args": ports,
        "returns": [_without_defaults(_port(f"return{index}", hint)) for index, hint in enumerate(returns)],
    }


def _port(key: str, hint: Any, default: Any = EMPTY) -> dict[str, Any]:
    hint, nullable = _stripped(hint)
    port: dict[str, Any] = {
        "key": key,
        "nullable": nullable or default is not EMPTY,
        "default": None if default is EMPTY else _sent(default),
        "identifier": None,
        "children": [],
        "choices": [],
    }
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is list or origin is dict:
        port |= {"kind": "LIST" if origin is list else "DICT", "children": [_port("...", inside[-1])]}
    elif origin in (typing.Union, types.UnionType):
        port |= {"kind": "UNION", "children": in_any_order([_port("", item) for item in inside])}
    elif origin is typing.Literal:
        words = [str(value) for value in inside]
        port |= {"kind": "ENUM", "identifier": f"@literal/{'_'.join(words).lower()}", "choices": words}
    elif issubclass(hint, enum.Enum):
        port |= {"kind": "ENUM", "identifier": f"@{hint.__module__}/{hint.__name__}".lower()}
        port["choices"] = list(hint.__members__)
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        own = _hints_of(hint)
        fields = [(field.name, own[field.name], field.default) for field in dataclasses.fields(hint)]
        children = [_field(name, kind, default) for name, kind, default in fields]
        port |= {"kind": "MODEL", "identifier": f"@{hint.__module__}/{hint.__name__}".lower(), "children": children}
    elif hasattr(hint, "ashrink"):
        port |= {"kind": "STRUCTURE", "identifier": hint.get_identifier()}
    else:
        port["kind"] = KINDS[hint]
    return port


def _hints_of(cls: type[Any]) -> dict[str, Any]:
    """The hints of a class, those of its generic bases filled in, which typing does not do."""
    given: dict[Any, Any] = {}
    for base in getattr(cls, "__orig_bases__", ()):
        given |= zip(getattr(typing.get_origin(base), "__parameters__", ()), typing.get_args(base), strict=False)

    def filled(hint: Any) -> Any:
        if hint in given:
            return given[hint]
        variables = getattr(hint, "__parameters__", ())
        return hint[tuple(given[variable] for variable in variables)] if variables else hint

    return {name: filled(hint) for name, hint in typing.get_type_hints(cls).items()}


def in_any_order(alternatives: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alternatives of a union in an order of their own.

    That of a union inside a ``List[...]`` depends on which equal one typing met first in the whole process.
    """
    return sorted(({**port, "key": ""} for port in alternatives), key=lambda port: json.dumps(port, sort_keys=True))


def _field(name: str, hint: Any, default: Any) -> dict[str, Any]:
    """A field of a model: one that has a default is filled in by the class, and admits no null for that."""
    plain = _port(name, hint)
    return plain if default is dataclasses.MISSING else {**plain, "default": _sent(default)}


def _without_defaults(port: dict[str, Any]) -> dict[str, Any]:
    return {**port, "default": None, "children": [_without_defaults(child) for child in port["children"]]}


def _unaliased(hint: Any) -> Any:
    """What a ``type`` statement says ``hint`` is; elsewhere an alias is what it stands for already."""
    origin, statement = typing.get_origin(hint) or hint, getattr(typing, "TypeAliasType", None)
    if statement is None or not isinstance(origin, statement):
        return hint
    value = origin.__value__
    return _unaliased(value[typing.get_args(hint)] if typing.get_args(hint) else value)


def _stripped(hint: Any) -> tuple[Any, bool]:
    """``hint`` without its notes and without None, and whether it takes None."""
    hint = _unaliased(hint)
    if typing.get_origin(hint) is typing.Annotated:
        return _stripped(typing.get_args(hint)[0])
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    hint = typing.Union[tuple(map(_unaliased, typing.get_args(hint)))]  # noqa: UP007 - of what is known at run time
    inside = typing.get_args(hint)
    if not inside:
        return hint, False
    kept = [item for item in inside if item is not type(None)]
    if len(kept) == len(inside):
        return hint, False
    return _stripped(typing.Union[tuple(kept)])[0], True  # noqa: UP007 - of what is known at run time


def _sent(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return [_sent(item) for item in value] if isinstance(value, list) else value
