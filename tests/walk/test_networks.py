"""Networks that fail between an agent and its server: no item of a stream is lost or doubled, no task runs twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.walk.faults import Caller, ledger, provided, served, wait_until
from tests.walk.network import Network


def yields(events: list[dict[str, Any]]) -> list[int]:
    return [event["returns"]["return0"] for event in events if event["kind"] == "YIELD"]


def test_a_cut_connection_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with served(tmp_path, grace=10) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        task = caller.assign("tick", count=30)
        for seen in (5, 12, 20):
            wait_until(lambda: len(yields(caller.events(task))) >= seen)  # noqa: B023 - called within the same turn of the loop
            network.cut()
        assert yields(caller.until(task)) == list(range(30))
    assert ledger(tmp_path, task, "began") == 1


def test_a_half_open_connection_is_noticed_on_both_sides(tmp_path: Path) -> None:
    with served(tmp_path, grace=15) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        task = caller.assign("work", seconds=0.3)
        wait_until(lambda: ledger(tmp_path, task, "began"))
        network.let(up=False, down=False)
        caller.until(task, "DISCONNECTED")
        wait_until(lambda: ledger(tmp_path, task, "ended"))
        network.let()
        assert caller.until(task)[-1]["kind"] == "COMPLETED"
    assert ledger(tmp_path, task, "began") == 1


def test_a_network_that_breaks_in_the_midst_of_a_frame(tmp_path: Path) -> None:
    with served(tmp_path, grace=10) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        task = caller.assign("tick", count=30)
        for number, seen in enumerate((5, 12, 20)):
            wait_until(lambda: len(yields(caller.events(task))) >= seen)  # noqa: B023 - called within the same turn of the loop
            network.cut_within(40)
            wait_until(lambda: network.broken > number)  # noqa: B023 - likewise
        assert yields(caller.until(task)) == list(range(30))
    assert ledger(tmp_path, task, "began") == 1


def test_a_task_that_is_lost_on_its_way_to_the_agent(tmp_path: Path) -> None:
    """The agent says that it never got it, and is given it again."""
    with served(tmp_path, grace=10) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        network.let(down=False)
        task = caller.assign("work", seconds=0.0)
        network.cut()
        network.let()
        events = caller.until(task)
    assert [event["message"] for event in events if event["kind"] == "QUEUED"] == [
        "agent lost: faulty never got it and could run it; the task was not begun"
    ]
    assert events[-1]["kind"] == "COMPLETED"
    assert ledger(tmp_path, task, "began") == 1


def test_frames_that_arrived_and_are_sent_again(tmp_path: Path) -> None:
    """What was acknowledged to nobody is repeated after the loss, and the server takes it once."""
    with served(tmp_path, grace=10) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        task = caller.assign("tick", count=20)
        wait_until(lambda: len(yields(caller.events(task))) >= 3)
        network.let(down=False)  # from now on no acknowledgement arrives
        before = len(yields(caller.events(task)))
        wait_until(lambda: len(yields(caller.events(task))) >= before + 5)
        network.cut()
        network.let()
        assert yields(caller.until(task)) == list(range(20))
    sent = [ledger(tmp_path, task, f"sent-{number}") for number in range(20)]
    assert sum(times > 1 for times in sent) >= 5, "or nothing was repeated"
    assert ledger(tmp_path, task, "began") == 1


@pytest.mark.parametrize("longest", [0.2])
def test_a_slow_and_uneven_network_costs_nothing_but_time(tmp_path: Path, longest: float) -> None:
    with served(tmp_path) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        network.delay = longest
        caller = Caller(url)
        task = caller.assign("tick", count=20)
        events = caller.until(task)
    assert yields(events) == list(range(20))
    assert "DISCONNECTED" not in [event["kind"] for event in events]
