"""One task and several who follow it in one process: each hears all of it, and leaves for itself alone."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import uuid
from typing import Any

import pytest

from rekuest_codegen import aattach, asubmit, attach, options, submit
from rekuest_codegen.api.client.operations import FIND_TASK_GQL
from rekuest_codegen.errors import CallTimeout, NodeError, TaskCancelled
from rekuest_codegen.runtime import context, portal
from tests.runtime.watching import wait_for

WITHIN = 20


@pytest.fixture
def reference() -> str:
    return str(uuid.uuid4())


def test_two_threads_with_one_reference(lab: Any, reference: str) -> None:
    results: list[str] = []

    def work() -> None:
        with options(reference=reference, timeout=WITHIN):
            results.append(lab.rest(0.2))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN)
    assert results == ["rested"] * 4
    assert _begun(reference) == 1


async def test_many_coroutines_with_one_reference(lab: Any, reference: str) -> None:
    async def one() -> int:
        with options(reference=reference, timeout=WITHIN):
            return int(await lab.aadd(1, 2))

    assert await asyncio.gather(*(one() for _ in range(20))) == [3] * 20
    assert await asyncio.to_thread(_begun, reference) == 1


@pytest.mark.parametrize("apart", [0.0, 0.15])
async def test_a_deadline_is_each_ones_own(lab: Any, reference: str, apart: float) -> None:
    async def one(wait: float, timeout: float) -> str:
        await asyncio.sleep(wait)
        with options(reference=reference, timeout=timeout):
            return str(await lab.arest(0.8))

    first, second = await asyncio.gather(one(0, 0.3), one(apart, WITHIN), return_exceptions=True)
    assert isinstance(first, CallTimeout)
    assert second == "rested"


async def test_who_is_cancelled_leaves_alone_and_the_last_one_ends_the_task(lab: Any, reference: str) -> None:
    async def one() -> str:
        with options(reference=reference):
            return str(await lab.arest(60))

    calls = [asyncio.create_task(one()) for _ in range(3)]
    watched = await aattach(lab.rest, await _id(reference))
    async with asyncio.timeout(WITHIN):
        await anext(watched.aevents())
        for call in calls[:2]:
            call.cancel()
        await asyncio.wait(calls[:2])
        await asyncio.sleep(0.1)
        assert (watched.done, calls[2].done()) == (False, False)
        id = watched.id
        del watched
        gc.collect()
        await asyncio.sleep(0.05)
        calls[2].cancel()
        await asyncio.wait(calls)
        with pytest.raises(TaskCancelled):
            await (await aattach(lab.rest, id)).aresult()


async def test_who_is_cancelled_while_it_assigns_takes_nobody_along(lab: Any, reference: str) -> None:
    """The server may have the task already: it would be looked for, and cancelled."""

    async def one() -> str:
        with options(reference=reference, timeout=WITHIN):
            return str(await lab.arest(0.4))

    first, second = asyncio.create_task(one()), asyncio.create_task(one())
    async with asyncio.timeout(WITHIN):
        client = await portal.hop(context.default_client)
        await asyncio.to_thread(wait_for, lambda: client._turns.wanted(reference))
        first.cancel()
        assert await second == "rested"
    assert first.cancelled()


def test_a_handle_keeps_what_a_call_leaves(lab: Any, reference: str) -> None:
    with options(reference=reference):
        task = submit(lab.rest, 0.5)
    with options(reference=reference, timeout=0.1), pytest.raises(CallTimeout):
        lab.rest(0.5)
    with options(reference=reference, timeout=WITHIN):
        assert lab.rest(0.5) == "rested"
    assert task.result(WITHIN) == "rested"


def test_several_handles_of_one_task(lab: Any) -> None:
    """Each has all of it; what one asks of the task is asked for all."""
    first = submit(lab.tick, 20, every=0.01)
    others = [attach(lab.tick, first.id) for _ in range(2)]
    assert [list(task.items()) for task in (first, *others)] == [list(range(20))] * 3
    numbers = [event.number for event in first.events()]
    assert [[event.number for event in task.events()] for task in others] == [numbers] * 2
    long = submit(lab.rest, 60)
    again = attach(lab.rest, long.id)
    long.cancel()
    for task in (long, again):
        with pytest.raises(TaskCancelled):
            task.result(WITHIN)


async def test_a_stream_that_is_left_runs_on_for_its_handle(lab: Any, reference: str) -> None:
    with options(reference=reference):
        async for _ in lab.atick(30, every=0.01):
            task = await aattach(lab.tick, await _id(reference))
            break
    assert await task.aresult(WITHIN) == 29


async def test_a_failure_reaches_all(lab: Any, reference: str) -> None:
    with options(reference=reference):
        task = await asubmit(lab.fail, "boom")
    with options(reference=reference), pytest.raises(NodeError, match="boom"):
        await lab.afail("boom")
    with pytest.raises(NodeError, match="boom"):
        await task
    with options(reference=reference), pytest.raises(NodeError, match="boom"):  # a reference is of one call for good
        await lab.afail("something else")


def test_nobody_is_remembered(lab: Any, reference: str) -> None:
    for _ in range(3):
        with options(reference=reference):
            assert lab.add(1, 2) == 3
    client = portal.start(context.default_client).result(WITHIN)
    wait_for(lambda: client._watches == {})
    assert client._turns._turns == {}


async def _id(reference: str) -> str:
    client = await portal.hop(context.default_client)
    for _ in range(100 * WITHIN):
        if (task := await portal.hop(client._assignments.find, reference)) is not None:
            return str(task)
        await asyncio.sleep(0.01)
    raise AssertionError(reference)


def _begun(reference: str) -> int:
    """How many tasks the server has with ``reference``."""

    async def asked() -> int:
        client = await context.default_client()
        found = await client._link.request(FIND_TASK_GQL, {"reference": reference}, again=True)
        return len(found["tasks"])

    return portal.start(asked).result(WITHIN)


@pytest.mark.parametrize("patient", [True, False])
async def test_who_leaves_while_another_is_about_to_follow_leaves_the_task_to_it(
    lab: Any, reference: str, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    """And when that one goes, before it follows or after, the task is ended."""
    ended: list[str] = sys.modules["lab"].ended
    finding, go_on = asyncio.Event(), asyncio.Event()
    ended.clear()

    async def one() -> str:
        with options(reference=reference):
            return str(await lab.arest(60))

    async with asyncio.timeout(WITHIN), context.server_of().in_this_loop():
        (own,) = context.server_of()._own.values()
        first = asyncio.create_task(one())
        id = await _id(reference)
        await asyncio.to_thread(wait_for, lambda: id in own.client._watches)
        find = own.client._assignments.find

        async def slowly(reference: str) -> Any:
            finding.set()
            await go_on.wait()
            return await find(reference)

        monkeypatch.setattr(own.client._assignments, "find", slowly)
        second = asyncio.create_task(one())
        await finding.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert id not in own.client._watches
        if patient:
            go_on.set()
            await asyncio.to_thread(wait_for, lambda: id in own.client._watches)
            assert ended == []
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        await asyncio.to_thread(wait_for, lambda: ended == ["rest"])
