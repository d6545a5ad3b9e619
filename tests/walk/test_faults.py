"""Agents, servers and networks that fail in the middle of work: each task ends once, and what ran is what is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from websockets.sync.client import connect

from tests.walk.faults import PROVIDER, TOKEN, Caller, ledger, provided, served, wait_until
from tests.walk.network import Network


def began(folder: Path, task: str) -> None:
    wait_until(lambda: ledger(folder, task, "began"), f"task {task} did not begin")


def test_an_agent_is_killed_in_the_midst_of_work(tmp_path: Path) -> None:
    """Lost, with an error that says so; what may be done twice is queued again, and done by the next agent."""
    with served(tmp_path, grace=15) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            once, twice = caller.assign("work", seconds=30.0), caller.assign("harmless", seconds=1.0)
            began(tmp_path, once)
            began(tmp_path, twice)
            agent.kill()
            agent.wait()
        with provided(tmp_path, url):
            end = caller.until(once)[-1]
            assert end["kind"] == "CRITICAL"
            assert end["message"].startswith("agent lost: faulty was started again")
            assert caller.until(twice)[-2]["returns"] == {"return0": "done"}
    assert (ledger(tmp_path, once, "began"), ledger(tmp_path, once, "ended")) == (1, 0)
    assert (ledger(tmp_path, twice, "began"), ledger(tmp_path, twice, "ended")) == (2, 1)


def test_an_agent_is_killed_after_its_report_and_before_the_acknowledgement(tmp_path: Path) -> None:
    """The next process sends the report again, once: the caller has the result, nothing ran twice."""
    with served(tmp_path, grace=20) as (_, url), Network.to(url) as network:
        caller = Caller(url)
        with provided(tmp_path, network.url) as agent:
            task = caller.assign("work", seconds=0.3)
            began(tmp_path, task)
            network.let(up=False)  # what it reports from now on arrives nowhere
            wait_until(lambda: ledger(tmp_path, task, "ended"))
            (journal,) = (tmp_path / ".rekuest").glob("faulty-*.journal")
            wait_until(lambda: (journal.parent / f"{journal.name}-wal").stat().st_size > 0)
            wait_until(lambda: b"COMPLETED" in (journal.parent / f"{journal.name}-wal").read_bytes())
            agent.kill()
            agent.wait()
        network.let()
        # That it began may have been told before the network went.
        told = [event["kind"] for event in caller.until(task, "DISCONNECTED")]
        assert told[-1] == "DISCONNECTED"
        assert set(told) <= {"PROGRESS", "DISCONNECTED"}
        with provided(tmp_path, network.url):
            events = caller.until(task)
    assert [event["kind"] for event in events][-2:] == ["YIELD", "COMPLETED"]
    assert ledger(tmp_path, task, "began") == 1


def test_an_agent_is_killed_before_it_begins(tmp_path: Path) -> None:
    """What it was handed and had not read, and what waited for its turn, is run by the next process, once."""
    with served(tmp_path, grace=15) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            runs, waits = caller.assign("alone", seconds=30.0), caller.assign("alone", seconds=0.0)
            began(tmp_path, runs)
            os.kill(agent.pid, signal.SIGSTOP)  # what it is handed now stays in its socket
            unread = caller.assign("work", seconds=0.0)
            agent.kill()
            agent.wait()
        assert [ledger(tmp_path, task, "began") for task in (runs, waits, unread)] == [1, 0, 0]
        with provided(tmp_path, url):
            for task in (waits, unread):
                assert caller.until(task)[-1]["kind"] == "COMPLETED"
            assert caller.until(runs)[-1]["message"].endswith("it may have done the work, or not")
    assert [ledger(tmp_path, task, "began") for task in (runs, waits, unread)] == [1, 1, 1]


def test_an_agent_is_killed_after_the_effect_and_before_its_report(tmp_path: Path) -> None:
    """Nobody can know: lost, or done again where that is harmless."""
    with served(tmp_path, grace=15) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            once = caller.assign("effect")
            assert agent.wait(10) == -signal.SIGKILL
        with provided(tmp_path, url) as agent:
            assert caller.until(once)[-1]["message"].startswith("agent lost: ")
            twice = caller.assign("harmless_effect")
            assert agent.wait(10) == -signal.SIGKILL
        assert [ledger(tmp_path, task, "did") for task in (once, twice)] == [1, 1]
        (tmp_path / "spare").touch()
        with provided(tmp_path, url):
            assert caller.until(twice)[-2]["returns"] == {"return0": "done"}
    assert [ledger(tmp_path, task, "did") for task in (once, twice)] == [1, 2]


def test_another_session_ends_what_the_one_before_left_at_once(tmp_path: Path) -> None:
    with served(tmp_path, grace=600) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            once, twice = caller.assign("work", seconds=30.0), caller.assign("harmless", seconds=0.5)
            began(tmp_path, once)
            began(tmp_path, twice)
            agent.kill()
            agent.wait()
        other = tmp_path / "other"
        other.mkdir()
        with provided(other, url):  # with no journal of the one before it
            assert caller.until(once)[-1]["message"].startswith("agent lost: ")
            assert caller.until(twice)[-1]["kind"] == "COMPLETED"
    assert (ledger(other, once, "began"), ledger(other, twice, "ended")) == (0, 1)


def test_a_stopped_agent_is_replaced_and_comes_back(tmp_path: Path) -> None:
    """Its task is lost when another takes over; whatever it says afterwards changes nothing."""
    with served(tmp_path, grace=1.0) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as stopped:
            task = caller.assign("work", seconds=0.5)
            began(tmp_path, task)
            os.kill(stopped.pid, signal.SIGSTOP)
            try:
                caller.until(task, "DISCONNECTED")
                other = tmp_path / "other"
                other.mkdir()
                with provided(other, url):
                    end = caller.until(task)[-1]
                    assert end["kind"] == "CRITICAL"
                    assert "agent lost" in end["message"]
                    os.kill(stopped.pid, signal.SIGCONT)
                    wait_until(lambda: ledger(tmp_path, task, "ended"), "it goes on where it was stopped")
                    fresh = caller.assign("work", seconds=0.0)
                    assert caller.until(fresh)[-1]["kind"] == "COMPLETED"
                    assert caller.events(task)[-1] == end
                    assert ledger(other, fresh, "ended") == 1
                # The other is gone, the stopped one comes back with what it had to say of the task.
                wait_until(caller.connected)
                later = caller.assign("work", seconds=0.0)
                assert caller.until(later)[-1]["kind"] == "COMPLETED"
                assert ledger(tmp_path, later, "ended") == 1
                assert caller.events(task)[-1] == end
            finally:
                os.kill(stopped.pid, signal.SIGCONT)


def test_a_server_is_killed_and_started_again_on_its_store(tmp_path: Path) -> None:
    """What runs goes on, and its result arrives; what ended meanwhile is reported afterwards."""
    with served(tmp_path, grace=20) as (server, url):
        caller = Caller(url)
        with provided(tmp_path, url):
            short, long = caller.assign("work", seconds=0.2), caller.assign("work", seconds=3.0)
            began(tmp_path, short)
            began(tmp_path, long)
            server.kill()
            server.wait()
            wait_until(lambda: ledger(tmp_path, short, "ended"))
            with served(tmp_path, port=int(url.rpartition(":")[2]), grace=20):
                for task in (short, long):
                    assert [event["kind"] for event in caller.until(task)][-2:] == ["YIELD", "COMPLETED"]
                    assert ledger(tmp_path, task, "began") == 1


def test_a_displaced_agent_stops_and_says_why(tmp_path: Path) -> None:
    with served(tmp_path) as (_, url):
        settings = {**os.environ, "REKUEST_URL": url, "REKUEST_TOKEN": TOKEN, "LEDGER": str(tmp_path / "ledger")}
        (tmp_path / "faulty.py").write_text(PROVIDER, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-u", "faulty.py"],
            env=settings,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert "providing" in process.stdout.readline()
            with connect(f"{url.replace('http', 'ws')}/agi?agent=faulty") as socket:
                register = {"type": "REGISTER", "token": TOKEN, "session_id": "another", "force": True}
                socket.send(json.dumps(register))
                assert json.loads(socket.recv(10))["type"] == "EVENT_ACK"
                _, errors = process.communicate(timeout=15)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert "another provider took over as 'faulty'" in errors


def test_a_second_agent_of_the_same_app_is_refused(tmp_path: Path) -> None:
    """It finds the journal taken and the place as well; the first one does not notice."""
    with served(tmp_path) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url):
            code = "import rekuest_codegen.runtime.provider.agent as a; a.BUSY_WITHIN = 0.5; import faulty"
            settings = {**os.environ, "REKUEST_URL": url, "REKUEST_TOKEN": TOKEN, "LEDGER": str(tmp_path / "ledger")}
            second = subprocess.run(
                [sys.executable, "-c", code], env=settings, cwd=tmp_path, capture_output=True, text=True, timeout=40
            )
            assert second.returncode == 2
            assert "another provider is connected as 'faulty'" in second.stderr
            assert caller.until(caller.assign("work", seconds=0.0))[-1]["kind"] == "COMPLETED"


def test_sigterm_drains(tmp_path: Path) -> None:
    """What runs ends; what comes then waits for the next agent, and is run there once."""
    with served(tmp_path, grace=20) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            task = caller.assign("work", seconds=1.0)
            began(tmp_path, task)
            agent.send_signal(signal.SIGTERM)
            kinds: list[str] = []
            while "QUEUED" not in kinds:  # until it has heard of the signal it takes what comes
                late = caller.assign("work", seconds=0.0)
                kinds = [event["kind"] for event in caller.until(late, "QUEUED", "COMPLETED", "CRITICAL")]
            assert caller.until(task)[-1]["kind"] == "COMPLETED"
            assert agent.wait(10) == 0
        assert ledger(tmp_path, late, "began") == 0
        with provided(tmp_path, url):
            assert caller.until(late)[-1]["kind"] == "COMPLETED"
    assert ledger(tmp_path, late, "began") == 1


def test_sigterm_ends_within_its_limit(tmp_path: Path) -> None:
    with served(tmp_path) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url, "0.3") as agent:
            tasks = [caller.assign("work", seconds=60.0), caller.assign("patient", seconds=60.0)]
            for task in tasks:
                began(tmp_path, task)
            agent.send_signal(signal.SIGTERM)
            for task in tasks:
                end = caller.until(task)[-1]
                assert (end["kind"], end["message"]) == ("CRITICAL", "the provider was stopped")
            assert agent.wait(10) == 0
    assert not list((tmp_path / ".rekuest").glob("*")), "nothing was left to be said"
