"""From a generated function, and what it is called with, to the node it calls and the values it sends."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, TypeGuard

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.types import Choices

STREAMS = frozenset({"stream", "astream"})


def remote_of(function: Callable[..., Any]) -> tuple[Remote[Any], bool]:
    """The node that a generated function calls, and whether that is a generator.

    Raises:
        ConfigurationError: it is no generated function.
    """
    plain = inspect.unwrap(function)
    if isinstance(plain, FunctionType) and (found := _called(plain)) is not None:
        return found, not STREAMS.isdisjoint(plain.__code__.co_names)
    shown = getattr(plain, "__qualname__", type(plain).__name__)
    raise ConfigurationError(f"{shown} is no generated function: it calls no node")


def is_generated(value: object) -> bool:
    """Whether ``value`` is a function, an enum or a class of several results that was generated. Calls nothing."""
    if isinstance(value, FunctionType):
        found = _called(value)
        return found is not None and found.package == value.__module__
    if isinstance(value, type) and issubclass(value, Choices):
        return True
    if isinstance(value, type) and issubclass(value, tuple):
        around = vars(sys.modules.get(value.__module__, object))
        return any(_is_remote(found) and found.result is value for found in list(around.values()))
    return False


def values_of(function: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a generated function would send if it were called so, defaults included.

    Raises:
        TypeError: as the call would; names the function.
    """
    plain = inspect.unwrap(function)
    signature = inspect.signature(plain)
    unknown = next((name for name in keywords if name not in signature.parameters), None)
    try:
        if unknown is not None:  # which is what a missing one was meant to be, maybe
            raise TypeError(f"got an unexpected keyword argument {unknown!r}")
        bound = signature.bind(*args, **keywords)
    except TypeError as error:
        raise TypeError(f"{getattr(plain, '__name__', plain)}() {error}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def checked_grid(function: Callable[..., Any], grid: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What to sweep over, by argument.

    Raises:
        ConfigurationError: an argument has no values to sweep over; text is one value.
        TypeError: as a call with one value each would.
    """
    values: dict[str, list[Any]] = {}
    for name, given in grid.items():
        if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
            text = repr(given)  # pyright: ignore[reportUnknownArgumentType]  # whatever a user gave
            shown = f"[{text}]" if len(text) <= 40 else "[value]"
            raise ConfigurationError(f"sweep: {name}: expected values to sweep over; write {name}={shown} for one")
        values[name] = list(given)  # pyright: ignore[reportUnknownArgumentType] - whatever a user gave
    values_of(function, (), dict.fromkeys(values))
    return values


def _called(function: FunctionType) -> Remote[Any] | None:
    """The first node that ``function`` speaks of."""
    spoken = (function.__globals__.get(name) for name in function.__code__.co_names)
    return next(filter(_is_remote, spoken), None)


def _is_remote(value: object) -> TypeGuard[Remote[Any]]:
    return isinstance(value, Remote)
