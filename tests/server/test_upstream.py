"""An unmodified rekuest-next 2.3.1 against the embedded server: provider and caller, each a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rekuest_codegen.server import EmbeddedServer

PROGRAM = Path(__file__).parent / "upstream.py"


@pytest.fixture
def command(next_python: Path, server: EmbeddedServer) -> list[str]:
    place = urlsplit(server.url)
    return [str(next_python), str(PROGRAM), "WHAT", str(place.hostname), str(place.port), server.token]


@pytest.fixture
def provider(command: list[str]) -> Iterator[None]:
    command[2] = "provide"
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.communicate()


@pytest.mark.usefixtures("provider")
def test_unmodified_client_provides_and_calls(command: list[str]) -> None:
    command[2] = "call"
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr[-2000:]
    assert json.loads(done.stdout) == {
        "add": 3,
        "count": [0, 1, 2, 3, 4],
        "paint": {"return0": "BLUE"},
        "relabel": {"return0": {"__identifier": "@lab/sample", "object": "s1-b"}},
        "mirror": {"return0": {"__identifier": "point", "x": -1.0, "y": -2.0}},
        "either": {"return0": "str"},
        "scale": "3 ['a']",
        "nested": 42,
        "by implementation": 7,
        "fail": "boom",
        "cancelled": "CancelledError",
        "together": [2 * number for number in range(20)],
    }
