"""From a generated function, and what it is called with, to the node it calls and the values it sends."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
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


def checked_grid(function: Callable[..., Any], grid: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
    """What to sweep over, by argument.

    Raises:
        ConfigurationError: an argument has no values to sweep over; text is one value.
        TypeError: as a call with one value each would.
    """
    values: dict[str, list[Any]] = {}
    for name, given in grid.items():
        if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
            shown = f"[{given!r}]" if len(repr(given)) <= 40 else "[value]"
            raise ConfigurationError(f"sweep: {name}: expected values to sweep over; write {name}={shown} for one")
        values[name] = list(given)  # pyright: ignore[reportUnknownArgumentType]
    values_of(function, (), dict.fromkeys(values))
    return values


def _is_remote(value: object) -> TypeGuard[Remote[Any]]:
    return isinstance(value, Remote)
