"""A bound whose passing is ours; what is raised inside stays what it is."""

from __future__ import annotations

import asyncio

import pytest

from rekuest_codegen.errors import CallTimeout
from rekuest_codegen.runtime.deadlines import within


@pytest.mark.parametrize(("then", "text"), [("it runs on", "lab/add: none within 0.01 s; it runs on"), ("", None)])
async def test_it_passes(then: str, text: str | None) -> None:
    seen: list[bool] = []

    async def wait() -> None:
        async with within(0.01, "lab/add: none", then) as bound:
            try:
                await asyncio.sleep(60)
            finally:
                seen.append(bound.passed)

    with pytest.raises(CallTimeout) as caught:
        await wait()
    assert str(caught.value) == (text or "lab/add: none within 0.01 s")
    assert seen == [True]


@pytest.mark.parametrize("seconds", [None, 60.0])
@pytest.mark.parametrize("error", [TimeoutError("theirs"), CallTimeout("inner"), ValueError("theirs")])
async def test_what_is_raised_inside(seconds: float | None, error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        async with within(seconds, "outer"):
            raise error
    assert caught.value is error


async def test_who_is_cancelled_is_not_late() -> None:
    bounds: list[within] = []

    async def work() -> None:
        async with within(60, "outer") as bound:
            bounds.append(bound)
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not bounds[0].passed
