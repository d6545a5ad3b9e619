"""The same key in branches that exclude each other is one node; where both may be run it is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, ScanResult, scan

HEAD = "import sys\nfrom rekuest_codegen import easy\napp = easy('lab')\n"
ALIKE = "@app.register()\n{indent}def f(x: int) -> int:\n{indent}    '''Do.'''\n{indent}    return {value}"


def scanned(folder: Path, text: str) -> ScanResult:
    path = folder / "lab.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return scan([path], ScanOptions(search_path=()))


def program(template: str, *, other: str = "int") -> str:
    """``template`` with the function in the places of ``ONE`` and ``TWO``, where it may take ``other``."""
    one = ALIKE.format(indent="    ", value="x")
    two = ALIKE.format(indent="    ", value="x + 1").replace("x: int", f"x: {other}")
    return template.replace("ONE", one).replace("TWO", two)


EXCLUDING = {
    "else": "if sys.argv:\n    ONE\nelse:\n    TWO\n",
    "elif": "if sys.argv:\n    ONE\nelif sys.path:\n    TWO\n",
    "import": "try:\n    import torch\n    ONE\nexcept ImportError:\n    TWO\n",
    "handlers": "try:\n    import torch\nexcept ImportError:\n    ONE\nexcept OSError:\n    TWO\n",
    "try-else": "try:\n    import torch\nexcept ImportError:\n    ONE\nelse:\n    TWO\n",
    "platforms": "if sys.platform == 'win32':\n    ONE\nif sys.platform != 'win32':\n    TWO\n",
    "not": "HAS = bool(sys.argv)\nif HAS:\n    ONE\nif not HAS:\n    TWO\n",
    "versions": "if sys.version_info >= (3, 12):\n    ONE\nif sys.version_info < (3, 12):\n    TWO\n",
    "match": "match sys.platform:\n  case 'win32':\n    ONE\n  case _:\n    TWO\n",
    "inner": "if sys.argv:\n  with open('a'):\n    ONE\nelse:\n  for _ in ():\n    pass\n  else:\n    TWO\n",
}
TOGETHER = {
    "before-it-failed": "try:\n    ONE\n    import torch\nexcept ImportError:\n    TWO\n",
    "bound-anew": "X = len(sys.argv)\nif X == 1:\n    ONE\nX = 2\nif X != 1:\n    TWO\n",
    "two-functions": "def one(x):\n  if x:\n    ONE\ndef two(x):\n  if not x:\n    TWO\none(True)\ntwo(False)\n",
    "after": "if sys.argv:\n    ONE\nif sys.path:\n    TWO\n",
    "finally": "try:\n    ONE\nfinally:\n    TWO\n",
    "tried-else": "try:\n    ONE\nexcept ImportError:\n    pass\nelse:\n    TWO\n",
    "same-test": "if sys.argv:\n    ONE\nif sys.argv:\n    TWO\n",
}


@pytest.mark.parametrize("template", EXCLUDING.values(), ids=EXCLUDING)
def test_of_equal_ones_one_is_told(tmp_path: Path, template: str) -> None:
    result = scanned(tmp_path, program(template))
    assert result.findings == ()
    (node,) = result.nodes
    (other,) = result.alternatives
    assert node.line < other.line
    assert node.node == other.node


@pytest.mark.parametrize("template", EXCLUDING.values(), ids=EXCLUDING)
def test_of_different_ones_the_first_is_told_with_a_warning(tmp_path: Path, template: str) -> None:
    result = scanned(tmp_path, program(template, other="str"))
    (finding,) = result.findings
    assert (finding.code, finding.severity.value) == ("alternative-definition", "warning")
    (node,) = result.nodes
    assert finding.where.startswith(f"{tmp_path / 'lab.py'}:{result.alternatives[0].line - 1}:")
    assert f"registered at line {node.line} as well, where this is not run, with other arguments" in finding.message
    assert node.node.args[0].kind.value == "INT"


@pytest.mark.parametrize("template", TOGETHER.values(), ids=TOGETHER)
def test_where_both_are_run_it_is_an_error(tmp_path: Path, template: str) -> None:
    (finding,) = scanned(tmp_path, program(template)).errors
    assert finding.code == "duplicate-key"


def test_a_third_must_exclude_all_others(tmp_path: Path) -> None:
    result = scanned(tmp_path, program("if sys.argv:\n    ONE\nelse:\n    TWO\nif sys.path:\n    ONE\n"))
    assert [finding.code for finding in result.errors] == ["duplicate-key"]


def test_a_call_registers_the_function_of_its_own_branch(tmp_path: Path) -> None:
    text = """
if sys.argv:
    def f(x: int) -> int: ...
    app.register()(f)
else:
    def f(x: str) -> int: ...
    app.register()(f)
"""
    result = scanned(tmp_path, text)
    assert [found.node.args[0].kind.value for found in (*result.nodes, *result.alternatives)] == ["INT", "STRING"]


def test_locks_and_options_are_told_apart(tmp_path: Path) -> None:
    text = program(EXCLUDING["else"]).replace("@app.register()", "@app.register(locks=['a'])", 1)
    (finding,) = scanned(tmp_path, text).findings
    assert "with other options" in finding.message
