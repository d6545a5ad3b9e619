"""``nodes``, ``show``, ``agents``, ``tasks``, ``completion``: what there is, as tables and as JSON."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest
from click.shell_completion import BashComplete

from rekuest_codegen.cli import main
from rekuest_codegen.cli.tables import duration, echo_table, moment
from rekuest_codegen.server import serving
from tests.fetch.conftest import TOKEN, Listing, action, answering
from tests.processes import cli, run, run_here, running

LAB = '''
import enum
from dataclasses import dataclass

from rekuest_codegen import easy, model

app = easy("lab")
other = easy("other")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@model
@dataclass
class Point:
    x: float
    y: float = 2.0


@app.register()
def paint(point: Point, colour: Colour = Colour.RED) -> str:
    """Paint a point.

    Args:
        point: Where.
        colour: What with \\x1b[31m.
    """
    return colour.name


@app.register()
def add(x: int) -> int:
    return x


@other.register(name="Add")
def add_other(x: int) -> None: ...


if __name__ == "__main__":
    app.run()
'''.replace("add_other", "add")
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("inventory")
    (folder / "lab.py").write_text(LAB, encoding="utf-8")
    cache = {"REKUEST_CACHE_DIR": str(folder / "cache")}
    with serving(token="a-token") as server:
        settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": "a-token", **cache}
        pushed = run(cli("push", "lab.py", "--app", "other"), cwd=folder, environment=settings)
        assert pushed.returncode == 0, pushed.stderr
        with running([sys.executable, "lab.py"], until="providing", cwd=folder, environment=settings):
            called = run(cli("pull", "--out", "nodes", "--app", "lab"), cwd=folder, environment=settings)
            assert called.returncode == 0, called.stderr
            code = "from nodes import lab; lab.add(1)"
            assert run([sys.executable, "-c", code], cwd=folder, environment=settings).returncode == 0
            yield settings


@pytest.fixture
def ask(environment: dict[str, str]) -> Ask:
    return lambda *arguments: run_here(*arguments, environment=environment)


def test_nodes(ask: Ask) -> None:
    everything = ask("nodes").stdout.splitlines()
    assert [line.split()[:2] for line in everything] == [
        ["app", "key"],
        ["lab", "add"],
        ["lab", "paint"],
        ["other", "add"],
    ]
    assert everything[1].endswith("(x: INT) -> INT")
    assert len(ask("nodes", "add").stdout.splitlines()) == 3
    assert len(ask("nodes", "lab/*").stdout.splitlines()) == 3
    assert len(ask("nodes", "--connected").stdout.splitlines()) == 3
    nothing = ask("nodes", "zzz")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "no nodes\n")
    assert [node["key"] for node in json.loads(ask("nodes", "lab/*", "--json").stdout)] == ["add", "paint"]


def test_one_that_cannot_be_expressed_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    weird = action("f", args=[{"key": "x", "kind": "WEIRD", "nullable": False}])
    with answering(Listing([weird, action("g"), action("h", "other")])) as url:
        settings = {"REKUEST_URL": url, "REKUEST_TOKEN": TOKEN, "REKUEST_CACHE_DIR": str(tmp_path)}
        listed = run_here("nodes", environment=settings)
        assert (listed.returncode, listed.stderr) == (0, "")
        lines = [line.split(maxsplit=3) for line in listed.stdout.splitlines()[1:]]
        assert [line[:2] for line in lines] == [["lab", "f"], ["lab", "g"], ["other", "h"]]
        assert lines[0][2:] == ["?", "cannot be expressed: unknown kind 'WEIRD'; a newer rekuest-codegen may know it"]
        marked = json.loads(run_here("nodes", "--json", "f", environment=settings).stdout)
        assert [(node["key"], node["findings"][0]["code"]) for node in marked] == [("f", "unknown-kind")]
        assert len(run_here("nodes", "other/*", environment=settings).stdout.splitlines()) == 2
        assert run_here("show", "lab/g", environment=settings).returncode == 0
        shown = run_here("show", "f", environment=settings)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert "unknown kind 'WEIRD'" in shown.stderr


def test_show(ask: Ask) -> None:
    shown = ask("show", "paint").stdout
    assert shown.startswith("lab/paint  FUNCTION, version 1\n  Paint a point.\n")
    assert "[RED, BLUE]" in shown
    assert "\x1b" not in shown
    assert "  y " in shown  # a field of the model, below it
    assert json.loads(ask("show", "lab/add", "--json").stdout)["args"][0]["key"] == "x"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("add", "add: several apps have it; say which: lab/add, other/add"),
        ("lab/none", "lab/none: no such node at "),
    ],
)
def test_a_name_that_is_not_one_node(ask: Ask, name: str, said: str) -> None:
    done = ask("show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}")


def test_agents(ask: Ask) -> None:
    lines = [line.split()[1:4] for line in ask("agents").stdout.splitlines()[1:]]
    assert sorted(lines) == [["lab", "yes", "2"], ["other", "no", "1"]]
    listed = json.loads(ask("agents", "--json").stdout)
    assert {(agent["name"], agent["connected"], agent["nodes"]) for agent in listed} == {
        ("lab", True, 2),
        ("other", False, 1),
    }


def test_tasks(ask: Ask) -> None:
    heading, line = ask("tasks").stdout.splitlines()
    assert heading.split() == ["id", "node", "agent", "state", "created", "took"]
    assert line.split()[1:4] == ["lab/add", "lab", "COMPLETED"]
    assert ask("tasks", "--running").stderr == "no tasks\n"
    (task,) = json.loads(ask("tasks", "--done", "--json").stdout)
    assert (task["node"], task["state"], task["done"], task["parent"]) == ("lab/add", "COMPLETED", True, None)


def test_times_as_people_read_them() -> None:
    start = "2026-11-24T02:40:04.103538+00:00"
    assert re.fullmatch(r"2026-11-2\d \d\d:\d\d:04", moment(start))
    assert (moment(None), moment("soon")) == ("-", "soon")
    ends = {
        "2026-11-24T02:40:04.106064+00:00": "2.5 ms",
        "2026-11-24T02:40:16.103538+00:00": "12.0 s",
        "2026-11-24T02:42:16.200000+00:00": "2 min 12 s",
        "2026-11-25T03:42:16.200000+00:00": "25 h 2 min",
        "2026-11-24T02:42:16.200000": "-",
        "later": "-",
        None: "-",
    }
    assert {end: duration(start, end) for end in ends} == ends


@pytest.mark.parametrize("command", ["nodes", "show x", "agents", "tasks"])
def test_no_server(command: str) -> None:
    bare = dict.fromkeys(("REKUEST_URL", "REKUEST_TOKEN"), "")
    done = run(cli(*command.split()), environment=bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)\n"


def test_completion(ask: Ask, tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_REKUEST_CODEGEN_COMPLETE" in ask("completion", shell).stdout
    (tmp_path / "pyproject.toml").write_text('[tool.rekuest-codegen.targets.mynodes]\nout = "n"\n', encoding="utf-8")
    (tmp_path / "n").mkdir()
    example = Path(__file__).parents[2] / "generated_example" / "mynodes" / "manifest.json"
    (tmp_path / "n" / "manifest.json").write_bytes(example.read_bytes())

    asked = {"_REKUEST_CODEGEN_COMPLETE": "bash_complete", "COMP_WORDS": "rekuest-codegen pull my", "COMP_CWORD": "2"}
    done = run([str(Path(sys.executable).parent / "rekuest-codegen")], environment=asked, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,mynodes\n", "")
    assert completed(tmp_path, {}, "sh") == ["show"]
    assert completed(tmp_path, {}, "pull", "my") == ["mynodes"]
    assert completed(tmp_path, {}, "show", "demo/m") == ["demo/make_image", "demo/measure", "demo/mix", "demo/move"]
    assert completed(tmp_path, {}, "watch", "") == []  # nobody said which server


def test_one_long_cell_does_not_widen_the_rows_of_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    echo_table(("app", "key"), [("lab", "x"), ("y" * 5_000, "z"), ("lab", "w")])
    first, second, third, fourth = capsys.readouterr().out.splitlines()
    assert (first.split(), second.split(), fourth.split()) == (["app", "key"], ["lab", "x"], ["lab", "w"])
    assert max(map(len, (first, second, fourth))) < 80
    assert third == f"{'y' * 5_000}  z"


def test_completion_of_a_call(environment: dict[str, str], tmp_path: Path) -> None:
    """In a folder without a project, with two packages of which one is damaged."""
    example = Path(__file__).parents[2] / "generated_example" / "mynodes" / "manifest.json"
    for name, text in (("mynodes", example.read_text("utf-8")), ("broken", "{"), ("bad", '{"format": 1, "nodes": 1}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text, "utf-8")
    assert completed(tmp_path, {}, "call", "demo/me") == ["demo/measure"]
    assert completed(tmp_path, {}, "nodes", "demo/me") == ["demo/measure"]
    threshold = [f"{port}=" for port in ("image", "level")]
    assert completed(tmp_path, {}, "call", "demo/threshold", "--arg", "") == threshold
    assert completed(tmp_path, {}, "call", "threshold", "--arg", "image=x", "--arg", "") == threshold[1:]
    assert completed(tmp_path, {}, "call", "--arg", "") == []
    (tmp_path / "pyproject.toml").write_text("[tool.rekuest-codegen\n", "utf-8")
    assert completed(tmp_path, {}, "show", "demo/me") == ["demo/measure"]
    for command in ("watch", "cancel"):
        assert completed(tmp_path, environment, command, "") == [
            task["id"] for task in json.loads(run_here("tasks", "--json", environment=environment).stdout)
        ]
    nobody = {"REKUEST_URL": "http://127.0.0.1:9", "REKUEST_TOKEN": "a-token"}
    assert completed(tmp_path, nobody, "watch", "") == []


def test_completion_is_not_held_up_by_a_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = {"REKUEST_URL": f"http://127.0.0.1:{silent.getsockname()[1]}", "REKUEST_TOKEN": "a-token"}
        assert completed(tmp_path, place, "watch", "") == []


def completed(folder: Path, given: dict[str, str], *words: str) -> list[str]:
    """What a shell is told, and nothing beside it."""
    shell = BashComplete(main, {}, "rekuest-codegen", "_REKUEST_CODEGEN_COMPLETE")
    environment = {**dict.fromkeys(("REKUEST_URL", "REKUEST_TOKEN"), ""), **given}
    said = io.StringIO()
    with chdir(folder), patch.dict(os.environ, environment), redirect_stderr(said), redirect_stdout(said):
        found = [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]
    assert said.getvalue() == ""
    return found
