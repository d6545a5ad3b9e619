"""A task is asked to end at every moment of its life: it has one end, and nobody waits for ever."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.walk.faults import Caller, ledger, provided, served, wait_until
from tests.walk.network import Network


def test_before_it_begins_while_it_runs_and_when_it_is_over(tmp_path: Path) -> None:
    with served(tmp_path) as (_, url), provided(tmp_path, url):
        caller = Caller(url)
        runs, waits = caller.assign("alone", seconds=60.0), caller.assign("alone", seconds=0.0)
        wait_until(lambda: ledger(tmp_path, runs, "began"))
        caller.cancel(waits)
        assert caller.until(waits)[-1]["kind"] == "CANCELLED"
        caller.cancel(runs)
        caller.cancel(runs)
        ended = caller.until(runs)
        assert ended[-1]["kind"] == "CANCELLED"
        caller.cancel(runs)
        assert caller.until(caller.assign("alone", seconds=0.0))[-1]["kind"] == "COMPLETED"
        assert caller.events(runs) == ended
    assert ledger(tmp_path, waits, "began") == 0


def test_while_it_waits_for_the_next_agent(tmp_path: Path) -> None:
    """An agent that is being stopped has given it back; nobody runs it any more."""
    with served(tmp_path, grace=20) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            runs = caller.assign("work", seconds=2.0)
            wait_until(lambda: ledger(tmp_path, runs, "began"))
            agent.send_signal(signal.SIGTERM)
            kinds: list[str] = []
            while "QUEUED" not in kinds:  # until it has heard of the signal it takes what comes
                late = caller.assign("work", seconds=0.0)
                kinds = [event["kind"] for event in caller.until(late, "QUEUED", "COMPLETED", "CRITICAL")]
            caller.cancel(late)
            assert agent.wait(10) == 0
        with provided(tmp_path, url):
            assert caller.until(late)[-1]["kind"] == "CANCELLED"
            assert caller.until(caller.assign("work", seconds=0.0))[-1]["kind"] == "COMPLETED"
            assert caller.events(late)[-1]["kind"] == "CANCELLED"
    assert ledger(tmp_path, late, "began") == 0


def test_while_the_agent_is_dead(tmp_path: Path) -> None:
    """Nobody comes back: it ends when the time of grace is over, and not as something to be done again."""
    with served(tmp_path, grace=0.5) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            task = caller.assign("harmless", seconds=60.0)
            wait_until(lambda: ledger(tmp_path, task, "began"))
            agent.kill()
            agent.wait()
        caller.cancel(task)
        end = caller.until(task)[-1]
        assert (end["kind"], end["message"][:12]) == ("CRITICAL", "agent lost: ")


def test_while_the_agent_is_away(tmp_path: Path) -> None:
    """It learns of it when it is back, and the task ends as cancelled."""
    with served(tmp_path, grace=15) as (_, url), Network.to(url) as network, provided(tmp_path, network.url):
        caller = Caller(url)
        task = caller.assign("work", seconds=30.0)
        wait_until(lambda: ledger(tmp_path, task, "began"))
        network.let(up=False, down=False)
        caller.until(task, "DISCONNECTED")
        caller.cancel(task)
        network.let()
        assert caller.until(task)[-1]["kind"] == "CANCELLED"
    assert ledger(tmp_path, task, "ended") == 0
