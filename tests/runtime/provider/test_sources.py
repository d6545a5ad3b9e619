"""Definitions of what was typed and not saved: notebooks, shells, ``exec``."""

from __future__ import annotations

import functools
import hashlib
import importlib
import linecache
import math
import subprocess
import sys
from code import InteractiveInterpreter
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen import App, connect
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import definition
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider.provided import Provided
from rekuest_codegen.runtime.provider.sources import provided_by
from rekuest_codegen.scan import ScanOptions, scan
from rekuest_codegen.server import serving
from tests.runtime.conftest import providing

IMPORTS = """\
import enum
from dataclasses import dataclass
from rekuest_codegen import easy, model, register

app = easy("session")
"""
TYPES = """\
class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@model
@dataclass
class Point:
    x: float
    y: float = 0.0
"""
FUNCTIONS = '''\
@app.register()
def move(point: Point, by: float = 1.5, colour: Colour = Colour.RED) -> Point:
    """Move a point.

    Args:
        by: how far
    """
    return Point(point.x + by, point.y)
'''


class Session(InteractiveInterpreter):
    """A shell that remembers its cells as IPython does: by number and content, in `linecache`."""

    def __init__(self, naming: str = "<ipython-input-{number}-{digest}>") -> None:
        self.space: dict[str, Any] = {"__name__": "__console__"}
        super().__init__(self.space)
        self._naming = naming
        self._number = 0
        self.names: list[str] = []

    def cell(self, text: str) -> str:
        self._number += 1
        digest = hashlib.sha1(text.encode()).hexdigest()[:12]
        name = self._naming.format(number=self._number, digest=digest)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        self.names.append(name)
        with suppress(SyntaxError):
            self.runcode(compile(text, name, "exec", dont_inherit=True))
        return name

    def showtraceback(self) -> None:
        raise AssertionError("a cell failed") from sys.exc_info()[1]

    def provided(self) -> dict[str, Provided]:
        app: App = self.space["app"]
        return {one.interface: one for one in provided_by(app.name, app.functions)}


@pytest.fixture(params=["<ipython-input-{number}-{digest}>", "/tmp/ipykernel_0/{digest}.py"], ids=["shell", "kernel"])
def session(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Session]:
    monkeypatch.chdir(tmp_path)
    made = Session(request.param)
    yield made
    for name in made.names:
        linecache.cache.pop(name, None)


def test_cells_are_one_module(session: Session, tmp_path: Path) -> None:
    for text in (IMPORTS, TYPES, FUNCTIONS):
        session.cell(text)
    move = session.provided()["move"]
    (tmp_path / "__main__.py").write_text(IMPORTS + TYPES + FUNCTIONS, encoding="utf-8")
    (scanned,) = scan([tmp_path / "__main__.py"], ScanOptions()).nodes
    assert definition(move.node) == definition(scanned.node)
    assert move.types[move.node.args[0].identifier or ""] is session.space["Point"]
    assert move.types[move.node.args[2].identifier or ""] is session.space["Colour"]


