"""Lines that type checkers must take, and lines they must not, over generated packages: mypy and pyright, both strict.

The programs are in ``tests/cases/typing``. A line that is wrong ends in ``# error: mypy[code, …] pyright[rule, …]``
with exactly what each says of it; a line without says nothing. A checker that is not named takes the line.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emit.tools import MYPY, run

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "tests" / "cases" / "typing").glob("*.py"))
PACKAGES = {
    "mynodes": ROOT / "generated_example" / "mynodes",
    "kinds": ROOT / "tests" / "cases" / "emit" / "kinds" / "expected",
}
MARK = re.compile(r"# error: (?P<said>.*)$")
TOOL = re.compile(r"(?P<tool>mypy|pyright)\[(?P<codes>[^\]]+)\]")
Complaints = dict[str, set[str]]
"""By ``file:line``, the codes of what is wrong with it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs beside the packages that they use."""
    root = tmp_path_factory.mktemp("typing")
    for name, package in PACKAGES.items():
        shutil.copytree(package, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for program in PROGRAMS:
        shutil.copy(program, root)
    return root


def test_mypy(folder: Path) -> None:
    said = run(*MYPY, "--no-error-summary", "--output", "json", ".", cwd=folder)
    found: Complaints = {}
    for line in said.splitlines()[1:]:
        entry = json.loads(line)
        if entry["severity"] == "error":
            found.setdefault(f"{Path(entry['file']).name}:{entry['line']}", set()).add(entry["code"])
    assert found == expected("mypy")


def test_pyright(folder: Path) -> None:
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11"}))
    said = run("pyright", "--outputjson", "--pythonpath", sys.executable, "-p", ".", cwd=folder)
    found: Complaints = {}
    for entry in json.loads(said.split("\n", 1)[1])["generalDiagnostics"]:
        # What is assigned and never used, or is an expression and no more, is how these programs are written.
        if entry["severity"] == "error" and not entry.get("rule", "").startswith(("reportUnusedV", "reportUnusedE")):
            place = f"{Path(entry['file']).name}:{entry['range']['start']['line'] + 1}"
            found.setdefault(place, set()).add(entry.get("rule", "syntax"))
    # What follows from another mistake in the line says nothing more; alone it would.
    others = {place: {code for code in found[place] if not code.startswith("reportUnknown")} for place in found}
    assert {place: others[place] or found[place] for place in found} == expected("pyright")


def test_both_are_asked_much() -> None:
    for tool in ("mypy", "pyright"):
        assert len(expected(tool)) >= 60


def expected(tool: str) -> Complaints:
    """What the programs say ``tool`` must find."""
    return {place: codes for program in PROGRAMS for place, codes in _marks(program, tool)}


def _marks(program: Path, tool: str) -> Iterator[tuple[str, set[str]]]:
    for number, line in enumerate(program.read_text(encoding="utf-8").splitlines(), 1):
        if match := MARK.search(line):
            for said in TOOL.finditer(match["said"]):
                if said["tool"] == tool:
                    yield f"{program.name}:{number}", set(said["codes"].split(", "))
