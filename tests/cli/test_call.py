"""``call``, ``watch`` and ``cancel``: tasks from the shell."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from rekuest_codegen.server import serving
from tests.processes import cli, run_here, running

LAB = """
import asyncio
import enum
from collections.abc import Iterator

from rekuest_codegen import easy, log, progress

app = easy("lab")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@app.register()
def add(x: int, y: int = 1) -> int:
    return x + y


@app.register()
def count(to: int) -> Iterator[int]:
    for number in range(to):
        progress(100 * number // to, f"at {number}")
        yield number
    log("that was all")


@app.register()
def pair(words: list[str]) -> tuple[int, str]:
    return len(words), words[0]


@app.register()
def halve(number: float, many: dict[str, int | float] | None = None) -> float:
    return number / 2


@app.register()
def say(text: str, colour: Colour = Colour.RED) -> str:
    return f"{text!r} in {colour.name}"


@app.register()
def fail(text: str) -> None:
    raise ValueError(text)


@app.register()
async def rest() -> None:
    progress(1, "resting")
    await asyncio.sleep(60)


app.run()
"""
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("call")
    (folder / "lab.py").write_text(LAB, encoding="utf-8")
    with serving(token="a-token") as server:
        settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": "a-token"}
        with running([sys.executable, "lab.py"], until="providing", cwd=folder, environment=settings):
            yield settings


@pytest.fixture
def ask(environment: dict[str, str]) -> Ask:
    return lambda *arguments: run_here(*arguments, environment=environment)


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("add", "--arg", "x=2", "--arg", "y=3"), "5\n"),
        (("lab/add", "--arg", "x=2"), "3\n"),
        (("add", "--arg", "x=2", "--json"), '{"return0": 3}\n'),
        (("count", "--arg", "to=3"), "0\n1\n2\n"),
        (("pair", "--arg", 'words=["a", "b"]'), '{"return0": 2, "return1": "a"}\n'),
        (("say", "--arg", "text=12"), "\"'12' in RED\"\n"),
        (("say", "--arg", "text=null", "--arg", "colour=BLUE"), "\"'null' in BLUE\"\n"),
        (("say", "--arg", 'text="a\\nb"'), "\"'a\\\\nb' in RED\"\n"),
        (("say", "--arg", 'text="'), '"\'\\"\' in RED"\n'),
        (("halve", "--arg", "number=3", "--arg", 'many={"a": {"__use": 1, "__value": 2}}'), "1.5\n"),
        (("add", "--arg", "x=2", "--agent", "lab", "--implementation", "add", "--retries", "2"), "3\n"),
        (("add", "--arg", "x=2", "--deadline", "30", "--reference", "two and one"), "3\n"),
        (("add", "--arg", "x=70", "--reference", "two and one"), "3\n"),
    ],
)
def test_a_call(ask: Ask, arguments: tuple[str, ...], printed: str) -> None:
    done = ask("call", *arguments, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_from_standard_input(environment: dict[str, str]) -> None:
    command = cli("call", "add", "--stdin", "--quiet")
    done = subprocess.run(
        command, input='{"x": 4, "y": 5}', env={**environment}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "9\n", "")


def test_what_is_said_meanwhile(ask: Ask) -> None:
    said = ask("call", "count", "--arg", "to=2").stderr.splitlines()
    assert "log: that was all" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "--arg", "x=two"), "$.x: expected int, got str 'two'"),
        (("add", "--arg", "x=1", "--arg", "z=1"), "lab/add: no argument 'z'; known are x, y"),
        (("add",), "lab/add: needs x; give --arg x=VALUE"),
        (("add", "--arg", "x"), "--arg 'x': expected NAME=VALUE, as in level=0.5"),
        (("nothing",), "nothing: no such node at "),
        (("add", "--arg", "x=1", "--arg", "x=2"), "--arg x: given twice; a list is one argument, as in x='[1, 2]'"),
        (("add", "--arg", f"x={2**63}"), "$.x: the integer needs more than 64 bits"),
        (("halve", "--arg", "number=NaN"), "$.number: nan has no form in JSON"),
        (("halve", "--arg", "number=-Infinity"), "$.number: -inf has no form in JSON"),
        (("halve", "--arg", f"number={10**400}"), "$.number: the number is too large for a float"),
        (
            ("halve", "--arg", "number=1", "--arg", 'many={"a": {"__use": 1, "__value": NaN}}'),
            "$.many['a']: nan has no form in JSON",
        ),
        (("say", "--arg", 'text="\\ud800"'), "$.text: the text holds a lone surrogate, which has no form in JSON"),
        (("add", "--arg", "x=1", "--agent", "nobody"), "lab/add: no agent 'nobody' provides it; there are lab"),
        (("add", "--arg", "x=1", "--implementation", "none"), "lab/add: no implementation 'none'; there are add ("),
        (("add", "--arg", "x=1", "--reference", " "), "reference ' ': expected a text without space around it"),
        (("add", "--arg", "x=1", "--retries", "1000"), "retries 1000: expected a number of further tries"),
        (("add", "--arg", "x=1", "--detach", "--deadline", "1"), "--detach waits for nothing, and --deadline says"),
        (("rest", "--deadline", "0.3"), "lab/rest: no result within 0.3 s; the task is being cancelled"),
        (("fail", "--arg", "text=boom"), "lab/fail: ValueError: boom"),
        (("add", "--stdin"), "--stdin: expected a JSON object of arguments"),
    ],
)
def test_mistakes_and_failures(ask: Ask, arguments: tuple[str, ...], said: str) -> None:
    done = ask("call", *arguments, "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}")
    assert len(done.stderr.splitlines()) == 1


def test_failures_for_programs(ask: Ask) -> None:
    done = ask("call", "fail", "--arg", "text=boom", "--json", "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    error = json.loads(done.stderr)["error"]
    assert (error["kind"], error["message"], error["retry_safe"]) == ("NodeError", "lab/fail: ValueError: boom", False)
    assert (error["node"], error["type"]) == ("lab/fail", "ValueError")
    ended = json.loads(ask("watch", error["task"], "--json").stderr.splitlines()[-1])["error"]
    assert (ended["kind"], ended["task"]) == ("NodeError", error["task"])


def test_what_is_said_meanwhile_for_programs(ask: Ask) -> None:
    done = ask("call", "count", "--arg", "to=2", "--json")
    told = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert {"kind": "LOG", "message": "that was all"} in told
    assert {"kind": "PROGRESS", "progress": 50, "message": "at 1"} in told
    assert ask("call", "add", "--arg", "x=1").stderr == ""  # of its progress it says nothing


def test_leaving_a_call_and_coming_back(ask: Ask) -> None:
    left = ask("call", "count", "--arg", "to=3", "--detach")
    assert (left.returncode, left.stderr) == (0, "")
    assert ask("watch", left.stdout.strip(), "--quiet").stdout == "0\n1\n2\n"
    resting = json.loads(ask("call", "rest", "--detach", "--json", "--reference", "one rest").stdout)["task"]
    assert json.loads(ask("call", "rest", "--detach", "--json", "--reference", "one rest").stdout)["task"] == resting
    asked = json.loads(ask("cancel", resting, "--json").stdout)
    assert (asked["task"], asked["asked"]) == (resting, "cancel")
    assert not ask("watch", resting, "--quiet").stdout


def test_ctrl_c_cancels(ask: Ask, environment: dict[str, str]) -> None:
    with running(cli("call", "rest"), until="resting", environment=environment) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    newest = json.loads(ask("tasks", "--limit", "1", "--json").stdout)[0]
    done = ask("watch", newest["id"], "--quiet")
    assert (done.returncode, done.stderr) == (2, "error: lab/rest: the task was cancelled\n")


def test_watching_and_cancelling_from_elsewhere(ask: Ask, environment: dict[str, str]) -> None:
    with running(cli("call", "rest"), until="resting", environment=environment) as (process, _):
        newest = json.loads(ask("tasks", "--limit", "1", "--json").stdout)[0]["id"]
        with running(cli("watch", newest), until="resting", environment=environment) as (watching, _):
            done = ask("cancel", newest)
            assert (done.returncode, done.stdout) == (0, f"task {newest}: asked to end\n")
            assert (process.wait(20), watching.wait(20)) == (2, 2)
    again = ask("cancel", newest, "--json")
    assert json.loads(again.stdout) == {"task": newest, "asked": None, "state": "CANCELLED"}
    assert ask("cancel", newest).stdout == f"task {newest}: is over already (CANCELLED)\n"


def test_watching_what_is_over(ask: Ask) -> None:
    ask("call", "count", "--arg", "to=2", "--quiet")
    newest = json.loads(ask("tasks", "--limit", "1", "--json").stdout)[0]["id"]
    assert ask("watch", newest, "--quiet").stdout == "0\n1\n"
    for command in ("watch", "cancel"):
        done = ask(command, "999999")
        assert done.returncode == 2
        assert re.match(r"error: .*: knows no task 999999 of this token; rekuest-codegen tasks lists them", done.stderr)
