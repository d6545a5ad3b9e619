"""What cannot be done, told to who asked for JSON: one object, the last line of standard error."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from rekuest_codegen.cli import COMMANDS, main
from rekuest_codegen.cli.entry import run
from rekuest_codegen.cli.failures import fail
from rekuest_codegen.errors import (
    AgentLost,
    ArgumentError,
    DefinitionError,
    Finding,
    NodeError,
    RekuestError,
    ServerError,
    Unreachable,
)
from rekuest_codegen.ir import Node

NOWHERE = ("--url", "http://127.0.0.1:9", "--token", "a", "--json")
BROKEN = """
import time
from rekuest_codegen import easy
app = easy("lab")

@app.register
def wait(seconds: float = time.time()) -> None: ...

@app.register(colections=["a"])
def fine() -> None: ...
"""


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def carrying(**given: object) -> RekuestError:
    error = RekuestError("no")
    vars(error).update(given)
    return error


def told(done: Result, code: int = 2) -> dict[str, Any]:
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1), done.stderr
    answer = json.loads(done.stderr)
    assert list(answer) == ["error"]
    assert list(answer["error"])[:3] == ["kind", "message", "retry_safe"]
    found: dict[str, Any] = answer["error"]
    return found


@pytest.mark.parametrize("command", ["nodes", "agents", "tasks", "show add", "call add", "watch 1", "cancel 1"])
def test_every_command_that_asks_a_server(command: str) -> None:
    done = ask(*command.split(), *NOWHERE)
    error = told(done)
    assert (error["kind"], error["retry_safe"], done.stdout) == ("Unreachable", True, "")
    assert "is the server running?" in error["message"]
    assert ask(*command.split(), *NOWHERE[:-1]).stderr == f"error: {error['message']}\n"


def test_no_command_that_gives_json_is_forgotten() -> None:
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in COMMANDS}
    giving = {
        name
        for name, command in commands.items()
        if command is not None and {"as_json", "form"} & {parameter.name for parameter in command.params}
    }
    tested = {"nodes", "agents", "tasks", "show", "call", "watch", "cancel", "scan", "push", "check", "diff"}
    assert giving - {"docs"} == tested


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (["nodes", "--json"], "ConfigurationError", "no server: give --url or --profile"),
        (["tasks", "--json", "--nothing"], "UsageError", "--nothing"),
        (["cancel", "--json"], "UsageError", "TASK"),
        (["nodes", "--timeout", "x", "--json"], "UsageError", "--timeout"),
        (["scan", "--json", "nowhere"], "ConfigurationError", "nowhere: no such file or folder"),
        (["scan", "x.py", "--json", "--hash"], "UsageError", "give one of them"),
        (["push", "x.py", "--json"], "UsageError", "--json goes with --dry-run"),
        (["check", "--format", "json"], "ConfigurationError", "nothing to do: give --out DIR"),
        (["check", "--format=json", "--nothing"], "UsageError", "--nothing"),
        (["diff", "--format", "json"], "ConfigurationError", "nothing to compare"),
    ],
)
def test_mistakes(
    arguments: list[str], kind: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("REKUEST_URL", "REKUEST_TOKEN", "REKUEST_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    error = told(ask(*arguments))
    assert (error["kind"], error["retry_safe"]) == (kind, False)
    assert message in error["message"]


def test_a_word_behind_two_dashes_asks_for_nothing() -> None:
    done = ask("nodes", "--nothing", "--", "--json")
    assert "No such option" in done.stderr
    assert not done.stderr.startswith("{")


@pytest.mark.parametrize(
    ("command", "said"), [("nodes", "interrupted"), ("watch 1", "interrupted"), ("call lab/add", "cancelled")]
)
def test_ctrl_c(command: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(work: Coroutine[Any, Any, Any]) -> None:
        work.close()
        raise KeyboardInterrupt

    monkeypatch.setattr("rekuest_codegen.cli.show.node_of", lambda asked, key: Node(app="lab", key="add"))
    monkeypatch.setattr(asyncio, "run", interrupted)
    error = told(ask(*command.split(), *NOWHERE), code=130)
    assert error == {"kind": "Interrupted", "message": said, "retry_safe": False}
    done = ask(*command.split(), *NOWHERE[:-1])
    assert (done.exit_code, done.stderr, done.stdout) == (130, f"{said}\n", "")


def test_ctrl_c_in_a_frozen_pull(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*given: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("rekuest_codegen.build.unchanged.question", interrupted)
    monkeypatch.setattr("sys.argv", ["rekuest-codegen", "pull", "--frozen"])
    with pytest.raises(SystemExit) as ended:
        run()
    assert (ended.value.code, capsys.readouterr().err) == (130, "interrupted\n")


def test_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lab.py").write_text(BROKEN, encoding="utf-8")
    done = ask("scan", "lab.py", "--json")
    error = told(done, code=1)
    assert (error["kind"], error["retry_safe"]) == ("DefinitionError", False)
    found = [(one["code"], one["where"], one["severity"]) for one in error["findings"]]
    assert found == [("computed-default", "lab.py:7:27", "error"), ("unknown-option", "lab.py:9:15", "warning")]
    assert [node["key"] for node in json.loads(done.stdout)] == ["fine"]

    error = told(ask("push", "lab.py", "--dry-run", *NOWHERE))
    assert (error["kind"], error["message"]) == ("DefinitionError", "1 finding; nothing was sent")
    assert [one["where"] for one in error["findings"]] == ["lab.py:7:27", "lab.py:9:15"]


@pytest.mark.parametrize(
    ("error", "carried"),
    [
        (ArgumentError("$.x[1]", "expected int"), {"path": "$.x[1]"}),
        (Unreachable("nobody"), {}),
        (
            NodeError("lab/add", "7", "boom \x1b[31m", type="ValueError"),
            {"node": "lab/add", "task": "7", "type": "ValueError", "traceback": None},
        ),
        (
            AgentLost("gone", node="lab/add", progress=3, since=datetime(2026, 1, 2, tzinfo=UTC), begun=False),
            {
                "node": "lab/add",
                "task": None,
                "agent": None,
                "last_event": None,
                "progress": 3,
                "since": "2026-01-02T00:00:00+00:00",
            },
        ),
        (
            DefinitionError([Finding("unknown-kind", "lab/add", "what is that")]),
            {
                "findings": [
                    {"code": "unknown-kind", "where": "lab/add", "message": "what is that", "severity": "error"}
                ]
            },
        ),
        (ServerError("no"), {}),
        (carrying(limits={"low": math.nan, 2: [math.inf, 1.5]}), {"limits": {"low": "nan", "2": ["inf", 1.5]}}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_an_error_carries(error: RekuestError, carried: dict[str, Any]) -> None:
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def failing(as_json: bool) -> None:
        fail(error)

    found = told(CliRunner().invoke(failing, ["--json"]))
    assert found.pop("kind") == type(error).__name__
    assert found.pop("retry_safe") is error.retry_safe
    assert found.pop("message") in (str(error), "1 finding; nothing was written")
    assert found == carried