def test_it_is_served(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (IMPORTS, TYPES, FUNCTIONS):
        session.cell(text)
    app: App = session.space["app"]
    write_package(tmp_path / "session_stubs", generate([one.node for one in session.provided().values()]))
    monkeypatch.syspath_prepend(tmp_path)
    with serving(token="cells") as server, providing(app, server):
        connect(server.url, server.token)
        from session_stubs import session as stubs  # type: ignore[import-not-found]  # written by the test

        assert stubs.move(stubs.Point(x=1.0), by=2.0) == stubs.Point(x=3.0, y=0.0)
        portal.close()
    for name in [name for name in sys.modules if name.startswith("session_stubs")]:
        del sys.modules[name]


def test_a_cell_that_was_changed_and_run_again(session: Session) -> None:
    session.cell(IMPORTS)
    first = "@app.register()\ndef add(x: int) -> int:\n    return x\n"
    session.cell(first)
    session.cell("@app.register()\ndef other() -> None:\n    pass\n")
    session.cell("@app.register()\n\ndef add(x: float, y: float) -> float:\n    return x + y\n")
    provided = session.provided()
    assert sorted(provided) == ["add", "other"]
    assert [port.key for port in provided["add"].node.args] == ["x", "y"]
    assert provided["add"].function is session.space["add"]
    session.cell(first)  # and back again; a kernel knows this very text already
    provided = session.provided()
    assert [port.key for port in provided["add"].node.args] == ["x"]
    assert provided["add"].function is session.space["add"]


def test_a_mistake_is_where_it_was_typed_and_gone_when_mended(session: Session) -> None:
    session.cell(IMPORTS)
    name = session.cell("\n@app.register()\ndef add(x: complex) -> int:\n    return 1\n")
    with pytest.raises(DefinitionError) as raised:
        session.provided()
    (finding,) = raised.value.findings
    assert finding.where.startswith(f"{name}:3:")
    session.cell("def add(x: int -> int:\n")
    session.cell("@app.register()\ndef add(x: int) -> int:\n    return 1\n")
    assert list(session.provided()) == ["add"]


def test_a_function_that_is_no_node_any_more(session: Session) -> None:
    session.cell(IMPORTS)
    session.cell("@app.register()\ndef add(x: int) -> int:\n    return x\n\n@app.register()\ndef sub() -> None: ...\n")
    session.cell("def add(x: int) -> int:\n    return x\n")
    assert list(session.provided()) == ["sub"]


def test_modules_beside_the_session_are_seen(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "besides.py").write_text(
        f"import enum\nfrom dataclasses import dataclass\nfrom rekuest_codegen import model\n{TYPES}", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    session.cell(IMPORTS + "from besides import Point\n")
    session.cell("@app.register()\ndef move(point: Point) -> Point:\n    return point\n")
    (port,) = session.provided()["move"].node.args
    assert port.identifier == "@besides/point"
    del sys.modules["besides"]


def test_cells_of_another_session_do_not_count(session: Session) -> None:
    linecache.cache["<attrs generated 1>"] = (1, None, ["app = 1 +\n"], "<attrs generated 1>")
    linecache.cache["<other-1>"] = (1, None, ["def add(x: complex): ...\n"], "<other-1>")
    session.cell(IMPORTS)
    session.cell("@app.register()\ndef add(x: int) -> int:\n    return x\n")
    try:
        assert list(session.provided()) == ["add"]
    finally:
        del linecache.cache["<attrs generated 1>"], linecache.cache["<other-1>"]


def test_cells_that_are_kept_by_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the shell of newer Pythons does."""
    monkeypatch.chdir(tmp_path)
    session = Session("<python-input-{number}>")
    for text in (IMPORTS, TYPES, FUNCTIONS):
        session.cell(text)
    entries = {name: linecache.cache.pop(name) for name in session.names}
    monkeypatch.setattr(linecache, "_interactive_cache", entries, raising=False)
    assert list(session.provided()) == ["move"]


def test_where_there_is_no_source() -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(IMPORTS + "@app.register()\ndef add(x: int) -> int:\n    return x\n", "<unknown>", "exec"), space)
    with pytest.raises(DefinitionError, match="put it in a file") as raised:
        provided_by("session", space["app"].functions)
    (finding,) = raised.value.findings
    assert (finding.code, finding.where) == ("no-source", "<unknown>:6:1")


@pytest.mark.parametrize("callable_", [functools.partial(math.pow, 2.0), math.sqrt])
def test_what_is_no_function(callable_: Any) -> None:
    with pytest.raises(DefinitionError, match="write a def"):
        provided_by("session", [callable_])


def test_a_real_shell(tmp_path: Path) -> None:
    """What is typed into ``python -i``: Python 3.13 remembers it, those before say what to do."""
    typed = 'from rekuest_codegen import easy\napp = easy("shell")\n\n'
    typed += "@app.register()\ndef add(x: int) -> int:\n    return x\n\n"
    typed += "from rekuest_codegen.runtime.provider.sources import provided_by\n"
    typed += "print([one.interface for one in provided_by('shell', app.functions)])\n"
    done = subprocess.run(
        [sys.executable, "-i", "-q"], input=typed, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert "['add']" in done.stdout or "add: its source is nowhere to be found; put it in a file" in done.stderr


BRANCHES = '''
import sys
from dataclasses import dataclass

from rekuest_codegen import easy, model

app = easy("lab")
if sys.platform == "nowhere":

    @model
    @dataclass
    class There:
        x: int

    @app.register()
    def f(x: There) -> int:
        """Do."""
        return x.x

else:

    @app.register()
    def f(x: str) -> int:
        """Do."""
        return int(x)
'''


def test_of_two_in_branches_the_one_that_is_run_is_provided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what only the other needs is not looked for."""
    (tmp_path / "in_branches.py").write_text(BRANCHES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "in_branches", None)
    del sys.modules["in_branches"]
    module = importlib.import_module("in_branches")
    (provided,) = provided_by("lab", module.app.own_functions)
    assert [port.kind.value for port in provided.node.args] == ["STRING"]
    assert provided.function is module.f


def test_of_two_in_branches_of_cells_too(session: Session) -> None:
    session.cell("first = 1\nsecond = 2\n")
    session.cell(BRANCHES.replace("There)", "bool)").replace("x.x", "x"))
    assert [port.kind.value for port in session.provided()["f"].node.args] == ["STRING"]
