"""What a running task says: progress, logs, records, bars; and that a flood of it harms nobody."""

from __future__ import annotations

from typing import Any

import pytest

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.task import Facts, Task, abreakpoint, breakpoint, check_cancelled, log, progress
from tests.runtime.watching import begin


def said(events: list[Any], kind: str) -> list[tuple[int | None, str | None]]:
    return [(event.progress, event.message) for event in events if event.kind == kind]


def test_progress_and_logs_come_in_order_and_before_the_result(workshop: Any) -> None:
    task = begin(workshop._STEPS, {"number": 4})
    assert task.end().kind == "COMPLETED"
    steps = [pair for pair in said(task.events, "PROGRESS") if pair[1] != "Queued for running"]
    assert steps == [(0, "step 0"), (25, "step 1"), (50, "step 2"), (75, "step 3")]
    assert task.kinds[-3:] == ["LOG", "YIELD", "COMPLETED"]
    assert said(task.events, "LOG") == [(None, "all done")]


def test_a_flood_is_thinned_and_said_to_be(workshop: Any) -> None:
    task = begin(workshop._FLOOD, {"number": 20_000})
    assert task.end().kind == "COMPLETED"
    assert len(task.events) < 2_500
    assert "more reports were left out" in str(said(task.events, "LOG")[-1][1])


def test_records_of_logging_are_forwarded_from_the_level_asked_for(workshop: Any) -> None:
    task = begin(workshop._LOGGED, {"text": "hello"})
    task.end()
    assert said(task.events, "LOG") == [(None, "a record: hello")]


def test_bars_are_forwarded(workshop: Any) -> None:
    task = begin(workshop._BARRED, {"number": 8})
    task.end()
    shown = [pair for pair in said(task.events, "PROGRESS") if pair[1] == "bar"]
    assert len(shown) >= 2
    assert shown == sorted(shown)


async def test_outside_of_a_task_nothing_is_said_and_nothing_fails() -> None:
    progress(50)
    log("nobody hears")
    check_cancelled()
    breakpoint()
    await abreakpoint()


@pytest.mark.parametrize(("percent", "sent"), [(0, 0), (49.6, 50), (-3, 0), (250, 100), (100, 100)])
def test_progress_is_a_number_from_0_to_100(percent: float, sent: int) -> None:
    heard: list[Any] = []
    Task(Facts("1", "f"), Control(), lambda kind, fields: heard.append((kind, dict(fields)))).progress(percent)
    assert heard == [("PROGRESS", {"progress": sent, "message": None})]


@pytest.mark.parametrize("percent", ["50", None, float("nan"), True])
def test_what_is_no_progress(percent: Any) -> None:
    with pytest.raises(ArgumentError, match=r"\$\.percent: expected a number from 0 to 100"):
        Task(Facts("1", "f"), Control(), lambda kind, fields: None).progress(percent)


def test_what_is_no_level() -> None:
    with pytest.raises(ArgumentError, match=r"\$\.level: expected one of CRITICAL"):
        Task(Facts("1", "f"), Control(), lambda kind, fields: None).log("x", "LOUD")


def test_text_that_json_cannot_say_is_replaced() -> None:
    heard: list[Any] = []
    Task(Facts("1", "f"), Control(), lambda kind, fields: heard.append(fields["message"])).log("\ud800" + "x" * 20_000)
    assert heard[0].startswith("?x")
    assert len(heard[0]) == 16_000
