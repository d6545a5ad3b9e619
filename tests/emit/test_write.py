"""Publication: all or nothing, and nobody's work is touched."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rekuest_codegen.emit import generate, swap, write, write_package
from rekuest_codegen.errors import OutputError
from rekuest_codegen.ir import Node
from tests.conftest import ROOT
from tests.emit.killed import package
from tests.processes import run


@pytest.fixture
def files(sample: list[Node]) -> dict[str, str]:
    return generate(sample)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_written_as_generated(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "deep" / "er" / "nodes"
    result = write_package(out, files)
    assert tree(out) == {path: text.encode() for path, text in files.items()}
    assert result.created == tuple(sorted(files))
    assert [path.name for path in out.parent.iterdir()] == ["nodes"]


def test_nothing_changed_touches_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "nodes"
    write_package(out, files)

    def state() -> dict[Path, tuple[int, ...]]:
        found = {path: path.stat() for path in (out, *out.rglob("*"))}
        return {
            path: (one.st_ino, one.st_mode, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
            for path, one in found.items()
        }

    before = state()
    assert str(write_package(out, files)) == "nothing changed"
    assert state() == before


def test_a_folder_that_nobody_can_write_to(
    tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changed, and nothing is written beside it either; else it is said, and nothing is lost."""
    out = tmp_path / "nodes"
    write_package(out, files)

    def refused(path: Path, flags: int, mode: int = 0o777) -> int:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(os, "open", refused)
    assert str(write_package(out, files)) == "nothing changed"
    before = tree(out)
    with pytest.raises(OutputError, match="Read-only"):
        write_package(out, {**files, "lab.py": ""})
    assert tree(out) == before


