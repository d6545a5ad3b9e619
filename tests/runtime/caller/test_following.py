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
from rekuest_codegen.runtime.caller.following import MAX_ITEMS, Following
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
        events = following.events()
        seen: list[int] = []
        reading: asyncio.Task[Event] | None = None
        number = 0

        async def read() -> Event:
            return await anext(events)

        for step in steps:
            if step == "event":
                number += 1
                watch.feed([Event(number, "PROGRESS", progress=number)])
            elif step == "turn":
                await asyncio.sleep(0)
            else:
                reading = reading or asyncio.create_task(read())
                await asyncio.sleep(0)
            if reading is not None and reading.done():
                seen.append(reading.result().number)
                reading = None
        watch.feed([Event(number + 1, "COMPLETED")])
        async with asyncio.timeout(5):
            if reading is not None:
                seen.append((await reading).number)
            seen += [event.number async for event in events]
        return seen, number + 1

    seen, last = asyncio.run(follow())
    assert seen == list(range(1, last + 1))


def watched() -> Watch:
    return Watch("lab/add", "1", "r", proven=True, lost_after=1.0)


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_handle_that_is_dropped_ends_the_reading_and_not_the_task() -> None:
    """It has a thousand items that nobody took, and waits for room."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    watch = watched()
    watch.feed([Event(number, "YIELD", {"return0": number}) for number in range(MAX_ITEMS + 5)])
    handle = TaskHandle(node(), cast("Any", None), Following(watch))
    await turns()
    gc.collect()
    following = handle._following
    assert len(following._items) == MAX_ITEMS
    assert [await following.next_item() for _ in range(MAX_ITEMS + 5)][-1] == {"return0": MAX_ITEMS + 4}
    work = following._work
    assert not work.done()
    watch.feed([Event(number, "YIELD", {"return0": number}) for number in range(MAX_ITEMS + 5, 3 * MAX_ITEMS)])
    await turns()
    del handle, following
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
            await following.next_item()


async def test_who_asks_as_the_loop_ends_is_told() -> None:
    following = Following(watched())
    asking = asyncio.create_task(following.result())
    await turns()
    following._work.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionLost, match="it may run on"):
            await asking
