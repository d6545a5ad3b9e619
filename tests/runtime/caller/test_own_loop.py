"""Calls over a connection in the caller's own loop."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Generator
from typing import Any

import anyio
import pytest

from rekuest_codegen import ConnectionState, Server, aattach, amap, asubmit, options
from rekuest_codegen.errors import AccessDenied, ConfigurationError, ConnectionLost, NodeError
from rekuest_codegen.runtime import context, portal
from tests.runtime.watching import wait_for


def provider() -> Any:
    return sys.modules["lab"]


@pytest.fixture
def server(lab: Any) -> Generator[Server]:
    """Where the nodes of the lab are; nothing is connected to it."""
    portal.close()
    provider().begun.clear()
    provider().ended.clear()
    yield context.server_of()
    assert not context.server_of()._own


async def test_everything_stays_in_the_loop(lab: Any, server: Server) -> None:
    begun = asyncio.Event()

    async def called() -> int:
        await begun.wait()
        return int(await lab.aadd(20, 3))

    before = asyncio.create_task(called())  # it knows nothing of the block but that it is in the same loop
    async with server.in_this_loop():
        begun.set()
        assert await before == 23
        assert await lab.aadd(2, 3) == 5
        assert [number async for number in lab.atick(3)] == [0, 1, 2]
        assert [item async for item in amap(lab.aadd, range(5), concurrency=2)] == [1, 2, 3, 4, 5]
        task = await asubmit(lab.told, 1)
        assert await task.aresult() == "told 1"
        assert await (await aattach(lab.told, task.id)).aresult() == "told 1"
        for _ in range(2):
            with options(timeout=10, retries=2, reference="once in this loop"):
                assert await lab.aadd(1, 1) == 2
        with pytest.raises(NodeError, match="no good"):
            await lab.afail("no good")
        assert portal._portal is None
    assert portal._portal is None
    assert await lab.aadd(2, 3) == 5  # by the connection of all
    assert portal._portal is not None


async def test_other_threads_and_loops_have_the_connection_of_all(lab: Any, server: Server) -> None:
    async with server.in_this_loop():
        assert await asyncio.to_thread(lab.add, 2, 3) == 5
        assert await asyncio.to_thread(lambda: asyncio.run(lab.aadd(2, 3))) == 5


def test_trio_has_none(server: Server) -> None:
    async def main() -> None:
        async with server.in_this_loop():
            pass

    with pytest.raises(ConfigurationError, match="is for asyncio"):
        anyio.run(main, backend="trio")


async def test_blocks_share_the_connection(lab: Any, server: Server) -> None:
    inside, leave = asyncio.Event(), asyncio.Event()

    async def other() -> None:
        async with server.in_this_loop():
            inside.set()
            await leave.wait()

    beside = asyncio.create_task(other())
    await inside.wait()
    async with server.in_this_loop():
        assert len(server._own) == 1
        assert await lab.aadd(2, 3) == 5
    assert await lab.aadd(2, 4) == 6
    leave.set()
    await beside
    assert portal._portal is None


async def test_what_is_left_with_the_block_is_cancelled(lab: Any, server: Server) -> None:
    async with server.in_this_loop():
        stream = lab.aslow_steps(0.01)
        assert await anext(stream) == 1  # and it is kept
        lab_closed = provider().closed
        lab_closed.clear()
        beside = asyncio.create_task(lab.arest(60))
        await asyncio.to_thread(wait_for, lambda: provider().begun == ["rest"])
    with pytest.raises(ConnectionLost, match="was closed; the task was cancelled"):
        await beside
    await asyncio.to_thread(wait_for, lab_closed.is_set)
    await asyncio.to_thread(wait_for, lambda: provider().ended == ["rest"])
    with pytest.raises(ConnectionLost):
        [item async for item in stream]  # after what had come


async def test_a_stream_that_is_dropped_with_the_block_is_cancelled(lab: Any, server: Server) -> None:
    provider().closed.clear()
    async with server.in_this_loop():
        async for _ in lab.aslow_steps(0.01):
            break
    await asyncio.to_thread(wait_for, provider().closed.is_set)


async def test_a_call_that_is_cancelled_with_the_block_is_cancelled(lab: Any, server: Server) -> None:
    async def call() -> None:
        async with server.in_this_loop():
            await lab.arest(60)

    calling = asyncio.create_task(call())
    await asyncio.to_thread(wait_for, lambda: provider().begun == ["rest"])
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await asyncio.to_thread(wait_for, lambda: provider().ended == ["rest"])


@pytest.mark.parametrize("early", [0, 1, 2, 3, 5, 8, 13, 21])
async def test_a_block_that_is_cancelled_early_leaves_nothing(lab: Any, server: Server, early: int) -> None:
    """Wherever that is while it connects and assigns."""

    async def call() -> None:
        async with server.in_this_loop():
            await lab.arest(60)

    before = asyncio.all_tasks()
    calling = asyncio.create_task(call())
    for _ in range(early):
        await asyncio.sleep(0)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert asyncio.all_tasks() == before
    assert len(provider().begun) == len(provider().ended)


async def test_a_block_that_is_cancelled_as_it_ends_closes_its_connection(lab: Any, server: Server) -> None:
    clients: list[Any] = []

    async def call() -> None:
        async with server.in_this_loop():
            await server.acheck()
            clients.extend(own.client for own in server._own.values())
            clients[0]._assigning += 1  # an assignment whose answer does not come is waited for

    calling = asyncio.create_task(call())
    await asyncio.to_thread(wait_for, lambda: bool(clients))
    await asyncio.sleep(0.05)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert clients[0].state == "idle"


async def test_tasks_of_handles_and_kept_calls_run_on(lab: Any, server: Server) -> None:
    async with server.in_this_loop():
        task = await asubmit(lab.rest, 0.4)
        with options(keep=True):
            kept = asyncio.create_task(lab.arest(0.4))
            await asyncio.to_thread(wait_for, lambda: provider().begun == ["rest", "rest"])
    with pytest.raises(ConnectionLost, match="was closed"):
        await task.aresult()
    with pytest.raises(ConnectionLost, match="was closed"):
        await kept
    assert await (await aattach(lab.rest, task.id)).aresult() == "rested"
    assert provider().ended == []


async def test_it_is_checked_and_has_a_state(lab: Any, server: Server) -> None:
    seen: list[tuple[ConnectionState, int]] = []
    forget = server.on_state(lambda state: seen.append((state, threading.get_ident())))
    assert server.state == "idle"
    async with server.in_this_loop():
        assert server.state == "idle"
        await server.acheck()
        assert server.state == "connected"
    assert server.state == "idle"
    forget()
    assert seen == [(ConnectionState(state), threading.get_ident()) for state in ("connecting", "connected", "idle")]

    wrong = Server(server.url, "nobody's")
    async with wrong.in_this_loop():
        with pytest.raises(AccessDenied):
            await wrong.acheck()


def test_each_run_has_its_own(lab: Any, server: Server) -> None:
    async def main() -> int:
        async with server.in_this_loop():
            return int(await lab.aadd(2, 3))

    assert [asyncio.run(main()) for _ in range(3)] == [5, 5, 5]
    assert portal._portal is None
