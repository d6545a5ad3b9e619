"""``check``: 0 the same, 1 with what differs, 2 when nobody can tell; and not a byte written anywhere."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.build import difference as module
from rekuest_codegen.build.difference import Difference, difference
from rekuest_codegen.cli.annotations import annotation
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.errors import OutputError
from rekuest_codegen.ir import Node, read_node
from tests.fetch.conftest import TOKEN, Listing, action, answering
from tests.processes import run_here


def command(folder: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"REKUEST_URL": url, "REKUEST_TOKEN": TOKEN, "REKUEST_CACHE_DIR": str(folder.parent / "cache")}
    return run_here(*arguments, cwd=folder, environment=environment)


def everything(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    found = {path: path.lstat() for path in (folder, *folder.rglob("*"))}
    return {
        str(path): (one.st_mtime_ns, one.st_ino, path.read_bytes() if path.is_file() else None)
        for path, one in found.items()
    }


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, Listing]:
    """A folder with a pulled package, and the server it is from."""
    server = Listing([action("f"), action("g"), action("h", "other")])
    folder = tmp_path / "project"
    folder.mkdir()
    with answering(server) as url:
        assert command(folder, "pull", "--out", "mynodes", url=url).returncode == 0
    return folder, server


def checked(package: tuple[Path, Listing], *arguments: str, out: str = "mynodes") -> subprocess.CompletedProcess[str]:
    """`check` of the package against its server; nothing of the project or the cache may change by it."""
    folder, server = package
    before = everything(folder.parent)
    with answering(server) as url:
        done = command(folder, "check", "--out", out, *arguments, url=url)
    assert everything(folder.parent) == before
    assert "Traceback" not in done.stderr
    return done


def changed(package: tuple[Path, Listing]) -> None:
    """One node more, one less, one another; and a file edited, one gone, one of somebody else's."""
    folder, server = package
    server.actions = [action("f", description="Another."), action("new"), action("h", "other")]
    (folder / "mynodes" / "other.py").write_text("edited")
    (folder / "mynodes" / "py.typed").unlink()
    (folder / "mynodes" / "mine.py").write_text("mine")


def test_the_same(package: tuple[Path, Listing]) -> None:
    for arguments in ((), ("--frozen",)):
        done = checked(package, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "mynodes: as it would be pulled\n", "")
    done = checked(package, "--format", "github")
    assert (done.returncode, done.stdout) == (0, "")


def test_what_differs(package: tuple[Path, Listing]) -> None:
    changed(package)
    done = checked(package)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "mynodes: differs from what would be pulled",
        "  file py.typed: missing",
        "  file lab.py: changed",
        "  file manifest.json: changed",
        "  file other.py: changed",
        "  file mine.py: not ours, and not kept",
        "  node lab/new: new",
        "  node lab/g: gone",
        "  node lab/f: changed",
    ]


def test_what_differs_as_json(package: tuple[Path, Listing]) -> None:
    changed(package)
    done = checked(package, "--format", "json", "--keep", "mine.py")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "targets": [
            {
                "name": None,
                "out": "mynodes",
                "same": False,
                "added": ["py.typed"],
                "changed": ["lab.py", "manifest.json", "other.py"],
                "removed": [],
                "strangers": [],
                "nodes_added": ["lab/new"],
                "nodes_removed": ["lab/g"],
                "nodes_changed": ["lab/f"],
                "origin": [],
            }
        ]
    }


def test_what_differs_as_annotations(package: tuple[Path, Listing]) -> None:
    changed(package)
    done = checked(package, "--format", "github")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::error file=mynodes/py.typed,title=rekuest-codegen::py.typed: missing; run ")
    assert lines[-1] == (
        "::error file=mynodes/manifest.json,title=rekuest-codegen::lab/new is new, lab/g is gone, lab/f is changed"
    )
    assert len(lines) == 6
    assert lines[-2].startswith(
        "::error file=mynodes/mine.py,title=rekuest-codegen::mine.py: not ours, and not kept; name"
    )


def test_annotations_hang_in_the_workspace(package: tuple[Path, Listing], monkeypatch: pytest.MonkeyPatch) -> None:
    changed(package)
    folder = package[0]
    for workspace, place in ((folder.parent, "project/mynodes"), (folder, "mynodes"), (folder / "sub", "mynodes")):
        monkeypatch.setenv("GITHUB_WORKSPACE", str(workspace))
        assert f"::error file={place}/lab.py," in checked(package, "--format", "github").stdout


def test_the_same_nodes_under_another_address(package: tuple[Path, Listing]) -> None:
    folder = package[0]
    with answering(package[1]) as url:
        manifest = folder / "mynodes" / "manifest.json"
        old = manifest.read_text().replace('"provenance": {', '"provenance": {"server": "http://vm:8741"')
        manifest.write_text(old)
        moved = "made from http://vm:8741, now from a server on this machine: let everybody name it alike"
        done = command(folder, "check", "--out", "mynodes", url=url)
        assert (done.returncode, done.stdout.splitlines()[1]) == (1, "  file manifest.json: changed")
        assert done.stdout.splitlines()[2].startswith(f"  {moved}")
        done = command(folder, "check", "--out", "mynodes", "--format", "github", url=url)
        assert done.stdout.startswith(
            f"::error file=mynodes/manifest.json,title=rekuest-codegen::manifest.json: changed; {moved}"
        )


