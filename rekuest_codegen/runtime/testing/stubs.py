"""What fakes need to know of types, and work that is done without an event loop."""

from __future__ import annotations

import enum
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from rekuest_codegen.runtime.types import Reference

T = TypeVar("T")

SHRINKS = ("ashrink", "shrink", "aexpand", "expand")


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
