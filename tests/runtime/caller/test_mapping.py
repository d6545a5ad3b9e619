"""Many calls at once: ordered and as they come, bounded, ended together."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from rekuest_codegen import amap, asweep, sweep
from rekuest_codegen import map as map_nodes
from rekuest_codegen.errors import ArgumentError, ConfigurationError, NodeError, SyncInsideLoopError
from rekuest_codegen.runtime import Arguments, call, remote
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.testing import fake


def test_in_order(lab: Any) -> None:
    assert list(map_nodes(lab.add, range(30), concurrency=5)) == [number + 1 for number in range(30)]
    assert list(map_nodes(lab.aadd, [{"x": 1, "y": 2}, {"x": 3, "y": 4}])) == [3, 7]


async def test_as_they_come(lab: Any) -> None:
    seconds = [0.6, 0.0, 0.0]
    order: list[int] = []
    with fake(lab.rest, side_effect=_slept):
        async for result in amap(lab.arest, seconds, ordered=False):
            order.append(int(result))
    assert order == [0, 0, 6]


async def _slept(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return str(int(seconds * 10))


async def test_never_more_than_asked_for_and_not_ahead_of_the_reader(lab: Any) -> None:
    now, most, taken = 0, 0, 0

    async def counted(x: int, y: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return x

    def endless() -> Iterator[int]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield number

    with fake(lab.add, side_effect=counted):
        results = amap(lab.add, endless(), concurrency=3)
        assert [await anext(results) for _ in range(20)] == list(range(20))
        await results.aclose()
    assert most == 3
    assert taken <= 20 + 3 * 4
    assert now == 0


def test_items_may_be_what_calls_give(lab: Any) -> None:
    """They are taken in the thread of whoever takes the results."""
    where: set[int] = set()

    def called(numbers: Iterator[int]) -> Iterator[int]:
        for number in numbers:
            where.add(threading.get_ident())
            yield lab.add(number, 0)

    doubled = map_nodes(lab.add, map_nodes(lab.add, called(iter(range(20))), concurrency=2), concurrency=3)
    assert list(doubled) == list(range(2, 22))
    assert where == {threading.get_ident()}
    levels = (lab.add(level) for level in range(2))
    assert [given for given, _ in sweep(lab.add, x=levels)] == [{"x": 1}, {"x": 2}]


async def test_items_may_be_what_awaited_calls_give(lab: Any) -> None:
    assert [item async for item in amap(lab.aadd, amap(lab.aadd, range(20)), concurrency=3)] == list(range(2, 22))


def test_a_slow_source_holds_no_result_back(lab: Any) -> None:
    """There is room for eight calls; the first result is given before there are eight items."""
    taken: list[int] = []
    answered: list[int] = []

    def source() -> Iterator[int]:
        for number in range(8):
            until = time.monotonic() + 10
            while len(answered) < len(taken) and time.monotonic() < until:
                time.sleep(0.001)
            taken.append(number)
            yield number

    def answer(x: int, y: int) -> int:
        answered.append(x)
        return x

    with fake(lab.add, side_effect=answer):
        results = map_nodes(lab.add, source())
        assert next(results) == 0
        assert len(taken) <= 4
        assert list(results) == list(range(1, 8))


async def _as_results_are_taken(lab: Any) -> None:
    """Each item comes when the result before it was taken; the source is closed when the loop is left."""
    taken = anyio.Event()
    closed: list[str] = []

    async def source() -> AsyncIterator[int]:
        nonlocal taken
        try:
            for number in itertools.count():
                yield number
                await taken.wait()
                taken = anyio.Event()
        finally:
            closed.append("closed")

    with anyio.fail_after(20):
        async with aclosing(amap(lab.aadd, source())) as results:
            async for result in results:
                if result == 4:
                    break
                taken.set()
        assert closed == ["closed"]
        with pytest.raises(NodeError, match="boom"):  # which comes no sooner than the source moves, and it never does
            async for _ in amap(lab.afail, _one_and_no_more()):
                pass
        with pytest.raises(ValueError, match="of the source"):
            async for _ in amap(lab.aadd, _failing()):
                pass


async def _one_and_no_more() -> AsyncIterator[str]:
    yield "boom"
    await anyio.sleep_forever()


async def _failing() -> AsyncIterator[int]:
    yield 1
    raise ValueError("of the source")


async def test_an_awaited_source_holds_nothing_back(lab: Any) -> None:
    await _as_results_are_taken(lab)


def test_an_awaited_source_holds_nothing_back_in_trio(lab: Any) -> None:
    anyio.run(_as_results_are_taken, lab, backend="trio")


def test_an_error_of_the_source_ends_all(lab: Any) -> None:
    begun = threading.Event()

    async def forever(x: int, y: int) -> int:
        begun.set()
        await asyncio.Event().wait()
        return x

    def failing() -> Iterator[int]:
        yield 1
        assert begun.wait(10)
        raise ValueError("of the source")

    with fake(lab.add, side_effect=forever) as faked, pytest.raises(ValueError, match="of the source"):
        list(map_nodes(lab.add, failing()))
    assert [call.cancelled for call in faked.calls] == [True]


def test_an_error_ends_all(lab: Any) -> None:
    with pytest.raises(NodeError, match="boom"):
        list(map_nodes(lab.fail, ["boom"] * 3))


async def test_what_is_left_is_cancelled(lab: Any) -> None:
    async def failing(seconds: float) -> str:
        await asyncio.sleep(seconds)
        if seconds < 1:
            raise ValueError("boom")
        return ""

    with fake(lab.rest, side_effect=failing) as faked, pytest.raises(NodeError, match="boom"):
        async for _ in amap(lab.rest, [60.0, 60.0, 0.05]):
            pass
    assert [call.cancelled for call in faked.calls] == [True, True, False]


def test_leaving_early_cancels(lab: Any) -> None:
    results = map_nodes(lab.add, itertools.count(), concurrency=2)
    assert next(results) == 1
    results.close()


def test_a_sweep(lab: Any) -> None:
    found = list(sweep(lab.add, x=[1, 2], y=[10, 20]))
    assert found == [
        ({"x": 1, "y": 10}, 11),
        ({"x": 1, "y": 20}, 21),
        ({"x": 2, "y": 10}, 12),
        ({"x": 2, "y": 20}, 22),
    ]


async def test_a_sweep_awaited(lab: Any) -> None:
    assert [result async for _, result in asweep(lab.aadd, x=range(3))] == [1, 2, 3]
    with pytest.raises(SyncInsideLoopError, match="asweep"):
        sweep(lab.add, x=range(3))


@pytest.mark.parametrize("concurrency", [0, -1, True, 1.5, "2"])
def test_no_number_of_calls(lab: Any, concurrency: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected a number of calls, from 1"):
        map_nodes(lab.add, [1], concurrency=concurrency)


def test_no_generators_and_no_strangers(lab: Any) -> None:
    with pytest.raises(ConfigurationError, match="lab/count: is a generator"):
        map_nodes(lab.count, [1])
    with pytest.raises(ConfigurationError, match="is no generated function"):
        map_nodes(len, [1])


def test_fixed_arguments(lab: Any) -> None:
    """An item is the first argument that is not fixed; a mapping says by name, also what is fixed otherwise."""
    assert list(map_nodes(lab.add, [1, 2], y=10)) == [11, 12]
    assert list(map_nodes(lab.add, [1, 2], x=10)) == [11, 12]
    assert list(map_nodes(lab.add, [{"x": 1}, {"x": 1, "y": 2}], y=10)) == [11, 3]
    assert list(map_nodes(lab.add, iter([4, 5]), y=1, indexed=True)) == [(0, 5), (1, 6)]
    with pytest.raises(TypeError, match="lab/add: has no argument 'z', but x, y"):
        map_nodes(lab.add, [1], z=1)
    with pytest.raises(TypeError, match="multiple values for argument 'x'") as raised:
        list(map_nodes(lab.add, [1], x=1, y=1))
    assert raised.value.__notes__ == ["lab/add: item 0, counted from 0"]


async def test_which_item_a_result_is_of(lab: Any) -> None:
    with fake(lab.rest, side_effect=_slept):
        found = [given async for given in amap(lab.arest, [0.4, 0.0], ordered=False, indexed=True)]
        assert found == [(1, "0"), (0, "4")]
        swept = [given async for given in asweep(lab.arest, seconds=[0.4, 0.0], ordered=False)]
        assert swept == [({"seconds": 0.0}, "0"), ({"seconds": 0.4}, "4")]


def _odd(x: int, y: int) -> int:
    if x % 2:
        raise ValueError(f"{x} is odd")
    return x


def test_errors_as_results(lab: Any) -> None:
    with fake(lab.add, side_effect=_odd):
        found = dict(map_nodes(lab.add, range(20), indexed=True, ordered=False, return_exceptions=True, concurrency=3))
        assert [found[index] for index in range(0, 20, 2)] == list(range(0, 20, 2))
        for index in range(1, 20, 2):
            error = found[index]
            assert isinstance(error, NodeError)
            assert error.__notes__ == [f"lab/add: item {index}, counted from 0"]
        _, bad = sweep(lab.add, x=[2, 3], return_exceptions=True)
        assert bad[0] == {"x": 3}
        assert isinstance(bad[1], NodeError)
        one, other = map_nodes(lab.add, ["two", 2], return_exceptions=True)
        assert isinstance(one, ArgumentError)
        assert other == 2
        with pytest.raises(ValueError, match="of the source"):  # which is nobody's result
            list(map_nodes(lab.add, _broken(), return_exceptions=True))


def _broken() -> Iterator[int]:
    yield 2
    raise ValueError("of the source")


def test_an_error_says_which_item_it_was(lab: Any) -> None:
    with fake(lab.add, side_effect=_odd):
        with pytest.raises(NodeError, match="3 is odd") as raised:
            list(map_nodes(lab.add, [0, 2, 3], concurrency=1))
        assert raised.value.__notes__ == ["lab/add: item 2, counted from 0"]
        with pytest.raises(NodeError) as raised:
            list(sweep(lab.add, x=[2, 3], y=[7]))
        assert raised.value.__notes__ == ["lab/add: with x=3, y=7"]


class _AwkwardArgs(Arguments):
    function: int
    items: int = 0
    concurrency: int = 0


_PORTS = [{"key": name, "kind": "INT", "nullable": False} for name in ("function", "items", "concurrency")]
_AWKWARD: Remote[int] = remote(
    app="lab",
    key="awkward",
    version="1",
    hash="h",
    ports=json.dumps({"args": _PORTS, "returns": [_PORTS[0]]}),
    arguments=_AwkwardArgs,
    types={},
)


def _awkward(function: int, items: int = 0, concurrency: int = 0) -> int:
    return call(_AWKWARD, {"function": function, "items": items, "concurrency": concurrency})


def test_arguments_called_as_ours() -> None:
    """Strangers name them."""

    def total(function: int, items: int, concurrency: int) -> int:
        return function + items + concurrency

    with fake(_awkward, side_effect=total):
        assert [value for _, value in sweep(_awkward, function=[1, 2], items=[10])] == [11, 12]
        found = list(sweep(_awkward, {"concurrency": [300, 400]}, function=[1], concurrency=1))
        assert found == [({"concurrency": 300, "function": 1}, 301), ({"concurrency": 400, "function": 1}, 401)]
        assert list(map_nodes(_awkward, [{"concurrency": 300}], function=1, items=10)) == [311]
        with pytest.raises(TypeError, match="function: given twice, in the grid and by name"):
            sweep(_awkward, {"function": [1]}, function=[2])


def test_nothing_of_that_name_to_sweep_over(lab: Any) -> None:
    with pytest.raises(TypeError, match=r"add\(\) got an unexpected keyword argument 'z'"):
        sweep(lab.add, z=[1])
