"""What runs tests finds nothing in a generated package: no plugin, no test, no example, whatever nodes are called."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.emit import EmitOptions, generate
from rekuest_codegen.ir import Node, read_node
from tests.emit.tools import place

ROOT = Path(__file__).parents[2]
HOOKS = ("pytest_configure", "pytest_sessionfinish", "pytest_generate_tests", "pytest_plugins", "load_tests")
KEYS = (*HOOKS, "setup_module", "teardown_module", "setUpModule", "setup_function", "setup", "test", "test_stage")
APPS = ("test-lab", "test", "tests", "testlab", "lab_test", "lab tests", "conftest", "setup", "load_tests", "lab")
RUN = 'open("ran", "a").close()'
"""Is there afterwards, if it was run."""
LOOKS: tuple[dict[str, Any], ...] = (
    {},
    {"module_size": 2},
    {"layout": "flat"},
    {"docstrings": "numpy"},
    {"docstrings": "rest"},
)
EXAMPLE = f"Runs:\n\n>>> {RUN}\n\n    >>>{RUN}\n\n    >>> {RUN}\n    3"


def hostile() -> list[Node]:
    number = {"key": "n", "kind": "INT", "description": f">>> {RUN}"}
    shape = {"kind": "MODEL", "identifier": "@lab/TestPoint", "description": EXAMPLE, "children": [number]}
    colour = {"kind": "ENUM", "identifier": "@lab/TestColour", "choices": [{"value": "a", "label": "a"}]}
    image = {"kind": "STRUCTURE", "identifier": "@lab/TestImage", "description": f"{'wide ' * 30}\n>>> {RUN}"}
    given: list[dict[str, Any]] = [{"key": "p", **shape}, {"key": "c", **colour}, {"key": "i", **image}]
    return [
        read_node(
            {
                "app": app,
                "key": key,
                "description": f"{'wide ' * width}{EXAMPLE}",
                "args": [],
                "returns": [{**port, "nullable": True} for port in given],
            }
        )
        for app in APPS
        for width, key in enumerate(KEYS)
    ]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Where a server would be, if anything were called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a package of every look."""
    project = tmp_path_factory.mktemp("collected")
    for number, options in enumerate(LOOKS):
        place(project, f"mynodes{number}", generate(hostile(), EmitOptions(**options)))
    return project


def run(project: Path, server: socket.socket, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "REKUEST_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
        "REKUEST_TOKEN": "x",
    }
    command = (sys.executable, "-W", "error", *command)
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    with pytest.raises(BlockingIOError):
        server.accept()
    assert not (project / "ran").exists()
    return done


PYTEST = ("-m", "pytest", "-p", "no:cacheprovider")
OURS = (*PYTEST, "-p", "rekuest_codegen.pytest_plugin")


def test_pytest_finds_nothing(packages: Path, listening: socket.socket) -> None:
    done = run(packages, listening, *PYTEST, "-W", "error", "--doctest-modules")
    assert done.returncode == 5, done.stdout + done.stderr  # no test was collected, and nothing failed
    assert "no tests ran" in done.stdout


def test_unittest_finds_nothing(packages: Path, listening: socket.socket) -> None:
    done = run(packages, listening, "-m", "unittest", "discover", "-v")
    assert "Ran 0 tests" in done.stderr, done.stderr


def test_a_project_whose_every_file_may_hold_tests(packages: Path, listening: socket.socket) -> None:
    every = ("-o", "python_files=*.py", "-o", "python_functions=test setup")
    done = run(packages, listening, *OURS, "-W", "error", *every)
    assert done.returncode == 5, done.stdout + done.stderr
    assert "no tests ran" in done.stdout


def test_what_a_test_imports_is_no_test(tmp_path: Path, listening: socket.socket) -> None:
    place(tmp_path, "mynodes", generate(hostile()))
    (tmp_path / "test_mine.py").write_text(
        "from mynodes.lab import *\n"
        "from mynodes.lab import _TEST_STAGE, test, atest, test_stage, TestArgs, TestResult, TestStageResult\n"
        "from mynodes.types import TestColour, TestImage, TestPoint\n"
        "def test_mine():\n    assert _TEST_STAGE.key == 'test_stage'\n"
        "class TestMine:\n    def test_mine(self):\n        assert test_stage.__module__ == 'mynodes.lab'\n"
    )
    done = run(tmp_path, listening, *OURS, "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
