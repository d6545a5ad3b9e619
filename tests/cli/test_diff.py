"""``diff`` as a user meets it: from where to where, what is said in which form, and with which exit code."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Generator
from contextlib import chdir
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from rekuest_codegen.cli import main
from rekuest_codegen.cli.changes import FORMATS, Compared
from rekuest_codegen.cli.diff import diff as diff_command
from rekuest_codegen.ir import read_node
from rekuest_codegen.ir.compare import compare
from rekuest_codegen.server import EmbeddedServer, serving
from tests.processes import run_here

PAGE = Path(__file__).parents[2] / "docs" / "changes.md"
THEN = '''
from rekuest_codegen import easy

app = easy("lab")


@app.register
def threshold(level: float, method: str = "otsu") -> int:
    """Count what is above a level."""
    return 0


@app.register
def shout(text: str) -> str:
    """Shout."""
    return text.upper()
'''
NOW = '''
from rekuest_codegen import easy

app = easy("lab")


@app.register
def threshold(level: float, method: str = "triangle", invert: bool = False) -> int:
    """Count what is above a level, or below."""
    return 0


@app.register
def whisper(text: str, softly: bool) -> str:
    """Whisper."""
    return text.lower()
'''
CHANGED = """\
breaking for callers:
  lab/shout: node-removed: The node is gone (version 1)
  lab/threshold: args.method: arg-default-changed: Whoever leaves it out, or gives null, gets something else \
("otsu" -> "triangle")

compatible:
  lab/threshold: args.invert: arg-added-optional: There is a new argument that may be left out (BOOL)
  lab/whisper: node-added: The node is new (version 1)

documentation only:
  lab/threshold: description-changed: A description has changed \
("Count what is above a level." -> "Count what is above a level, or below.")

mynodes -> provider.py: 2 breaking for callers, 2 compatible, 1 documentation only
"""


def command(folder: Path, *arguments: str, **environment: str) -> Result:
    clean: dict[str, str | None] = {"REKUEST_URL": None, "REKUEST_TOKEN": None}
    with chdir(folder):
        return CliRunner(env={**clean, **environment}).invoke(main, arguments, catch_exceptions=False)


def diff(folder: Path, *arguments: str, **environment: str) -> Result:
    return command(folder, "diff", *arguments, **environment)


def git(folder: Path, *arguments: str) -> None:
    name = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package of what the provider was, and the provider as it is."""
    provider = tmp_path / "provider.py"
    provider.write_text(THEN, encoding="utf-8")
    done = command(tmp_path, "pull", "--out", "mynodes", "--source", "provider.py")
    assert done.exit_code == 0, done.output
    provider.write_text(NOW, encoding="utf-8")
    return tmp_path


def in_git(project: Path) -> None:
    git(project, "init", "--quiet")
    git(project, "add", "mynodes")
    git(project, "commit", "--quiet", "-m", "then")


def configured(project: Path, *lines: str) -> None:
    text = "\n".join(("[tool.rekuest-codegen.targets.mynodes]", *lines))
    (project / "pyproject.toml").write_text(text, encoding="utf-8")


def test_a_package_and_source(project: Path) -> None:
    done = diff(project, "mynodes", "provider.py")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == CHANGED


@pytest.mark.parametrize("old", ["mynodes/manifest.json", "./mynodes", "then.json"])
def test_other_names_of_a_package(project: Path, old: str) -> None:
    shutil.copy(project / "mynodes" / "manifest.json", project / "then.json")
    assert diff(project, old, "provider.py").stdout == CHANGED.replace("mynodes ->", f"{old} ->")


def test_nothing_changed(project: Path) -> None:
    done = diff(project, "mynodes", "mynodes", "--fail-on", "documentation")
    assert (done.exit_code, done.stdout) == (0, "mynodes -> mynodes: no changes\n")


@pytest.mark.parametrize(
    ("level", "only", "code"),
    [
        ("never", "lab/shout", 0),
        ("callers", "lab/shout", 1),
        ("breaking", "lab/shout", 1),
        ("compatible", "lab/shout", 1),
        ("callers", "lab/whisper", 0),
        ("breaking", "lab/whisper", 0),
        ("compatible", "lab/whisper", 1),
        ("documentation", "lab/whisper", 1),
    ],
)
def test_fail_on(project: Path, level: str, only: str, code: int) -> None:
    done = diff(project, "mynodes", "provider.py", "--fail-on", level, "--key", only.partition("/")[2])
    assert done.exit_code == code
    assert only in done.stdout


def test_a_change_of_the_wire_is_breaking_and_no_matter_of_callers(tmp_path: Path) -> None:
    for name, annotation in (("old", "int | str"), ("new", "str | int")):
        text = f"from rekuest_codegen import easy\napp = easy('lab')\n@app.register\ndef f(x: {annotation}): ...\n"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert diff(tmp_path, "old.py", "new.py", "--fail-on", "callers").exit_code == 0
    done = diff(tmp_path, "old.py", "new.py", "--fail-on", "breaking")
    assert done.exit_code == 1
    assert "breaking for the wire:\n  lab/f: args.x: union-reordered" in done.stdout


