"""Real small projects, built with the real tools into a wheel that imports, from a manifest and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from rekuest_codegen.build.setuptools import is_asked_for
from rekuest_codegen.server import serving
from tests.processes import cli, run

EXAMPLE = Path(__file__).parents[2] / "generated_example" / "mynodes"
STUBS = {"__init__.py", "demo.py", "types.py", "py.typed", "manifest.json"}

HATCH = """
[build-system]
requires = ["hatchling", "rekuest-codegen"]
build-backend = "hatchling.build"

[project]
name = "mylab"
version = "1"

[tool.hatch.build.hooks.rekuest-codegen]

[tool.hatch.build.targets.wheel]
packages = ["src/mylab"]
"""
SETUPTOOLS = """
[build-system]
requires = ["setuptools>=77", "Rekuest_Codegen >= 0.1"]
build-backend = "setuptools.build_meta"

[project]
name = "mylab"
version = "1"
"""
TARGET = """
[tool.rekuest-codegen.targets.nodes]
out = "src/mylab/nodes"
include = { app = ["demo"] }
"""


@pytest.fixture(params=[HATCH, SETUPTOOLS], ids=["hatchling", "setuptools"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project that git keeps the manifest of, and not what is generated from it."""
    root = tmp_path / "project"
    nodes = root / "src" / "mylab" / "nodes"
    nodes.mkdir(parents=True)
    (root / "src" / "mylab" / "__init__.py").touch()
    (root / "pyproject.toml").write_text(request.param + TARGET, encoding="utf-8")
    (root / ".gitignore").write_text("/src/mylab/nodes/*\n!manifest.json\n", encoding="utf-8")
    (nodes / "manifest.json").write_bytes((EXAMPLE / "manifest.json").read_bytes())
    subprocess.run(["git", "init", "-q", str(root)], check=True, timeout=60)
    return root


def build(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Without isolation: the tools of this environment, and ourselves, are what the project requires.
    return run([sys.executable, "-m", "build", "--no-isolation", *arguments], cwd=root, environment=environment)


def test_a_wheel_by_way_of_a_source_distribution(project: Path, tmp_path: Path) -> None:
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rekuest-codegen: src/mylab/nodes: " in done.stderr + done.stdout
    (sdist,) = (project / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/mylab/nodes/{name}" for name in STUBS} <= packed
    (wheel,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = {name for name in built.namelist() if name.startswith("mylab/")}
        built.extractall(tmp_path / "site")
    assert names == {"mylab/__init__.py", *(f"mylab/nodes/{name}" for name in STUBS)}
    for name in STUBS:
        assert (tmp_path / "site" / "mylab" / "nodes" / name).read_bytes() == (EXAMPLE / name).read_bytes(), name
    code = "from mylab.nodes import demo; print(demo.add.__name__)"
    imported = run([sys.executable, "-c", code], cwd=tmp_path / "site")
    assert (imported.stdout, imported.stderr) == ("add\n", "")
    assert not list(project.glob("src/mylab/.*"))


def test_what_fails_is_one_line_and_no_wheel(project: Path) -> None:
    manifest = project / "src" / "mylab" / "nodes" / "manifest.json"
    manifest.write_text("{}", encoding="utf-8")
    done = build(project, "--wheel")
    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode != 0
    (line,) = [line for line in said if line.startswith("rekuest-codegen: ")]
    assert "manifest.json" in line
    assert not list((project / "dist").glob("*.whl"))


def test_no_manifest_says_what_to_do(project: Path) -> None:
    (project / "src" / "mylab" / "nodes" / "manifest.json").unlink()
    done = build(project, "--wheel")
    assert done.returncode != 0
    assert "run rekuest-codegen pull nodes and commit the manifest, or set frozen = false" in done.stdout + done.stderr


LAB = """
from rekuest_codegen import easy

app = easy("lab")


@app.register()
def add(x: int, y: int) -> int:
    return x + y
"""


def test_not_frozen_asks_the_server(project: Path, tmp_path: Path) -> None:
    (project / "src" / "mylab" / "nodes" / "manifest.json").unlink()
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace('["demo"]', '["lab"]')
    file.write_text(f"{text}\n[tool.rekuest-codegen.build]\nfrozen = false\n", encoding="utf-8")
    (tmp_path / "lab.py").write_text(LAB, encoding="utf-8")
    with serving(token="a-secret-token") as server:
        environment = {"REKUEST_URL": server.url, "REKUEST_TOKEN": server.token}
        assert run(cli("push", "lab.py"), cwd=tmp_path, environment=environment).returncode == 0
        done = build(project, "--wheel", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        assert "mylab/nodes/lab.py" in built.namelist()
        packed = b"".join(built.read(name) for name in built.namelist())
    assert b"a-secret-token" not in packed + done.stdout.encode() + done.stderr.encode()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (SETUPTOOLS, True),
        (HATCH.replace("rekuest-codegen", "rekuest-codegen-other"), False),
        ("", False),
        ("not toml", False),
        ("[build-system]\nrequires = 3", False),
    ],
)
def test_projects_that_do_not_ask_are_left_alone(text: str, asked: bool, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    assert is_asked_for(file) is asked
    assert not is_asked_for(tmp_path / "none.toml")
