"""``push`` as a user meets it: what the server then knows, what is said, and what is not run."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rekuest_codegen.cli import main
from rekuest_codegen.fetch import Filters, fetch_nodes
from rekuest_codegen.ir import definition, definition_hash
from rekuest_codegen.scan import scan
from rekuest_codegen.server import EmbeddedServer, registry, serving
from tests.processes import run, running

LAB = '''
import enum
from dataclasses import dataclass
from typing import Annotated, Literal

from rekuest_codegen import Slider, easy, model

raise_when_run = None

app = easy("lab")


class Mode(enum.Enum):
    FAST = 1
    SLOW = 2


@model
@dataclass
class Point:
    x: float
    y: float = 0.0


@app.state(name="stage", required_locks=["stage_lock"])
class Stage:
    x: float = 0.0
    moving: bool = False


@app.register(interface="threshold-it")
def threshold(points: list[Point], level: Annotated[float, Slider(min=0, max=1)] = 0.5, mode: Mode = Mode.FAST) -> int:
    """Count what is above a level.

    Args:
        level: the level
    """
    return sum(point.x > level for point in points)


@app.register(collections=["text"])
def shout(text: str | int, how: Literal["loud", "very"] = "loud") -> tuple[str, float | None]:
    """Shout."""
    return str(text).upper(), None


if __name__ == "__main__":
    app.run()
'''

STATES = """
other = easy("other")


@app.state(name="lamp")
@dataclass
class Lamp:
    on: bool = False


@other.state
@dataclass
class OfAnother:
    x: int = 0

"""


@pytest.fixture(scope="module")
def server() -> Generator[EmbeddedServer]:
    with serving(token="push") as one:
        yield one


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The agents that were implemented, whoever asked for it."""
    seen: list[str] = []
    implement = registry.implement_agent

    def counted(state: Any, owner: str, wanted: Any, at: Any) -> Any:
        seen.append(wanted["name"])
        return implement(state, owner, wanted, at)

    monkeypatch.setattr(registry, "implement_agent", counted)
    return seen


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """An app of its own for each test, and its source, which cannot be run while it stays."""
    name = request.node.name.replace("test_", "")[:40]
    path = tmp_path / "lab.py"
    path.write_text(LAB.replace('easy("lab")', f'easy("{name}")'), encoding="utf-8")
    return name, path


def push(server: EmbeddedServer, *arguments: str | Path) -> Result:
    command = ["push", "--url", server.url, "--token", server.token, *map(str, arguments)]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def dry(server: EmbeddedServer, *arguments: str | Path) -> list[dict[str, Any]]:
    done = push(server, "--dry-run", "--json", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


def test_the_server_knows_what_scan_finds(server: EmbeddedServer, lab: tuple[str, Path], told: list[str]) -> None:
    name, path = lab
    path.write_text(path.read_text().replace("raise_when_run = None", "raise RuntimeError('run')"), encoding="utf-8")
    done = push(server, path)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{name}: 2 nodes registered\n", "")
    there = fetch_nodes(server.url, server.token, Filters(app=(name,)))
    found = {found.node.key: (definition(found.node), definition_hash(found.node)) for found in scan([path]).nodes}
    assert {node.key: (definition(node), node.hash) for node in there} == found
    again = push(server, path)
    assert again.stdout == f"{name}: 2 nodes, as the server has them already\n"
    assert told == [name]


def test_who_runs_later_has_nothing_to_say(server: EmbeddedServer, lab: tuple[str, Path], told: list[str]) -> None:
    name, path = lab
    path.write_text(path.read_text().replace("\n\nclass Mode", f"{STATES}\n\nclass Mode"), encoding="utf-8")
    assert push(server, path).exit_code == 0
    environment = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
    with running([sys.executable, str(path)], until=f"{name}: providing 2 nodes", environment=environment):
        assert told == [name]
        (app,) = dry(server, path)
        assert app["registered"] is True
    path.write_text(path.read_text().replace("= 0.5", "= 0.6"), encoding="utf-8")
    with running([sys.executable, str(path)], until="providing", environment=environment):
        assert told == [name, name]
    assert push(server, path).stdout == f"{name}: 2 nodes, as the server has them already\n"


def test_dry_run(server: EmbeddedServer, lab: tuple[str, Path], told: list[str]) -> None:
    name, path = lab
    assert {node["state"] for node in dry(server, path)[0]["nodes"]} == {"new"}
    assert told == []
    push(server, path)
    assert {node["state"] for node in dry(server, path)[0]["nodes"]} == {"unchanged"}
    text = path.read_text().replace("= 0.5", "= 0.7").replace("-> int:", "-> float:").replace("def shout", "def cry")
    text = text.replace("mode: Mode", "dark: bool = False, mode: Mode").replace("y: float = 0.0", "z: float = 0.0")
    path.write_text(text, encoding="utf-8")
    done = push(server, path, "--dry-run")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"{name}: 1 new, 1 changed, 1 gone\n"
        "  new        cry\n"
        "  gone       shout\n"
        "  changed    threshold-it\n"
        "             args.points[].z: new\n"
        "             args.points[].y: gone\n"
        '             args.points[].description: "Point(x: float, y: float = 0.0)" -> '
        '"Point(x: float, z: float = 0.0)"\n'
        "             args.level.default: 0.5 -> 0.7\n"
        "             args.dark: new\n"
        '             returns.return0.kind: "INT" -> "FLOAT"\n'
    )
    assert told == [name]
    push(server, path)
    assert {node["state"] for node in dry(server, path)[0]["nodes"]} == {"unchanged"}
    path.write_text(text.replace("str | int", "str"), encoding="utf-8")
    (cry, _) = dry(server, path)[0]["nodes"]
    assert cry["changes"] == ['args.text.kind: "UNION" -> "STRING"', "args.text.children: gone"]


