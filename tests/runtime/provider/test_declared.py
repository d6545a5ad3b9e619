"""What an app declares and cannot be: one line that says what, where, and what to do; before anything is registered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import ConfigurationError, DefinitionError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider.agent import registration_of
from rekuest_codegen.runtime.provider.effects import Effects
from rekuest_codegen.runtime.provider.forwarding import forward
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.runtime.testing.provider import Local
from tests.runtime.conftest import load

HEAD = """
import asyncio
from dataclasses import dataclass
from rekuest_codegen import Effects, ReadOnly, Task, easy
app = easy("declared")
"""
Make = Callable[[str], Any]


@pytest.fixture
def make(tmp_path: Path) -> Generator[Make]:
    """A module of this code, imported."""
    made: list[str] = []

    def load_it(code: str) -> Any:
        name = f"declared_{tmp_path.name}_{len(made)}".replace("-", "_")
        path = tmp_path / f"{name}.py"
        path.write_text(HEAD + code, encoding="utf-8")
        made.append(name)
        return load(path, name)

    yield load_it
    for name in made:
        del sys.modules[name]
    portal.close()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("@app.register(concurrency=0)\ndef f() -> None: ...", r"f: concurrency is a number above 0, .* not 0"),
        ("@app.register(concurrency='many')\ndef f() -> None: ...", r"'serial' or 'parallel', not 'many'"),
        ("@app.register(locks='a')\ndef f() -> None: ...", "locks is a list of names, not 'a'"),
        ("@app.register(effects='REPEATABEL')\ndef f() -> None: ...", r"did you mean REPEATABLE\?"),
        (
            "@app.register(effects=Effects.IRREVERSIBLE, pure=True)\ndef f() -> None: ...",
            "neither pure nor idempotent",
        ),
        ("@app.register(process='yes')\ndef f() -> None: ...", "process is True or False, not 'yes'"),
        ("@app.register(process=True)\nasync def f() -> None: ...", "for functions that are not async"),
        (
            "class C:\n    @app.register(process=True)\n    def f(self) -> None: ...",
            "for functions at the top of a module",
        ),
        (
            "@app.context\nclass H: ...\n@app.register(process=True)\ndef f(h: H) -> None: ...",
            "parameter h is an object of this process",
        ),
        (
            "class Camera: ...\n@app.state\nclass S:\n    camera: Camera\n@app.register\ndef f(s: S) -> None: ...",
            "state S: ",
        ),
    ],
)
def test_options_that_make_no_sense(make: Make, code: str, text: str) -> None:
    module = make(code)
    with pytest.raises(DefinitionError, match=text) as caught:
        provision("declared", module.app.parts)
    assert len(str(caught.value).splitlines()) == 1
    assert f"{module.__name__}.py:" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "@app.startup\ndef boot() -> None:\n    raise ValueError('no camera')\n",
            "^startup boot: ValueError: no camera$",
        ),
        (
            "@app.startup\nasync def boot() -> int:\n    return 1\n",
            r"^startup boot: returned neither a state nor a context; declare its class .* \(int\)$",
        ),
        (
            "class Db: ...\n@app.service\ndef db() -> Db:\n    raise OSError('down')\n",
            "^service db: OSError: down$",
        ),
        (
            "class Db: ...\n@app.service\ndef db():\n    raise OSError('down')\n    yield Db()\n",
            "^service db: OSError: down$",
        ),
        (
            "@app.context\nclass H:\n    def __init__(self, port): ...\n",
            "^H: cannot be made without arguments .*; return one from a startup hook$",
        ),
        (
            "class Nobody: ...\n@app.startup\ndef boot(x: Nobody) -> None: ...\n",
            "^this agent has no Nobody to hand in: no state, context or service is one$",
        ),
        (
            "class Config: ...\nif not app:\n    @app.service\n    def config() -> Config: ...\n"
            "@app.register\ndef g(c: Config) -> None: ...\n",
            "^this agent has no Config to hand in: no state, context or service is one$",
        ),
    ],
)
def test_what_cannot_be_made_keeps_the_app_from_running(make: Make, code: str, text: str) -> None:
    module = make(code + "\n@app.register\ndef f() -> int:\n    return 1\n")
    with pytest.raises(ConfigurationError, match=text), Local(module.app):
        pass


def test_classes_inside_functions_and_string_annotations(make: Make) -> None:
    module = make(
        """