def test_why_nobody_can_tell_is_annotated(package: tuple[Path, Listing]) -> None:
    folder, server = package
    done = command(folder, "check", "--out", "mynodes", "--format", "github", url="http://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=rekuest-codegen::http://127.0.0.1:9/graphql: no connection")
    assert done.stderr.startswith("error: http://127.0.0.1:9/graphql: no connection")
    server.actions = [action("f", args=[{"key": "x", "kind": "WEIRD", "nullable": False}])]
    done = checked(package, "--format", "github")
    assert done.returncode == 2
    assert [line.startswith("::error title=rekuest-codegen::") for line in done.stdout.splitlines()] == [True, True]


def test_against_the_manifest(package: tuple[Path, Listing]) -> None:
    changed(package)
    done = checked(package, "--frozen", "--keep", "mine.py")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == ["  file py.typed: missing", "  file other.py: changed"]


def test_a_package_that_is_not_there(package: tuple[Path, Listing]) -> None:
    done = checked(package, out="nowhere")
    assert done.returncode == 1
    assert "  file __init__.py: missing" in done.stdout
    assert "  node lab/f: new" in done.stdout


def broken_manifest(folder: Path) -> None:
    (folder / "mynodes" / "manifest.json").write_text("{")


def linked(folder: Path) -> None:
    (folder / "mynodes").rename(folder / "real")
    (folder / "mynodes").symlink_to("real")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [(broken_manifest, "cannot tell which files are ours"), (linked, "is a symbolic link")],
)
def test_nobody_can_tell(package: tuple[Path, Listing], spoil: Callable[[Path], Any], problem: str) -> None:
    spoil(package[0])
    done = checked(package)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_server(package: tuple[Path, Listing]) -> None:
    folder, _ = package
    for url in ("", "http://127.0.0.1:9"):
        done = command(folder, "check", "--out", "mynodes", url=url)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_a_definition_that_cannot_be_expressed(package: tuple[Path, Listing]) -> None:
    package[1].actions = [action("f", args=[{"key": "x", "kind": "HOLOGRAM"}])]
    done = checked(package)
    assert done.returncode == 2
    assert "unknown kind 'HOLOGRAM'" in done.stderr


def test_targets_are_checked_together(package: tuple[Path, Listing]) -> None:
    folder, server = package
    table = "[tool.rekuest-codegen.targets.mynodes]\n[tool.rekuest-codegen.targets.others]\nout = 'others'\n"
    (folder / "pyproject.toml").write_text(table, encoding="utf-8")
    with answering(server) as url:
        done = command(folder, "check", url=url)
        assert done.returncode == 1
        assert done.stdout.splitlines()[:2] == [
            "mynodes: as it would be pulled",
            "others: differs from what would be pulled",
        ]
        assert command(folder, "check", "mynodes", url=url).returncode == 0


@pytest.mark.parametrize("text", ["a\nb", "::error::x", "50%", "a,b:c", "\u202e", "\x1b[31m"])
def test_an_annotation_is_one_line_and_one_command(text: str) -> None:
    said = annotation(text, Path(text))
    assert "\n" not in said
    assert said.isprintable()
    place = said.removeprefix("::error file=").partition(",title=")[0]
    assert not set(place) & set(",:\n")


# -- while others write ------------------------------------------------------------------------------------------------


def nodes(*keys: str) -> list[Node]:
    return [read_node({"app": "lab", "key": key, "args": [{"key": "x", "kind": "INT"}]}) for key in keys]


def test_a_package_is_read_in_one_piece(tmp_path: Path) -> None:
    """While somebody replaces the package all the time, it is the one or the other, and no mix of them."""
    one, two = nodes("f", "g"), nodes("f", "h")
    files = generate(one), generate(two)
    write_package(tmp_path / "mynodes", files[0])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for version in files:
                write_package(tmp_path / "mynodes", version)

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[Difference] = set()
    try:
        for _ in range(40):
            try:
                seen.add(difference(tmp_path / "mynodes", files[0], one))
            except OutputError:
                continue  # replaced faster than it can be read; said, and not guessed
    finally:
        stop.set()
        writer.join(30)
    other = Difference(changed=("lab.py", "manifest.json"), nodes_added=("lab/g",), nodes_removed=("lab/h",))
    assert seen <= {Difference(), other}
    assert seen


def test_a_package_that_never_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_package(tmp_path / "mynodes", generate(nodes("f")))
    marks = iter(range(100))
    monkeypatch.setattr(module, "_mark", lambda out: (next(marks), 0))
    with pytest.raises(OutputError, match="replaced faster than it can be read"):
        difference(tmp_path / "mynodes", {}, [])
    assert next(marks) == 2 * module.ATTEMPTS


def test_versions_are_told_apart(tmp_path: Path) -> None:
    old = [node.model_copy(update={"version": version}) for node in nodes("f") for version in ("1", "2")]
    write_package(tmp_path / "mynodes", generate(old))
    new = [old[0], old[1].model_copy(update={"version": "3"})]
    found = difference(tmp_path / "mynodes", generate(new), new)
    assert (found.nodes_added, found.nodes_removed) == (("lab/f 3",), ("lab/f 2",))