def test_two_apps_one_after_another(server: EmbeddedServer, tmp_path: Path, told: list[str]) -> None:
    code = "from rekuest_codegen import easy\napp = easy('{0}')\n@app.register()\ndef {0}(x: int) -> int: ...\n"
    for name in ("second", "first"):
        (tmp_path / f"{name}.py").write_text(code.format(name), encoding="utf-8")
    done = push(server, tmp_path)
    assert done.stdout == "first: 1 node registered\nsecond: 1 node registered\n"
    assert told == ["first", "second"]
    (tmp_path / "first.py").write_text(code.format("first").replace("int) ->", "str) ->"), encoding="utf-8")
    assert push(server, tmp_path, "--app", "second").stdout.startswith("second: 1 node, as")
    assert [app["app"] for app in dry(server, tmp_path, "--app", "first")] == ["first"]


def test_without_an_app(server: EmbeddedServer, tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "plain.py"
    path.write_text("from rekuest_codegen import register\n@register\ndef add(x: int) -> int:\n    return x\n")
    refused(push(server, path), "plain.py:3: add: no app can be read from the source: say which with --app")
    assert told == []
    assert push(server, path, "--app", "plain").stdout == "plain: 1 node registered\n"


def refused(done: Result, *texts: str) -> None:
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("error: ")
    for text in texts:
        assert text in done.stderr


def test_an_error_in_the_source_sends_nothing(server: EmbeddedServer, lab: tuple[str, Path], told: list[str]) -> None:
    _, path = lab
    path.write_text(path.read_text().replace("text: str | int", "text: complex"), encoding="utf-8")
    refused(push(server, path), "lab.py:42:", "complex cannot travel", "error: 1 finding; nothing was sent")
    path.write_text(
        "from rekuest_codegen import easy, register\na = easy('a')\n"
        "@a.register(interface='x')\ndef f() -> None: ...\n@a.register(interface='x')\ndef g() -> None: ...\n"
    )
    refused(push(server, path), "x is registered already", "nothing was sent")
    assert told == []


def test_refused(server: EmbeddedServer, lab: tuple[str, Path], tmp_path: Path) -> None:
    name, path = lab
    (tmp_path / "nothing.py").write_text("x = 1\n", encoding="utf-8")
    refused(push(server, tmp_path / "nothing.py"), "no registered functions found; nothing was sent")
    refused(push(server, path, "--app", "other"), "no app 'other' in these sources", name)
    refused(push(server, path, "--token", "wrong"), "the token was refused")
    refused(push(server, path, "--url", "http://127.0.0.1:9"), "is the server running?")
    refused(push(server, "absent.py"), "absent.py: no such file")
    assert push(server, path, "--json").exit_code == 2


def test_as_a_process(server: EmbeddedServer, lab: tuple[str, Path]) -> None:
    """From the environment, as a build step has it; no token on the command line."""
    name, path = lab
    command = [sys.executable, "-m", "rekuest_codegen", "push", "lab.py"]
    done = run(command, environment={"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}, cwd=path.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{name}: 2 nodes registered\n", "")
    done = run(command, environment={"REKUEST_URL": "", "REKUEST_TOKEN": ""}, cwd=path.parent)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        ["error: no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)"],
    )
