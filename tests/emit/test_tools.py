"""What comes out is as its receivers' tools want it, without their having run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rekuest_codegen.emit import EmitOptions, generate
from rekuest_codegen.ir import Node
from tests.emit.answers import recorded_nodes
from tests.emit.hostile import OPTIONS, nodes
from tests.emit.tools import mypy_complaints, place, pyright_complaints, ruff_complaints

IMPORT_ALL = """
import importlib, pathlib, sys, warnings
from pydantic import BaseModel
from rekuest_codegen import runtime
warnings.simplefilter("error")
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
for file in sorted(root.rglob("*.py")):
    module = importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__:
            value.model_rebuild(force=True)
        if isinstance(value, runtime.Remote):
            value.contract
print(len(list(root.rglob("*.py"))))
"""

RIGHT = """
from nodes import app
from nodes.app import ThresholdArgs, Image, Mode, asplit, athreshold, record, arecord, split, threshold


def use(image: Image) -> float:
    mask: Image = threshold(image, level=0.25, mode=Mode.FAST)
    arguments = ThresholdArgs(image=mask)
    low, high = split([1.0, 2.0])
    total: float = low + high + split([1.0]).high
    for number in record(seconds=3):
        total += number
    return total if app.threshold(arguments.image) else 0.0


async def ause(image: Image) -> float:
    mask: Image = await athreshold(image)
    total = sum((await asplit([1.0])))
    async for number in arecord(3):
        total += number
    return total if mask else 0.0
"""
WRONG = """
from nodes.app import Image, threshold, athreshold
import OPTIONS, nodes

threshold("an image")
threshold(Image("1"), 0.5, "FAST", 3)
threshold(Image("1"), levle=0.5)
x: int = threshold(Image("1"))
y: Image = athreshold(Image("1"))
nodes.nowhere
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many packages of hostile nodes, to be looked at in one run of each tool."""
    root = tmp_path_factory.mktemp("hostile")
    count = 0

    @settings(max_examples=60, phases=[Phase.generate])
    @given(st.lists(nodes(), min_size=1, max_size=8), OPTIONS)
    def collect(some: list[Node], options: EmitOptions) -> None:
        nonlocal count
        place(root, f"p{count:03d}", generate(some, options))
        count += 1

    collect()
    assert count >= 60
    return root


def test_ruff_leaves_hostile_nodes_alone(hostile: Path) -> None:
    assert ruff_complaints(hostile) == ""


def test_hostile_nodes_import(hostile: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(hostile)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 120


def test_mypy_finds_nothing_in_hostile_nodes(hostile: Path) -> None:
    assert mypy_complaints(hostile) == []


def test_pyright_finds_nothing_in_hostile_nodes(hostile: Path) -> None:
    assert pyright_complaints(hostile) == []


def test_a_real_server_s_answer(tmp_path: Path) -> None:
    options = EmitOptions(structures={"@research/sample": "own.samples:Sample"})
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "own" / "samples.py").write_text('"""Samples."""\n\n\nclass Sample:\n    """One."""\n')
    place(tmp_path, "mynodes", generate(recorded_nodes()))
    place(tmp_path, "mapped", generate(recorded_nodes(), options))
    place(tmp_path, "parted", generate(recorded_nodes(), EmitOptions(module_size=2)))
    assert ruff_complaints(tmp_path) == ""
    assert mypy_complaints(tmp_path) == []
    assert pyright_complaints(tmp_path) == []
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_type_checkers_know_right_from_wrong(tmp_path: Path, sample: list[Node]) -> None:
    for size, name in ((200, "one"), (1, "parts")):
        root = tmp_path / name
        place(root, "nodes", generate(sample, EmitOptions(module_size=size)))
        (root / "right.py").write_text(RIGHT)
        (root / "wrong.py").write_text(WRONG)
        for complaints in (mypy_complaints(root), pyright_complaints(root)):
            assert [line for line in complaints if "wrong.py" not in line] == []
            lines = {int(line.split("wrong.py:")[1].split(":")[0]) for line in complaints}
            assert lines >= {5, 6, 7, 8, 9, 10}