def test_ignoring(project: Path) -> None:
    arguments = ["mynodes", "provider.py", "--fail-on", "breaking", "--ignore", "node-removed"]
    assert diff(project, *arguments).exit_code == 1
    done = diff(project, *arguments, "--ignore", "arg-*:lab/thresh*")
    assert done.exit_code == 0
    assert done.stdout.endswith("mynodes -> provider.py: 1 compatible, 1 documentation only (3 ignored)\n")
    (project / "pyproject.toml").write_text('[tool.rekuest-codegen]\nignore = ["lab/*"]\n', encoding="utf-8")
    assert diff(project, *arguments).stdout == "mynodes -> provider.py: no changes (5 ignored)\n"


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [("arg-remvoed", "did you mean 'arg-removed'?"), ("lab", "expected RULE, APP/KEY or RULE:APP/KEY")],
)
def test_an_unknown_rule_is_a_mistake(project: Path, pattern: str, advice: str) -> None:
    done = diff(project, "mynodes", "provider.py", "--ignore", pattern)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"error: ignore: {pattern!r} names no rule of diff; {advice}\n"


@pytest.mark.parametrize("command", ["diff", "pull", "check"])
def test_an_unknown_rule_in_the_file_is_named_with_its_line(tmp_path: Path, command: str) -> None:
    table = "[tool.rekuest-codegen.targets.a]\nsource = 'x.py'\nignore = ['nope']\n"
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    done = run_here(command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: pyproject.toml:3: ignore: 'nope' names no rule of diff; expected RULE")


def test_a_git_revision(project: Path) -> None:
    in_git(project)
    assert command(project, "pull", "--out", "mynodes", "--source", "provider.py").exit_code == 0
    done = diff(project, "HEAD:mynodes", "mynodes", "--fail-on", "breaking")
    assert done.exit_code == 1
    assert done.stdout == CHANGED.replace("mynodes -> provider.py", "HEAD:mynodes -> mynodes")
    assert diff(project, "HEAD:mynodes", "HEAD:mynodes/manifest.json").stdout.endswith("no changes\n")
    assert diff(project, "HEAD~7:mynodes", "mynodes").exit_code == 2
    for side, problem in {
        "HEAD": "error: HEAD: is a git revision; say which package in it, as in HEAD:mynodes\n",
        "HEAD:provider.py": "error: 'HEAD:provider.py': of a revision packages can be compared, and no source code;",
        "HEAD@{9 years ago}:mynodes": "error: 'HEAD@{9 years ago}:mynodes/manifest.json': git does not know "
        "what was there then: log for 'HEAD' only goes back to",
        "HEAAD": "error: HEAAD: no such file or folder",
    }.items():
        done = diff(project, side, "mynodes")
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(problem)


@pytest.fixture(scope="module")
def server() -> Generator[EmbeddedServer]:
    with serving(token="a-secret-token") as one:
        yield one


def test_a_server(project: Path, server: EmbeddedServer) -> None:
    there = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
    assert command(project, "push", "provider.py", **there).exit_code == 0
    done = diff(project, "mynodes", **there)
    assert (done.exit_code, done.stderr) == (0, "")
    told = CHANGED.replace("mynodes -> provider.py", "mynodes -> server")
    # The server sorts nodes into protocols of its own.
    assert re.sub(r"  .*protocols-changed.*\n", "", done.stdout) == told
    assert diff(project, "server", "provider.py", "--fail-on", "breaking", **there).exit_code == 0
    configured(project)
    assert diff(project, **there).stdout == done.stdout
    configured(project, "[tool.rekuest-codegen.targets.mynodes.include]", 'key = "thresh*"')
    assert "lab/whisper" not in diff(project, **there).stdout
    secret = diff(project, "mynodes", "server", REKUEST_URL="http://127.0.0.1:9", REKUEST_TOKEN="a-secret-token")
    assert secret.exit_code == 2
    assert "a-secret-token" not in secret.output


def test_what_the_page_says(project: Path, server: EmbeddedServer) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"$ rekuest-codegen diff mynodes provider.py\n{CHANGED}```" in page
    commands = re.findall(r"^\$ rekuest-codegen (.*)$", page, re.MULTILINE)
    assert len(commands) > 4
    in_git(project)
    configured(project)
    there = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
    assert command(project, "push", "provider.py", **there).exit_code == 0
    for line in commands:
        done = command(project, *shlex.split(line), **there)
        assert (done.exit_code, done.stderr) == (0, ""), line
    for option in diff_command.params:
        if isinstance(option.type, click.Choice) and option.name != "form":
            choices = [choice for choice in option.type.choices if choice != "never"]
            assert f"`{option.opts[0]} {'|'.join(choices)}`" in page


def test_the_targets_of_a_project(project: Path) -> None:
    configured(project, 'source = "provider.py"', 'ignore = "description-changed"')
    done = diff(project, "--fail-on", "breaking")
    assert done.exit_code == 1
    assert done.stdout.endswith("2 breaking for callers, 2 compatible (1 ignored)\n")
    assert diff(project, "--target", "mynodes").stdout == done.stdout
    assert "no target 'mynode'" in diff(project, "--target", "mynode").stderr


def test_filters_of_a_package_hold_for_what_it_is_compared_with(project: Path) -> None:
    pulled = command(project, "pull", "--out", "mynodes", "--source", "provider.py", "--key", "threshold")
    assert pulled.exit_code == 0, pulled.output
    assert diff(project, "mynodes", "provider.py").stdout == "mynodes -> provider.py: no changes\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: nothing to compare: say OLD and NEW, as in: diff mynodes server (no target is configured)\n"),
        (["mynodes"], "error: no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)\n"),
        (["mynodes", "--url", "http://127.0.0.1:9"], "error: no token: give --token, or set REKUEST_TOKEN\n"),
        (["http://a:1", "mynodes"], "error: http://a:1: give the address as --url, and say server here\n"),
        (
            ["nowhere_at_all", "mynodes"],
            "error: nowhere_at_all: no such file or folder, and no installed package of that name has Python sources\n",
        ),
    ],
)
def test_a_mistake_is_one_line(project: Path, arguments: list[str], message: str) -> None:
    done = diff(project, *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", message)


def test_as_json(project: Path) -> None:
    (compared,) = json.loads(diff(project, "mynodes", "provider.py", "--format", "json").stdout)["comparisons"]
    assert {name: compared[name] for name in ("old", "new", "ignored")} == {
        "old": "mynodes",
        "new": "provider.py",
        "ignored": 0,
    }
    assert compared["changes"][1] == {
        "rule": "arg-default-changed",
        "impact": "callers",
        "sentence": "Whoever leaves it out, or gives null, gets something else.",
        "node": "lab/threshold",
        "place": "args.method",
        "was": '"otsu"',
        "now": '"triangle"',
    }


def test_as_github(project: Path) -> None:
    lines = diff(project, "mynodes", "provider.py", "--format", "github").stdout.splitlines()
    assert lines[0] == (
        "::error title=node-removed::breaking for callers: lab/shout: node-removed: The node is gone (version 1)"
    )
    assert [line.partition(" ")[0] for line in lines] == [*["::error"] * 2, *["::notice"] * 3, "mynodes"]


def test_as_markdown(project: Path) -> None:
    text = diff(project, "mynodes", "provider.py", "--format", "markdown").stdout
    assert text.startswith("### Changes from `mynodes` to `provider.py`\n\n#### Breaking for callers (2)\n\n| node |")
    row = "| `lab/threshold` | `args.method` | Whoever leaves it out, or gives null, gets something else. "
    assert f'{row}(`arg-default-changed`) | `"otsu"` | `"triangle"` |\n' in text


HOSTILE = "`a` | b\n::error::x\r%0A\x1b[31m\u202e # h @you <img src=x> ``c``"


def hostile() -> list[Compared]:
    def node(**port: Any) -> Any:
        return read_node({"app": HOSTILE, "key": HOSTILE, "args": [{"key": HOSTILE, "kind": "STRING", **port}]})

    changes = compare([node(), read_node({"key": "f"})], [node(default=HOSTILE, description=HOSTILE)])
    assert len(changes) == 3
    return [Compared(HOSTILE, "server", changes, 0)]


@pytest.mark.parametrize("form", FORMATS)
def test_text_of_strangers_stays_text(form: str) -> None:
    text = FORMATS[form](hostile())
    lines = text.splitlines()
    assert all(line.isprintable() for line in lines)
    if form == "github":
        commands = [line for line in lines if line.startswith("::")]
        assert len(commands) == 3
        assert all(re.match(r"::(error|notice) title=[a-z-]+::", line) for line in commands)
        assert "%250A" in text
    if form == "markdown":
        rows = [line for line in lines if line.startswith("| `")]
        assert len(rows) == 3
        for row in rows:
            assert len(re.findall(r"(?<!\\)\|", row)) == 6
        outside = re.sub(r"(`+)(?:(?!\1).)+?\1(?!`)", "", text)
        assert "@you" not in outside
        assert "<img" not in outside


def test_json_keeps_what_was_said() -> None:
    (compared,) = json.loads(FORMATS["json"](hostile()))["comparisons"]
    assert compared["old"] == HOSTILE
    assert compared["changes"][0]["node"] in (f"{HOSTILE}/{HOSTILE}", "f")
