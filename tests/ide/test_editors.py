"""What an editor shows of a generated package, asked of the language servers that editors run: pyright's and jedi's.

The packages are lazy: at run time nothing of them is there before it is used. An editor must not notice.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.ide.server import Editor, editing

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PACKAGES = {
    "mynodes": ROOT / "generated_example" / "mynodes",
    "parts": ROOT / "tests" / "cases" / "emit" / "parts" / "expected",
}
SERVERS = {"pyright": ["pyright-python-langserver", "--stdio"], "jedi": ["jedi-language-server"]}
SETTINGS = {"python": {"pythonPath": sys.executable}, "python.analysis": {"diagnosticMode": "openFilesOnly"}}


@pytest.fixture(scope="module", params=list(SERVERS))
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Editor]:
    folder = tmp_path_factory.mktemp("editor")
    for name, package in PACKAGES.items():
        shutil.copytree(package, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    program, *arguments = SERVERS[request.param]
    with editing([str(BIN / program), *arguments], folder, SETTINGS) as opened:
        yield opened


def test_completion_of_the_package(editor: Editor) -> None:
    assert {"demo", "types", "using"} <= set(editor.completions("import mynodes\nmynodes.|"))
    assert {"demo", "types", "using"} <= set(editor.completions("from mynodes import |"))
    assert {"big", "types"} <= set(editor.completions("import parts\nparts.|"))


@pytest.mark.parametrize("text", ["import mynodes\nmynodes.demo.|", "from mynodes import demo\ndemo.|"])
def test_completion_of_an_app(editor: Editor, text: str) -> None:
    found = set(editor.completions(text))
    assert {"threshold", "athreshold", "ThresholdArgs", "record", "arecord", "Image", "Colour", "Point"} <= found
    # Nothing of ours is in the way of the nodes.
    assert not [name for name in found if name in ("runtime", "typing", "annotations", "remote", "call")]


def test_completion_of_an_app_in_parts(editor: Editor) -> None:
    for text in ("import parts\nparts.big.|", "from parts.big import |", "import parts.big\nparts.big.|"):
        found = {name for name in editor.completions(text) if not name.startswith("_")}
        assert {f"node_{number}" for number in range(5)} | {"anode_0", "Node0Args", "Mode", "Model0"} <= found


def test_completion_of_members_and_results(editor: Editor) -> None:
    begin = "from mynodes.demo import Colour, Point, describe, make_image, record\n"
    assert {"RED", "BLUE"} <= set(editor.completions(f"{begin}Colour.|"))
    assert {"return0", "return1"} <= set(editor.completions(f"{begin}describe(make_image('a')).|"))
    assert {"x", "y", "label"} <= set(editor.completions(f"{begin}def f(point: Point) -> None:\n    point.|"))
    assert "object" in editor.completions(f"{begin}for frame in record():\n    frame.|")


def test_completion_of_arguments(editor: Editor) -> None:
    found = editor.completions("from mynodes.demo import threshold\nthreshold(l|)")
    assert "level=" in found


def test_a_chosen_completion_is_explained(editor: Editor) -> None:
    found = editor.completions("from mynodes.demo import thres|")
    said = editor.described(found["threshold"])
    assert "Pixels at or above the level become white, all others black." in said


@pytest.mark.parametrize(
    "text",
    ["from mynodes.demo import threshold\nthres|hold(1)", "import mynodes\nmynodes.demo.thres|hold(1)"],
    ids=["imported", "lazy"],
)
def test_hover(editor: Editor, text: str) -> None:
    said = editor.hover(text)
    for part in (
        "threshold",
        "image: Image",
        "level: float | None",
        "-> Image",
        "Threshold an image.",
        "Where white begins",
    ):
        assert part in said


def test_hover_of_a_stream_and_of_the_async_form(editor: Editor) -> None:
    assert "Generator[Image, None, None]" in editor.hover("import mynodes\nmynodes.demo.rec|ord()")
    said = editor.hover("import mynodes\nmynodes.demo.athres|hold()")
    assert "def athreshold(" in said
    assert "Threshold an image." in said


def test_hover_of_an_app_in_parts(editor: Editor) -> None:
    said = editor.hover("import parts\nparts.big.node|_1()")
    for part in ("mode: Mode", "at: Model1", "-> int"):
        assert part in said


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("import mynodes\nmynodes.demo.threshold(|)", ["image: Image", "level: float | None"]),
        ("from mynodes.demo import athreshold\nathreshold(|)", ["image: Image", "level: float | None"]),
        ("from mynodes.demo import ThresholdArgs\nThresholdArgs(|)", ["image: Image", "level: float | None"]),
        ("import parts\nparts.big.node_1(|)", ["mode: Mode", "at: Model1"]),
    ],
)
def test_signature_help(editor: Editor, text: str, parameters: list[str]) -> None:
    (signature,) = editor.signatures(text)
    shown = [parameter["label"] for parameter in signature["parameters"]]
    # Some servers say where in the whole a parameter stands.
    labels = [label if isinstance(label, str) else signature["label"][label[0] : label[1]] for label in shown]
    labels = [label for label in labels if label not in ("*", "/")]
    assert [label.split("=")[0].strip() for label in labels] == parameters
    if "Args" not in text and "parts" not in text:
        assert "Threshold an image." in signature["documentation"]["value"]


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        ("import mynodes\nmynodes.demo.thres|hold(1)", "mynodes/demo.py", "def threshold("),
        ("from mynodes import demo\ndemo.athres|hold(1)", "mynodes/demo.py", "async def athreshold("),
        ("from mynodes.demo import rec|ord", "mynodes/demo.py", "def record("),
        ("from mynodes.demo import Ima|ge", "mynodes/types.py", "class Image("),
        ("import mynodes\nmynodes.de|mo", "mynodes/demo.py", '"""Nodes of the app demo."""'),
        ("import parts\nparts.big.node|_1()", "parts/big/_part001.py", "def node_1("),
        ("from parts.types import Mo|de", "parts/types/_part000.py", "class Mode("),
    ],
)
def test_definition(editor: Editor, text: str, file: str, line: str) -> None:
    places = editor.definitions(text)
    assert any(path.as_posix().endswith(file) and found.startswith(line) for path, found in places), places
