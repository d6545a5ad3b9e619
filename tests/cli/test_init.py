"""``init``: a section to start from, and not a byte of the rest of the file touched."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from rekuest_codegen.cli import main
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import read_project
from rekuest_codegen.project.section import SECTION, add_section
from tests.processes import run_here


def init(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_here("init", *arguments, cwd=folder)


def test_a_new_file(tmp_path: Path) -> None:
    done = init(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "set REKUEST_TOKEN and REKUEST_URL" in done.stdout
    (target,) = read_project(tmp_path / "pyproject.toml").targets
    assert (target.name, target.out, target.url) == ("mynodes", tmp_path / "mynodes", None)
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n# the end"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rest_stays_byte_for_byte(tmp_path: Path, newline: str, end: str) -> None:
    before = f'# ünïcode\n[project]\nname = "x"  # y\n\n\n[tool.other]\nkeep = [1,\n 2]{end}'.replace("\n", newline)
    file = tmp_path / "pyproject.toml"
    file.write_bytes(before.encode())
    file.chmod(0o640)
    (tmp_path / "deep").mkdir()
    done = init(tmp_path / "deep", "our nodes", "--out", "src/our", "--url", "https://rekuest.example.org/graphql")
    assert (done.returncode, done.stderr) == (0, "")
    after = file.read_bytes()
    assert after.startswith(before.encode())
    assert (b"\r\n" in after) == (newline == "\r\n")
    assert after.count(b"\n") == after.count(b"\r\n") or newline == "\n"
    assert file.stat().st_mode & 0o777 == 0o640
    (target,) = read_project(file).targets
    assert (target.name, target.out) == ("our nodes", tmp_path / "src" / "our")
    assert target.url == "https://rekuest.example.org"


@pytest.mark.parametrize(
    ("before", "problem"),
    [
        ("[tool.rekuest-codegen]\n", "has a section [tool.rekuest-codegen]"),
        ("[tool.rekuest-codegen.structures]\n'a.B' = 'c'\n", "has a section [tool.rekuest-codegen]"),
        ("tool = { x = 1 }\n", "a section cannot be added at its end"),
        ("[broken\n", "nothing was written"),
    ],
)
def test_refused(tmp_path: Path, before: str, problem: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(before, encoding="utf-8")
    done = init(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: pyproject.toml: ")
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert file.read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize("arguments", [["--url", "http://me:secret@x"], ["--url", "ftp://x"], ["a/b"], ["--out", " "]])
def test_nonsense(tmp_path: Path, arguments: list[str]) -> None:
    done = init(tmp_path, *arguments)
    assert done.returncode == 2
    assert "secret" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").symlink_to("real.toml")
    assert init(tmp_path).returncode == 0
    assert os.readlink(tmp_path / "pyproject.toml") == "real.toml"
    assert "rekuest-codegen" in (tmp_path / "real.toml").read_text(encoding="utf-8")


def test_every_commented_line_is_one_that_works(tmp_path: Path) -> None:
    """What the section shows as possible is understood when its mark is taken away."""
    file = tmp_path / "pyproject.toml"
    add_section(file, name="mynodes", out="mynodes", url=None)
    lines = file.read_text(encoding="utf-8").splitlines()
    shown = [line.removeprefix("# ") if line.startswith("# ") and " = " in line else line for line in lines]
    without = ("source =", "search =", "connected =")
    file.write_text("\n".join(line for line in shown if not line.startswith(without)), encoding="utf-8")
    project = read_project(file)
    assert project.ignore == ("lab/test_*",)
    assert project.targets[0].keep == ("notes.md", "extra/*.py")
    assert project.targets[0].filters.exclude.key == ("debug_*",)
    assert SECTION.count("\n# ") > 20


@example(name="{out}", out="{url}")
@given(name=st.text(min_size=1, max_size=20), out=st.text(min_size=1, max_size=20))
def test_any_name_is_quoted_as_it_is(tmp_path_factory: pytest.TempPathFactory, name: str, out: str) -> None:
    file = tmp_path_factory.mktemp("init") / "pyproject.toml"
    try:
        add_section(file, name=name, out=out, url=None)
    except (ConfigurationError, UnicodeEncodeError):
        return
    targets = tomllib.loads(file.read_text(encoding="utf-8"))["tool"]["rekuest-codegen"]["targets"]
    assert list(targets) == [name]
    assert targets[name]["out"] == out


def test_help_says_what_it_does() -> None:
    assert "section" in CliRunner().invoke(main, ["init", "--help"]).output
