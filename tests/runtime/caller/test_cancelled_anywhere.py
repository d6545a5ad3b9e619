"""A call, and a stream, cancelled at each of its awaits in turn: nothing is left, here or at the server."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import types
from collections.abc import Callable, Coroutine, Generator
from contextlib import aclosing
from typing import Any

import pytest

from rekuest_codegen import Server, asubmit, options
from rekuest_codegen.fetch.inventory import list_tasks
from rekuest_codegen.runtime import context, portal

WITHIN = 60.0
MOST = 80
"""Awaits of a call; more than there are."""


async def cancelled_at(await_: int, work: Coroutine[Any, Any, Any]) -> bool:
    """Do ``work``, and cancel the task that does it at its so-manieth await; whether it has so many."""
    return await _stepped(await_, work)


@types.coroutine
def _stepped(await_: int, work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, bool]:
    steps = work.__await__()
    step: Callable[[], Any] = lambda: steps.send(None)  # noqa: E731 - replaced below
    for count in range(1, sys.maxsize):
        try:
            waits_for = step()
        except StopIteration:
            return False
        if count == await_:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        try:
            yield waits_for
        except BaseException as error:
            step = lambda error=error: steps.throw(error)  # type: ignore[misc]  # noqa: E731 - as above
        else:
            step = lambda: steps.send(None)  # noqa: E731 - as above
    raise AssertionError("it never ends")


async def everywhere(
    work: Callable[[], Coroutine[Any, Any, Any]], after: Callable[[], Coroutine[Any, Any, None]]
) -> int:
    """Do it with each await cancelled in turn, until there are no more; how many there were."""
    for count in range(1, MOST):
        doing = asyncio.create_task(cancelled_at(count, work()))
        await asyncio.wait([doing], timeout=WITHIN)
        assert doing.done(), f"hangs when it is cancelled at await {count}"
        if not doing.cancelled():
            assert doing.result() is False, f"the cancellation at await {count} was swallowed"
            return count - 1
        await after()
    raise AssertionError(f"more than {MOST} awaits")


async def clean(server: Server) -> None:
    """The client comes to rest, with nothing in its books."""
    client = await server.client()
    deadline = asyncio.get_running_loop().time() + 20
    while client._background or any(one.get_loop() is asyncio.get_running_loop() for one in portal.leaving):
        assert asyncio.get_running_loop().time() < deadline, client._background
        await asyncio.sleep(0.01)
    assert client._watches == {}
    assert client._assigning == 0
    assert client._early == {}
    assert client.idle
    connection = client._link._connection
    if connection is not None and connection.lost is None:
        assert connection._asked == {}
        assert len(connection._sinks) == 1


def names() -> list[str]:
    return sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks())  # type: ignore[union-attr]  # tasks of coroutines only


async def all_over(server: Server) -> None:
    """Every task at the server has ended."""
    deadline = asyncio.get_running_loop().time() + 20
    while left := await list_tasks(server.url, str(server.settings[1]), done=False, limit=100, timeout=10):
        assert asyncio.get_running_loop().time() < deadline, left
        await asyncio.sleep(0.05)


@pytest.fixture
def server(lab: Any, monkeypatch: pytest.MonkeyPatch) -> Generator[Server]:
    monkeypatch.setattr("rekuest_codegen.runtime.caller.assigning.LOOK_AGAIN", (0.0, 0.05))
    url, token = context.settings()
    server = Server(url, str(token))
    yield server
    server.close()


def in_the_loop(function: Callable[[], Coroutine[Any, Any, None]]) -> None:
    portal.block(function, instead="")
    gc.collect()


CALLS: dict[str, Callable[[Any], Coroutine[Any, Any, Any]]] = {
    "short": lambda lab: lab.aadd(1, 2),
    "long": lambda lab: lab.arest(1.5),
    "submitted": lambda lab: _submitted(lab),
}


async def _submitted(lab: Any) -> None:
    await (await asubmit(lab.aadd, 1)).aresult()


async def _stream(lab: Any) -> None:
    async with aclosing(lab.atick(3, 0.005)) as items:
        assert [item async for item in items] == [0, 1, 2]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("tried", [False, True])
def test_calls(lab: Any, server: Server, name: str, tried: bool) -> None:
    async def work() -> None:
        with server.using(), options(retries=1 if tried else 0):
            await CALLS[name](lab)

    async def main() -> None:
        await work()  # with a connection that is there
        assert await everywhere(work, lambda: clean(server)) >= (2 if name == "long" else 1)
        await work()
        await clean(server)
        await all_over(server)
        tasks = await list_tasks(server.url, str(server.settings[1]), limit=1000, timeout=10)
        new = [task.state for task in tasks if int(task.id) > last]
        if name == "long":  # the first, the one that was cancelled nowhere, the last: all others were ended
            assert new.count("COMPLETED") == 3
            assert new.count("CANCELLED") == len(new) - 3 > 0

    lab.add(0)
    last = max(int(task.id) for task in asyncio.run(list_tasks(server.url, str(server.settings[1]), timeout=10)))
    in_the_loop(main)


def test_a_call_that_has_to_connect(lab: Any, server: Server) -> None:
    async def work() -> None:
        with server.using():
            await lab.aadd(1, 2)

    async def after() -> None:
        await clean(server)
        await server.aclose()
        await asyncio.sleep(0)
        assert names() == before

    before: list[str] = []

    async def main() -> None:
        before[:] = names()
        assert await everywhere(work, after) >= 6
        await all_over(server)

    in_the_loop(main)


def test_a_stream(lab: Any, server: Server) -> None:
    async def work() -> None:
        with server.using():
            await _stream(lab)

    async def main() -> None:
        await work()
        assert await everywhere(work, lambda: clean(server)) >= 4
        await work()
        await all_over(server)

    in_the_loop(main)


async def test_from_another_loop(lab: Any, server: Server) -> None:
    """What waits is here, what is waited for in the loop of all connections."""

    async def call() -> None:
        with server.using():
            await lab.arest(0.05)

    async def stream() -> None:
        with server.using():
            await _stream(lab)

    async def after() -> None:
        await asyncio.wait_for(portal.hop(clean, server), 20)

    await call()
    assert await everywhere(call, after) >= 1
    assert await everywhere(stream, after) >= 4
    await portal.hop(all_over, server)


@pytest.mark.parametrize("form", ["stream", "submit"])
async def test_what_was_begun_on_its_way_to_who_is_cancelled(lab: Any, server: Server, form: str) -> None:
    """The task is assigned, in the loop of all connections, and who asked for it does not learn of it any more."""

    async def work() -> Any:
        with server.using():
            return await (anext(lab.atick(1000, 0.05)) if form == "stream" else asubmit(lab.arest, 60.0))

    await portal.hop(server.acheck)
    doing = asyncio.create_task(work())
    for _ in range(5):
        await asyncio.sleep(0)
    time.sleep(0.3)  # noqa: ASYNC251 - this loop stands still, that one does not
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    await portal.hop(all_over, server)
    await asyncio.wait_for(portal.hop(clean, server), 20)
