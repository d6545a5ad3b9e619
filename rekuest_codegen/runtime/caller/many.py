"""What `mapping` and `sweeping` have in common: many calls of one node, bounded, and none is left behind on an error.

Items are taken where the results are asked for, in that thread or loop: where they come from may call nodes itself.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import aclosing, closing, suppress
from contextvars import copy_context
from typing import Any

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.bars import open_bar
from rekuest_codegen.runtime.caller.calls import acall
from rekuest_codegen.runtime.caller.stubs import remote_of, values_of
from rekuest_codegen.runtime.caller.terms import changed, in_force
from rekuest_codegen.runtime.remote import Remote

CONCURRENCY = 8
AHEAD = 4
"""How many times ``concurrency`` results may wait for an earlier one that takes long."""
_WANTED: Any = object()
"""What comes instead of a result where there is room for one more call."""
_NO_MORE: Any = object()


def _one_result(function: Callable[..., Any]) -> Remote[Any]:
    remote, streams = remote_of(function)
    if streams:
        raise ConfigurationError(f"{remote.title}: is a generator, and many of them are no map; call each one")
    return remote


def _checked(concurrency: object) -> int:
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
        raise ConfigurationError(f"concurrency {concurrency!r}: expected a number of calls, from 1")
    return concurrency


# -- where the results are asked for ------------------------------------------------------------------------------


def waiting(many: Many, items: Iterator[Any], *, instead: str) -> Generator[Any]:
    """The results, each waited for. Raises as `portal.iterate`, at once."""
    results = portal.iterate(many.results(), instead=instead)

    def each() -> Generator[Any]:
        with closing(results):
            for result in results:
                if result is _WANTED:
                    many.take(next(items, _NO_MORE))
                else:
                    yield result

    return each()


async def awaiting(many: Many, items: Iterable[Any] | AsyncIterable[Any]) -> AsyncGenerator[Any]:
    """The results, each awaited."""
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

    def __init__(self, many: Many, items: AsyncIterator[Any]) -> None:
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


class Many:
    """Calls of one function, on the terms that held where this was made. They have one bar, and none of their own.

    Args:
        function: a generated one.
        concurrency: how many are under way at most.
        ordered: whether results come in the order of the items.
        return_exceptions: whether what a call raises is its result.
        shape: what is given, from the index of an item and its result.
        told: what a note at an error says of the item, from its index.
        total: how many items there are, if that is known.
        fixed: arguments that are the same for all.

    Raises:
        ConfigurationError: it is no generated function, or a generator; or the terms are for one call.
        TypeError: it has no such argument.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        concurrency: object,
        *,
        ordered: bool,
        return_exceptions: bool,
        shape: Callable[[int, Any], Any],
        told: Callable[[int], str],
        total: int | None,
        fixed: Mapping[str, Any],
    ) -> None:
        self._function = function
        self._remote = _one_result(function)
        self._concurrency = _checked(concurrency)
        self._ordered = ordered
        self._return_exceptions = return_exceptions
        self._shape = shape
        self._told = told
        self._total = total
        self._fixed = fixed
        self._first = self._place_of_items()
        self._taken = 0
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
        values = None if item is _NO_MORE else self._values(item)
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
        more, begun, finished = True, 0, 0

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
                        queue.append(self._begin(begun, values))
                        begun += 1
                        running.add(queue[-1])
                done = {task for task in running if task.done()}
                for task in done:
                    task.result()  # what is raised ends all, also if its turn has not come
                running -= done
                if bar is not None and done:
                    finished += len(done)
                    bar.tell(finished, None, of=self._total)
                first = next((task for task in queue if self._ordered or task.done()), None)
                if first is not None and first.done():  # one given for one taken: neither side waits for the other
                    queue.remove(first)
                    yield self._shape(*first.result())
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

    def _begin(self, index: int, values: Mapping[str, Any]) -> asyncio.Task[tuple[int, Any]]:
        return asyncio.create_task(self._call(index, values), context=self._context.copy())

    async def _call(self, index: int, values: Mapping[str, Any]) -> tuple[int, Any]:
        try:
            return index, await acall(self._remote, values)
        except Exception as error:
            self._note(error, index)
            if self._return_exceptions:
                return index, error
            raise

    def _note(self, error: Exception, index: int) -> None:
        error.add_note(f"{self._remote.title}: {self._told(index)}")

    # -- from items to arguments --------------------------------------------------------------------------------------

    def _place_of_items(self) -> str | None:
        """The argument that an item is which is no mapping: the first that is not the same for all."""
        names = inspect.signature(inspect.unwrap(self._function)).parameters
        for name in self._fixed:
            if name not in names:
                raise TypeError(f"{self._remote.title}: has no argument {name!r}, but {', '.join(names) or 'none'}")
        return next((name for name in names if name not in self._fixed), None)

    def _values(self, item: Any) -> dict[str, Any]:
        index, self._taken = self._taken, self._taken + 1
        try:
            if isinstance(item, Mapping):
                return values_of(self._function, (), {**self._fixed, **item})
            if self._first is None:
                return values_of(self._function, (item,), self._fixed)
            return values_of(self._function, (), {**self._fixed, self._first: item})
        except TypeError as error:
            self._note(error, index)
            raise
