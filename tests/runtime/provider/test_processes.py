"""Processes that run functions: what is asked of a task reaches them, and a dead one costs no task."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any, cast

import pytest

from rekuest_codegen.runtime.provider import task as tasks
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.processes import Processes, _Process
from rekuest_codegen.runtime.provider.running import ProcessFailed, Run
from rekuest_codegen.runtime.provider.threads import DaemonThreads


class Unreadable:
    """Can be sent to a process, and not be read there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("no number",)


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    threads = DaemonThreads("processes")
    made = Processes(threads)
    yield made
    made.close()
    threads.shutdown()


async def given(processes: Processes, call: partial[Any], control: Control, said: list[str]) -> list[Any]:
    """What ``call`` gives in a process; who stops there goes on."""

    def hear(kind: str, fields: Any) -> None:
        said.append(kind)
        if kind == "PAUSED":
            control.resume()

    tasks.current.set(tasks.Task(tasks.Facts("1", "f"), control, hear))
    async with aclosing(processes.results(call, Run(control))) as results:
        return [item async for item in results]


async def test_what_was_asked_before_the_process_is_there_and_a_process_that_died_while_nobody_needed_it(
    processes: Processes,
) -> None:
    said: list[str] = []
    control = Control()
    control.pause()
    assert await given(processes, partial(tasks.breakpoint), control, said) == [None]
    assert said == ["PAUSED", "RESUMED"]
    (pid,) = await given(processes, partial(os.getpid), Control(), said)
    (kept,) = processes._idle
    os.kill(pid, signal.SIGKILL)
    kept._child.join(5)
    with pytest.raises(ProcessFailed, match="could not be read in its process: ValueError: invalid literal"):
        await given(processes, partial(math.sqrt, cast("Any", Unreadable())), Control(), said)
    assert len(processes._idle) == 1, "that one is as good as before"
    assert await given(processes, partial(math.sqrt, 16), Control(), said) == [4.0]


async def test_a_process_that_reads_nothing_yet_holds_nobody_up() -> None:
    here, there = multiprocessing.Pipe()
    process = _Process(None, here)
    process.send("call", "x" * 10_000_000)
    process.tell("cancel", False)
    assert len(there.recv()[1]) == 10_000_000
    assert there.recv() == ("cancel", False)
    process._unsent.put(None)
