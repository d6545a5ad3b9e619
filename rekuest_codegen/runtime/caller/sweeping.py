"""Many calls of one node, over a grid of arguments. How they are made is in `many`."""

from __future__ import annotations

import itertools
import reprlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterable, Mapping
from typing import Any, Literal, TypeVar, overload

from rekuest_codegen.runtime.caller.many import CONCURRENCY, Many, awaiting, waiting
from rekuest_codegen.runtime.caller.stubs import checked_grid

R = TypeVar("R")
_Combinations = list[dict[str, Any]]


@overload
def asweep(
    function: Callable[..., Coroutine[Any, Any, R]],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[False] = False,
    **more: Iterable[Any],
) -> AsyncGenerator[tuple[dict[str, Any], R]]: ...
@overload
def asweep(
    function: Callable[..., Coroutine[Any, Any, R]],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[True],
    **more: Iterable[Any],
) -> AsyncGenerator[tuple[dict[str, Any], R | Exception]]: ...
@overload
def asweep(
    function: Callable[..., R],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[False] = False,
    **more: Iterable[Any],
) -> AsyncGenerator[tuple[dict[str, Any], R]]: ...
@overload
def asweep(
    function: Callable[..., R],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[True],
    **more: Iterable[Any],
) -> AsyncGenerator[tuple[dict[str, Any], R | Exception]]: ...
def asweep(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]] | None = None,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: bool = False,
    **more: Iterable[Any],
) -> AsyncGenerator[tuple[dict[str, Any], Any]]:
    """Call a node with every combination of arguments, and yield each combination with what came of it.

    ``async for given, mask in asweep(athreshold, image=[image], level=[0.3, 0.5, 0.7]): ...``

    Args:
        function: a generated function, sync or async.
        grid: the values of each argument, by name: ``{"concurrency": [1, 2]}`` is an argument of the node.
        more: the same, for arguments that are not called as one of ours.
        concurrency, ordered, return_exceptions: as of `amap`.

    Raises:
        As `amap`. ConfigurationError: an argument has no values to sweep over.
    """
    many, combinations = _many(function, grid, more, concurrency, ordered, return_exceptions)
    return awaiting(many, combinations)


@overload
def sweep(
    function: Callable[..., Coroutine[Any, Any, R]],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[False] = False,
    **more: Iterable[Any],
) -> Generator[tuple[dict[str, Any], R]]: ...
@overload
def sweep(
    function: Callable[..., Coroutine[Any, Any, R]],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[True],
    **more: Iterable[Any],
) -> Generator[tuple[dict[str, Any], R | Exception]]: ...
@overload
def sweep(
    function: Callable[..., R],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[False] = False,
    **more: Iterable[Any],
) -> Generator[tuple[dict[str, Any], R]]: ...
@overload
def sweep(
    function: Callable[..., R],
    grid: Mapping[str, Iterable[Any]] = ...,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: Literal[True],
    **more: Iterable[Any],
) -> Generator[tuple[dict[str, Any], R | Exception]]: ...
def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]] | None = None,
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    return_exceptions: bool = False,
    **more: Iterable[Any],
) -> Generator[tuple[dict[str, Any], Any]]:
    """`asweep`, waiting for each: ``for given, mask in sweep(threshold, image=[image], level=[0.3, 0.5]): ...``."""
    many, combinations = _many(function, grid, more, concurrency, ordered, return_exceptions)
    return waiting(many, iter(combinations), instead="async for ... in asweep(...)")


def _many(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]] | None,
    more: Mapping[str, Iterable[Any]],
    concurrency: int,
    ordered: bool,
    return_exceptions: bool,
) -> tuple[Many, _Combinations]:
    twice = more.keys() & (grid or {}).keys()
    if twice:
        raise TypeError(f"{', '.join(sorted(twice))}: given twice, in the grid and by name")
    combinations = _combinations(checked_grid(function, {**(grid or {}), **more}))
    many = Many(
        function,
        concurrency,
        ordered=ordered,
        return_exceptions=return_exceptions,
        shape=lambda index, result: (combinations[index], result),
        told=lambda index: _told(combinations[index]),
        total=len(combinations),
        fixed=combinations[0] if combinations else {},
    )
    return many, combinations


def _told(given: Mapping[str, Any]) -> str:
    return "with " + ", ".join(f"{name}={' '.join(reprlib.repr(value).split())}" for name, value in given.items())


def _combinations(grid: Mapping[str, list[Any]]) -> _Combinations:
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
