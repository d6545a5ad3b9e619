"""A report is kept, and is good exactly as long as everything it was made from."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan_projects
from rekuest_codegen.scan.disk import Disk
from rekuest_codegen.scan.kept import RACY, kept_report
from rekuest_codegen.scan.report import Asked, Report, report_of

APP = '''
from rekuest_codegen import register
from pkg.types import Image
from elsewhere import Volume
@register
def measure(image: Image) -> int:
    """Measure."""
@register
def weigh(volume: Volume) -> int:
    """Weigh."""
'''
TYPES = """
class Image:
    @classmethod
    def get_identifier(cls): return "@lab/image"
    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...
"""
OLD = 1_600_000_000_000_000_000


class Project:
    """A small code base, and how often it was really read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read = 0
        for name, text in {"pkg/__init__.py": "", "pkg/types.py": TYPES, "pkg/app.py": APP}.items():
            self.write(name, text)

    def write(self, name: str, text: str, *, changed: int = OLD) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(changed, changed))

    def report(self) -> Report:
        paths = [self.root / "pkg"]

        def make(disk: Disk) -> Report:
            self.read += 1
            options = ScanOptions(search_path=(self.root / "site",))
            return report_of(scan_projects(paths, options, disk), Asked.SIGNATURE)

        return kept_report(paths, "signature", make)

    def fresh(self) -> bool:
        """Whether everything is read again when asked again."""
        before = self.read
        self.report()
        return self.read > before

    @property
    def kept(self) -> Path:
        (path,) = Path(os.environ["REKUEST_CACHE_DIR"], "scans").iterdir()
        return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(tmp_path / "cache"))
    return Project(tmp_path / "code")


def test_what_has_not_changed_is_not_read_again(project: Project) -> None:
    first = project.report()
    assert [node.said for node in first.nodes] == ["(image: STRUCTURE @lab/image) -> INT"]
    assert project.report() == first
    assert project.read == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.write("pkg/app.py", APP + "\n"),
        lambda project: project.write("pkg/types.py", TYPES.replace("@lab/image", "@lab/photo"), changed=OLD + 1),
        lambda project: project.write("pkg/more.py", ""),
        lambda project: (project.root / "pkg" / "types.py").unlink(),
        lambda project: (project.root / "pkg" / "__init__.py").unlink(),
        lambda project: project.write("__init__.py", ""),
        lambda project: project.write("elsewhere.py", "class Volume: ..."),
        lambda project: project.write("site/elsewhere/__init__.py", "class Volume: ..."),
        lambda project: project.write("pyproject.toml", "[tool.rekuest-codegen]\nmodels = ['a.B']"),
    ],
    ids=["edited", "imported", "added", "gone", "no package", "package above", "found", "installed", "configured"],
)
def test_whatever_it_was_made_from_counts(project: Project, change: Callable[[Project], object]) -> None:
    project.report()
    assert not project.fresh()
    change(project)
    assert project.fresh()
    assert not project.fresh()


def test_a_projects_table_counts_while_it_says_the_same_thing_elsewhere(project: Project) -> None:
    project.write("pyproject.toml", "[tool.rekuest-codegen]\nmodels = ['a.B']")
    project.report()
    project.write("pyproject.toml", "[tool.rekuest-codegen]\nmodels = ['a.C']")
    os.utime(project.root / "pyproject.toml", ns=(OLD + 5, OLD + 5))
    assert project.fresh()


def test_a_time_alone_is_no_change(project: Project) -> None:
    first = project.report()
    os.utime(project.root / "pkg" / "app.py", ns=(OLD + 7, OLD + 7))
    assert project.report() == first
    assert project.read == 1


def test_a_change_within_one_step_of_the_clock_is_seen(project: Project) -> None:
    now = time.time_ns()
    project.write("pkg/app.py", APP, changed=now)
    project.report()
    project.write("pkg/app.py", APP.replace("measure", "perform"), changed=now)
    assert [node.key for node in project.report().nodes] == ["perform"]
    assert now > time.time_ns() - RACY


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _retype(path: Path) -> None:
    notes, report, _ = path.read_bytes().split(b"\n")
    path.write_bytes(notes + b"\n" + report.replace(b'"measure"', b"[7]") + b"\n")


def _open_up(path: Path) -> None:
    path.parent.chmod(0o777)


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "harm",
    [
        _shorten,
        _retype,
        _open_up,
        _replace_by_folder,
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"\xff\n\n"),
        lambda path: path.unlink(),
    ],
    ids=["short", "of other types", "open to others", "a folder", "deep", "no text", "gone"],
)
def test_what_lies_in_the_cache_is_checked(project: Project, harm: Callable[[Path], object]) -> None:
    first = project.report()
    harm(project.kept)
    assert project.report() == first
    assert project.read == 2


def test_without_a_place_to_keep_it_nothing_is_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("", str(project.root / "pkg" / "app.py" / "cache")):
        monkeypatch.setenv("REKUEST_CACHE_DIR", place)
        project.report()
        assert project.fresh()


def test_the_cache_is_bounded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.report()
    kept = project.kept
    for number, changed in enumerate((OLD, OLD + 1)):
        other = kept.with_name(f"other{number}")
        other.write_bytes(b"x" * 1000)
        os.utime(other, ns=(changed, changed))
    monkeypatch.setattr("rekuest_codegen.scan.kept.MAX_TOTAL", kept.stat().st_size + 1500)
    project.write("pkg/app.py", APP + "\n")
    project.report()
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, "other1"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_by_the_name_of_a_source_is_not_waited_for(project: Project) -> None:
    os.mkfifo(project.root / "pkg" / "pipe.py")
    (found,) = [found for found in project.report().findings if found.path.endswith("pipe.py")]
    assert (found.code, found.message) == ("unreadable-file", "cannot be read: is no regular file")
