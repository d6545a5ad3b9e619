"""A name that leads round in a circle is followed once round, however many ways lead on from each step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.scan import ScanOptions, scan
from rekuest_codegen.scan.modules import Modules
from tests.scan.test_resolution import written

MAX_VISITS = 2000
REGISTERED = '\n\n@register\ndef f(x: int) -> int:\n    """Do."""\n    return x\n'


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are followed through so few bindings and modules that it ends at once."""
    visits = 0
    for name in ("_follow", "_module_member", "_exports"):

        def visit(*given: Any, original: Any, **named: Any) -> Any:
            nonlocal visits
            visits += 1
            if visits > MAX_VISITS:
                pytest.fail("names are followed without end")
            return original(*given, **named)

        monkeypatch.setattr(Modules, name, partialmethod(visit, original=getattr(Modules, name)))


def findings_of(folder: Path, files: dict[str, str], search: Sequence[Path] | None = ()) -> list[str]:
    app = "from rekuest_codegen import register\n" + files["app.py"] + REGISTERED
    path = written(folder, {**files, "app.py": app}) / "app.py"
    result = scan([path], ScanOptions() if search is None else ScanOptions(search_path=tuple(search)))
    assert len(result.nodes) == 1
    return [str(finding) for finding in result.findings]


@pytest.mark.parametrize("value", ["np.sqrt(2)", "np.add(1, 2)", "np.maximum(1, 2)"])
def test_what_numpy_makes_when_it_is_compiled(tmp_path: Path, value: str) -> None:
    assert not findings_of(tmp_path, {"app.py": f"import numpy as np\ny = {value}\n"}, None)


def test_two_modules_and_their_stubs(tmp_path: Path) -> None:
    ways = {f"{one}{ending}": f"from {other} import X\n" for one, other in ("ab", "ba") for ending in (".py", ".pyi")}
    assert not findings_of(tmp_path, {**ways, "app.py": "from a import X\ny = X(1)\n"})


def test_a_stub_tells_what_a_circle_does_not(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import X\n",
        "b.py": "from a import X\n",
        "b.pyi": "import enum\nclass X(enum.Enum):\n    RED = 1\n",
    }
    for first in "ab":
        app = (
            f"from rekuest_codegen import register\nfrom {first} import X\n@register\ndef f(x: X) -> None:\n    'F.'\n"
        )
        (node,) = scan([written(tmp_path, {**files, "app.py": app}) / "app.py"], ScanOptions(search_path=())).nodes
        assert node.node.args[0].identifier == "@b/x"


def test_modules_that_import_everything_of_each_other(tmp_path: Path) -> None:
    names = "abcdefgh"
    stars = {f"{name}.py": "".join(f"from {other} import *\n" for other in names if other != name) for name in names}
    stars["a.py"] += "from nowhere import *\n"
    assert not findings_of(tmp_path, {**stars, "app.py": "from a import *\ny = X(1)\n"})


def test_attributes_of_a_class_that_are_the_class(tmp_path: Path) -> None:
    lines = "".join(f"    a{n} = C.a{n + 1}.a{n + 1}\n" for n in range(40))
    assert not findings_of(tmp_path, {"app.py": f"class C:\n{lines}    a40 = C\ny = C.a0(1)\n"})


def test_a_name_bound_to_itself_twice(tmp_path: Path) -> None:
    app = "from rekuest_codegen import register\nstr = str\nstr = str\n@register\ndef f(x: str) -> None:\n    'F.'\n"
    result = scan([written(tmp_path, {"app.py": app}) / "app.py"], ScanOptions(search_path=()))
    assert not result.findings
    assert result.nodes[0].node.args[0].kind.value == "STRING"
