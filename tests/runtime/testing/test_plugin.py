"""The fixtures that pytest finds, in a project of their own; and that finding them costs a project nothing."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rekuest_codegen.runtime.testing import fake

ROOT = Path(__file__).parents[3]
TESTS = """
import asyncio
import threading

import pytest

from mynodes import demo
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def prepared(rekuest_fake):
    return rekuest_fake(demo.add, returns=5)


def test_prepared(prepared, rekuest_fake):
    assert demo.add(1) == 5
    rekuest_fake(demo.greet, raises=ConfigurationError("in its turn"))
    with pytest.raises(ConfigurationError, match="in its turn"):
        demo.greet("Ada")
    thread = threading.Thread(target=demo.add, args=(2,))
    thread.start()
    thread.join(30)

    async def call():
        return await demo.aadd(3)

    assert asyncio.run(call()) == 5
    assert [call.arguments["x"] for call in prepared.calls] == [1, 2, 3]
    with pytest.raises(ConfigurationError, match="demo/double was called, and nothing stands in for it"):
        demo.double(1)


async def test_async(prepared):
    assert await demo.aadd(1) == 5


def test_nothing_stays():
    assert context.stand_in_everywhere is None
    assert context.stand_in.get() is None


def test_an_app(rekuest_in_memory):
    from rekuest_codegen.demo import provider

    rekuest_in_memory(provider.app)
    assert demo.add(2, 3) == 5
    assert list(demo.count(3)) == [1, 2, 3]


def test_nothing_stays_of_an_app():
    assert context.stand_in_everywhere is None
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\nanyio_mode = auto\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "rekuest_codegen.pytest_plugin", "-p", "anyio", *arguments]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'generated_example'}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "REKUEST_URL": "http://127.0.0.1:9",
        "REKUEST_TOKEN": "x",
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS, encoding="utf-8")
    done = pytest_in(tmp_path, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_the_fixtures_say_what_they_are(tmp_path: Path) -> None:
    done = pytest_in(tmp_path, "--fixtures")
    assert "rekuest_fake" in done.stdout
    assert "rekuest_in_memory" in done.stdout
    assert "_rekuest_offline" not in done.stdout


def test_pytest_finds_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"rekuest_codegen": "rekuest_codegen.pytest_plugin"}


@pytest.mark.parametrize("module", ["rekuest_codegen.pytest_plugin"])
def test_loading_them_loads_nothing_else(module: str) -> None:
    code = f"import pytest, sys; before = set(sys.modules); import {module}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["rekuest_codegen", "rekuest_codegen.lazy", module]


def test_what_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 5
    for number, text in enumerate(examples):
        (tmp_path / f"test_{number}.py").write_text(text, encoding="utf-8")
    done = pytest_in(tmp_path, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{sum(text.count('def test_') for text in examples)} passed" in done.stdout
    options = re.findall(r"^\| `([a-z_]+)=", page, re.MULTILINE)
    assert set(options) == set(inspect.signature(fake).parameters) - {"function"}
