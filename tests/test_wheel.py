"""What is installed is what was tested: the wheel has all that the package reads, and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.processes import run

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return next(folder.glob("*.whl"))


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {"py.typed", "api/schema.graphql", "api/client/operations.py"}
    assert {f"rekuest_codegen/{name}" for name in needed} <= names
    folder = ROOT / "templates"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    templates = {f"rekuest_codegen/_templates/{path}" for path in files}
    assert templates
    assert templates <= names
    assert not [
        name for name in names if name.split("/")[0] in ("tests", "benchmarks", "generated_example", "templates")
    ]


def test_it_generates(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import rekuest_codegen; from rekuest_codegen.emit import generate; from rekuest_codegen.ir import Node;"
        "print(rekuest_codegen.__file__); print(len(generate([Node(key='f', app='a')])))"
    )
    done = run([sys.executable, "-c", code], environment={"PYTHONPATH": str(tmp_path / "site")}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    path, count = done.stdout.split()
    assert Path(path).is_relative_to(tmp_path)
    assert int(count) >= 4