def test_edits_that_are_lost_are_named(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "nodes"
    write_package(out, files)
    first, second = [path for path in sorted(files) if path.endswith(".py")][:2]
    for path in (first, second):
        (out / path).write_text("# mine\n", encoding="utf-8")
    fewer = {path: text for path, text in files.items() if path != second}
    said = write_package(out, fewer)
    assert said.edited == (first, second)
    assert str(said) == f"files: 1 changed, 1 removed; edits by hand are gone from {first}, {second}"


def test_a_folder_in_a_file(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(OutputError, match=rf"^{tmp_path}/f: is a file, so {tmp_path}/f/x/y cannot be in it"):
        write_package(tmp_path / "f" / "x" / "y", files)


@pytest.mark.parametrize("exchange", [True, False])
def test_what_did_not_change_keeps_its_time(
    tmp_path: Path, sample: list[Node], monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(swap, "_renameat2", lambda: None)
    out = tmp_path / "nodes"
    renamed = sample[2].model_copy(update={"app": "elsewhere"})
    write_package(out, generate([*sample, renamed]))
    kept = out / "app.py"
    os.utime(kept, ns=(1, 1))
    (out / "__pycache__").mkdir()
    (out / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"")
    result = write_package(out, generate(sample))
    assert kept.stat().st_mtime_ns == 1
    assert result.removed == ("elsewhere.py",)
    assert not (out / "elsewhere.py").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["nodes"]


def test_an_edited_file_of_ours_is_ours(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "nodes"
    write_package(out, files)
    (out / "app.py").write_text("edited")
    assert write_package(out, files).changed == ("app.py",)
    assert tree(out)["app.py"] == files["app.py"].encode()


def refuse_stranger(out: Path) -> None:
    (out / "mine.py").write_text("work of hours")


def refuse_link(out: Path) -> None:
    (out / "app.py").unlink()
    (out / "app.py").symlink_to(out.parent / "precious.py")


def refuse_linked_folder(out: Path) -> None:
    (out / "sub").symlink_to(out.parent, target_is_directory=True)


def refuse_broken_manifest(out: Path) -> None:
    (out / "manifest.json").write_text("{}")


def refuse_missing_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


@pytest.mark.parametrize(
    "spoil", [refuse_stranger, refuse_link, refuse_linked_folder, refuse_broken_manifest, refuse_missing_manifest]
)
def test_what_we_did_not_write_is_not_touched(
    tmp_path: Path, files: dict[str, str], spoil: Callable[[Path], None]
) -> None:
    out = tmp_path / "nodes"
    (tmp_path / "precious.py").write_text("precious")
    write_package(out, files)
    spoil(out)
    before = tree(tmp_path)
    with pytest.raises(OutputError, match="another folder") as caught:
        write_package(out, {**files, "new.py": ""})
    assert "\n" not in str(caught.value)
    assert tree(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "nodes").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        write_package(tmp_path / "nodes", files)
    with pytest.raises(OutputError):
        write_package(tmp_path / "nodes" / "inside", files)
    assert tree(tmp_path) == {"nodes": b"a file"}


def test_a_link_is_not_followed(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "nodes").symlink_to("real", target_is_directory=True)
    with pytest.raises(OutputError, match="symbolic link"):
        write_package(tmp_path / "nodes", files)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("end", ["new", "old"])
def test_a_link_is_not_taken_for_what_a_killed_run_left(tmp_path: Path, files: dict[str, str], end: str) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine", encoding="utf-8")
    link = tmp_path / f".nodes.0123456789abcdef.{end}"
    link.symlink_to(precious, target_is_directory=True)
    write_package(tmp_path / "nodes", files)
    assert tree(tmp_path / "nodes").keys() == files.keys()
    assert tree(precious) == {"thesis.txt": b"mine"}
    assert link.is_symlink()


@pytest.mark.parametrize(
    "path",
    [
        "../up.py",
        "/abs.py",
        "a/../../b.py",
        "a\\b.py",
        "c:b.py",
        "",
        ".",
        "a//b.py",
        "con.py",
        "x/NUL",
        "é.py",
        "a\n.py",
    ],
)
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError):
        write_package(tmp_path / "nodes", {path: ""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_no_name_no_package(files: dict[str, str], out: str) -> None:
    with pytest.raises(OutputError, match="name a folder"):
        write_package(Path(out), files)


@pytest.mark.parametrize("fails_at", range(4))
def test_a_full_disk_leaves_the_old_package(
    tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    out = tmp_path / "nodes"
    write_package(
        out,
        {path: text + "\n" for path, text in files.items() if path != "manifest.json"}
        | {"manifest.json": files["manifest.json"]},
    )
    before = tree(out)
    count = 0

    def full(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count > fails_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_package(out, files)
    assert count == fails_at + 1
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["nodes"]


def test_a_second_rename_that_fails_is_undone(
    tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "nodes"
    write_package(out, files)
    before = tree(out)
    monkeypatch.setattr(swap, "_renameat2", lambda: None)
    rename, calls = os.rename, list[str]()

    def failing(source: Path, target: Path) -> None:
        calls.append(Path(target).name)
        if len(calls) == 2:
            raise OSError(errno.EIO, "the disk is on fire")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(OutputError, match="on fire"):
        write_package(out, {**files, "app.py": "pass\n"})
    assert len(calls) == 3
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["nodes"]


def test_one_writer_at_a_time(tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "nodes"
    inside, go_on = threading.Event(), threading.Event()
    publish = write._publish

    def slowly(target: Path, given: dict[str, str], keep: tuple[str, ...]) -> write.WriteResult:
        inside.set()
        assert go_on.wait(10)
        return publish(target, given, keep)

    monkeypatch.setattr(write, "_publish", slowly)
    first = threading.Thread(target=write_package, args=(out, files))
    first.start()
    assert inside.wait(10)
    with pytest.raises(OutputError, match="another run"):
        write_package(out, files, wait=0.05)
    second = threading.Thread(target=write_package, args=(out, files))
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert not first.is_alive()
    assert not second.is_alive()
    assert tree(out) == {path: text.encode() for path, text in files.items()}
    assert [path.name for path in tmp_path.iterdir()] == ["nodes"]


def test_readers_see_the_old_or_the_new(tmp_path: Path, files: dict[str, str]) -> None:
    """Every look at the package while it is replaced finds one version in all files."""
    out = tmp_path / "nodes"
    versions = [{**files, "app.py": f"v = {number}\n", "types.py": f"v = {number}\n"} for number in (0, 1)]
    write_package(out, versions[0])
    if swap._renameat2() is None:
        pytest.skip("only Linux exchanges folders in one step")
    done = threading.Event()
    mixes: list[tuple[bytes, bytes]] = []
    looks = 0

    def look() -> None:
        nonlocal looks
        while not done.is_set():
            folder = os.open(out, os.O_RDONLY)
            try:
                read = [os.open(name, os.O_RDONLY, dir_fd=folder) for name in ("app.py", "types.py")]
            except FileNotFoundError:
                continue  # the old package, removed while we held it: gone, but no mix
            finally:
                os.close(folder)
            seen = [os.read(descriptor, 100) for descriptor in read]
            for descriptor in read:
                os.close(descriptor)
            looks += 1
            if seen[0] != seen[1]:
                mixes.append((seen[0], seen[1]))

    reader = threading.Thread(target=look)
    reader.start()
    for turn in range(60):
        write_package(out, versions[(turn + 1) % 2])
    done.set()
    reader.join(10)
    assert mixes == []
    assert looks > 0


# -- what the user keeps -----------------------------------------------------------------------------------------------


def changed(files: dict[str, str]) -> dict[str, str]:
    return {**files, "app.py": files["app.py"] + "\n"}


@pytest.mark.parametrize("exchange", [True, False])
def test_kept_files_stay_as_they_are(
    tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(swap, "_renameat2", lambda: None)
    out = tmp_path / "nodes"
    write_package(out, files)
    (out / "extra" / "deep").mkdir(parents=True)
    for path in ("notes.md", "extra/one.py", "extra/deep/two.txt"):
        (out / path).write_text("of hours")
        os.utime(out / path, ns=(5, 7))
    (out / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match=r"holds extra/deep/two.txt and 3 more.*name it as kept"):
        write_package(out, changed(files))
    keep = ("*.md", "extra/", "link")
    assert write_package(out, changed(files), keep=keep).changed == ("app.py",)
    assert [(out / path).stat().st_mtime_ns for path in ("notes.md", "extra/one.py", "extra/deep/two.txt")] == [7] * 3
    assert os.readlink(out / "link") == str(tmp_path / "nowhere")
    assert str(write_package(out, changed(files), keep=keep)) == "nothing changed"
    assert [path.name for path in tmp_path.iterdir()] == ["nodes"]


def test_a_kept_file_is_not_written_over(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "nodes"
    write_package(out, files)
    (out / "new.py").write_text("mine")
    with pytest.raises(OutputError, match=r"new\.py is kept, and would be written too"):
        write_package(out, {**files, "new.py": "ours"}, keep=("new.py",))
    assert (out / "new.py").read_text() == "mine"


def test_what_was_ours_is_the_users_once_he_wrote_in_it_and_keeps_it(tmp_path: Path, sample: list[Node]) -> None:
    out = tmp_path / "nodes"
    for kept in (True, False):
        elsewhere = sample[2].model_copy(update={"app": "elsewhere"})
        write_package(out, generate([*sample, elsewhere]), keep=("elsewhere.py",) if kept else ())
        if kept:
            (out / "elsewhere.py").write_text("mine now")
        result = write_package(out, generate(sample), keep=("elsewhere.py",))
        assert result.removed == (() if kept else ("elsewhere.py",))
        assert (out / "elsewhere.py").exists() is kept
        (out / "elsewhere.py").unlink(missing_ok=True)


def test_what_is_put_there_meanwhile_is_not_lost(
    tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves a file of his own in the moment between our look at the folder and our taking its place."""
    out = tmp_path / "nodes"
    write_package(out, files)
    (out / "notes.md").write_text("first")

    def late(fresh: Path, target: Path) -> None:
        (target / "late.md").write_text("late")
        (target / "new.md").write_text("second")
        os.replace(target / "new.md", target / "notes.md")
        swap.swap(fresh, target)

    monkeypatch.setattr(write, "swap", late)
    write_package(out, changed(files), keep=("*.md",))
    assert (out / "late.md").read_text() == "late"
    assert (out / "notes.md").read_text() == "second"


# -- killed, and at once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["exchange", "rename"])
def test_killed_at_any_line(tmp_path: Path, way: str) -> None:
    """A run killed with SIGKILL leaves the old package or the new one, and the next run puts right the rest."""
    if way == "exchange" and swap._renameat2() is None:
        pytest.skip("only Linux exchanges folders in one step")
    (tmp_path / "at").mkdir()
    done = run([sys.executable, "-m", "tests.emit.killed", str(tmp_path / "at"), way], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    imported = run([sys.executable, "-B", "-c", "import mynodes; print(mynodes.one.v)"], cwd=tmp_path / "at")
    assert (imported.stdout, imported.stderr) == ("1\n", "")
    old, new, gap = (int(count) for count in done.stdout.split()[1:])
    assert old > 100
    assert new > 20
    # Two renames have a moment in which there is no package; the next run brings the old one back.
    assert gap == 0 if way == "exchange" else 0 < gap < 10


WRITER = """
import sys
from pathlib import Path
from rekuest_codegen.emit import write_package
from tests.emit.killed import package
sys.stdin.read()
for turn in range(10):
    write_package(Path(sys.argv[1]), package(int(sys.argv[2])), wait=60)
"""


def test_several_runs_at_once(tmp_path: Path) -> None:
    """Processes that write different packages to one place: whoever was last has the whole of his there."""
    out = tmp_path / "mynodes"
    command = [sys.executable, "-c", WRITER, str(out)]
    writers = [
        subprocess.Popen([*command, str(version)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for version in range(4)
    ]
    for writer in writers:  # all of them stand ready before one begins
        assert writer.stdin is not None
        writer.stdin.close()
        writer.stdin = None
    for writer in writers:
        assert writer.communicate(timeout=60)[1] == ""
        assert writer.returncode == 0
    texts = {path: content.decode() for path, content in tree(out).items()}
    assert texts in [package(version) for version in range(4)]
    assert [path.name for path in tmp_path.iterdir()] == ["mynodes"]
