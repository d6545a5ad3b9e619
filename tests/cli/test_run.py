"""``run`` as a user meets it: what is served, how often, and what is said when it cannot be."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rekuest_codegen.fetch import Filters, fetch_nodes
from rekuest_codegen.ir import Node, canonical_json, read_node
from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.wire.definitions import implement_input
from tests.processes import cli, run, running

README = Path(__file__).parents[2] / "README.md"
ADD = '''
@{app}.register()
def add(x: int, y: int = 1) -> int:
    """Add."""
    return x + y
'''
LAB = "from rekuest_codegen import easy\n\napp = easy('{name}')\n" + ADD.format(app="app")


@pytest.fixture(scope="module")
def server() -> Generator[EmbeddedServer]:
    with serving(token="run", grace=1.0) as one:
        yield one


@pytest.fixture(scope="module")
def settings(server: EmbeddedServer) -> dict[str, str]:
    return {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}


def provided(server: EmbeddedServer, *apps: str) -> set[tuple[str, str]]:
    """App and key of what connected agents provide now."""
    nodes = fetch_nodes(server.url, server.token, Filters(app=apps, connected=True))
    return {(node.app, node.key) for node in nodes}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("module", ["lab.py", "lab", "lab:app", "./lab.py:app"])
def test_it_serves_until_a_signal(
    server: EmbeddedServer, settings: dict[str, str], tmp_path: Path, module: str, number: signal.Signals
) -> None:
    write(tmp_path / "lab.py", LAB.format(name="simple"))
    with running(cli("run", module), until="simple: providing 1", environment=settings, cwd=tmp_path) as (process, _):
        assert provided(server, "simple") == {("simple", "add")}
        process.send_signal(number)
        assert process.wait(10) == 0
    assert provided(server, "simple") == set()


def test_what_is_served_is_what_scan_prints(server: EmbeddedServer, settings: dict[str, str], tmp_path: Path) -> None:
    """In a package, with types from beside it; what the module computes on its own changes nothing."""
    write(tmp_path / "shop" / "__init__.py", "")
    write(tmp_path / "shop" / "types.py", "import enum\nclass Mode(enum.Enum):\n    FAST = 1\n    SLOW = 2\n")
    text = (
        LAB.format(name="package").replace("def add(", "def add(mode: Mode, ").replace("y: int = 1", "y: float = 1.5")
    )
    write(tmp_path / "shop" / "lab.py", "from .types import Mode\n" + text)
    scanned = run(cli("scan", "--json", "shop/lab.py"), cwd=tmp_path)
    nodes = [
        read_node({key: value for key, value in raw.items() if key not in NOT_NODE})
        for raw in json.loads(scanned.stdout)
    ]
    for module in ("shop.lab", "shop/lab.py"):
        with running(cli("run", module), until="package: providing 1", environment=settings, cwd=tmp_path):
            there = fetch_nodes(server.url, server.token, Filters(app=("package",)))
        assert declared(there) == declared(nodes)


NOT_NODE = ("module", "qualname", "where")


def declared(nodes: list[Node]) -> str:
    return canonical_json(implement_input((node.key, node) for node in nodes))


def test_run_in_the_module_waits_for_the_import(
    server: EmbeddedServer, settings: dict[str, str], tmp_path: Path
) -> None:
    text = LAB.format(name="unguarded") + "\nwith app:\n    app.rekuest.run()\nprint('imported', flush=True)\n"
    write(tmp_path / "lab.py", text)
    with running(cli("run", "lab"), until="providing", environment=settings, cwd=tmp_path) as (process, line):
        assert line == "unguarded: providing 1 node\n"
        assert provided(server, "unguarded") == {("unguarded", "add")}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_several_apps_and_none(server: EmbeddedServer, settings: dict[str, str], tmp_path: Path) -> None:
    two = "from rekuest_codegen import easy\na = easy('a1')\nb = easy('b1')\nhidden = [easy('c1')]\n"
    two += ADD.format(app="a") + ADD.format(app="b").replace("add", "sub")
    two += "def main():\n    app = easy('d1')\n    app.register(a_function)\n    app.run()\n"
    two += "def a_function() -> None:\n    pass\nmain()\n"
    write(tmp_path / "two.py", two)
    with talking(cli("run", "two"), tmp_path, settings) as talk:
        heard = talk.hear("a1: providing 1", "b1: providing 1", "d1: providing 1")
        assert len(heard) == 3
        assert provided(server, "a1", "b1", "d1") == {("a1", "add"), ("b1", "sub"), ("d1", "a_function")}
    with running(cli("run", "two:b"), until="b1: providing 1", environment=settings, cwd=tmp_path):
        assert provided(server, "a1", "b1", "c1") == {("b1", "sub")}
    write(
        tmp_path / "plain.py",
        "from rekuest_codegen import register\n@register\ndef add(x: int) -> int:\n    return x\n",
    )
    with running(cli("run", "plain"), until="plain: providing 1", environment=settings, cwd=tmp_path):
        assert provided(server, "plain") == {("plain", "add")}


FAILING = [
    ("absent", "", "absent: no such module here or installed; is the name right?"),
    ("absent.py", "", "absent.py: no such file; expected a .py file or a dotted name"),
    ("lab", "import nowhere\n", "lab.py:1: ModuleNotFoundError: No module named 'nowhere'"),
    ("lab", "\nraise ValueError('a\\nb')\n", "lab.py:2: ValueError: a b"),
    ("lab", "import deep\n", "deep.py:2: ZeroDivisionError: division by zero"),
    ("lab", "import sys\nsys.exit(3)\n", "lab.py:2: the module ends the program when it is imported (SystemExit 3)"),
    ("lab", "from rekuest_codegen import easy\neasy('')\n", "lab.py:2: an app needs a name: easy('my_app')"),
    ("lab", "x = 1\n", "lab.py: no app with a registered function was found"),
    ("lab:x", "x = 1\n", "lab:x: that is a int, no App"),
    ("lab:y", "x = 1\n", "lab:y: there is no such name"),
    ("sub/json.py", "x = 1\n", "sub/json.py: another module named 'json' is in the way"),
    ("lab", "import asyncio\n" + LAB.format(name="l") + "asyncio.run(app.arun())\n", "put it under `if __name__ =="),
    ("lab", LAB.format(name="l") + "b = easy('l')\n" + ADD.format(app="b").replace("add", "sub"), "two apps are named"),
]


@pytest.mark.parametrize(("module", "text", "said"), FAILING, ids=[said[:30] for _, _, said in FAILING])
def test_one_line_for_what_goes_wrong(
    settings: dict[str, str], tmp_path: Path, module: str, text: str, said: str
) -> None:
    if text:
        write(tmp_path / (module if module.endswith(".py") else "lab.py"), text)
    write(tmp_path / "deep.py", "import json\njson.dumps(1 / 0)\n")
    done = run(cli("run", module), environment=settings, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


def test_errors_of_a_scan_come_before_the_import(settings: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "lab.py", LAB.format(name="l").replace("x: int", "x: complex") + "print('run')\n")
    done = run(cli("run", "lab"), environment=settings, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lab.py:6:")
    assert done.stderr.endswith("error: 1 finding; nothing was run\n")
    write(tmp_path / "lab.py", "x = (\n")
    done = run(cli("run", "lab"), environment=settings, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "lab.py:" in done.stderr


def test_a_traceback_when_asked_for(settings: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "lab.py", "raise ValueError('why')\n")
    done = run(cli("run", "lab", "--traceback"), environment=settings, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("error: lab.py:1: ValueError: why\n")


def test_the_server_of_the_command_line_wins(server: EmbeddedServer, tmp_path: Path) -> None:
    text = LAB.format(name="elsewhere").replace("easy('elsewhere'", "easy('elsewhere', 'http://127.0.0.1:9', 'wrong'")
    write(tmp_path / "lab.py", text)
    done = run(cli("run", "lab"), cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith("elsewhere: ws://127.0.0.1:9/graphql: no connection")) == (2, True)
    more = ("--url", server.url, "--token", server.token)
    with running(cli("run", "lab", *more), until="elsewhere: providing", cwd=tmp_path):
        assert provided(server, "elsewhere") == {("elsewhere", "add")}


@contextmanager
def talking(command: list[str], folder: Path, settings: dict[str, str]) -> Generator[Talk]:
    """A process that is listened to line by line; killed when it says nothing for too long."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={**os.environ, **settings, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield Talk(process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


