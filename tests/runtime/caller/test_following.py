"""What is known of a task, looked at by readers of any pace: every event once, in order."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.runtime.caller.following import Following
from rekuest_codegen.runtime.watch import Event, Watch

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
