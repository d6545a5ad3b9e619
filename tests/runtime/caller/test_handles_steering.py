"""What a task says while it runs, and pausing it, by its handle."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rekuest_codegen import submit


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_it_says(workshop: Any) -> None:
    task = submit(workshop.steps, 4)
    assert task.result(20) == 4
    assert any("all done" in line for line in task.logs)
    assert task.message is not None
    assert task.message.startswith("step ")
    assert task.progress in (25, 50, 75)
    kinds = [event.kind for event in task.events()]
    assert kinds[-1] == "COMPLETED"
    assert "LOG" in kinds


def test_pausing_and_going_on(workshop: Any) -> None:
    task = submit(workshop.stops, 300)
    task.pause()
    until(lambda: task.state == "PAUSED")
    task.resume(step=True)
    until(lambda: [event.kind for event in _known(task)].count("PAUSED") == 2)
    task.resume()
    assert task.result(30) == 300


def _known(task: Any) -> list[Any]:
    return list(task._following.kept)
