"""From a generated function, and what it is called with, to the node it calls and the values it sends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeGuard

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.remote import Remote

STREAMS = frozenset({"stream", "astream"})


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


def values_of(function: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a generated function would send if it were called so, defaults included.

    Raises:
        TypeError: as the call would.
    """
    bound = inspect.signature(inspect.unwrap(function)).bind(*args, **keywords)
    bound.apply_defaults()
    return dict(bound.arguments)


def _is_remote(value: object) -> TypeGuard[Remote[Any]]:
    return isinstance(value, Remote)
