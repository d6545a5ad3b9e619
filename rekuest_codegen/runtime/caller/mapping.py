"""Many calls of one node: over items, and over a grid of arguments. Bounded, and none is left behind on an error."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Mapping, Sized
from contextlib import aclosing
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, overload

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.bars import open_bar
from rekuest_codegen.runtime.caller.calls import acall
from rekuest_codegen.runtime.caller.stubs import remote_of, values_of
from rekuest_codegen.runtime.caller.terms import changed, in_force
from rekuest_codegen.runtime.remote import Remote

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

CONCURRENCY = 8
AHEAD = 4
"""How many times ``concurrency`` results may wait for an earlier one that takes long."""


@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
) -> AsyncGenerator[R]: ...
@overload
def amap(
    function: Callable[..., R], items: Iterable[Any], *, concurrency: int = CONCURRENCY, ordered: bool = True
) -> AsyncGenerator[R]: ...
def amap(
    function: Callable[..., Any], items: Iterable[Any], *, concurrency: int = CONCURRENCY, ordered: bool = True
) -> AsyncGenerator[Any]:
    """Call a node with each of ``items`` as its first argument, and yield what comes back.

    Args:
        function: a generated function, sync or async.
        items: what to call it with; taken one by one as there is room, so it may be endless. A mapping among them is
            all arguments of a call by name.
        concurrency: how many calls are under way at most.
        ordered: results come in the order of the items; otherwise as they are there.

    Raises:
        ConfigurationError: it is no generated function, or a generator. What a call raises ends all: those under way
        are cancelled, as they are when the loop is left early.
    """
    remote = _one_result(function)
    calls = (values_of(function, *_arguments(item)) for item in items)
    total = len(items) if isinstance(items, Sized) else None
    return portal.anywhere(_results(remote, calls, _checked(concurrency), ordered, _Terms(total)))


@overload
def map(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any],
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
) -> Iterator[R]: ...
@overload
def map(
    function: Callable[..., R], items: Iterable[Any], *, concurrency: int = CONCURRENCY, ordered: bool = True
) -> Iterator[R]: ...
def map(
    function: Callable[..., Any], items: Iterable[Any], *, concurrency: int = CONCURRENCY, ordered: bool = True
) -> Iterator[Any]:
    """`amap`, waiting for each: ``for mask in map(threshold, images): ...``."""
    results = amap(function, items, concurrency=concurrency, ordered=ordered)
    return portal.iterate(results, instead="async for ... in amap(...)")


def asweep(
    function: Callable[..., R], *, concurrency: int = CONCURRENCY, **grid: Iterable[Any]
) -> AsyncGenerator[tuple[dict[str, Any], Any]]:
    """Call a node with every combination of arguments, and yield each combination with what came of it, in order.

    ``async for given, mask in asweep(athreshold, image=[image], level=[0.3, 0.5, 0.7]): ...``

    Raises:
        As `amap`.
    """
    remote = _one_result(function)
    combinations = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    calls = (values_of(function, (), given) for given in combinations)
    terms = _Terms(len(combinations))
    return portal.anywhere(_paired(combinations, _results(remote, calls, _checked(concurrency), True, terms)))


def sweep(
    function: Callable[..., Any], *, concurrency: int = CONCURRENCY, **grid: Iterable[Any]
) -> Iterator[tuple[dict[str, Any], Any]]:
    """`asweep`, waiting for each: ``for given, mask in sweep(threshold, image=[image], level=[0.3, 0.5]): ...``."""
    results = asweep(function, concurrency=concurrency, **grid)
    return portal.iterate(results, instead="async for ... in asweep(...)")


def _one_result(function: Callable[..., Any]) -> Remote[Any]:
    remote, streams = remote_of(function)
    if streams:
        raise ConfigurationError(f"{remote.title}: is a generator, and many of them are no map; call each one")
    return remote


def _checked(concurrency: object) -> int:
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
        raise ConfigurationError(f"concurrency {concurrency!r}: expected a number of calls, from 1")
    return concurrency


def _arguments(item: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    return ((), item) if isinstance(item, Mapping) else ((item,), {})  # pyright: ignore[reportUnknownVariableType]


class _Terms:
    """What holds for the calls of a map: what held where it was made. It has one bar, and its calls have none."""

    def __init__(self, total: int | None) -> None:
        options = in_force.get()
        self.total = total
        self.progress = options.progress
        self._context = copy_context()
        if options.reference is not None:
            raise ConfigurationError(f"reference {options.reference.text!r}: names one call, and a map makes many")
        if options.progress:
            self._context.run(in_force.set, changed(options, progress=False))

    def begin(self, remote: Remote[Any], values: Mapping[str, Any]) -> asyncio.Task[Any]:
        return asyncio.create_task(acall(remote, values), context=self._context.copy())


async def _results(
    remote: Remote[Any], calls: Iterator[dict[str, Any]], concurrency: int, ordered: bool, terms: _Terms
) -> AsyncGenerator[Any]:
    queue: deque[asyncio.Task[Any]] = deque()
    """Calls whose result was not given yet, in the order of the items."""
    running: set[asyncio.Task[Any]] = set()
    bar = open_bar(remote.title) if terms.progress else None
    finished = 0
    try:
        while True:
            while len(running) < concurrency and len(queue) < AHEAD * concurrency:
                values = next(calls, None)
                if values is None:
                    break
                task = terms.begin(remote, values)
                queue.append(task)
                running.add(task)
            if not queue:
                return
            if running and not (ordered and queue[0].done()):
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # a failure ends all, also one whose turn has not come
                if bar is not None:
                    finished += len(done)
                    bar.tell(finished, None, of=terms.total)
            if ordered:
                while queue and queue[0].done():
                    yield queue.popleft().result()
            else:
                for task in [task for task in queue if task.done()]:
                    queue.remove(task)
                    yield task.result()
    finally:
        if bar is not None:
            bar.close()
        for task in queue:
            task.cancel()
        await asyncio.gather(*queue, return_exceptions=True)


async def _paired(
    combinations: list[dict[str, Any]], results: AsyncGenerator[Any]
) -> AsyncGenerator[tuple[dict[str, Any], Any]]:
    async with aclosing(results):
        given = iter(combinations)
        async for result in results:
            yield next(given), result
