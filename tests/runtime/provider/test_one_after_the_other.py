"""Locks and limits: who may run now."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Set
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.provider.gates import AGENT, Gates
from rekuest_codegen.runtime.provider.register import App
from rekuest_codegen.wire.messages import Lock, Unlock


def provider() -> Any:
    return sys.modules["workshop"]


@pytest.mark.parametrize(("kind", "at_most"), [("ain_pairs", 2), ("athrough_the_door", 1)])
async def test_no_more_than_may(workshop: Any, kind: str, at_most: int) -> None:
    provider().most.clear()
    async with asyncio.timeout(20):
        await asyncio.gather(*(getattr(workshop, kind)() for _ in range(8)))
    assert (len(provider().most), max(provider().most)) == (8, at_most)


async def test_who_is_called_from_inside_may_enter(workshop: Any) -> None:
    async with asyncio.timeout(20):
        assert await asyncio.gather(*(workshop.athrough_both(x) for x in range(4))) == [0, 1, 2, 3]


async def test_the_server_is_told_who_holds_what() -> None:
    told: list[Any] = []
    gates = Gates(told.append, {})
    async with gates.passed("1", "f", ["b", "a", "b"]):
        assert gates.holders == {"a": "1", "b": "1"}
        waiting = asyncio.ensure_future(enter(gates, "2", "f", ["a"]))
        await asyncio.sleep(0)
        async with gates.passed("3", "f", ["a"], frozenset({"1"})):
            assert gates.holders["a"] == "1"
    await asyncio.wait_for(waiting, 5)
    said = [(type(message), message.key, getattr(message, "task", None)) for message in told]
    assert said == [
        (Lock, "a", "1"),
        (Lock, "b", "1"),
        (Unlock, "a", None),
        (Unlock, "b", None),
        (Lock, "a", "2"),
        (Unlock, "a", None),
    ]
    assert gates.holders == {}


async def enter(
    gates: Gates,
    task: str,
    interface: str,
    locks: list[str],
    order: list[str] | None = None,
    inside: frozenset[str] = frozenset(),
) -> None:
    async with gates.passed(task, interface, locks, inside):
        if order is not None:
            order.append(task)
        await asyncio.sleep(0)


async def test_who_waits_may_be_cancelled_also_at_the_moment_of_being_let_in() -> None:
    gates = Gates(lambda message: None, {AGENT: 1})
    async with gates.passed("1", "f", ["a"]):
        waiting = [asyncio.ensure_future(enter(gates, str(number), "f", ["a"])) for number in (2, 3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.wait(waiting[:1])
    waiting[1].cancel()
    await asyncio.wait(waiting)
    async with asyncio.timeout(5), gates.passed("4", "f", ["a"]):
        assert gates.holders == {"a": "4"}
    assert gates._lines == {}


async def test_who_waits_holds_nothing_and_first_come_is_first_served() -> None:
    gates = Gates(lambda message: None, {"f": 1})
    order: list[str] = []
    async with asyncio.timeout(5), gates.passed("1", "f", ["b"]):
        waiting = [
            asyncio.ensure_future(enter(gates, "2", "g", ["a", "b"], order)),
            asyncio.ensure_future(enter(gates, "3", "g", ["a"], order)),
            asyncio.ensure_future(enter(gates, "4", "f", ["c"], order)),
            asyncio.ensure_future(enter(gates, "5", "g", ["c"], order)),
            asyncio.ensure_future(enter(gates, "6", "g", ["d"], order)),
        ]
        await asyncio.sleep(0)
        assert gates.holders == {"b": "1", "d": "6"}, "a and c are kept for those who came first"
        async with gates.passed("7", "f", ["a", "c"], frozenset({"1"})):
            assert gates.holders == {"a": "7", "b": "1", "c": "7", "d": "6"}, "but not from who is called from inside"
        await asyncio.wait(waiting[4:])
    await asyncio.wait(waiting)
    assert order == ["6", "2", "4", "3", "5"]


@given(st.lists(st.tuples(st.sampled_from("fg"), st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")))))
def test_tasks_that_call_others_never_wait_for_ever(plans: list[tuple[str, set[str], set[str]]]) -> None:
    """Any tasks with any locks, each of which calls one with other locks: later ones, as whoever takes turns at two
    locks in both orders has made the circle himself."""

    async def outer(gates: Gates, number: int) -> None:
        interface, locks, more = plans[number]
        async with gates.passed(str(number), interface, locks):
            await asyncio.sleep(0)
            able = [
                one for line in gates._lines.values() for one in line.waiting.values() if gates._may_pass(one, line)
            ]
            assert able == [], "who may pass has passed"
            later = [key for key in more if key > max(locks, default="")]
            async with gates.passed(f"{number}'", "g", later, frozenset({str(number)})):
                await asyncio.sleep(0)

    async def main() -> None:
        gates = Gates(lambda message: None, {"f": 1, AGENT: 2})
        async with asyncio.timeout(5):
            await asyncio.gather(*(outer(gates, number) for number in range(len(plans))))
        assert (gates.holders, gates._lines, gates._inside) == ({}, {}, {"f": set(), AGENT: set()})

    asyncio.run(main())


class Counted(Gates):
    """Gates that count how often they look at somebody, and at what is in the way."""

    looks = 0

    def _may_pass(self, one: Any, line: Any) -> bool:
        self.looks += 1
        return super()._may_pass(one, line)

    def _in_the_way(self, line: Any) -> list[Set[str]]:
        self.looks += 1
        return super()._in_the_way(line)


async def looks_at(many: int, inside: Callable[[int], frozenset[str]], *, cancelled: bool) -> int:
    """How often gates look while ``many`` wait for one place and one lock, and have it one after the other, or all but
    the last are cancelled."""
    gates = Counted(lambda message: None, {"f": 1})
    order: list[str] = []
    async with gates.passed("first", "f", ["a"]):
        waiting = [
            asyncio.ensure_future(enter(gates, str(each), "f", ["a"], order, inside(each))) for each in range(many)
        ]
        await asyncio.sleep(0)
        if cancelled:
            for one in waiting[:-1]:
                one.cancel()
            await asyncio.wait(waiting[:-1])
            assert [len(line.waiting) for line in gates._lines.values()] == [1], "who left is not there"
    await asyncio.wait(waiting)
    assert order == [str(each) for each in range(many)][-1 if cancelled else 0 :]
    assert (gates.holders, gates._lines) == ({}, {})
    return gates.looks


INSIDE: dict[str, Callable[[int], frozenset[str]]] = {
    "nobody": lambda each: frozenset(),
    "one caller": lambda each: frozenset({"caller"}),
    "a caller each": lambda each: frozenset({"root", f"caller {each}"}),
}


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("inside", INSIDE)
async def test_twice_as_many_who_wait_are_twice_the_work(inside: str, cancelled: bool) -> None:
    few, many = [await looks_at(count, INSIDE[inside], cancelled=cancelled) for count in (100, 200)]
    assert many < 2.1 * few


def test_room_for_none_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="expected a number above 0"):
        App("x", concurrency=0)
