"""Many calls of one node, over items. How they are made is in `many`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Generator, Iterable, Mapping, Sized
from typing import Any, Literal, TypeVar, overload

from rekuest_codegen.runtime.caller.many import CONCURRENCY, Many, awaiting, waiting

R = TypeVar("R")


@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> AsyncGenerator[R]: ...
@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[True],
    **fixed: Any,
) -> AsyncGenerator[R | Exception]: ...
@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> AsyncGenerator[tuple[int, R]]: ...
@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[True],
    **fixed: Any,
) -> AsyncGenerator[tuple[int, R | Exception]]: ...
@overload
def amap(
    function: Callable[..., R],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> AsyncGenerator[R]: ...
@overload
def amap(
    function: Callable[..., R],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[True],
    **fixed: Any,
) -> AsyncGenerator[R | Exception]: ...
@overload
def amap(
    function: Callable[..., R],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> AsyncGenerator[tuple[int, R]]: ...
@overload
def amap(
    function: Callable[..., R],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[True],
    **fixed: Any,
) -> AsyncGenerator[tuple[int, R | Exception]]: ...
def amap(
    function: Callable[..., Any],
    items: Iterable[Any] | AsyncIterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: bool = False,
    return_exceptions: bool = False,
    **fixed: Any,
) -> AsyncGenerator[Any]:
    """Call a node with each of ``items``, and yield what comes back: ``amap(threshold, images, level=0.7)``.

    Args:
        function: a generated function, sync or async.
        items: what to call it with; taken one by one as there is room, so it may be endless, and what another map
            gives. An item is the first argument that is not among ``fixed``; a mapping is arguments by name, whatever
            these are called. Items that are awaited come from a task of their own, and an async generator is closed
            when the loop is left.
        concurrency: how many calls are under way at most.
        ordered: results come in the order of the items; otherwise as they are there.
        indexed: results come as ``(index, result)``, with the index of the item, from 0.
        return_exceptions: what a call raises comes as its result, and the others go on. Otherwise it ends all: calls
            under way are cancelled, as they are when the loop is left early. A note in either says which item it was.
        fixed: arguments that are the same for all.

    Raises:
        ConfigurationError: it is no generated function, or a generator.
        TypeError: the arguments are not those of the function.
    """
    return awaiting(_many(function, items, concurrency, ordered, indexed, return_exceptions, fixed), items)


@overload
def map(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> Generator[R]: ...
@overload
def map(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[True],
    **fixed: Any,
) -> Generator[R | Exception]: ...
@overload
def map(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> Generator[tuple[int, R]]: ...
@overload
def map(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[True],
    **fixed: Any,
) -> Generator[tuple[int, R | Exception]]: ...
@overload
def map(
    function: Callable[..., R],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> Generator[R]: ...
@overload
def map(
    function: Callable[..., R],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[False] = False,
    return_exceptions: Literal[True],
    **fixed: Any,
) -> Generator[R | Exception]: ...
@overload
def map(
    function: Callable[..., R],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[False] = False,
    **fixed: Any,
) -> Generator[tuple[int, R]]: ...
@overload
def map(
    function: Callable[..., R],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: Literal[True],
    return_exceptions: Literal[True],
    **fixed: Any,
) -> Generator[tuple[int, R | Exception]]: ...
def map(
    function: Callable[..., Any],
    items: Iterable[Any],
    /,
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
    indexed: bool = False,
    return_exceptions: bool = False,
    **fixed: Any,
) -> Generator[Any]:
    """`amap`, waiting for each: ``for mask in map(threshold, images, level=0.7): ...``.

    Items are taken in the caller's thread, between two results: one that is long in coming holds up those that are
    there.
    """
    many = _many(function, items, concurrency, ordered, indexed, return_exceptions, fixed)
    return waiting(many, iter(items), instead="async for ... in amap(...)")


def _many(
    function: Callable[..., Any],
    items: object,
    concurrency: int,
    ordered: bool,
    indexed: bool,
    return_exceptions: bool,
    fixed: Mapping[str, Any],
) -> Many:
    return Many(
        function,
        concurrency,
        ordered=ordered,
        return_exceptions=return_exceptions,
        shape=_with_index if indexed else _alone,
        told=lambda index: f"item {index}, counted from 0",
        total=len(items) if isinstance(items, Sized) else None,
        fixed=fixed,
    )


def _with_index(index: int, result: Any) -> Any:
    return index, result


def _alone(index: int, result: Any) -> Any:
    return result
