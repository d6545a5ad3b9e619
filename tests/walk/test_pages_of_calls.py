"""The pages on calling and on errors: their programs run as they are written, their tables are what the code says."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rekuest_codegen import Server, errors, options
from rekuest_codegen.errors import RekuestError
from rekuest_codegen.runtime.profiles import read_profile
from rekuest_codegen.runtime.watch import Event
from rekuest_codegen.server import serving
from rekuest_codegen.wire.lifecycle import EVENT_KINDS, STAYS, terminal_kind
from tests.processes import cli, run, running
from tests.walk.test_pages_of_values import DOCS, programs, written

PROVIDERS = {
    "calling.md": ("microscope.py", "analysis.py"),
    "options.md": (),
    "tasks.md": (),
    "errors.md": ("bench.py",),
}
PRINTED = {
    "once.py": "64\n64\n",
    "streaming.py": "0 0\n1 4096\n2 4096\n",
    "handles.py": "4 COMPLETED 75 ('the shutter is closed',)\n['LOG', 'COMPLETED']\n3.0\n",
    "many.py": "[64, 64, 64]\n[64, 64, 64]\n0.3 1 64\n0.3 2 64\n0.7 1 64\n0.7 2 64\n",
    "optional.py": "True\n",
    "several.py": "(64, 64)\n(64, 64)\n(64, 64)\nconnected\nidle\n",
    "own_loop.py": f"{[64] * 10}\n",
    "telling.py": (
        "PROGRESS 0 Queued for running\nPROGRESS 0 frame 0\nPROGRESS 50 frame 1\nLOG None the shutter is closed\n"
        "COMPLETED None None\nCOMPLETED True\n"
    ),
    "catching.py": "mine: $.weights[1]\ntheirs: ZeroDivisionError nothing on the scales\nlate: True False\n",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Path, dict[str, str]]]:
    """A folder with the programs of both pages and their stubs, and where their apps are provided."""
    folder = tmp_path_factory.mktemp("pages")
    with serving(token="pages") as server, ExitStack() as stack:
        settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
        settings["REKUEST_OBJECTS"] = (folder / "objects").as_uri()
        for page, providers in PROVIDERS.items():
            written(page, folder)
            for name in providers:
                command = cli("run", name)
                stack.enter_context(running(command, until="providing", environment=settings, cwd=folder))
        pulled = run(cli("pull", "--out", "mynodes"), environment=settings, cwd=folder)
        assert pulled.returncode == 0, pulled.stderr
        yield folder, settings


def test_every_program_is_run() -> None:
    there = {name for page in PROVIDERS for name in programs(page)}
    assert there == {*PRINTED, *(name for names in PROVIDERS.values() for name in names)}


@pytest.mark.parametrize("name", PRINTED)
def test_programs(bench: tuple[Path, dict[str, str]], name: str) -> None:
    folder, settings = bench
    done = run([sys.executable, "-W", "error", name], environment=settings, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == PRINTED[name]


def test_commands(bench: tuple[Path, dict[str, str]]) -> None:
    """Those that need no task's number."""
    folder, settings = bench
    (block,) = re.findall(r"```console\n(.*?)```", (DOCS / "calling.md").read_text("utf-8"), re.DOTALL)
    lines = [line.removeprefix("$ ").partition("#")[0].strip() for line in block.splitlines()]
    assert len(lines) == 9
    for line in lines[:7]:
        command = line.replace("rekuest-codegen ", f"{sys.executable} -m rekuest_codegen ")
        done = run(["sh", "-c", command], environment=settings, cwd=folder)
        assert done.returncode == 0, (line, done.stderr)
    assert len(done.stdout.splitlines()) < 3


def test_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = re.findall(r"```toml\n(.*?)```", (DOCS / "calling.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "profiles.toml").write_text(table)
    monkeypatch.setenv("REKUEST_PROFILES", str(tmp_path / "profiles.toml"))
    monkeypatch.setenv("HOME_TOKEN", "home")
    assert read_profile("home") == ("http://127.0.0.1:8000", "home")
    assert read_profile("lab").url == "http://lab.example:8000"


def test_the_table_of_options_is_whole() -> None:
    said = re.findall(r"^\| `(\w+)=", (DOCS / "options.md").read_text("utf-8"), re.MULTILINE)
    assert said == list(inspect.signature(options).parameters)


def test_the_table_of_kinds_is_whole() -> None:
    table = (DOCS / "tasks.md").read_text("utf-8").partition("| kind |")[2]
    rows = re.findall(r"^\| (`[A-Z`, ]+`) \| .* \| (yes|no|the last)\b.*\|$", table, re.MULTILINE)
    told = {kind: said for kinds, said in rows for kind in re.findall(r"`(\w+)`", kinds)}
    assert set(told) == EVENT_KINDS - {"DELEGATE"}  # which no agent of ours sends
    for kind, said in told.items():
        assert (said == "the last") is terminal_kind(kind)
        assert (said == "no") is (kind in STAYS)
    fields = re.findall(r"^\| `(\w+)` \|", (DOCS / "tasks.md").read_text("utf-8"), re.MULTILINE)
    assert set(fields) - set(told) == set(Event._fields)


def test_the_table_of_a_server_is_whole() -> None:
    table = (DOCS / "calling.md").read_text("utf-8").partition("| a `Server` has |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`(\w+)[`(]", row.split("|")[1])}
    public = {name for name in dir(Server) if not name.startswith("_")}
    assert named == {"url", *public} - {"client", "place", "retire", "settings"}  # those are ours


def tree(cls: type[RekuestError], before: str = "") -> list[str]:
    """As ``docs/errors.md`` draws it, in the order of the module."""
    below = [one for one in vars(errors).values() if isinstance(one, type) and one.__bases__[0] is cls]
    lines: list[str] = []
    for one in below:
        last = one is below[-1]
        lines += [
            f"{before}{'└──' if last else '├──'} {one.__name__}",
            *tree(one, before + ("    " if last else "│   ")),
        ]
    return lines


def test_the_tree_is_the_one_of_the_classes() -> None:
    text = (DOCS / "errors.md").read_text("utf-8")
    (drawn,) = re.findall(r"```\n(RekuestError\n.*?)```", text, re.DOTALL)
    assert drawn.splitlines() == ["RekuestError", *tree(RekuestError)]
    documented = [line.removeprefix("    ") for line in inspect.cleandoc(errors.__doc__ or "").splitlines()]
    assert [line.rstrip() for line in drawn.splitlines()] == [
        re.split(r"\s{2,}(?=\w)", line)[0].rstrip() for line in documented if "──" in line or line == "RekuestError"
    ]


def test_what_is_said_of_trying_again_is_so() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (yes|no|depends) \|$", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE
    )
    classes = {
        name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, RekuestError)
    }
    assert [name for name, _ in rows] == list(classes)
    for name, said in rows:
        by_instance = name in ("AgentLost", "ServerError")  # which say by what they were told
        expected = "depends" if by_instance else "yes" if classes[name].retry_safe else "no"
        assert said == expected, name


@pytest.mark.parametrize("page", PROVIDERS)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text(encoding="utf-8")):
        assert (DOCS / target).exists(), target
