"""Names across files: whatever way a class is imported, it is the same class under the same identifier."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScannedNode, ScanOptions, scan

TYPES = '''
import enum
from rekuest_codegen import model


class Colour(enum.Enum):
    """A colour."""

    RED = 1
    BLUE = 2


DEFAULT = Colour.BLUE
'''
FUNCTION = '''
@register
def paint(colour: {annotation} = {default}) -> None:
    """Paint."""
'''


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def only(path: Path, options: ScanOptions | None = None) -> ScannedNode:
    result = scan([path], options or ScanOptions(search_path=()))
    assert not result.findings, [str(finding) for finding in result.findings]
    assert len(result.nodes) == 1
    return result.nodes[0]


@pytest.mark.parametrize(
    ("imports", "annotation", "default"),
    [
        ("from pkg.types import Colour", "Colour", "Colour.BLUE"),
        ("from .types import Colour as C", "C", "C.BLUE"),
        ("from . import types", "types.Colour", "types.DEFAULT"),
        ("from . import Colour", "Colour", "Colour['BLUE']"),
        ("import pkg", "pkg.types.Colour", "pkg.types.DEFAULT"),
        ("from pkg import *", "Colour", "Colour.BLUE"),
        ("import pkg.types", "pkg.types.Colour", "pkg.types.Colour.BLUE"),
        ("import pkg.types as t\nShade = t.Colour", "'Shade'", "t.Colour(2)"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .types import Colour", "'Colour'", "'BLUE'"),
        ("try:\n    from .types import Colour\nexcept ImportError:\n    Colour = None", "Colour", "Colour.BLUE"),
        ("from .deep.again import Colour, OTHER", "Colour", "OTHER"),
        ("from .types import Colour\nColour = Colour", "Colour", "Colour.BLUE"),
    ],
)
def test_every_way_to_import(tmp_path: Path, imports: str, annotation: str, default: str) -> None:
    written(
        tmp_path,
        {
            "pkg/__init__.py": "from . import types\nfrom .types import Colour\n",
            "pkg/types.py": TYPES,
            "pkg/deep/__init__.py": "",
            "pkg/deep/again.py": "from ..types import Colour\nfrom ..types import DEFAULT as OTHER\n",
            "pkg/app.py": f"from rekuest_codegen import register\n{imports}\n"
            + FUNCTION.format(annotation=annotation, default="None" if default in ("'BLUE'",) else default).replace(
                "Colour['BLUE']", "Colour.BLUE"
            ),
        },
    )
    found = only(tmp_path / "pkg" / "app.py")
    (port,) = found.node.args
    assert port.identifier == "@pkg.types/colour"
    assert found.types == {"@pkg.types/colour": "pkg.types:Colour"}
    assert port.default == (None if default == "'BLUE'" else "BLUE")


def test_installed_packages_are_read_and_stubs_serve_where_there_is_no_source(tmp_path: Path) -> None:
    site = written(
        tmp_path / "site",
        {
            "micro/__init__.py": "from micro.api import Image\n",
            "micro/api.py": """
class Trait:
    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...

class Image(Trait):
    @classmethod
    def get_identifier(cls):
        return "@micro/image"
""",
            "compiled.pyi": "class Table:\n    def shrink(self): ...\n    def expand(self, value): ...\n",
        },
    )
    source = """
from rekuest_codegen import register
from micro import Image
from compiled import Table
@register
def measure(image: Image) -> Table:
    \"\"\"Measure.\"\"\"
"""
    path = written(tmp_path / "project", {"app.py": source}) / "app.py"
    found = only(path, ScanOptions(search_path=(site,)))
    assert found.types == {"@micro/image": "micro.api:Image", "@compiled/table": "compiled:Table"}


def test_what_is_compiled_is_read_from_the_stub_or_taken_by_name(tmp_path: Path) -> None:
    site = written(
        tmp_path / "site",
        {
            "fast/__init__.py": "from ._core import *\nfrom . import _rest\nVolume = _rest.Volume\n",
            "fast/__init__.pyi": "class Table:\n    def shrink(self): ...\n    def expand(self, value): ...\n",
            "fast/_rest.py": "from fast._compiled import *\n",
        },
    )
    source = (
        "import fast\nfrom rekuest_codegen import register\n@register\ndef f(a: fast.Table, b: fast.Volume): 'F.'\n"
    )
    path = written(tmp_path / "project", {"app.py": source}) / "app.py"
    options = ScanOptions(search_path=(site,), structures={"fast.Volume": "@fast/volume"})
    assert [port.identifier for port in only(path, options).node.args] == ["@fast/table", "@fast/volume"]


def test_configuration_names_a_class_by_any_of_its_paths(tmp_path: Path) -> None:
    source = """
from rekuest_codegen import register
from notthere import Volume
from lib import Frame
@register
def measure(image: Volume, frame: Frame) -> None:
    \"\"\"Measure.\"\"\"
"""
    written(
        tmp_path, {"app.py": source, "lib/__init__.py": "from .inner import Frame", "lib/inner.py": "class Frame: ..."}
    )
    options = ScanOptions(
        structures={"notthere.Volume": "@no/volume"}, memory_structures=frozenset(["lib.Frame"]), search_path=()
    )
    found = only(tmp_path / "app.py", options)
    assert [(port.kind, port.identifier) for port in found.node.args] == [
        ("STRUCTURE", "@no/volume"),
        ("MEMORY_STRUCTURE", "@lib.inner/frame"),
    ]
    assert found.types["@no/volume"] == "notthere:Volume"


def test_a_script_keeps_its_identifiers_when_run_as_main(tmp_path: Path) -> None:
    source = "from rekuest_codegen import register\n" + TYPES + FUNCTION.format(annotation="Colour", default="DEFAULT")
    path = written(tmp_path, {"tool.py": source}) / "tool.py"
    scanned = only(path)
    run = only(path, ScanOptions(module_names={path: "__main__"}, search_path=()))
    assert run.node == scanned.node
    assert scanned.types == {"@tool/colour": "tool:Colour"}
    assert run.types == {"@tool/colour": "__main__:Colour"}
    assert (run.module, run.qualname) == ("__main__", "paint")


@pytest.mark.parametrize(
    "source",
    [
        "from a import X\nfrom rekuest_codegen import register\n@register\ndef f(x: X): 'F.'\n",
        "X = Y\nY = X\nfrom rekuest_codegen import register\n@register\ndef f(x: X): 'F.'\n",
        "from a import *\nfrom rekuest_codegen import register\n@register\ndef f(x: X): 'F.'\n",
    ],
)
def test_circles_end(tmp_path: Path, source: str) -> None:
    written(tmp_path, {"a.py": "from b import *\nfrom b import X\n", "b.py": "from a import *\nfrom a import X\n"})
    result = scan([written(tmp_path, {"app.py": source}) / "app.py"], ScanOptions(search_path=()))
    assert [finding.code for finding in result.errors] == ["unresolved-name"]
