"""What keeps a provider from running is one line and exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rekuest_codegen.server import EmbeddedServer
from tests.processes import run, running

GOOD = """
from rekuest_codegen import easy
app = easy("twins")
@app.register()
def add(x: int) -> int:
    return x
app.run()
"""


def provide(code: str, folder: Path, settings: dict[str, str]) -> str:
    """What a provider that cannot run says."""
    (folder / "provider.py").write_text(code, encoding="utf-8")
    done = run([sys.executable, "provider.py"], environment=settings, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_function_without_a_definition(settings: dict[str, str], tmp_path: Path) -> None:
    said = provide(GOOD.replace("x: int)", "x: complex)"), tmp_path, settings)
    assert "provider.py:5:" in said
    assert "complex" in said


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"REKUEST_TOKEN": "wrong"}, "the token was refused"),
        ({"REKUEST_URL": "http://127.0.0.1:9"}, "is the server running?"),
        ({"REKUEST_URL": ""}, "set REKUEST_URL"),
        ({"REKUEST_TOKEN": ""}, "set REKUEST_TOKEN"),
    ],
)
def test_settings(settings: dict[str, str], tmp_path: Path, changed: dict[str, str], text: str) -> None:
    said = provide(GOOD, tmp_path, {**settings, **changed})
    assert text in said
    assert len(said.splitlines()) == 1


def test_registered_in_a_way_the_source_does_not_show(settings: dict[str, str], tmp_path: Path) -> None:
    code = GOOD.replace("@app.register()\ndef", "def").replace("app.run()", "getattr(app, 'register')(add)\napp.run()")
    said = provide(code, tmp_path, settings)
    assert "provider.py:" in said
    assert "add" in said


def test_a_second_provider_of_the_same_name(server: EmbeddedServer, settings: dict[str, str], tmp_path: Path) -> None:
    """It waits for a while, as a server may not have noticed yet that the first was killed, and then says so."""
    (tmp_path / "provider.py").write_text(GOOD, encoding="utf-8")
    patient = "import rekuest_codegen.runtime.provider.agent as agent\nagent.BUSY_WITHIN = 0.5\n" + GOOD
    with running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path):
        (tmp_path / "second").mkdir()
        said = provide(patient, tmp_path / "second", settings)
    assert "another provider is connected as 'twins'" in said
