"""What is known of a task, looked at by readers of any pace: every event once, in order."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime.caller import following as places
from rekuest_codegen.runtime.caller.following import MAX_KEPT, Following, Reader
from rekuest_codegen.runtime.caller.handles import TaskHandle
from rekuest_codegen.runtime.watch import Event, Watch
from tests.runtime.caller.test_client import node

STEPS = st.lists(st.sampled_from(["event", "read", "turn"]), max_size=40)


@given(STEPS)
def test_every_event_is_seen_once(steps: list[str]) -> None:
    """Events come while a reader looks at others, and between its looks."""

    async def follow() -> tuple[list[int], int]:
        watch = Watch("lab/add", "1", "r", proven=True, lost_after=1.0)
        following = Following(watch)
        reader = Reader(following)
        seen: list[int] = []
        reading: asyncio.Task[Event | None] | None = None
        number = 0

        for step in steps:
            if step == "event":
                number += 1
                watch.feed([Event(number, "PROGRESS", progress=number)])
            elif step == "turn":
                await asyncio.sleep(0)
            else:
                reading = reading or asyncio.create_task(reader.next_event())
                await asyncio.sleep(0)
            if reading is not None and reading.done():
                seen.append(_number(reading.result()))
                reading = None
        watch.feed([Event(number + 1, "COMPLETED")])
        async with asyncio.timeout(5):
            if reading is not None:
                seen.append(_number(await reading))
            while (event := await reader.next_event()) is not None:
                seen.append(event.number)
        return seen, number + 1

    seen, last = asyncio.run(follow())
    assert seen == list(range(1, last + 1))


def watched() -> Watch:
    return Watch("lab/add", "1", "r", proven=True, lost_after=1.0)


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _number(event: Event | None) -> int:
    assert event is not None
    return event.number


class Kept:
    """What a server keeps of a task, fed to a watch as it happens."""

    def __init__(self) -> None:
        self.watch = watched()
        self.watch.recall = self.recall
        self.events: list[Event] = []
        self.asked: list[int] = []

    def happen(self, kind: str, count: int = 1) -> None:
        for _ in range(count):
            number = len(self.events) + 1
            self.events.append(Event(number, kind, {"return0": number} if kind == "YIELD" else None))
        self.watch.feed(self.events[-count:])

    async def recall(self, watch: Watch, offset: int, limit: int) -> list[Event]:
        assert watch is self.watch
        self.asked.append(offset)
        await asyncio.sleep(0)
        return self.events[offset : offset + min(limit, 400)]


async def test_nobody_has_to_take_what_is_yielded() -> None:
    """All else is told at once, what is kept is bounded, and whoever looks later has all of it, each from the first."""
    kept = Kept()
    following = Following(kept.watch)
    early, late = Reader(following), Reader(following)
    for _ in range(4):
        kept.happen("YIELD", MAX_KEPT)
        await turns()
    kept.happen("PROGRESS")
    await turns()
    assert (following.filed, len(following.kept), following.over) == (4 * MAX_KEPT + 1, MAX_KEPT, False)
    async with asyncio.timeout(5):
        assert [await early.next_item() for _ in range(MAX_KEPT)][-1] == {"return0": MAX_KEPT}
        kept.happen("COMPLETED")
        assert await following.result() == {"return0": 4 * MAX_KEPT}
        assert [await early.next_item() for _ in range(3 * MAX_KEPT + 1)][-2:] == [{"return0": 4 * MAX_KEPT}, None]
        assert [_number(await late.next_event()) for _ in kept.events] == [event.number for event in kept.events]
        assert await late.next_event() is None
    assert kept.asked[:3] == [0, 400, 800]
    assert len(kept.asked) < 20


async def test_a_reader_that_keeps_up_asks_for_nothing() -> None:
    kept = Kept()
    reader = Reader(Following(kept.watch))
    for number in range(2 * MAX_KEPT):
        kept.happen("YIELD")
        assert await reader.next_item() == {"return0": number + 1}
    assert kept.asked == []


async def test_who_cannot_read_back_is_told() -> None:
    async def lost(watch: Watch, offset: int, limit: int) -> list[Event]:
        raise ConnectionLost("the server knows nothing of the task any more")

    kept = Kept()
    kept.watch.recall = lost
    following = Following(kept.watch)
    kept.happen("YIELD", MAX_KEPT + 1)
    kept.happen("COMPLETED")
    assert await following.result() == {"return0": MAX_KEPT + 1}
    with pytest.raises(ConnectionLost, match="nothing of the task"):
        await Reader(following).next_item()


async def test_a_handle_that_is_dropped_ends_the_reading_and_not_the_task() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    watch = watched()
    handle = TaskHandle(node(), cast("Any", None), Following(watch))
    await turns()
    gc.collect()
    work = handle._following._work
    assert not work.done()
    del handle
    gc.collect()
    await turns()
    assert work.cancelled()
    assert watch.failed
    assert not watch.ended
    assert places._reading == set()
    assert complaints == []


async def test_whatever_goes_wrong_reaches_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> Event:
        raise KeyError("returns")

    watch = watched()
    monkeypatch.setattr(watch, "next_event", broken)
    following = Following(watch)
    async with asyncio.timeout(5):
        with pytest.raises(KeyError):
            await following.result()
        with pytest.raises(KeyError):
            await Reader(following).next_item()


async def test_who_asks_as_the_loop_ends_is_told() -> None:
    following = Following(watched())
    asking = asyncio.create_task(following.result())
    await turns()
    following._work.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionLost, match="it may run on"):
            await asking
