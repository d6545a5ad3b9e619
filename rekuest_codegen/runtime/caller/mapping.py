"""Many calls of one node: over items, and over a grid of arguments. Bounded, and none is left behind on an error.

Items are taken where the results are asked for, in that thread or loop: where they come from may call nodes itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sized,
)
from contextlib import aclosing, closing, suppress
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, overload

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.bars import open_bar
from rekuest_codegen.runtime.caller.calls import acall
from rekuest_codegen.runtime.caller.stubs import checked_grid, remote_of, values_of
from rekuest_codegen.runtime.caller.terms import changed, in_force
from rekuest_codegen.runtime.remote import Remote

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

CONCURRENCY = 8
AHEAD = 4
"""How many times ``concurrency`` results may wait for an earlier one that takes long."""
_WANTED: Any = object()
"""What comes instead of a result where there is room for one more call."""
_NO_MORE: Any = object()


@overload
def amap(
    function: Callable[..., Coroutine[Any, Any, R]],
    items: Iterable[Any] | AsyncIterable[Any],
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
) -> AsyncGenerator[R]: ...
@overload
def amap(
    function: Callable[..., R],
    items: Iterable[Any] | AsyncIterable[Any],
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
) -> AsyncGenerator[R]: ...
def amap(
    function: Callable[..., Any],
    items: Iterable[Any] | AsyncIterable[Any],
    *,
    concurrency: int = CONCURRENCY,
    ordered: bool = True,
) -> AsyncGenerator[Any]:
    """Call a node with each of ``items`` as its first argument, and yield what comes back.

    Args:
        function: a generated function, sync or async.
        items: what to call it with; taken one by one as there is room, so it may be endless, and what another map
            gives. A mapping among them is all arguments of a call by name. Those that are awaited come from a task of
            their own, and an async generator is closed when the loop is left.
        concurrency: how many calls are under way at most.
        ordered: results come in the order of the items; otherwise as they are there.

    Raises:
        ConfigurationError: it is no generated function, or a generator. What a call raises ends all: those under way
        are cancelled, as they are when the loop is left early.
    """
    many = _Many(function, concurrency, ordered, len(items) if isinstance(items, Sized) else None)
    return _awaiting(many, items)


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
    """`amap`, waiting for each: ``for mask in map(threshold, images): ...``.

    Items are taken in the caller's thread, between two results: one that is long in coming holds up those that are
    there.
    """
    many = _Many(function, concurrency, ordered, len(items) if isinstance(items, Sized) else None)
    return _waiting(many, iter(items), instead="async for ... in amap(...)")


def asweep(
    function: Callable[..., R], *, concurrency: int = CONCURRENCY, **grid: Iterable[Any]
) -> AsyncGenerator[tuple[dict[str, Any], Any]]:
    """Call a node with every combination of arguments, and yield each combination with what came of it, in order.

    ``async for given, mask in asweep(athreshold, image=[image], level=[0.3, 0.5, 0.7]): ...``

    Raises:
        As `amap`.
    """
    combinations = _combinations(checked_grid(function, grid))
    many = _Many(function, concurrency, True, len(combinations))
    return _apaired(combinations, _awaiting(many, combinations))


def sweep(
    function: Callable[..., Any], *, concurrency: int = CONCURRENCY, **grid: Iterable[Any]
) -> Iterator[tuple[dict[str, Any], Any]]:
    """`asweep`, waiting for each: ``for given, mask in sweep(threshold, image=[image], level=[0.3, 0.5]): ...``."""
    combinations = _combinations(checked_grid(function, grid))
    many = _Many(function, concurrency, True, len(combinations))
    return _paired(combinations, _waiting(many, iter(combinations), instead="async for ... in asweep(...)"))


def _combinations(grid: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def _paired(combinations: list[dict[str, Any]], results: Generator[Any]) -> Generator[tuple[dict[str, Any], Any]]:
    with closing(results):
        yield from zip(combinations, results, strict=True)


async def _apaired(
    combinations: list[dict[str, Any]], results: AsyncGenerator[Any]
) -> AsyncGenerator[tuple[dict[str, Any], Any]]:
    async with aclosing(results):
        given = iter(combinations)
        async for result in results:
            yield next(given), result


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
    return ((), item) if isinstance(item, Mapping) else ((item,), {})  # pyright: ignore[reportUnknownVariableType] - any mapping


# -- where the results are asked for ------------------------------------------------------------------------------


def _waiting(many: _Many, items: Iterator[Any], *, instead: str) -> Generator[Any]:
    results = portal.iterate(many.results(), instead=instead)  # refused at once where it would block a loop

    def each() -> Generator[Any]:
        with closing(results):
            for result in results:
                if result is _WANTED:
                    many.take(next(items, _NO_MORE))
                else:
                    yield result

    return each()


async def _awaiting(many: _Many, items: Iterable[Any] | AsyncIterable[Any]) -> AsyncGenerator[Any]:
    if isinstance(items, AsyncIterable):
        source = _Source(many, aiter(items))
        async with portal.beside(source.feed, source.close), aclosing(portal.anywhere(many.results())) as results:
            async for result in results:
                if result is _WANTED:
                    source.wanted.release()
                else:
                    yield result
        return
    following = iter(items)
    async with aclosing(portal.anywhere(many.results())) as results:
        async for result in results:
            if result is _WANTED:
                many.take(next(following, _NO_MORE))
            else:
                yield result


class _Source:
    """Items that are awaited, in a task of their own: results are given while one is on its way."""

    def __init__(self, many: _Many, items: AsyncIterator[Any]) -> None:
        self._many = many
        self._items = items
        self.wanted = portal.semaphore(0)

    async def feed(self) -> None:
        try:
            while True:
                await self.wanted.acquire()
                self._many.take(await anext(self._items, _NO_MORE))
        except BaseException as error:  # whatever it is, who waits for the item is to have it
            self._many.fail(error)

    async def close(self) -> None:
        if isinstance(self._items, AsyncGenerator):
            await self._items.aclose()  # pyright: ignore[reportUnknownMemberType] - any async generator


# -- in the loop that serves the calls ----------------------------------------------------------------------------


class _Many:
    """The calls of a map, on the terms that held where it was made. It has one bar, and its calls have none.

    Raises:
        ConfigurationError: as `amap`.
    """

    def __init__(
        self, function: Callable[..., Any], concurrency: object, ordered: bool, total: int | None = None
    ) -> None:
        self._function = function
        self._remote = _one_result(function)
        self._concurrency = _checked(concurrency)
        self._ordered = ordered
        self._total = total
        self._item: asyncio.Future[Mapping[str, Any] | None]
        """The one that is wanted."""
        options = in_force.get()
        self._progress = options.progress
        self._context = copy_context()
        if options.reference is not None:
            raise ConfigurationError(f"reference {options.reference.text!r}: names one call, and a map makes many")
        if options.progress:
            self._context.run(in_force.set, changed(options, progress=False))

    def take(self, item: Any) -> None:
        """The item that was wanted, or that there are no more; from any thread."""
        values = None if item is _NO_MORE else values_of(self._function, *_arguments(item))
        self._hand(lambda wanted: wanted.set_result(values))

    def fail(self, error: BaseException) -> None:
        """What came instead of the item."""
        self._hand(lambda wanted: wanted.set_exception(error))

    def _hand(self, settle: Callable[[asyncio.Future[Mapping[str, Any] | None]], None]) -> None:
        wanted = self._item

        def handed() -> None:
            if not wanted.done():
                settle(wanted)

        with suppress(RuntimeError):  # that loop is closed, which the next step tells
            if portal.loop_runs_here() and asyncio.get_running_loop() is wanted.get_loop():
                handed()
            else:
                wanted.get_loop().call_soon_threadsafe(handed)

    async def results(self) -> AsyncGenerator[Any]:
        """What comes back; and where there is room for another call, `_WANTED`: `take` is due, now or later."""
        queue: deque[asyncio.Task[Any]] = deque()
        """Calls whose result was not given yet, in the order of the items."""
        running: set[asyncio.Task[Any]] = set()
        bar = open_bar(self._remote.title) if self._progress else None
        wanted: asyncio.Future[Mapping[str, Any] | None] | None = None
        more, finished = True, 0

        def room() -> bool:
            few = len(running) < self._concurrency and len(queue) < AHEAD * self._concurrency
            return more and wanted is None and few

        try:
            while True:
                if room():
                    wanted = self._item = asyncio.get_running_loop().create_future()
                    yield _WANTED
                if wanted is not None and wanted.done():
                    values, wanted = wanted.result(), None  # or what the source raised
                    if values is None:
                        more = False
                    else:
                        queue.append(self._begin(values))
                        running.add(queue[-1])
                done = {task for task in running if task.done()}
                for task in done:
                    task.result()  # a failure ends all, also one whose turn has not come
                running -= done
                if bar is not None and done:
                    finished += len(done)
                    bar.tell(finished, None, of=self._total)
                first = next((task for task in queue if self._ordered or task.done()), None)
                if first is not None and first.done():  # one given for one taken: neither side waits for the other
                    queue.remove(first)
                    yield first.result()
                elif room():
                    continue
                elif running or wanted is not None:
                    awaited: set[asyncio.Future[Any]] = {*running, *([] if wanted is None else [wanted])}
                    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                else:
                    return
        finally:
            if bar is not None:
                bar.close()
            if wanted is not None and not wanted.cancel() and not wanted.cancelled():
                wanted.exception()  # it came too late, and is nobody's
            for task in queue:
                task.cancel()
            await asyncio.gather(*queue, return_exceptions=True)

    def _begin(self, values: Mapping[str, Any]) -> asyncio.Task[Any]:
        return asyncio.create_task(acall(self._remote, values), context=self._context.copy())
