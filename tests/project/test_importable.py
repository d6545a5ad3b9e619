"""Folders that make no package, or one that hides another, and a name that would do."""

from __future__ import annotations

import keyword
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import read_project
from rekuest_codegen.project.importable import refusal
from tests.processes import run_here


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("class", "class_nodes"),
        ("a b", "a_b"),
        ("a-b", "a_b"),
        ("1x", "nodes_1x"),
        ("nodes.sub", "nodes_sub"),
        ("...", "mynodes"),
        ("\ufb01le", "file"),  # a ligature, which Python looks for as two letters
        ("rekuest_codegen", "mynodes"),
        ("types", "types_nodes"),
        ("src/email", "email_nodes"),
    ],
)
def test_a_name_that_makes_no_package(name: str, instead: str, tmp_path: Path) -> None:
    said = refusal(tmp_path / name, tmp_path)
    assert said is not None
    assert said.endswith(f"; call the folder {instead}")
    assert refusal((tmp_path / name).with_name(instead), tmp_path) is None
    (tmp_path / "pyproject.toml").write_text(f'[tool.rekuest-codegen.targets.a]\nout = "{name}"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"pyproject\.toml:2: .*out: .*{instead}$"):
        read_project(tmp_path / "pyproject.toml")


@pytest.mark.parametrize("name", ["mynodes", "match", "größe", "lab/types", "lab/email"])
def test_a_name_that_makes_one(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path / name, tmp_path) is None


def test_a_package_in_a_package_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "__init__.py").touch()
    assert refusal(tmp_path / "src" / "types", tmp_path) is None


@given(st.text(max_size=8))
def test_what_is_named_instead_would_do(name: str) -> None:
    said = refusal(Path("/somewhere/else") / name.replace("/", "_").replace("\0", "_"), Path("/root"))
    if said is not None:
        instead = said.rpartition(" ")[2]
        assert instead.isidentifier()
        assert not keyword.iskeyword(instead)


@pytest.mark.parametrize(
    "command",
    [
        ["pull", "--frozen", "--out", "class"],
        ["pull", "--source", "x.py", "--out", "class"],
        ["check", "--out", "class"],
        ["init", "class"],
        ["init", "lab", "--out", "class"],
    ],
)
def test_it_is_said_before_anything_is_done(command: list[str], tmp_path: Path) -> None:
    done = run_here(*command, cwd=tmp_path, environment={})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: 'class' cannot be imported; call the folder class_nodes\n"
    assert list(tmp_path.iterdir()) == []


def test_folders_that_differ_in_case_only(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.rekuest-codegen.targets.nodes]\n[tool.rekuest-codegen.targets.Nodes]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="'Nodes' and 'nodes' would write into one folder"):
        read_project(file)
