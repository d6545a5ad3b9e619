"""Calls that functions make in processes of their own are their task's, as those of functions on threads are."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from itertools import islice
from typing import Any

import pytest

from rekuest_codegen.runtime.provider.tasks import Patience
from tests.runtime.conftest import agents
from tests.runtime.watching import begin


def provider() -> Any:
    return sys.modules["workshop"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def afresh(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    tasks = agents["workshop"].tasks
    monkeypatch.setattr(tasks, "_patience", Patience(grace=5.0, force=0.3))
    provider().said.clear()
    yield
    wait_for(lambda: len(tasks) == 0)


def test_they_are_children_of_its_task_from_wherever_it_calls(workshop: Any) -> None:
    assert workshop.calls_from_afar("children") == ["own"] * 4


def test_what_comes_back(workshop: Any) -> None:
    assert workshop.calls_from_afar("results") == [
        "map 210",
        "stream 499500",
        "left [0, 1, 2]",
        "handle 3 ('all done',)",
        "cancelled TaskCancelled: workshop/waits: the task was cancelled",
        "options 2",
        "taken up 2",
    ]
    wait_for(lambda: provider().said.count("torrent") == 2)


def test_what_is_raised_when_one_goes_wrong(workshop: Any) -> None:
    node, nowhere, nobody, late = workshop.calls_from_afar("errors")
    assert node.startswith("NodeError: workshop/wrong_breakpoint: an event loop is running here")
    assert nowhere.startswith("NodeNotFound: workshop/nowhere: the server at")
    assert nobody.startswith("NodeNotFound: workshop/plain: no agent 'nobody' provides it")
    assert late.startswith("CallTimeout: workshop/waits: no result within 0.3 s")
    wait_for(lambda: provider().said == ["begun", "left"])


def test_a_stream_is_passed_on_at_the_pace_of_its_reader(workshop: Any) -> None:
    assert sum(workshop.streams_from_afar(500)) == sum(range(500))
    provider().made.clear()
    passed = workshop.streams_from_afar(10**6)
    assert list(islice(passed, 3)) == [0, 1, 2]
    passed.close()
    wait_for(lambda: provider().said.count("torrent") == 2)


@pytest.mark.parametrize(("what", "end"), [("cancel", "COMPLETED"), ("interrupt", "INTERRUPTED")])
def test_they_end_with_their_caller(workshop: Any, what: str, end: str) -> None:
    """Who is cancelled hears of it by its call, as a thread does; who is interrupted is killed."""
    task = begin(workshop._CALLS_FROM_AFAR, {"scene": "waiting"})
    wait_for(lambda: provider().said == ["begun"])
    task.ask(what)
    assert task.end().kind == end
    if end == "COMPLETED":
        over = "TaskCancelled: workshop/waits: the task that called it is over"
        assert task.events[-2].returns == {"return0": [over]}
    wait_for(lambda: provider().said == ["begun", "left"])
