"""What a plain function must not be handed: what has methods that call other nodes, wherever those are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan

PROGRAM = """
from rekuest_codegen import easy
from arkitekt import declare
from others import Base, Calling, helper

app = easy("lab")

class Near:
    async def go(self, x: int) -> int: ...

{dependency}

@app.register()
def f(a: int, other: {name}) -> int:
    '''Do.'''
"""
OTHERS = """
from arkitekt import declare
from further import Far

class Base:
    async def go(self, x: int) -> int: ...

@declare(app="other")
class Calling(Far): ...

async def helper(self) -> int: ...
"""
FURTHER = "class Far:\n    def run(self) -> int: ...\n"
CALLING = {
    "of its own": "@declare(app='other')\nclass Other:\n    async def go(self, x: int) -> int: ...",
    "of a base": "@declare(app='other')\nclass Other(Near): ...",
    "of an imported base": "@declare(app='other')\nclass Other(Base): ...",
    "of a base of a base": "class Middle(Base): ...\n@declare(app='other')\nclass Other(Middle): ...",
    "in a branch": "@declare(app='other')\nclass Other:\n  if app:\n    x = 1\n  else:\n    def go(self) -> int: ...",
    "assigned": "@declare(app='other')\nclass Other:\n    go = helper",
}
SILENT = {
    "nothing": "@declare(app='other')\nclass Other: ...",
    "private": "@declare(app='other')\nclass Other:\n    def _go(self) -> int: ...\n    x: int = 1",
}


def codes(folder: Path, dependency: str, name: str = "Other") -> list[str]:
    (folder / "others.py").write_text(OTHERS, encoding="utf-8")
    (folder / "further.py").write_text(FURTHER, encoding="utf-8")
    (folder / "lab.py").write_text(PROGRAM.format(dependency=dependency, name=name), encoding="utf-8")
    return [finding.code for finding in scan([folder / "lab.py"], ScanOptions(search_path=())).findings]


@pytest.mark.parametrize("dependency", CALLING.values(), ids=CALLING)
def test_what_calls_is_for_workflows(tmp_path: Path, dependency: str) -> None:
    assert codes(tmp_path, dependency) == ["plain-dependency"]


def test_an_imported_class_is_looked_at_too(tmp_path: Path) -> None:
    assert codes(tmp_path, "", "Calling") == ["plain-dependency"]


@pytest.mark.parametrize("dependency", SILENT.values(), ids=SILENT)
def test_what_has_no_methods_calls_nothing(tmp_path: Path, dependency: str) -> None:
    assert codes(tmp_path, dependency) == []
