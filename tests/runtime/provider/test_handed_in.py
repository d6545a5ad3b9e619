"""What a function is handed beside its arguments, and the hooks that make it."""

from __future__ import annotations

import sys
from typing import Any


def provider() -> Any:
    return sys.modules["workshop"]


def test_everything_is_handed_in_between_the_arguments(workshop: Any) -> None:
    assert workshop.whole(2.0) == "3 COM1 True True True True"
    assert workshop.whole(x=2.0, y=3.0) == "5 COM1 True True True True"


def test_hooks_ran_in_their_order(workshop: Any) -> None:
    assert provider().said[:3] == ["opened", "boot", "light at COM1"]


def test_a_state_that_is_only_looked_at_cannot_be_set(workshop: Any) -> None:
    workshop.whole(4.0)
    assert workshop.look() == 4.0


def test_background_hooks_run_beside_the_tasks(workshop: Any) -> None:
    assert workshop.clocked() is True


def test_methods_share_the_object_of_their_class(workshop: Any) -> None:
    before = workshop.peek()
    assert workshop.bump() == before + 1
    assert workshop.bump(by=5) == before + 6
    assert workshop.peek() == before + 6
    assert workshop.reset() == 0, "registered of an object of its own"


def test_threads_of_a_task_belong_to_it(workshop: Any) -> None:
    assert workshop.inherited() == ["own", "own", "own"]
    provider().shared_pool.submit(lambda: None).result()
    assert workshop.inherited() == ["own", "own", "own"], "each task's work in a shared pool is its own"


def test_calls_from_threads_of_a_task_are_its_children(workshop: Any) -> None:
    assert workshop.nested_in_a_thread(41) == 42
