"""From a generated function to the node it calls."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Coroutine, Mapping
from types import FunctionType
from typing import Any, TypeGuard, TypeVar

from pydantic import BaseModel

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.types import Reference

T = TypeVar("T")

STREAMS = frozenset({"stream", "astream"})
SHRINKS = ("ashrink", "shrink", "aexpand", "expand")


def remote_of(function: Callable[..., Any]) -> tuple[Remote[Any], bool]:
    """The node that a generated function calls, and whether that is a generator.

    Raises:
        ConfigurationError: it is no generated function.
    """
    plain = inspect.unwrap(function)
    if isinstance(plain, FunctionType):
        names = plain.__code__.co_names
        for name in names:
            found = plain.__globals__.get(name)
            if _is_remote(found):
                return found, not STREAMS.isdisjoint(names)
    shown = getattr(plain, "__qualname__", type(plain).__name__)
    raise ConfigurationError(f"{shown} is no generated function: it calls no node")


def _is_remote(value: object) -> TypeGuard[Remote[Any]]:
    return isinstance(value, Remote)


def plain_types(types: Mapping[str, type[Any]]) -> dict[str, type[Any]]:
    """The classes whose objects travel without running code of the user's: no structures of their own."""
    ours = (Reference, BaseModel, enum.Enum)
    return {
        identifier: cls
        for identifier, cls in types.items()
        if issubclass(cls, ours) or not any(hasattr(cls, name) for name in SHRINKS)
    }


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work`` that never waits, without an event loop."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        work.close()
    raise AssertionError("it waited")
