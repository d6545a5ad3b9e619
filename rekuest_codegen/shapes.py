"""Is this an object, a list, a mapping? Checks for data of unknown origin that type checkers follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """A JSON object, as a JSON reader gives it (so its keys are text)."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """A JSON array, as a JSON reader gives it."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Anything a user may pass for a dict."""
    return isinstance(value, Mapping)


def is_series(value: Any) -> TypeGuard[Sequence[Any]]:
    """Anything a user may pass for a list; text is none."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def nests_deeper(values: Iterable[Any], limit: int) -> bool:
    """Whether lists and objects nest deeper than ``limit`` in any of ``values``, which a JSON reader gave."""
    level = [value for value in values if is_array(value) or is_object(value)]
    for _ in range(limit):
        if not level:
            return False
        inner = chain.from_iterable(outer.values() if is_object(outer) else outer for outer in level)
        level = [value for value in inner if is_array(value) or is_object(value)]
    return bool(level)


def opens_more(text: str | bytes, limit: int) -> bool:
    """Whether there are more than ``limit`` lists and objects in a ``text`` of JSON, or may be; where there are not,
    none nest deeper. It costs next to nothing."""
    if isinstance(text, str):
        return text.count("[") + text.count("{") > limit
    return text.count(b"[") + text.count(b"{") > limit
