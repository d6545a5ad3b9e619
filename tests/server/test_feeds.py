"""What a subscriber is told, and that telling one does not keep the others waiting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rekuest_codegen.server.feeds import SLICE, Feed, Feeds
from rekuest_codegen.server.model import Event, Run, Task
from rekuest_codegen.server.state import JUST_NOW, RECENT, State

pytestmark = pytest.mark.anyio


def add_run(state: State, key: int, events: int, *, ended: float | None) -> None:
    who: dict[str, Any] = {"caller": "dev", "caller_agent": None, "agent": 1}
    what: dict[str, Any] = {"node": 1, "implementation": 1, "interface": "i", "args": {}, "capture": False}
    where: dict[str, Any] = {"parent": None, "root": None, "step": None, "created": ""}
    run = Run(Task(id=key, reference=str(key), **who, **what, **where))
    for number in range(events):
        state.publish(run, Event(id=number, task=key, number=number, what="YIELD", created=""))
    state.add_run(run)
    if ended is not None:
        state.publish(run, Event(id=events, task=key, number=events, what="COMPLETED", created=""))
        state.settle(run, ended)


def told(state: State, now: float, events: int | None = None) -> list[int]:
    return [run.task.id for run in state.recent(state.calls_of("dev"), now, events=events)]


def test_what_is_told_of_the_past_is_bounded_but_whole_for_what_goes_on_or_just_ended() -> None:
    state = State()
    add_run(state, 1, 500, ended=None)
    for key in range(2, 7):
        add_run(state, key, 9, ended=100.0 + key)
    now = 106.0
    assert told(state, now) == [1, 2, 3, 4, 5, 6]
    assert told(state, now, events=50) == [1, 2, 3, 4, 5, 6]
    assert told(state, now, events=49) == [1, 3, 4, 5, 6]
    assert told(state, now, events=0) == [1, 4, 5, 6]
    assert told(state, now + JUST_NOW + 0.1, events=0) == [1]
    assert told(state, now + RECENT + 0.1, events=50) == [1]


async def test_a_long_past_is_told_in_slices() -> None:
    feed = Feed(Feeds(), "topic", range(10 * SLICE))
    turns = 0

    async def wait_for_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(wait_for_turns())
    assert [await anext(feed) for _ in range(10 * SLICE)] == list(range(10 * SLICE))
    other.cancel()
    assert turns >= 9
