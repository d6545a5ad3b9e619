"""What stands in for nodes in the tests of those who call them: `fake` and `offline`."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy
import pytest

from rekuest_codegen import check_cancelled, current_task, log, progress, submit
from rekuest_codegen.errors import (
    AgentLost,
    ArgumentError,
    CallTimeout,
    ConfigurationError,
    NodeError,
    SyncInsideLoopError,
    Unreachable,
)
from rekuest_codegen.runtime import AnyReference, Quantity, context, options
from rekuest_codegen.runtime.testing import Call, Fake, fake, offline
from tests.runtime.example import demo, types

Camera, Colour, Image, Point = types.Camera, types.Colour, types.Image, types.Point


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever nothing stands in for would go to where nobody is; and nothing stands in for anything in the end."""
    monkeypatch.setattr(context, "_configured", None)
    monkeypatch.setenv("REKUEST_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("REKUEST_TOKEN", "x")
    yield
    assert context.stand_in.get() is None
    assert context.stand_in_everywhere is None


untyped: Any = fake
IMAGE = Image("1")
MOMENT = datetime(2026, 1, 30, 12, tzinfo=UTC)
EVERYTHING: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = [
    (demo.add, (2, 3), 5),
    (demo.greet, ("Ada",), "Hello, Ada"),
    (demo.make_image, ("cells",), IMAGE),
    (demo.threshold, (IMAGE,), Image("2")),
    (demo.describe, (IMAGE,), demo.DescribeResult("cells", 8)),
    (demo.measure, (IMAGE,), 12),
    (demo.mix, (Colour.RED, Colour.GREEN), Colour.YELLOW),
    (demo.move, (Point(x=1, y=2),), Point(x=2, y=2, label="there")),
    (demo.summarise, ([1.0, 2.5],), {"mean": 0.5}),
    (demo.double, ("ab",), "abab"),
    (demo.double, (21,), 42),
    (demo.postpone, (MOMENT,), MOMENT),
    (demo.expose, (Quantity(1, "s"),), Quantity(2, "s")),
    (demo.open_camera, ("left",), Camera("c1")),
    (demo.snap, (Camera("c1"),), IMAGE),
    (demo.note, ("all is well",), None),
]


def async_form(function: Callable[..., Any]) -> Callable[..., Any]:
    form: Callable[..., Any] = getattr(demo, f"a{function.__name__}")
    return form


@pytest.mark.parametrize(
    ("function", "arguments", "value"), EVERYTHING, ids=lambda value: getattr(value, "__name__", "")
)
def test_every_function_can_be_faked_in_both_forms(
    function: Callable[..., Any], arguments: tuple[Any, ...], value: Any
) -> None:
    for given in (function, async_form(function)):
        with fake(given, returns=value) as faked:
            assert function(*arguments) == value
            assert asyncio.run(async_form(function)(*arguments)) == value
        first, second = faked.calls
        assert first == second
        assert tuple(first.arguments.values())[: len(arguments)] == arguments


def test_calls_are_remembered_as_the_node_would_have_got_them() -> None:
    with fake(demo.add, returns=0) as faked:
        demo.add(2)
        demo.add(2, None)
        demo.add(x=1, y=5)
    assert faked.called
    assert faked.calls == [
        Call({"x": 2, "y": 1}, {"x": 2, "y": 1}),
        Call({"x": 2, "y": 1}, {"x": 2, "y": None}),
        Call({"x": 1, "y": 5}, {"x": 1, "y": 5}),
    ]
    with fake(demo.mix, returns=Colour.RED) as faked:
        demo.mix(Colour.BLUE, Colour.BLUE, method="paint")
    (call,) = faked.calls
    assert call.arguments == {"one": Colour.BLUE, "other": Colour.BLUE, "method": "paint"}
    assert call.wire == {"one": "BLUE", "other": "BLUE", "method": "paint"}


def test_arguments_are_checked() -> None:
    with fake(demo.add, returns=0) as faked:
        with pytest.raises(ArgumentError, match=r"\$\.x"):
            demo.add("two")
        with pytest.raises(ArgumentError, match="64 bits"):
            demo.add(2**70)
    assert not faked.called


@pytest.mark.parametrize(
    ("function", "wrong", "message"),
    [
        (demo.add, "5", r"\$\.return0: expected int, got str '5' \(fake of demo/add cannot give this\)"),
        (demo.add, None, "a value is required"),
        (demo.describe, "cells", "expected 2 return values, got str 'cells'"),
        (demo.describe, ("cells", "8"), r"\$\.return1: expected int"),
        (demo.mix, "MAUVE", "expected Colour.RED, "),
        (demo.make_image, Camera("1"), "expected a reference to @demo/image, got one to @demo/camera"),
        (demo.move, {"x": 1.0}, r"\$\.return0\.y"),
    ],
)
def test_what_could_not_be_returned_is_refused_at_once(function: Callable[..., Any], wrong: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        fake(function, returns=wrong)
    with fake(function, side_effect=lambda **_: wrong), pytest.raises(ArgumentError, match=message):
        function(*next(arguments for known, arguments, _ in EVERYTHING if known is function))


def test_raising() -> None:
    with fake(demo.add, raises=ValueError("no numbers today")), pytest.raises(NodeError) as caught:
        demo.add(1)
    assert (caught.value.node, caught.value.message) == ("demo/add", "no numbers today")
    with fake(demo.add, raises=KeyError), pytest.raises(NodeError, match="KeyError"):
        demo.add(1)
    lost = AgentLost("demo/add: gone")
    with fake(demo.aadd, raises=lost), pytest.raises(AgentLost) as gone:
        asyncio.run(demo.aadd(1))
    assert gone.value is lost


def test_side_effects() -> None:
    async def later(x: int, y: int) -> int:
        await asyncio.sleep(0)
        return x - y

    with fake(demo.add, side_effect=lambda x, y: x * y):
        assert demo.add(3, 4) == 12
        assert asyncio.run(demo.aadd(3)) == 3
    with fake(demo.add, side_effect=later):
        assert demo.add(3, 4) == -1
        assert asyncio.run(demo.aadd(3, 4)) == -1

    def wrong(x: int, y: int) -> int:
        assert x == y, "unequal"
        raise ValueError("equal")

    with fake(demo.add, side_effect=wrong):
        with pytest.raises(AssertionError, match="unequal"):
            demo.add(1, 2)
        with pytest.raises(NodeError, match="equal"):
            demo.add(1, 1)


def test_an_async_side_effect_runs_in_the_loop_of_its_test() -> None:
    async def test() -> int:
        ready = asyncio.Event()

        async def wait(**_: Any) -> int:
            await ready.wait()
            return 7

        with fake(demo.add, side_effect=wait):
            call = asyncio.create_task(demo.aadd(1))
            await asyncio.sleep(0)
            ready.set()
            result: int = await call
            return result

    assert asyncio.run(test()) == 7


def test_a_side_effect_may_call_other_nodes() -> None:
    with fake(demo.double, returns=10), fake(demo.add, side_effect=lambda x, y: demo.double(5)):
        assert demo.add(1) == 10
        assert asyncio.run(demo.aadd(1)) == 10


def test_streaming() -> None:
    async def collect() -> list[int]:
        return [item async for item in demo.acount(3)]

    with fake(demo.count, yields=[1, 2, 3]) as faked:
        assert list(demo.count(3)) == [1, 2, 3]
        assert asyncio.run(collect()) == [1, 2, 3]
    assert [call.arguments for call in faked.calls] == [{"to": 3, "delay": 0.0}] * 2

    async def three(to: int, delay: float) -> AsyncIterator[int]:
        for number in range(to):
            yield number

    def two(to: int, delay: float) -> Iterator[int]:
        yield from (0, 1)

    for side_effect, expected in ((three, [0, 1, 2]), (two, [0, 1]), (lambda **_: (5, 6), [5, 6])):
        with fake(demo.acount, side_effect=side_effect):
            assert list(demo.count(3)) == expected
            assert asyncio.run(collect()) == expected
    with fake(demo.count):
        assert list(demo.count(3)) == []


def test_streaming_that_fails() -> None:
    seen: list[int] = []
    with fake(demo.count, yields=[1, ValueError("tired"), 2]), pytest.raises(NodeError, match="tired"):
        seen.extend(demo.count(3))
    assert seen == [1]
    with fake(demo.count, yields=[2, 3], raises=ValueError("tired")), pytest.raises(NodeError, match="tired"):
        seen.extend(demo.count(3))
    assert seen == [1, 2, 3]
    with pytest.raises(ArgumentError, match="expected int, got str 'two'"):
        fake(demo.count, yields=[1, "two"])


def test_a_stream_is_made_as_it_is_read_and_leaving_it_cancels() -> None:
    made: list[int] = []

    def endless(**_: Any) -> Iterator[int]:
        try:
            for number in itertools.count():
                made.append(number)
                yield number
        finally:
            made.append(-1)

    with fake(demo.count, side_effect=endless) as faked:
        stream = demo.count(3)
        assert next(stream) == 0
        assert next(stream) == 1
        stream.close()
        gc.collect()
    assert faked.calls[0].cancelled
    assert made[:2] == [0, 1]
    assert len(made) < 5


def test_timeouts_hold() -> None:
    async def never(**_: Any) -> int:
        await asyncio.sleep(60)
        return 1

    with fake(demo.add, side_effect=never) as faked, options(timeout=0.05), pytest.raises(CallTimeout):
        demo.add(1)
    assert faked.calls[0].cancelled


def test_the_sync_form_in_a_loop_is_still_a_mistake() -> None:
    async def test() -> None:
        with fake(demo.add, returns=1), pytest.raises(SyncInsideLoopError, match="aadd"):
            demo.add(1)

    asyncio.run(test())


def test_fakes_end_and_nest() -> None:
    with offline():
        with fake(demo.add, returns=1):
            with fake(demo.add, returns=2):
                assert demo.add(0) == 2
            assert demo.add(0) == 1
            with pytest.raises(ConfigurationError, match="demo/greet was called, and nothing stands in for it"):
                demo.greet("Ada")
        with pytest.raises(ConfigurationError, match=r"demo/add .* use fake"):
            demo.add(0)
    with fake(demo.greet, returns="x"), offline():
        assert demo.greet("Ada") == "x"


def test_a_fake_is_used_once_at_a_time() -> None:
    faked = fake(demo.add, returns=1)
    with faked:
        with pytest.raises(ConfigurationError, match="fake of demo/add is in use"), faked:
            pass
        assert demo.add(0) == 1
    with faked:
        assert demo.add(0) == 1
    assert len(faked.calls) == 2


def test_a_decorated_function_runs_as_often_at_once_as_it_likes() -> None:
    barrier = threading.Barrier(2)

    @(faked := fake(demo.add, returns=7))
    async def waits(meanwhile: asyncio.Event) -> int:
        first: int = await demo.aadd(1)
        await meanwhile.wait()
        return first + int(await demo.aadd(2))

    @faked
    def countdown(left: int) -> int:
        return int(demo.add(left)) + (countdown(left - 1) if left else 0)

    @faked
    def meets() -> int:
        barrier.wait(20)
        return int(demo.add(3))

    async def both() -> None:
        early, late = asyncio.Event(), asyncio.Event()
        second = asyncio.create_task(waits(late))
        early.set()
        assert await waits(early) == 14
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
            await demo.aadd(1)  # not here any more, though it still stands in beside
        late.set()
        assert await second == 14

    asyncio.run(both())
    assert countdown(2) == 21
    with ThreadPoolExecutor(2) as pool:
        assert [one.result(20) for one in (pool.submit(meets), pool.submit(meets))] == [7, 7]
    assert not faked.active
    assert len(faked.calls) == 9


def test_an_array_of_no_dimension_gives_no_items() -> None:
    with pytest.raises(ConfigurationError, match="yields= expected items"):
        fake(demo.count, yields=numpy.array(5))


def test_tasks_do_not_see_the_fakes_of_others() -> None:
    async def one(value: int, barrier: asyncio.Barrier) -> int:
        with fake(demo.add, returns=value) as faked:
            await barrier.wait()
            result: int = await demo.aadd(value)
            await barrier.wait()
            assert [call.arguments["x"] for call in faked.calls] == [value]
            return result

    async def test() -> list[int]:
        barrier = asyncio.Barrier(20)
        return await asyncio.gather(*(one(value, barrier) for value in range(20)))

    assert asyncio.run(test()) == list(range(20))


def test_threads_do_not_see_the_fakes_of_others() -> None:
    barrier = threading.Barrier(8, timeout=30)

    def one(value: int) -> int:
        with fake(demo.add, returns=value):
            barrier.wait()
            result: int = demo.add(0)
            barrier.wait()
            return result

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == list(range(8))


def test_what_outlives_the_block_is_not_faked() -> None:
    async def test() -> None:
        left = asyncio.Event()

        async def late() -> None:
            await left.wait()
            await demo.aadd(1)

        with offline():
            with fake(demo.add, returns=1) as faked:
                task = asyncio.create_task(late())
                await asyncio.sleep(0)
            left.set()
            with pytest.raises(ConfigurationError):
                await task
            assert not faked.called

    asyncio.run(test())


def test_everywhere_means_other_threads_too() -> None:
    results: list[Any] = []
    with offline(everywhere=True), fake(demo.add, returns=4, everywhere=True):
        thread = threading.Thread(target=lambda: results.append(demo.add(1)))
        thread.start()
        thread.join(30)
    assert results == [4]


def test_mistakes_in_faking() -> None:
    def own(x: int) -> int:
        return x

    mistakes: list[tuple[Callable[[], Fake], str]] = [
        (lambda: fake(own), "own is no generated function"),
        (lambda: fake(print), "print is no generated function"),
        (lambda: fake(demo.add, yields=[1]), "demo/add: yields= does not go with the rest; it is a function"),
        (lambda: fake(demo.count, returns=1), "demo/count: returns= does not go with the rest; it is a generator"),
        (lambda: untyped(demo.add, returns=1, raises=ValueError), "returns= does not go"),
        (lambda: untyped(demo.add, returns=1, side_effect=own), "returns= does not go"),
        (lambda: untyped(demo.add, raises=ValueError, side_effect=own), "say raises= or side_effect=, not both"),
        (lambda: untyped(demo.count, yields=5), r"yields= expected items, as in yields=\[1, 2\], got 5"),
        (lambda: untyped(demo.count, yields=None), "yields= expected items"),
        (lambda: untyped(demo.add, raises="no"), "raises= expected an exception, or a class of one, got 'no'"),
        (lambda: untyped(demo.add, raises=int), "raises= expected an exception"),
        (lambda: untyped(demo.add, side_effect=3), "side_effect= expected a function, got 3"),
        (lambda: fake(demo.add, side_effect=lambda x: x), "is called with x, y by name: got an unexpected .*'y'"),
    ]
    for make, message in mistakes:
        with pytest.raises(ConfigurationError, match=message):
            make()


def test_references_that_a_fake_gives_can_be_passed_on() -> None:
    with fake(demo.make_image, returns=IMAGE), fake(demo.threshold, side_effect=lambda image, level: image) as faked:
        assert demo.threshold(demo.make_image("cells")) == IMAGE
    assert faked.calls[0].arguments["image"] == AnyReference("1", "@demo/image")
    assert faked.calls[0].wire["image"] == {"__identifier": "@demo/image", "object": "1"}


def test_an_iterator_is_for_one_call() -> None:
    with fake(demo.count, yields=iter([1, 2])):
        assert list(demo.count(2)) == [1, 2]
        with pytest.raises(ConfigurationError, match="a call before this one took its items"):
            list(demo.count(2))
    with fake(demo.count, yields=range(3)):
        assert list(demo.count(2)) == list(demo.count(2)) == [0, 1, 2]
    with pytest.raises(ArgumentError, match="expected int, got str"):
        fake(demo.count, yields={"a"})


def test_a_generator_whose_side_effect_gives_no_items() -> None:
    with (
        fake(demo.count, side_effect=lambda to, delay: 5),
        pytest.raises(ConfigurationError, match="side_effect= gave int, and a generator yields"),
    ):
        list(demo.count(2))


def _says(x: int, y: int) -> int:
    progress(50, "half")
    log("well", "WARNING")
    return x + y


async def _says_async(x: int, y: int) -> int:
    await asyncio.sleep(0)
    return _says(x, y)


@pytest.mark.parametrize("function", [_says, _says_async])
def test_what_a_side_effect_says_arrives(function: Callable[..., int]) -> None:
    with fake(demo.add, side_effect=function):
        task = submit(demo.add, 2, 3)
        assert task.result() == 5
        assert task.progress == 50
        assert [event.kind for event in task.events()] == ["PROGRESS", "LOG", "YIELD", "COMPLETED"]
    assert current_task() is None


def test_what_a_generator_says_arrives_between_its_items() -> None:
    def count(to: int, delay: float) -> Iterator[int]:
        for number in range(to):
            progress(10 * number)
            yield number

    async def acount(to: int, delay: float) -> AsyncIterator[int]:
        for number in count(to, delay):
            yield number

    for function in (count, acount):
        with fake(demo.count, side_effect=function):
            task = submit(demo.count, 2)
            kinds = [event.kind for event in task.events()]
            assert kinds == ["PROGRESS", "YIELD", "PROGRESS", "YIELD", "COMPLETED"]
            assert list(demo.count(2)) == [0, 1]


def test_a_side_effect_learns_that_its_caller_left() -> None:
    seen = threading.Event()

    def endless(x: int, y: int) -> int:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                check_cancelled()
            except asyncio.CancelledError:
                seen.set()
                raise
            time.sleep(0.005)
        return 0

    with fake(demo.add, side_effect=endless), options(timeout=0.05), pytest.raises(CallTimeout):
        demo.add(1)
    assert seen.wait(10)


def test_as_a_decorator() -> None:
    faked = fake(demo.add, returns=7)

    @faked
    def sync(x: int) -> int:
        result: int = demo.add(x)
        return result

    @fake(demo.greet, returns="Hello")
    @faked
    async def awaited() -> tuple[int, str]:
        return await demo.aadd(1), await demo.agreet("Ada")

    assert [sync(1), sync(2)] == [7, 7]
    assert asyncio.run(awaited()) == (7, "Hello")
    assert [call.arguments["x"] for call in faked.calls] == [1, 2, 1]
    assert sync.__name__ == "sync"
    assert not faked.active
    with pytest.raises(ConfigurationError, match="decorates functions"):

        @faked
        class Tests: ...
