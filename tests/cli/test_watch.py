"""``pull --watch``: a package follows its source and its server, and ends when it is asked to."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from rekuest_codegen.server import serving
from tests.processes import cli, run, running

LAB = """
from rekuest_codegen import easy

app = easy("lab")


@app.register()
def {name}(x: int) -> int:
    return x
"""


def wait_for(package: Path, text: str) -> None:
    """Until the package holds ``text``; it is published whole, so it may be read at any moment."""
    deadline = time.monotonic() + 30
    while text not in (package / "lab.py").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, f"{text} did not come"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_source_is_followed_and_mistakes_are_waited_out(tmp_path: Path, number: signal.Signals) -> None:
    source = tmp_path / "lab.py"
    source.write_text(LAB.format(name="add"), encoding="utf-8")
    with running(cli("pull", "--source", "lab.py", "--out", "nodes", "--watch"), until="watching", cwd=tmp_path) as (
        process,
        _,
    ):
        wait_for(tmp_path / "nodes", "def add(")
        source.write_text("def (", encoding="utf-8")
        time.sleep(0.5)  # nothing to wait for: a source that cannot be read changes nothing
        assert process.poll() is None
        assert "def add(" in (tmp_path / "nodes" / "lab.py").read_text(encoding="utf-8")
        source.write_text(LAB.format(name="subtract"), encoding="utf-8")
        wait_for(tmp_path / "nodes", "def subtract(")
        process.send_signal(number)
        assert process.wait(20) == 0


def test_a_server_is_followed(tmp_path: Path) -> None:
    with serving(token="a-token") as server:
        settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": "a-token"}
        (tmp_path / "lab.py").write_text(LAB.format(name="add"), encoding="utf-8")
        assert run(cli("push", "lab.py"), cwd=tmp_path, environment=settings).returncode == 0
        command = cli("pull", "--out", "nodes", "--watch")
        with running(command, until="watching", cwd=tmp_path, environment=settings):
            wait_for(tmp_path / "nodes", "def add(")
            (tmp_path / "lab.py").write_text(LAB.format(name="subtract"), encoding="utf-8")
            deadline = time.monotonic() + 30
            while "def subtract(" not in (tmp_path / "nodes" / "lab.py").read_text(encoding="utf-8"):
                assert time.monotonic() < deadline  # pushed again: the subscription may not stand at the first time
                assert run(cli("push", "lab.py"), cwd=tmp_path, environment=settings).returncode == 0


def test_frozen_has_nothing_to_watch(tmp_path: Path) -> None:
    done = run(cli("pull", "--frozen", "--watch", "--out", "nodes"), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: --frozen asks nobody")
