"""Provider, stubs and command line at a server that speaks contract 10 only, found out by looking at it."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.api.contracts import LOOK_AT_SERVER, Contract, contract_of
from rekuest_codegen.server import EmbeddedServer, serving
from tests.processes import cli, run, running
from tests.walk.faults import TOKEN, Caller, ledger, provided, served, wait_until
from tests.walk.network import Network

LAB = '''
import time
from collections.abc import Iterator
from typing import Annotated

from annotated_types import Gt

from rekuest_codegen import Effects, Slider, easy, progress, state

app = easy("lab")


@app.state
class Stage:
    x: float = 0.0


@app.register()
def add(x: int, y: Annotated[int, Slider(min=0, max=9)] = 1) -> int:
    """Add two numbers."""
    return x + y


@app.register()
def above(x: Annotated[int, Gt(3)]) -> int:
    """Take what is above three."""
    return x


@app.register()
def count(n: int) -> Iterator[int]:
    """Count up."""
    yield from range(n)


@app.register()
def move(to: float, stage: Stage) -> None:
    """Move the stage."""
    stage.x = to


@app.register()
def fail(text: str) -> None:
    """Fail."""
    raise ValueError(text)


@app.register(effects=Effects.IRREVERSIBLE, locks=["stage"])
def slow(seconds: float) -> int:
    """Take a while."""
    progress(40, "begun")
    time.sleep(seconds)
    return 1


@app.register()
async def outer(x: int) -> int:
    """Call add from inside."""
    from mynodes import lab

    return await lab.aadd(x, 1)


app.run()
'''
CALLS = """
import json, os, signal
from mynodes import lab
from rekuest_codegen import submit
from rekuest_codegen.errors import AgentLost, ArgumentError, NodeError, TaskCancelled


def begun():
    task = submit(lab.slow, 30.0)
    for event in task.events():
        if event.message == "begun":
            return task
    raise AssertionError([(event.kind, event.message) for event in task.events()])


results = {"add": lab.add(1), "count": list(lab.count(2000))[-1], "outer": lab.outer(2), "move": lab.move(1.5)}
for name, call, kind in (
    ("fail", lambda: lab.fail("boom"), NodeError), ("above", lambda: lab.above(3), ArgumentError)
):
    try:
        call()
    except kind as error:
        results[name] = str(error)
task = begun()
task.interrupt()
try:
    task.result(20)
except TaskCancelled as error:
    results["interrupted"] = str(error)
task = begun()
os.kill(int(os.environ["PROVIDER"]), signal.SIGKILL)
try:
    task.result(20)
except AgentLost as error:
    results["lost"] = str(error)
print(json.dumps(results))
"""


@pytest.fixture
def server() -> Generator[EmbeddedServer]:
    with serving(token="ten", grace=1.0, contract=10) as running:
        yield running


def test_a_provider_and_its_stubs(server: EmbeddedServer, tmp_path: Path) -> None:
    settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
    (tmp_path / "lab.py").write_text(LAB, encoding="utf-8")
    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    with running([sys.executable, "lab.py"], until="providing", environment=settings, cwd=tmp_path) as (process, _):
        pulled = run(cli("pull", "--out", "mynodes"), environment=settings, cwd=tmp_path)
        assert pulled.returncode == 0, pulled.stderr
        environment = {**settings, "PROVIDER": str(process.pid)}
        done = run([sys.executable, "-W", "error", "calls.py"], environment=environment, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    assert "expected more than 3" in results.pop("above")
    assert results.pop("lost").startswith("lab/slow: agent lost: lab stayed away for 1 s")
    assert results == {
        "add": 2,
        "count": 1999,
        "outer": 3,
        "move": None,
        "fail": "lab/fail: ValueError: boom",
        "interrupted": "lab/slow: the task was interrupted",
    }


def test_what_only_contract_2_can_do_is_refused(server: EmbeddedServer, tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(LAB, encoding="utf-8")
    environment = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
    done = run(cli("push", "lab.py"), environment=environment, cwd=tmp_path)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "learns what is provided from agents that connect" in done.stderr


def test_the_command_serves_one_generation(tmp_path: Path) -> None:
    command = cli("serve", "--memory", "--port", "0", "--contract", "10")
    with running(command, until="ready", environment={"REKUEST_TOKEN": TOKEN}, cwd=tmp_path) as (_, line):
        url = next(word for word in line.split() if word.startswith("http"))
        look = Caller(url).ask(LOOK_AT_SERVER)
    assert contract_of(look) is Contract.TEN


# -- what goes wrong -----------------------------------------------------------------------------------------------


def test_a_cut_connection_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with (
        served(tmp_path, grace=10, contract=10) as (_, url),
        Network.to(url) as network,
        provided(tmp_path, network.url),
    ):
        caller = Caller(url)
        task = caller.assign("tick", count=30)
        for seen in (5, 12, 20):
            wait_until(lambda: len([e for e in caller.events(task) if e["kind"] == "YIELD"]) >= seen)  # noqa: B023 - called within the same turn of the loop
            network.cut()
        yields = [event["returns"]["return0"] for event in caller.until(task) if event["kind"] == "YIELD"]
    assert yields == list(range(30))
    assert ledger(tmp_path, task, "began") == 1


def test_an_agent_killed_in_the_midst_leaves_what_is_lost_and_what_is_done_again(tmp_path: Path) -> None:
    with served(tmp_path, grace=15, contract=10) as (_, url):
        caller = Caller(url)
        with provided(tmp_path, url) as agent:
            once, twice = caller.assign("work", seconds=30.0), caller.assign("harmless", seconds=0.5)
            wait_until(lambda: ledger(tmp_path, once, "began"))
            wait_until(lambda: ledger(tmp_path, twice, "began"))
            agent.kill()
            agent.wait()
        with provided(tmp_path, url):
            end = caller.until(once)[-1]
            assert (end["kind"], end["message"][:12]) == ("LOST", "agent lost: ")
            assert caller.until(twice)[-2]["returns"] == {"return0": "done"}


def test_a_report_that_was_not_acknowledged_is_sent_by_the_next_process(tmp_path: Path) -> None:
    with served(tmp_path, grace=20, contract=10) as (_, url), Network.to(url) as network:
        caller = Caller(url)
        with provided(tmp_path, network.url) as agent:
            task = caller.assign("work", seconds=0.3)
            wait_until(lambda: ledger(tmp_path, task, "began"))
            network.let(up=False)  # what it reports from now on arrives nowhere
            wait_until(lambda: ledger(tmp_path, task, "ended"))
            (journal,) = (tmp_path / ".rekuest").glob("faulty-*.journal-wal")
            wait_until(lambda: b"COMPLETED" in journal.read_bytes())
            agent.kill()
            agent.wait()
        network.let()
        with provided(tmp_path, network.url):
            events = caller.until(task)
    assert [event["kind"] for event in events][-2:] == ["YIELD", "COMPLETED"]
    assert ledger(tmp_path, task, "began") == 1
