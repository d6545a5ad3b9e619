"""``new``: what it writes passes its own tests, type-checks, builds, and can be served."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rekuest_codegen.server import serving
from tests.emit.tools import MYPY
from tests.emit.tools import run as tool
from tests.processes import cli, run, running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    done = run(cli("new", "my-lab"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "my-lab/pyproject.toml"
    root = tmp_path / "my-lab"
    pulled = run(cli("pull"), cwd=root)
    assert pulled.returncode == 0, pulled.stderr
    return root


def module(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", name, *arguments], cwd=cwd)


def test_it_passes_its_own_tests(project: Path) -> None:
    done = module("pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_it_is_clean(project: Path) -> None:
    done = module("ruff", "check", "--isolated", "--select", "E,F,B,UP", "--line-length", "120", ".", cwd=project)
    assert done.returncode == 0, done.stdout
    assert tool(*MYPY, "src/my_lab/provider.py", "tests", cwd=project).startswith("0\n")
    found = run(cli("scan", "src/my_lab/provider.py"), cwd=project)
    assert (found.returncode, found.stderr) == (0, "")


def test_it_builds_a_wheel_with_its_stubs(project: Path) -> None:
    done = module("build", "--no-isolation", "--wheel", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        assert {"my_lab/provider.py", "my_lab/nodes/my_lab.py", "my_lab/nodes/manifest.json"} <= set(built.namelist())


def test_it_is_served_and_called(project: Path) -> None:
    with serving(token="a-token") as server:
        settings = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token, "PYTHONPATH": str(project / "src")}
        with running(cli("run", "src/my_lab/provider.py"), until="providing", environment=settings, cwd=project):
            code = "from my_lab.nodes import my_lab; print(my_lab.mean([1.0, 2.0]), list(my_lab.count(2)))"
            done = run([sys.executable, "-c", code], environment=settings)
    assert (done.stdout, done.stderr) == ("1.5 [0, 1]\n", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../x", "'../x' is no name for a project; expected one like my-lab"),
        ("Lab", "'Lab' is no name for a project"),
        ("json", "'json': Python has a 'json' of its own; choose another name"),
        ("class", "'class': Python has a 'class' of its own"),
        ("taken", "taken: is there already; nothing was written"),
    ],
)
def test_what_it_refuses(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").touch()
    done = run(cli("new", name), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine.txt", "taken"]
