"""Every origin gives the same nodes; names of git revisions are never options, commands or an endless wait."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.build import revisions
from rekuest_codegen.build.origins import from_manifest, from_revision, from_source
from rekuest_codegen.emit import EmitOptions, generate, write_package
from rekuest_codegen.errors import ConfigurationError, DefinitionError, RekuestError
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.project import Filters, Patterns

WHO = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def node(key: str, app: str = "lab") -> Node:
    return read_node({"app": app, "key": key, "collections": ["c"], "args": [{"key": "x", "kind": "INT"}]})


def pull(folder: Path, *nodes: Node) -> None:
    provenance = {"server": "https://rekuest.example.org", "options": {"layout": "apps"}}
    write_package(folder, generate(nodes, EmitOptions(provenance=provenance)))


def git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60, env=environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A package in three commits, with one node, two and three."""
    nodes = [node("f"), node("g"), node("h", "other")]
    (tmp_path / "deep").mkdir()
    git(tmp_path, "init", "--quiet")
    for count in (1, 2, 3):
        pull(tmp_path / "deep" / "mynodes", *nodes[:count])
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "-m", f"{count}")
    return tmp_path


def titles(nodes: tuple[Node, ...]) -> list[str]:
    return [one.title for one in nodes]


def test_a_manifest(repository: Path) -> None:
    found = from_manifest(repository / "deep" / "mynodes")
    assert titles(found.nodes) == ["lab/f", "lab/g", "other/h"]
    assert found.provenance == {"server": "https://rekuest.example.org"}
    assert found.options == {"layout": "apps"}
    assert from_manifest(repository / "deep" / "mynodes" / "manifest.json") == found
    filters = Filters(app=("l*",), exclude=Patterns(key=("g",)))
    assert titles(from_manifest(repository / "deep" / "mynodes", filters).nodes) == ["lab/f"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "no manifest.json there"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"{", "manifest.json: no JSON (Expecting"),
        (b'{"format": 99}', "not a manifest of format 1"),
        (b'{"format": 1, "nodes": 3, "provenance": {}}', "no nodes and provenance"),
        (b'{"format": 1, "nodes": [], "provenance": {"options": 3}}', "options: expected a table"),
        (b"[" * 200_000, "recursion"),
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, text: bytes | None, problem: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(ConfigurationError) as caught:
        from_manifest(tmp_path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_node_in_a_manifest_is_checked_as_one_from_a_server(tmp_path: Path) -> None:
    text = '{"format": 1, "nodes": [{"key": "f", "args": [{"key": "x", "kind": "HOLOGRAM"}]}], "provenance": {}}'
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="unknown kind"):
        from_manifest(tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HEAD:deep/mynodes", ["lab/f", "lab/g", "other/h"]),
        ("HEAD~1:deep/mynodes/", ["lab/f", "lab/g"]),
        ("HEAD~2:deep/mynodes/manifest.json", ["lab/f"]),
        ("HEAD^{/2}:deep/mynodes", ["lab/f", "lab/g"]),
    ],
)
def test_a_revision(repository: Path, name: str, expected: list[str]) -> None:
    assert titles(from_revision(name, folder=repository).nodes) == expected
    assert titles(from_revision(name, folder=repository / "deep").nodes) == expected


def test_a_revision_seen_from_here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "deep")
    assert titles(from_revision("HEAD~1:./mynodes").nodes) == ["lab/f", "lab/g"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("HEAD", "names no git revision"),
        (":mynodes", "names no git revision"),
        ("HEAD~9:deep/mynodes", "git knows no such file in such a revision"),
        ("HEAD:mynodes", "paths begin at the top of the repository"),
        ("nothing:deep/mynodes", "git knows no such file"),
        ("--upload-pack=touch owned:x", "no name of a file"),
        ("HEAD\nHEAD:x", "no name of a file"),
        ("HEAD:../../etc", "git gives no answer"),
        ("HEAD:deep/mynodes\0", "no name of a file"),
    ],
)
def test_no_such_revision(repository: Path, name: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_revision(name, folder=repository)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (repository / "owned").exists()


def test_a_folder_in_the_place_of_a_manifest(repository: Path) -> None:
    (repository / "odd" / "manifest.json").mkdir(parents=True)
    (repository / "odd" / "manifest.json" / "x").write_text("")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "odd")
    with pytest.raises(ConfigurationError, match="is a folder in that revision"):
        from_revision("HEAD:odd", folder=repository)


def test_no_repository_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"git gives no answer; is .* in a repository"):
        from_revision("HEAD:mynodes", folder=tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigurationError, match="git cannot be run"):
        from_revision("HEAD:mynodes", folder=tmp_path)


def test_a_revision_is_bounded(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "MAX_BYTES", 100)
    with pytest.raises(ConfigurationError, match="files above 100 are not read"):
        from_revision("HEAD:deep/mynodes", folder=repository)


def test_git_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(revisions, "WITHIN", 0.2)
    with pytest.raises(ConfigurationError, match="git gives no answer"):
        from_revision("HEAD:mynodes", folder=tmp_path)


def test_programs_of_a_repository_are_not_run(repository: Path) -> None:
    """A repository may name programs for its files; reading one runs none of them."""
    (repository / ".gitattributes").write_text("* diff=evil filter=evil\n")
    for key in ("diff.evil.textconv", "filter.evil.smudge", "core.fsmonitor", "core.pager", "core.sshCommand"):
        git(repository, "config", key, f"touch {repository}/owned; cat")
    assert titles(from_revision("HEAD~2:deep/mynodes", folder=repository).nodes) == ["lab/f"]
    assert not (repository / "owned").exists()


@given(st.text(max_size=40))
def test_any_text_is_a_revision_or_an_error(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    with pytest.raises(RekuestError):
        from_revision(name.replace(":", "") if name.count(":") else name, folder=tmp_path_factory.getbasetemp())


SOURCE = '''
from rekuest_codegen import easy, register

app = easy("lab")


@app.rekuest.register()
def add(x: int) -> int:
    """Add."""
    return x


@app.rekuest.register()
def sub(x: int) -> int:
    """Subtract."""
    return x
'''


def test_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "neighbour").mkdir()
    (tmp_path / "neighbour" / "app.py").write_text(SOURCE, encoding="utf-8")
    found = from_source("neighbour", root=tmp_path)
    assert (titles(found.nodes), found.provenance) == (["lab/add", "lab/sub"], {"source": "neighbour"})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found = from_source("../neighbour", Filters(key=("s*",)))
    assert titles(found.nodes) == ["lab/sub"]
    assert found.provenance == {"source": "../neighbour", "filters": {"key": ["s*"]}}
    with pytest.raises(ConfigurationError, match="no such file or folder"):
        from_source("neighbour")
