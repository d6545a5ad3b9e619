"""A server for a walk, and what is pulled from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.server import EmbeddedServer, serving
from tests.processes import cli, run


@pytest.fixture(scope="module")
def server() -> Generator[EmbeddedServer]:
    with serving(token="walk", grace=1.0) as running:
        yield running


@pytest.fixture(scope="module")
def settings(server: EmbeddedServer) -> dict[str, str]:
    return {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}


Calls = Callable[[str], Any]


@pytest.fixture
def calls(settings: dict[str, str], tmp_path: Path) -> Calls:
    """Run code against freshly pulled stubs (``mynodes``) in a process of its own; gives what it prints as JSON."""

    def pull_and_run(code: str) -> Any:
        pulled = run(cli("pull", "--out", "mynodes"), environment=settings, cwd=tmp_path)
        assert pulled.returncode == 0, pulled.stderr
        (tmp_path / "calls.py").write_text(code, encoding="utf-8")
        done = run([sys.executable, "-W", "error", "calls.py"], environment=settings, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)

    return pull_and_run
