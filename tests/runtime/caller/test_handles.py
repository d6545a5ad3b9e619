"""Handles of tasks: results, items, events, what is said meanwhile, steering, and taking up by id."""

from __future__ import annotations

import asyncio
import gc
import importlib
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from rekuest_codegen import aattach, asubmit, attach, options, submit
from rekuest_codegen.errors import (
    ArgumentError,
    CallTimeout,
    ConfigurationError,
    ConnectionLost,
    NodeError,
    NodeNotFound,
    SyncInsideLoopError,
    TaskCancelled,
)
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.following import MAX_KEPT
from rekuest_codegen.runtime.testing import fake

EXAMPLE = Path(__file__).parents[3] / "generated_example"


@pytest.mark.parametrize("form", ["add", "aadd"])
def test_a_result(lab: Any, form: str) -> None:
    task = submit(getattr(lab, form), 2, y=3)
    assert task.result(timeout=20) == 5
    assert task.result() == 5  # as often as one likes
    assert (task.done, task.state) == (True, "COMPLETED")
    assert repr(task) == f"<task {task.id} of lab/add: COMPLETED>"


async def test_awaiting_it(lab: Any) -> None:
    tasks = [await asubmit(lab.add, number, y=0) for number in range(5)]
    assert await asyncio.gather(*tasks) == [0, 1, 2, 3, 4]
    assert sorted([await task for task in asyncio.as_completed(tasks)]) == [0, 1, 2, 3, 4]
    assert await tasks[0] == 0


def test_awaiting_it_in_trio(lab: Any) -> None:
    async def awaited() -> int:
        return int(await (await asubmit(lab.add, 2)))

    assert anyio.run(awaited, backend="trio") == 3


def test_what_it_would_raise(lab: Any) -> None:
    assert submit(lab.add, 1).exception(20) is None
    task = submit(lab.fail, "boom")
    for _ in range(2):
        error = task.exception(20)
        assert isinstance(error, NodeError)
    long = submit(lab.rest, 60)
    with pytest.raises(CallTimeout, match=r"not over within 0\.05 s; the task runs on"):
        long.exception(0.05)
    long.cancel()
    assert isinstance(long.exception(20), TaskCancelled)


def test_it_does_not_travel(lab: Any) -> None:
    task = submit(lab.add, 1)
    with pytest.raises(TypeError, match=rf"take its id along, and attach\(function, '{task.id}'\) there"):
        pickle.dumps(task)


def test_when_it_was(lab: Any) -> None:
    """Live, and read back."""
    before = datetime.now(UTC)
    task = submit(lab.count, 3)
    task.result(20)
    times = [event.at for event in task.events()]
    assert times == [event.at for event in attach(lab.count, task.id).events()]
    told = [at for at in times if at is not None]
    assert len(told) == len(times)
    assert before <= min(told)
    assert max(told) <= datetime.now(UTC)
    assert told == sorted(told)


async def test_a_result_awaited_from_any_loop(lab: Any) -> None:
    task = await asubmit(lab.add, 2)
    assert await task.aresult() == 3
    with pytest.raises(SyncInsideLoopError, match=r"task\.aresult\(\)"):
        task.result()
    with pytest.raises(SyncInsideLoopError, match=r"asubmit"):
        submit(lab.add, 2)
    assert await asyncio.to_thread(task.result) == 3


def test_results_of_models_and_several_values(lab: Any) -> None:
    assert tuple(submit(lab.pair, 4).result(20)) == (4, "4")
    note = importlib.import_module("lab_stubs.types").Note(text="a", tags=[])
    assert submit(lab.annotate, note, "b").result(20).tags == ["b"]


@pytest.mark.parametrize("form", ["count", "acount"])
def test_items(lab: Any, form: str) -> None:
    task = submit(getattr(lab, form), 5)
    items = task.items()
    assert [next(items), next(items)] == [0, 1]
    assert list(task.items()) == [0, 1, 2, 3, 4]  # each time from the first
    assert list(items) == [2, 3, 4]
    assert task.result() == 4
    assert list(task.items()) == [0, 1, 2, 3, 4]  # which the result takes nothing of
    assert [event.kind for event in task.events()].count("YIELD") == 5


async def test_items_awaited(lab: Any) -> None:
    task = await asubmit(lab.atick, 4)
    assert [item async for item in task.aitems()] == [0, 1, 2, 3]


def test_a_stream_that_nobody_reads_is_bounded_and_comes_whole(lab: Any) -> None:
    """All else that is told of it is told meanwhile."""
    task = submit(lab.count, 3000)
    until = time.monotonic() + 20
    while not task.done and time.monotonic() < until:
        time.sleep(0.01)
    assert (task.done, task.state) == (True, "COMPLETED")
    assert len(task._following.kept) == MAX_KEPT
    assert list(task.items()) == list(range(3000))
    assert [event.kind for event in task.events()].count("YIELD") == 3000
    assert task.result(0.1) == 2999
    again = attach(lab.count, task.id)
    assert again.result(20) == 2999
    assert list(again.items()) == list(range(3000))


