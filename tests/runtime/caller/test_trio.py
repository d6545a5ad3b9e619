"""Calls awaited inside of trio, as anyio runs it: what is awaited in asyncio is awaited there."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from rekuest_codegen import Server, aattach, amap, asubmit, asweep, options
from rekuest_codegen.errors import ArgumentError, CallTimeout, NodeError, SyncInsideLoopError
from rekuest_codegen.runtime import context


def in_trio(work: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        with anyio.fail_after(20):
            return await work()

    return anyio.run(bounded, backend="trio")


def test_calls_streams_and_errors(lab: Any) -> None:
    async def work() -> list[Any]:
        with pytest.raises(NodeError, match="no"):
            await lab.afail("no")
        with pytest.raises(ArgumentError):
            await lab.aadd("one")
        with options(timeout=0.2), pytest.raises(CallTimeout):
            await lab.arest(30.0)
        return [await lab.aadd(1, 2), [item async for item in lab.acount(3)], (await lab.akeep("tin")).object]

    assert in_trio(work) == [3, [0, 1, 2], "tin"]


def test_many_at_once(lab: Any) -> None:
    async def work() -> list[int]:
        found: list[int] = []

        async def one(number: int) -> None:
            found.append(await lab.aadd(number, 0))

        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, number)
        return sorted(found)

    assert in_trio(work) == list(range(50))


def test_what_is_left_is_cancelled(lab: Any) -> None:
    provider = sys.modules["lab"]
    provider.ended.clear()
    provider.closed.clear()

    async def work() -> None:
        with anyio.move_on_after(0.3) as scope:
            await lab.arest(30.0)
        assert scope.cancelled_caught
        async with aclosing(lab.acount(10_000_000)) as items:
            async for item in items:
                if item == 3:
                    break

    in_trio(work)
    assert provider.closed.wait(10)
    for _ in range(1000):
        if provider.ended == ["rest"]:
            break
        time.sleep(0.01)
    assert provider.ended == ["rest"]


def test_handles_maps_and_sweeps(lab: Any) -> None:
    async def work() -> list[Any]:
        task = await asubmit(lab.acount, 3)
        found: list[Any] = [[item async for item in task.aitems()]]
        found.append([event.kind async for event in task.aevents()][-1])
        found.append(await (await aattach(lab.acount, task.id)).aresult(timeout=10))
        resting = await asubmit(lab.arest, 30.0)
        with pytest.raises(CallTimeout):
            await resting.aresult(timeout=0.1)
        await resting.acancel()
        found.append([item async for item in amap(lab.aadd, [1, 2])])
        found.append([item async for _, item in asweep(lab.aadd, x=[1, 2], y=[10])])
        url, token = context.settings()
        server = Server(url, auth=token)
        await server.acheck(timeout=5)
        found.append(str(server.state))
        await server.aclose()
        return found

    assert in_trio(work) == [[0, 1, 2], "COMPLETED", 2, [2, 3], [11, 12], "connected"]


def test_sync_calls_would_block_it(lab: Any) -> None:
    async def work() -> int:
        with pytest.raises(SyncInsideLoopError, match="await aadd"):
            lab.add(1)
        found: int = await anyio.to_thread.run_sync(lab.add, 1)
        return found

    assert in_trio(work) == 2
