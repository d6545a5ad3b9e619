"""Blocks that are entered more than once, from several places, and that decorate."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

from rekuest_codegen import Server, options, submit, using
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.caller.terms import NO_OPTIONS, in_force
from rekuest_codegen.runtime.context import server_of


def test_one_is_entered_again_and_inside_of_itself() -> None:
    patient = options(timeout=5, reference="r")
    for _ in range(2):
        with patient, options(retries=2), patient:
            assert (in_force.get().timeout, in_force.get().retries) == (5, 2)
            reference = in_force.get().reference
            assert reference is not None
            assert reference.take() == "r"  # of one call in each block
        assert in_force.get() == NO_OPTIONS


async def test_several_are_in_it_at_once() -> None:
    patient = options(timeout=5)
    entered = [asyncio.Event(), asyncio.Event()]

    async def enter(which: int) -> None:
        with patient:
            entered[which].set()
            await entered[1 - which].wait()
            assert in_force.get().timeout == 5
        assert in_force.get() == NO_OPTIONS

    async with asyncio.timeout(5):
        await asyncio.gather(enter(0), enter(1))
    found: list[Any] = []

    def work() -> None:
        found.append(in_force.get())
        with patient:
            found.append(in_force.get().timeout)

    with patient:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(5)
    assert found == [NO_OPTIONS, 5]


def test_it_may_be_left_in_another_order_and_elsewhere() -> None:
    """As by generators that are closed when they are."""

    def held(seconds: float) -> Generator[None]:
        with options(timeout=seconds):
            yield

    first, second = held(1), held(2)
    next(first)
    next(second)
    second.close()
    assert in_force.get().timeout == 1
    next(other := held(3))
    thread = threading.Thread(target=other.close)
    thread.start()
    thread.join(5)
    assert in_force.get().timeout == 3
    first.close()
    assert in_force.get() == NO_OPTIONS


async def test_decorating() -> None:
    @options(timeout=5)
    def plain(x: int) -> float | None:
        """What holds."""
        return in_force.get().timeout

    @options(timeout=6)
    async def awaited() -> float | None:
        await asyncio.sleep(0)
        return in_force.get().timeout

    assert [plain(1), await awaited(), plain(1)] == [5, 6, 5]
    assert in_force.get() == NO_OPTIONS
    assert (plain.__doc__, list(inspect.signature(plain).parameters)) == ("What holds.", ["x"])
    assert inspect.iscoroutinefunction(awaited)


def test_what_yields_is_not_decorated() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    async def anumbers() -> AsyncIterator[int]:
        yield 1

    for function in (numbers, anumbers):
        with pytest.raises(ConfigurationError, match="numbers: yields; write the with block into it instead"):
            options(timeout=5)(function)


def test_a_decorated_function_of_a_package(lab: Any) -> None:
    add = options(timeout=20)(lab.add)
    assert add(1, y=2) == 3
    with pytest.raises(ConfigurationError, match="add is no generated function"):
        submit(add, 1)


def test_servers_too() -> None:
    one, other = Server("http://127.0.0.1:1", "token"), Server("http://127.0.0.1:2", "token")
    here = using(one)
    for _ in range(2):
        with here, using(other), here:
            assert server_of() is one

    @using(other)
    def called() -> Server:
        return server_of()

    with here:
        assert called() is other
        assert server_of() is one
