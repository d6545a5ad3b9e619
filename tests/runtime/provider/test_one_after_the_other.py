"""Locks and limits: who may run now."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.provider.limits import Room
from rekuest_codegen.runtime.provider.locks import Locks
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
    locks = Locks(told.append)
    async with locks.held(["b", "a", "b"], "1", frozenset()):
        assert locks.holders == {"a": "1", "b": "1"}
        waiting = asyncio.ensure_future(_enter(locks, ["a"], "2"))
        await asyncio.sleep(0)
        async with locks.held(["a"], "3", frozenset({"1"})):
            assert locks.holders["a"] == "1"
    await asyncio.wait_for(waiting, 5)
    said = [(type(message), message.key, getattr(message, "task", None)) for message in told]
    assert said == [
        (Lock, "a", "1"),
        (Lock, "b", "1"),
        (Unlock, "b", None),
        (Unlock, "a", None),
        (Lock, "a", "2"),
        (Unlock, "a", None),
    ]
    assert locks.holders == {}


async def _enter(locks: Locks, keys: list[str], task: str) -> None:
    async with locks.held(keys, task, frozenset()):
        pass


async def test_who_waits_for_a_lock_may_be_cancelled() -> None:
    locks = Locks(lambda message: None)
    async with locks.held(["a"], "1", frozenset()):
        waiting = asyncio.ensure_future(_enter(locks, ["a"], "2"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(5), locks.held(["a"], "3", frozenset()):
        assert locks.holders == {"a": "3"}


async def test_a_called_task_needs_no_room_of_its_own() -> None:
    room = Room(1)
    async with asyncio.timeout(5), room.taken("1", frozenset()), room.taken("2", frozenset({"1"})):
        pass


def test_room_for_none_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="expected a number above 0"):
        App("x", concurrency=0)
