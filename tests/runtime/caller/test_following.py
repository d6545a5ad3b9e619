"""What is known of a task while it runs, for whoever looks, at whatever pace."""

from __future__ import annotations

import asyncio

from rekuest_codegen.runtime.caller.following import Following
from rekuest_codegen.runtime.watch import Event, Watch


async def test_what_comes_while_a_reader_is_elsewhere_is_not_passed_over() -> None:
    watch = Watch("lab/add", "1", "r", proven=True, lost_after=30.0)
    following = Following(watch)
    seen: list[int] = []
    async with asyncio.timeout(10):
        watch.feed([Event(1, "PROGRESS")])
        async for event in following.events():
            seen.append(event.number)
            if event.number < 4:
                watch.feed([Event(event.number + 1, "COMPLETED" if event.number == 3 else "PROGRESS")])
                await asyncio.sleep(0.01)  # the next one is filed before the reader is back
    assert seen == [1, 2, 3, 4]