class Talk:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def hear(self, *wanted: str) -> list[str]:
        """The lines up to the one by which all of ``wanted`` were said."""
        assert self.process.stdout is not None
        alarm = threading.Timer(30, self.process.kill)
        alarm.start()
        seen: list[str] = []
        try:
            for line in self.process.stdout:
                seen.append(line)
                if all(any(text in heard for heard in seen) for text in wanted):
                    return seen
        finally:
            alarm.cancel()
        raise AssertionError(f"it ended without saying {wanted}:\n{''.join(seen)}")


def test_reload(server: EmbeddedServer, settings: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "")
    write(tmp_path / "src" / "values.py", "ONE = 1\n")
    text = "from values import ONE\n" + LAB.format(name="reloaded")
    write(tmp_path / "src" / "lab.py", text)
    with talking(cli("run", "--reload", "src/lab.py"), tmp_path, settings) as talk:
        talk.hear("reloaded: providing 1")
        assert provided(server, "reloaded") == {("reloaded", "add")}
        write(tmp_path / "src" / "lab.py", text + ADD.format(app="app").replace("add", "sub"))
        heard = talk.hear("reloaded: providing 2")
        assert any("src/lab.py changed; starting anew" in line for line in heard)
        assert provided(server, "reloaded") == {("reloaded", "add"), ("reloaded", "sub")}
        write(tmp_path / "src" / "values.py", "import nowhere\n")  # another file of the project, and a broken one
        talk.hear("values.py:1: ModuleNotFoundError", "waiting for a change")
        write(tmp_path / "src" / "values.py", "ONE = 2\n")
        talk.hear("reloaded: providing 2")
        talk.process.send_signal(signal.SIGINT)
        assert talk.process.wait(15) == 0
    assert provided(server, "reloaded") == set()


def test_reload_without_its_extra(settings: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "lab.py", LAB.format(name="l"))
    write(tmp_path / "watchfiles.py", "raise ModuleNotFoundError('watchfiles')\n")
    done = run(cli("run", "lab", "--reload"), environment=settings, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'rekuest-codegen[reload]'" in done.stderr


def test_the_readmes_commands(server: EmbeddedServer, settings: dict[str, str], tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n# provider\.py.*?\n(.*?)```", text, re.DOTALL)
    blocks = re.findall(r"```console\n(\$ rekuest-codegen (?:run|push) .*?)```", text, re.DOTALL)
    serve, reload, dry_run, push = (
        line.split("#")[0].split()[2:] for block in blocks for line in block.strip().splitlines()
    )
    write(tmp_path / "provider.py", code)
    for command, printed in ((dry_run, "lab: 1 new\n  new        add\n"), (push, "lab: 1 node registered\n")):
        done = run(cli(*command), environment=settings, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")
    for command in (serve, reload):
        with running(cli(*command), until="lab: providing 1 node", environment=settings, cwd=tmp_path):
            assert provided(server, "lab") == {("lab", "add")}
