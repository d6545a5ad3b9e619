"""How a task ends that is asked to: by itself first, then by force; and how one pauses."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.runtime.provider.tasks import Patience
from tests.runtime.conftest import agents
from tests.runtime.watching import Watched, begin, wait_for


def provider() -> Any:
    return sys.modules["workshop"]


def begun(remote: Any) -> Watched:
    """A task whose function runs. PROGRESS comes before that: it says that the task is queued."""
    task = begin(remote)
    wait_for(lambda: provider().said == ["begun"])
    return task


@pytest.fixture(autouse=True)
def impatient(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The provider waits half a second where it would wait five."""
    tasks = agents["workshop"].tasks
    monkeypatch.setattr(tasks, "_patience", Patience(grace=0.5, force=0.3))
    provider().said.clear()
    yield
    wait_for(lambda: len(tasks) == 0)


@pytest.mark.parametrize("what", ["cancel", "interrupt"])
def test_a_thread_that_looks_ends_by_itself_with_its_finally(workshop: Any, what: str) -> None:
    task = begun(workshop._POLITE)
    task.ask(what)
    assert task.end().kind == {"cancel": "CANCELLED", "interrupt": "INTERRUPTED"}[what]
    assert provider().said == ["begun", "polite"]


def test_a_thread_that_does_not_look_is_made_to_end_after_the_grace_with_its_finally(workshop: Any) -> None:
    task = begun(workshop._DEAF)
    asked = time.monotonic()
    task.ask("cancel")
    assert task.end().kind == "CANCELLED"
    assert time.monotonic() - asked > 0.4
    assert provider().said == ["begun", "deaf"]


def test_an_interrupt_is_forced_at_once(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents["workshop"].tasks, "_patience", Patience(grace=600.0, force=5.0))
    task = begun(workshop._DEAF)
    task.ask("interrupt")
    assert task.end().kind == "INTERRUPTED"
    assert provider().said == ["begun", "deaf"]


def test_an_interrupt_after_a_cancel_is_heard(workshop: Any) -> None:
    task = begun(workshop._DEAF)
    task.ask("cancel")
    task.ask("interrupt")
    assert task.end().kind == "INTERRUPTED"


def test_what_cannot_be_ended_is_left_to_itself(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekuest_codegen.runtime.provider.threads.IDLE", 0.1)
    threads = threading.active_count()
    task = begin(workshop._STONE, {"seconds": 2.0})
    task.until("PROGRESS")
    asked = time.monotonic()
    task.ask("interrupt")
    assert task.end().kind == "INTERRUPTED"
    assert time.monotonic() - asked < 1.5, "its thread sleeps on"
    assert workshop.plain(1) == 2
    wait_for(lambda: threading.active_count() <= threads + 1)


def test_a_coroutine_that_will_not_be_cancelled(workshop: Any) -> None:
    task = begun(workshop._STUBBORN)
    task.ask("cancel")
    assert task.end().kind == "CANCELLED"
    # Asked, asked again, and let go: what it says to that is not to be heard in the next test.
    wait_for(lambda: provider().said == ["begun", "no", "no", "no"])


def test_a_request_is_not_an_outcome(workshop: Any) -> None:
    task = begun(workshop._QUICK_AFTER_ALL)
    task.ask("cancel")
    assert task.end().kind == "COMPLETED"
    assert task.events[-2].returns == {"return0": "finished"}


def test_cancelled_twice_ends_once(workshop: Any) -> None:
    task = begun(workshop._POLITE)
    task.ask("cancel")
    task.ask("cancel")
    assert task.end().kind == "CANCELLED"
    assert workshop.plain(1) == 2
    assert task.kinds.count("CANCELLED") == 1


# -- pauses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["_STOPS", "_STOPS_ASYNC"])
def test_pause_and_resume(workshop: Any, kind: str) -> None:
    task = begin(getattr(workshop, kind), {"number": 30})
    task.until("PROGRESS")
    task.ask("pause")
    task.until("PAUSED")
    task.ask("resume")
    task.until("RESUMED")
    assert task.end().kind == "COMPLETED"
    assert task.events[-2].returns == {"return0": 30}


def test_step_by_step(workshop: Any) -> None:
    task = begin(workshop._STOPS, {"number": 50})
    task.until("PROGRESS")
    task.ask("pause")
    for _ in range(3):
        task.until("PAUSED")
        task.ask("resume", step=True)
        task.until("RESUMED")
    task.until("PAUSED")
    task.ask("resume")
    assert task.end().kind == "COMPLETED"
    assert task.kinds.count("PAUSED") == 4


def test_a_paused_task_can_be_cancelled(workshop: Any) -> None:
    task = begin(workshop._STOPS, {"number": 1000})
    task.until("PROGRESS")
    task.ask("pause")
    task.until("PAUSED")
    task.ask("cancel")
    assert task.end().kind == "CANCELLED"


def test_a_breakpoint_that_would_block_the_loop_names_the_other(workshop: Any) -> None:
    end = (task := begin(workshop._WRONG_BREAKPOINT)).end()
    assert (end.kind, task.kinds.count("YIELD")) == ("CRITICAL", 0)
    assert "await abreakpoint() instead" in str(end.message)


# -- processes -------------------------------------------------------------------------------------------------------


def test_a_process_does_what_a_thread_does(workshop: Any) -> None:
    task = begin(workshop._APART, {"x": 41})
    assert task.end().kind == "COMPLETED"
    pid, answer = (task.events[-2].returns or {})["return0"]
    assert (answer, pid != os.getpid()) == (42, True)
    assert (50, "half") in [(event.progress, event.message) for event in task.events]
    assert "from afar" in [event.message for event in task.events if event.kind == "LOG"]
    assert workshop.apart(1)[0] == pid, "kept for the next call"
    assert list(workshop.stream_apart(4)) == [0, 1, 2, 3]


def test_a_process_is_killed_on_interrupt(workshop: Any, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    task = begin(workshop._SPIN, {"pid_file": str(file)})
    wait_for(lambda: file.exists() and bool(file.read_text()))
    task.ask("interrupt")
    assert task.end().kind == "INTERRUPTED"

    def gone() -> bool:
        try:
            os.kill(int(file.read_text()), 0)
        except ProcessLookupError:
            return True
        return False

    wait_for(gone)
    assert workshop.apart(1)[1] == 2


def test_a_process_hears_pause_and_cancel(workshop: Any) -> None:
    task = begin(workshop._SPIN_POLITELY)
    task.until("PROGRESS")
    task.ask("pause")
    task.until("PAUSED")
    task.ask("resume")
    task.until("RESUMED")
    task.ask("cancel")
    assert task.end().kind == "CANCELLED"


@pytest.mark.parametrize(
    ("kind", "wire", "text"),
    [
        ("_COLLAPSE", {}, "the function's process died (exit code 7)"),
        ("_REFUSE_APART", {"text": "not so"}, "not so"),
    ],
)
def test_how_a_process_fails(workshop: Any, kind: str, wire: dict[str, Any], text: str) -> None:
    end = begin(getattr(workshop, kind), wire).end()
    assert (end.kind, end.message) == ("CRITICAL", text)
    assert workshop.apart(1)[1] == 2
