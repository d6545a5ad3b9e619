"""The pages on auth, structures and tracing: their programs run, as they are written."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context
from rekuest_codegen.server import EmbeddedServer, serving
from tests.processes import cli, run, running
from tests.runtime.identity import issuing

DOCS = Path(__file__).parents[2] / "docs"


def programs(page: str) -> dict[str, str]:
    """The Python of a page, by the name in its first line."""
    text = (DOCS / page).read_text("utf-8")
    found = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert found
    return dict(found)


@pytest.fixture(scope="module")
def server() -> Generator[EmbeddedServer]:
    with serving(token="pages") as server:
        yield server


@pytest.fixture
def settings(server: EmbeddedServer, tmp_path: Path) -> dict[str, str]:
    return {
        "REKUEST_URL": server.url,
        "REKUEST_TOKEN": server.token,
        "REKUEST_OBJECTS": (tmp_path / "objects").as_uri(),
    }


def written(page: str, folder: Path) -> None:
    for name, text in programs(page).items():
        (folder / name).write_text(text, "utf-8")


def called(folder: Path, settings: dict[str, str], providers: list[str], *program: str) -> str:
    """What ``program`` prints while ``providers`` are running and their stubs are in ``mynodes``."""
    with ExitStack() as stack:
        for name in providers:
            stack.enter_context(running(cli("run", name), until="providing", environment=settings, cwd=folder))
        pulled = run(cli("pull", "--out", "mynodes", "--connected"), environment=settings, cwd=folder)
        assert pulled.returncode == 0, pulled.stderr
        done = run([sys.executable, *program], environment=settings, cwd=folder)
        assert done.stderr == ""
        return done.stdout


def test_a_pipeline_over_two_agents(settings: dict[str, str], tmp_path: Path) -> None:
    written("structures.md", tmp_path)
    printed = called(tmp_path, settings, ["filters.py", "counting.py"], "pipeline.py").split()
    assert printed == ["9700", str(10_000 / 512**2)]
    assert sum(path.is_file() for path in (tmp_path / "objects").rglob("*")) == 3


def test_classes_of_ones_own_and_of_others(settings: dict[str, str], tmp_path: Path) -> None:
    written("structures.md", tmp_path)
    (table,) = re.findall(r"```toml\n(.*?)```", (DOCS / "structures.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(table)
    program = """
from fractions import Fraction
from rekuest_codegen import adapt
adapt(Fraction, shrink=str, expand=Fraction)
from mynodes import halves, samples
print(halves.half(Fraction(1, 3)))
first, second = samples.take("a"), samples.take("b")
print(samples.label([first, second]) == {"a": first, "b": second})
"""
    assert called(tmp_path, settings, ["samples.py", "halves.py"], "-c", program).split() == ["1/6", "True"]


def test_a_traced_program(settings: dict[str, str], tmp_path: Path) -> None:
    written("tracing.md", tmp_path)
    (tmp_path / "lab.py").write_text(
        'from rekuest_codegen import easy\n\napp = easy("lab")\n\n\n'
        '@app.register\ndef add(x: int, y: int = 1) -> int:\n    """Add."""\n    return x + y\n'
    )
    printed = called(tmp_path, settings, ["lab.py"], "traced.py")
    assert printed.splitlines()[0] == "3" or "\n3\n" in printed
    assert '"name": "call lab/add"' in printed
    assert '"name": "experiment"' in printed


def test_the_programs_on_auth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(context, "_configured", None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    keyring = types.ModuleType("keyring")
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    found = programs("auth.md")
    assert set(found) == {"program.py", "person.py", "function.py"}
    for text in found.values():
        exec(compile(text, "auth.md", "exec"), {"__name__": "page"})
        url, auth = context.settings()
        assert url == "http://127.0.0.1:8000"
        assert not isinstance(auth, str)
    with pytest.raises(ConfigurationError):
        context.connect("http://127.0.0.1:8000", "token", auth="another")


def test_the_server_of_the_page_on_auth(tmp_path: Path) -> None:
    text = (DOCS / "auth.md").read_text("utf-8")
    (command,) = re.findall(r"```console\n\$ rekuest-codegen (.*?)\n```", text)
    with issuing() as issuer:
        words = command.replace("https://issuer.example", issuer.url).split()
        environment = {
            "REKUEST_TOKEN": "",
            "REKUEST_ISSUER": issuer.url,
            "REKUEST_CLIENT_ID": "robot",
            "REKUEST_CLIENT_SECRET": "robot-secret",
        }
        until = "ready"
        with running(cli(*words, "--port", "0"), until=until, environment=environment, cwd=tmp_path) as (_, line):
            (tmp_path / "lab.py").write_text(
                'from rekuest_codegen import easy\n\napp = easy("lab")\n\n\n'
                '@app.register\ndef add(x: int) -> int:\n    """Add."""\n    return x + 1\n'
            )
            settings = {**environment, "REKUEST_URL": line.split()[2]}
            with running(cli("run", "lab.py"), until="providing", environment=settings, cwd=tmp_path):
                assert run(cli("pull", "--out", "mynodes"), environment=settings, cwd=tmp_path).returncode == 0
                program = "from mynodes import lab; print(lab.add(1))"
                assert run([sys.executable, "-c", program], environment=settings, cwd=tmp_path).stdout == "2\n"
                pushed = run(cli("push", "--dry-run", "lab.py"), environment=settings, cwd=tmp_path)
                assert pushed.returncode == 0, pushed.stderr
    refused = run(cli("serve", "--issuer", "https://issuer.example"), cwd=tmp_path)
    assert refused.returncode == 2
    assert "issuer and audience go together" in refused.stderr
