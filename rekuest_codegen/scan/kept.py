"""Reports of scans, kept in the user's cache: where nothing has changed, nothing is read again.

A report is good as long as all that it was made from is as it was: the files that were scanned and no others, the
contents of every file that was read (imported modules and the project's table among them), every path that was looked
for in vain, the search path, the Python that runs, and the scanner itself. A file whose size, inode and time of change
are as noted is taken to be the same, unless it was changed so shortly before the scan that a later change could bear
the same time; then, and where anything of it differs, its contents decide.

What lies in the cache is a stranger's until it is checked; what cannot be read is not there, what cannot be written
is not kept, and neither is ever an error.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec import Struct

from rekuest_codegen.cachedir import cache_folder, is_private, put
from rekuest_codegen.scan.disk import Content, Disk, kind_of, read_content
from rekuest_codegen.scan.files import names_of
from rekuest_codegen.scan.report import Report

FOLDER = "scans"
MAX_ENTRY = 128 * 1024 * 1024
"""Bytes of one report with its notes."""
MAX_TOTAL = 256 * 1024 * 1024
"""Bytes of all; the ones that were not used for longest go first."""
RACY = 2_000_000_000
"""Nanoseconds before a scan within which a time of change proves nothing: file systems count in steps."""
ROOMS = ("scan", "ir", "project")
"""What of this package makes a report what it is."""

Make = Callable[[Disk], Report]


class Notes(Struct, frozen=True, array_like=True):
    """What a report answers and was made from. ``started`` is in nanoseconds since the epoch."""

    question: str
    started: int
    files: tuple[str, ...]
    contents: tuple[Content, ...]
    kinds: dict[str, int]


def kept_report(paths: Sequence[Path], asked: str, make: Make) -> Report:
    """The report on ``paths``: the one that is kept, where all is as it was, else what ``make`` gives.

    ``asked`` is all that the report depends on besides files: one text for equal questions. ``make`` is to note on the
    disk it is given what it looks at.
    """
    folder = cache_folder()
    if folder is None:
        return make(Disk())
    files = tuple(dict.fromkeys(names_of(paths)))
    question = _question(paths, asked)
    place = folder / FOLDER / f"{crc32(question.encode()):08x}"
    if (found := _found(place, question, files)) is not None:
        return found
    started = time.time_ns()
    disk = Disk()
    report = make(disk)
    _keep(place, Notes(question, started, files, tuple(disk.contents.values()), disk.kinds), report)
    return report


def _question(paths: Sequence[Path], asked: str) -> str:
    """Everything a report depends on besides what the scan looks at."""
    here = Path(__file__).parent.parent
    parts = [asked, sys.version, sys.executable, *map(os.path.abspath, paths)]
    for entry in sys.path:
        parts += [entry, str(kind_of(entry))]
        if os.path.basename(entry) in ("site-packages", "dist-packages"):
            # Changes with whatever is installed or updated there, the libraries we use among it.
            parts.append(_stamp(entry))
    for room in ROOMS:
        with os.scandir(here / room) as entries:
            parts += sorted(f"{entry.name} {_stamp(entry.path)}" for entry in entries if entry.name.endswith(".py"))
    return "\0".join(parts).encode(errors="backslashreplace").decode()


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"


def _found(place: Path, question: str, files: tuple[str, ...]) -> Report | None:
    """The report at ``place``, when it is one and good."""
    if not is_private(place.parent):
        return None
    try:
        if kind_of(str(place)) != 1 or place.stat().st_size > MAX_ENTRY:
            return None
        with place.open("rb") as file:
            notes = msgspec.json.decode(file.readline(), type=Notes)
            if notes.question != question or notes.files != files:
                return None
            doubted = [content for content in notes.contents if not _is_untouched(content, notes.started)]
            now = time.time_ns()
            if not all(map(_is_same, doubted)):
                return None
            if any(kind_of(path) != kind for path, kind in notes.kinds.items()):
                return None
            report = msgspec.json.decode(file.readline(), type=Report)
    except (OSError, ValueError, RecursionError):
        return None
    if doubted:
        renewed = {content.path: _noted(content) for content in doubted}
        contents = tuple(renewed.get(content.path, content) for content in notes.contents)
        _keep(place, msgspec.structs.replace(notes, started=now, contents=contents), report)
    else:
        with suppress(OSError):
            os.utime(place)
    return report


def _is_untouched(content: Content, started: int) -> bool:
    """Whether the file can be told to be as noted without reading it."""
    try:
        found = os.stat(content.path)
    except (OSError, ValueError):
        return False
    return (
        found.st_mtime_ns == content.modified
        and found.st_size == content.size
        and found.st_ino == content.inode
        and content.modified < started - RACY
    )


def _is_same(content: Content) -> bool:
    return _noted(content).digest == content.digest


def _noted(content: Content) -> Content:
    try:
        return read_content(content.path)[1]
    except (OSError, ValueError):
        return Content(content.path, "", 0, 0, 0)


def _keep(place: Path, notes: Notes, report: Report) -> None:
    """Write both at ``place``, whole or not at all."""
    with suppress(OSError, ValueError, TypeError):
        content = msgspec.json.encode(notes) + b"\n" + msgspec.json.encode(report) + b"\n"
        if len(content) > MAX_ENTRY:
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_private(place.parent):
            return
        put(place, content)
        _tidy(place.parent)


def _tidy(folder: Path) -> None:
    """Throw away what was not used for longest, where there is too much."""
    with os.scandir(folder) as entries:
        kept = sorted(((entry.stat(follow_symlinks=False), entry.path) for entry in entries), key=_last_used)
    excess = sum(found.st_size for found, _ in kept) - MAX_TOTAL
    for found, path in kept:
        if excess <= 0:
            return
        with suppress(OSError):
            os.unlink(path)
            excess -= found.st_size


def _last_used(entry: tuple[os.stat_result, str]) -> int:
    return entry[0].st_mtime_ns