def build():
    @app.context
    class Inner:
        value = 7

    @app.register
    def inner(held: "Inner", task: "Task", x: int) -> int:
        return held.value + x

    return inner

inner = build()
"""
    )
    with Local(module.app) as local:
        assert local.call(module.inner, 1) == 8


def test_what_a_server_is_told_of_terms(make: Make) -> None:
    module = make(
        """
@app.state(name="stage", required_locks=["stage"])
@dataclass
class Stage:
    x: float = 0.0

@app.register(locks=["door"], effects=Effects.IRREVERSIBLE)
def cut(stage: Stage) -> None: ...

@app.register(effects=Effects.NONE)
def look(stage: ReadOnly[Stage]) -> float:
    return stage.x

@app.register(effects="repeatable")
def again() -> None: ...
"""
    )
    provided = provision("declared", module.app.parts)
    declared = registration_of("declared", provided).declared
    by_interface = {one["interface"]: one for one in declared["implementations"]}
    assert by_interface["cut"]["locks"] == ["door", "stage"]
    assert (by_interface["cut"]["effect"], by_interface["cut"]["manipulates"]) == ("PHYSICAL", ["stage"])
    assert "manipulates" not in by_interface["look"]
    assert by_interface["look"]["definition"]["pure"] is True
    assert by_interface["again"]["definition"]["idempotent"] is True
    assert by_interface["cut"]["definition"]["stateful"] is True
    assert [lock["key"] for lock in declared["locks"]] == ["door", "stage"]
    (state,) = declared["states"]
    assert state == {
        "interface": "stage",
        "definition": {"name": "stage", "ports": [{"key": "x", "kind": "FLOAT", "nullable": False}]},
    }
    assert {one.node.key: one.options.effects for one in provided.functions} == {
        "cut": Effects.IRREVERSIBLE,
        "look": Effects.NONE,
        "again": Effects.REPEATABLE,
    }


def test_services_are_left_and_shutdown_hooks_run_in_reverse(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rekuest_codegen.runtime.provider.holdings.LEAVE_WITHIN", 0.1)
    module = make(
        """
said = []

class Db: ...

@app.service
def db():
    yield Db()
    said.append("left")

@app.shutdown
def first() -> None:
    said.append("first")

@app.shutdown
async def second(db: Db) -> None:
    said.append("second")
    raise ValueError("is logged, and keeps nothing from being left")

@app.shutdown
async def endless(db: Db) -> None:
    await asyncio.Event().wait()

@app.background
async def beside(db: Db) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        said.append("beside")

@app.register
def f() -> int:
    return 1
""".replace("def db():", "def db() -> 'Iterator[Db]':").replace(
            "said = []", "from collections.abc import Iterator\nsaid = []"
        )
    )
    with Local(module.app) as local:
        local.background()
        assert local.call(module.f) == 1
    assert module.said == ["beside", "second", "first", "left"]
    assert "shutdown endless does not end; it is left to itself" in caplog.text
    assert "shutdown second: ValueError: is logged" in caplog.text


def test_what_cannot_be_forwarded() -> None:
    with pytest.raises(ConfigurationError, match="logs='LOUD': expected a level of logging"):
        forward("lab", logs="LOUD", bars=False)


STUBBORN = """
import asyncio
from rekuest_codegen.runtime.provider import serving

async def stubborn():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def serve(*_):
    kept.append(asyncio.create_task(stubborn()))
    await asyncio.sleep(0)

kept = []
serving._serve, serving.EXIT_WITHIN = serve, 0.2
serving.run_apps([None])
"""


def test_a_process_ends_whatever_its_tasks_do() -> None:
    done = subprocess.run([sys.executable, "-c", STUBBORN], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "a task does not end; leaving without it\n")