def test_errors_of_the_node(lab: Any) -> None:
    task = submit(lab.fail, "boom")
    for _ in range(2):
        with pytest.raises(NodeError, match="boom"):
            task.result(20)
    with pytest.raises(NodeError, match="boom"):
        list(task.items())
    assert [event.kind for event in task.events()][-1] == "CRITICAL"


def test_arguments_are_checked_before_anything_is_sent(lab: Any) -> None:
    with pytest.raises(ArgumentError, match=r"\$\.x"):
        submit(lab.add, "two")
    with pytest.raises(TypeError, match="missing a required argument: 'x'"):
        submit(lab.add)
    with pytest.raises(ConfigurationError, match="is no generated function"):
        submit(print, "x")


def test_a_timeout_leaves_the_task_alone(lab: Any) -> None:
    task = submit(lab.rest, 0.5)
    with pytest.raises(CallTimeout, match=r"no result within 0\.05 s; the task runs on"):
        task.result(0.05)
    assert task.result(20) == "rested"


@pytest.mark.parametrize("kind", ["cancel", "interrupt"])
def test_ending_it(lab: Any, kind: str) -> None:
    task = submit(lab.rest, 60)
    getattr(task, kind)()
    end = "CANCELLED" if kind == "cancel" else "INTERRUPTED"
    with pytest.raises(TaskCancelled, match=end.lower()):
        task.result(20)
    assert task.state == end
    getattr(task, kind)()  # over: nothing to say


def test_taking_it_up_in_another_process(lab: Any, tmp_path: Path) -> None:
    task = submit(lab.tick, 10, every=0.05)
    assert next(task.items()) == 0
    folder = Path(importlib.import_module("lab_stubs").__file__ or "").parents[1]
    code = f"""
        import sys
        sys.path[:0] = [{str(folder)!r}, {str(Path(__file__).parents[1])!r}]
        from lab_stubs import lab
        from rekuest_codegen import attach
        print(list(attach(lab.tick, {task.id!r}).items()))
    """
    from rekuest_codegen.runtime import context

    url, token = context.settings()
    environment = {"REKUEST_URL": url, "REKUEST_TOKEN": str(token), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{list(range(10))}\n", "")
    assert list(task.items()) == list(range(10))  # ours was not disturbed


def test_a_handle_whose_loop_is_gone(lab: Any) -> None:
    task = submit(lab.rest, 0.1)
    portal.close()
    with pytest.raises(
        ConnectionLost, match=rf"lab/rest: the loop of this handle is gone; attach\(function, '{task.id}'\)"
    ):
        task.result(5)
    assert attach(lab.rest, task.id).result(20) == "rested"


def test_a_task_whose_handle_was_dropped_can_be_taken_up_again(lab: Any) -> None:
    id = submit(lab.rest, 0.3).id
    gc.collect()
    assert attach(lab.rest, id).result(20) == "rested"


def test_taking_up_what_is_over(lab: Any) -> None:
    task = submit(lab.add, 1)
    assert task.result(20) == 2
    again = attach(lab.add, task.id)
    assert again.result(20) == 2
    assert [event.kind for event in again.events()] == [event.kind for event in task.events()]
    with pytest.raises(ConfigurationError, match=r"is one of lab/add; attach it with that function"):
        attach(lab.block, task.id)
    with pytest.raises(NodeNotFound, match="knows no task 999999 of this token"):
        attach(lab.add, "999999")


async def test_taking_up_in_time(lab: Any) -> None:
    task = await asubmit(lab.add, 1)
    with (
        options(timeout=1e-6),
        pytest.raises(CallTimeout, match=rf"^lab/add: task {task.id} not taken up within 1e-06 s$"),
    ):
        await aattach(lab.add, task.id)
    assert await task.aresult() == 2
    assert await (await aattach(lab.add, task.id)).aresult() == 2


async def test_taking_up_awaited(lab: Any) -> None:
    task = await asubmit(lab.add, 1)
    await task.aresult()
    assert await (await aattach(lab.aadd, task.id)).aresult() == 2


def test_from_many_threads(lab: Any) -> None:
    results: list[int] = []

    def work(number: int) -> None:
        results.append(submit(lab.add, number, y=0).result(30))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert sorted(results) == list(range(20))


def test_fakes_stand_in(lab: Any) -> None:
    with fake(lab.add, returns=7) as faked, fake(lab.count, yields=[1, 2]):
        assert submit(lab.add, 1).result(5) == 7
        assert list(submit(lab.count, 9).items()) == [1, 2]
    assert faked.called


async def test_a_faked_task_is_cancelled(lab: Any) -> None:
    async def forever(seconds: float) -> str:
        await asyncio.Event().wait()
        return ""

    with fake(lab.rest, side_effect=forever) as faked:
        task = await asubmit(lab.rest, 1)
        await asyncio.sleep(0.05)
        await task.acancel()
        with pytest.raises(TaskCancelled):
            await task.aresult(5)
    assert faked.calls[0].cancelled
