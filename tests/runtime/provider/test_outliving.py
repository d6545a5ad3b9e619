"""What a task began and does not wait for: with a handle, or to be kept, it runs on when the task ends."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest

from rekuest_codegen.runtime.provider.tasks import Tasks
from tests.runtime.conftest import agents
from tests.runtime.watching import begin, wait_for


def said() -> list[str]:
    found: list[str] = sys.modules["workshop"].said
    return found


@pytest.fixture
def tasks() -> Tasks:
    return agents["workshop"].tasks


@pytest.fixture
def shop(workshop: Any) -> Generator[Any]:
    tasks = agents["workshop"].tasks
    said().clear()
    yield workshop
    wait_for(lambda: len(tasks) == 0)


def runs_on(tasks: Tasks, shop: Any, word: str = "left") -> None:
    """One task is left here; it goes on until it is asked to end."""
    wait_for(lambda: len(tasks) == 1)
    (task,) = tasks
    shop.plain(1)  # what the agent was to be told before has arrived
    assert word not in said()
    wait_for(lambda: list(tasks) == [task])  # whose own task ends a moment after it has answered
    attached = begin(shop._PLAIN, {"x": 1})
    attached.watch.task = task
    attached.ask("cancel")
    wait_for(lambda: word in said())


@pytest.mark.parametrize("keep", [True, False])
def test_a_task_with_a_handle_runs_on_when_its_caller_ends(shop: Any, tasks: Tasks, keep: bool) -> None:
    assert shop.leaves(keep=keep, wait=False) == next(iter(tasks), None)
    wait_for(lambda: said() == ["begun"])
    runs_on(tasks, shop)


def test_a_stream_that_is_to_be_kept_runs_on(shop: Any, tasks: Tasks) -> None:
    assert shop.leaves_a_stream() == 0
    runs_on(tasks, shop, "ticked")


@pytest.mark.parametrize(("scene", "word"), [("leaving", "left"), ("leaving_a_stream", "ticked")])
def test_so_do_those_of_a_process(shop: Any, tasks: Tasks, scene: str, word: str) -> None:
    assert len(shop.calls_from_afar(scene)) == 1
    runs_on(tasks, shop, word)


def test_who_is_cancelled_cancels_what_it_began(shop: Any, tasks: Tasks) -> None:
    parent = begin(shop._LEAVES, {"keep": False, "wait": True})
    wait_for(lambda: said() == ["begun"])
    parent.ask("cancel")
    assert parent.end().kind == "CANCELLED"
    wait_for(lambda: said() == ["begun", "left"])


def test_what_is_to_be_kept_runs_on_even_then(shop: Any, tasks: Tasks) -> None:
    parent = begin(shop._LEAVES, {"keep": True, "wait": True})
    wait_for(lambda: said() == ["begun"])
    parent.ask("cancel")
    assert parent.end().kind == "CANCELLED"
    runs_on(tasks, shop)
