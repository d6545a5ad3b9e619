"""Generated functions against a provider: sync, async and streaming, from threads and loops."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import time
import warnings
from typing import Any

import pytest

from rekuest_codegen import options
from rekuest_codegen.api.client.operations import CANCEL_GQL
from rekuest_codegen.errors import (
    ArgumentError,
    CallTimeout,
    ConfigurationError,
    NodeError,
    RekuestError,
    SyncInsideLoopError,
)
from rekuest_codegen.wire.lifecycle import terminal_kind
from tests.runtime.watching import wait_for


def provider() -> Any:
    import sys

    return sys.modules["lab"]


def test_sync(lab: Any) -> None:
    assert lab.add(2, 3) == 5
    assert lab.add(2) == 3
    assert lab.add(2, y=None) == 3
    assert tuple(lab.pair(3)) == (3, "3")
    assert list(lab.count(4)) == [0, 1, 2, 3]
    assert list(lab.tick(3)) == [0, 1, 2]


def test_structures_and_models(lab: Any) -> None:
    store = lab.keep("gold")
    assert lab.look(store) == "gold"
    note = lab.annotate(lab.Note(text="t", tags=["a"]), "b")
    assert note == lab.Note(text="t", tags=["a", "b"])


def test_variadic_parameters(lab: Any) -> None:
    arguments = lab.SpreadArgs.model_fields
    assert set(arguments) == {"first", "rest", "named"}


async def test_async(lab: Any) -> None:
    assert await lab.aadd(2, 3) == 5
    assert [number async for number in lab.atick(3)] == [0, 1, 2]
    assert await asyncio.gather(*(lab.aadd(n, n) for n in range(50))) == [2 * n for n in range(50)]


def test_from_many_threads(lab: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lab.add, range(64), range(64))) == [2 * n for n in range(64)]


def test_several_loops_one_after_another(lab: Any) -> None:
    for _ in range(3):
        assert asyncio.run(lab.aadd(1, 1)) == 2


async def test_sync_inside_a_loop_names_the_async_form(lab: Any) -> None:
    with pytest.raises(SyncInsideLoopError, match=r"await aadd\(\.\.\.\) instead"):
        lab.add(1)
    with pytest.raises(SyncInsideLoopError, match=r"write async for \.\.\. in acount\(\.\.\.\) instead$"):
        lab.count(1)


def test_a_misfit_is_found_before_anything_is_sent(lab: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        lab.annotate(lab.Note(text="t", tags=[]), 3)
    assert caught.value.path == "$.tag"
    with pytest.raises(ArgumentError, match=r"\$\.x: expected int, got str 'one'"):
        lab.add("one")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda lab: lab.fail("boom"), "boom"),
        (lambda lab: lab.leave(), "not so"),
        (lambda lab: lab.lie(), "returns: $.return0: expected int, got str 'a text'"),
        (lambda lab: lab.ask_in_vain(3), "lab/fail: ValueError: deep 3"),
        (lambda lab: lab.exhaust(), "the function raised StopIteration"),
        (lambda lab: lab.too_much(40_000_000), "returns: 40000110 bytes, more than the 33554432 a frame may have"),
        (lambda lab: lab.unspeakable(), "returns: $.return0[0]: the text holds a lone surrogate"),
        (lambda lab: lab.look(lab.Store("lead")), "arguments: $.store: KeyError: 'lead'"),
    ],
)
def test_what_the_node_says(lab: Any, call: Any, message: str) -> None:
    with pytest.raises(NodeError) as caught:
        call(lab)
    assert caught.value.message.startswith(message.split("40000110")[0])
    assert caught.value.task
    assert not caught.value.retry_safe
    assert lab.add(1, 1) == 2, "the provider lives on"


def test_calls_from_inside_a_task(lab: Any) -> None:
    assert lab.ask(41) == 42
    assert lab.ask_in_thread(1) == 5


def test_a_timeout_cancels_the_task(lab: Any) -> None:
    provider().ended.clear()
    start = time.monotonic()
    with options(timeout=0.3), pytest.raises(CallTimeout, match=r"lab/rest: no result within 0\.3 s"):
        lab.rest(60)
    assert time.monotonic() - start < 5
    wait_for(lambda: provider().ended == ["rest"])


def test_a_timeout_cancels_the_tasks_children_too(lab: Any) -> None:
    provider().ended.clear()
    with options(timeout=0.5), pytest.raises(CallTimeout):
        lab.ask_and_wait()
    wait_for(lambda: provider().ended == ["rest"])


async def test_cancelling_an_await_cancels_the_task(lab: Any) -> None:
    provider().ended.clear()
    call = asyncio.create_task(lab.arest(60))
    await asyncio.sleep(0.3)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.to_thread(wait_for, lambda: provider().ended == ["rest"])


def test_leaving_a_stream_early_cancels_the_task(lab: Any) -> None:
    provider().closed.clear()
    for number in lab.count(10_000_000):
        if number == 3:
            break
    assert provider().closed.wait(10)


async def test_a_stream_without_news_times_out(lab: Any) -> None:
    with options(timeout=0.3), pytest.raises(CallTimeout, match=r"nothing yielded within 0\.3 s"):
        async for _ in lab.atick(3, every=30.0):
            pass


def test_blocking_functions_do_not_block_others(lab: Any) -> None:
    blocked = threading.Thread(target=lab.block, args=(1.0,))
    blocked.start()
    start = time.monotonic()
    assert lab.add(1, 1) == 2
    assert time.monotonic() - start < 0.9
    blocked.join(10)


async def test_cancellation_at_every_await_leaves_nothing_dirty(lab: Any) -> None:
    """A call is cancelled after one step, two steps, …; the next call still works and nothing is left running."""
    for steps in range(12):
        call = asyncio.create_task(lab.aadd(steps, 1))
        for _ in range(steps):
            await asyncio.sleep(0)
        if call.cancel():
            with pytest.raises(asyncio.CancelledError):
                await call
        else:  # on a busy machine the other threads can be through before this one goes on
            assert call.result() == steps + 1
        assert await lab.aadd(steps, 2) == steps + 2


def test_every_error_says_whether_trying_again_is_safe() -> None:
    import rekuest_codegen.errors as tree

    errors = [value for value in vars(tree).values() if isinstance(value, type) and issubclass(value, RekuestError)]
    assert {error.__name__ for error in errors if error.retry_safe} == {"AccessDenied", "NodeNotFound", "Unreachable"}
    documented = tree.__doc__ or ""
    assert all(error.__name__ in documented for error in errors)


async def test_functions_that_wait_for_functions_do_not_run_out_of_threads(lab: Any) -> None:
    async with asyncio.timeout(30):
        assert await asyncio.gather(*(lab.aparent(n) for n in range(80))) == [n + 1 for n in range(80)]
        assert await lab.aadd(1, 1) == 2


def test_a_cancelled_task_lets_go_of_its_thread(lab: Any) -> None:
    provider().closed.clear()
    with options(timeout=0.5), pytest.raises(CallTimeout):
        lab.parent_of_the_slow()
    assert provider().closed.wait(10)


async def test_cancelled_right_away(lab: Any) -> None:
    """Assigned and cancelled in one breath: every one of these tasks ends, and ends as cancelled."""
    from rekuest_codegen.runtime import context, portal

    async def both() -> str:
        client = await context.default_client()
        watch = await client.start(lab._REST, {"seconds": 60.0})
        await client._link.request(CANCEL_GQL, {"input": {"task": watch.task}}, again=True)
        while True:
            event = await watch.next_event()
            if terminal_kind(event.kind):
                return event.kind

    async with asyncio.timeout(30):
        assert await asyncio.gather(*(portal.hop(both) for _ in range(20))) == ["CANCELLED"] * 20


def test_a_sync_generator_cancelled_in_the_middle_of_a_step(lab: Any) -> None:
    provider().closed.clear()
    with options(timeout=0.3), pytest.raises(CallTimeout):
        next(lab.slow_steps(1.0))
    assert provider().closed.wait(10), "closed once its step is done"


def test_after_fork_a_child_calls_by_itself(lab: Any) -> None:
    assert lab.add(1, 1) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking a process with threads: that is the test
        child = os.fork()
    if child == 0:
        try:
            os._exit(0 if lab.add(20, 22) == 42 else 1)
        except BaseException:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert lab.add(1, 2) == 3


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "5"])
def test_timeouts_that_are_none(timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected seconds above 0"), options(timeout=timeout):
        pass


async def test_a_sync_stream_collected_inside_a_loop(lab: Any) -> None:
    provider().closed.clear()
    items = await asyncio.to_thread(lambda: lab.count(10_000_000))
    assert await asyncio.to_thread(next, items) == 0
    del items
    assert await asyncio.to_thread(provider().closed.wait, 10)
