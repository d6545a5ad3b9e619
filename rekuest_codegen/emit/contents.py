"""What lies in the folder of a package: files of ours, files the user keeps there, and strangers.

Ours is what the manifest says we wrote, whatever is in it by now. A file that is not ours is left alone, always; one
that nobody has named as kept keeps us from publishing. Loads neither generator nor definitions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from rekuest_codegen.emit.manifest import MANIFEST, is_reference, written_files
from rekuest_codegen.emit.walk import walk
from rekuest_codegen.errors import ConfigurationError, OutputError

MAX_FILES = 100_000
"""A folder with more is no package of ours."""


class Contents(NamedTuple):
    """The files in a package's folder, by path relative to it, sorted.

    ``ours`` has the hash that the manifest gives each (the manifest itself has none). ``links`` are those of ``kept``
    and ``strangers`` that are symbolic links; what they point to is never looked at. ``pages``: they are a
    reference, and no package.
    """

    ours: Mapping[str, str]
    kept: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    links: frozenset[str] = frozenset()
    pages: bool = False


def contents(target: Path, keep: Sequence[str] = ()) -> Contents | None:
    """What is in ``target``; None when there is nothing. ``keep`` are patterns of paths of the user's files.

    Raises:
        OutputError: it is no folder, or its manifest cannot be read.
        OSError: it cannot be looked into.
    """
    if target.is_symlink():
        raise OutputError(f"{target}: is a symbolic link; name the folder it points to")
    if not target.exists():
        return None
    if not target.is_dir():
        raise OutputError(f"{target}: is a file; name a folder for the package")
    found: dict[str, bool] = {}
    for path, is_link in walk(target):
        found[path] = is_link
        if len(found) > MAX_FILES:
            raise OutputError(f"{target}: holds more than {MAX_FILES} files; name a folder for the package")
    if not found:
        return None
    said, pages = _said(target)
    ours = {path: said[path] for path in sorted(found) if path in said and not found[path]}
    others = sorted(found.keys() - ours.keys())
    kept = tuple(path for path in others if is_kept(path, keep))
    strangers = tuple(path for path in others if not is_kept(path, keep))
    return Contents(ours, kept, strangers, frozenset(path for path in others if found[path]), pages)


def refuse_strangers(target: Path, there: Contents) -> None:
    """Raises:
    OutputError: something lies in ``target`` that is neither ours nor kept.
    """
    if there.strangers:
        first = there.strangers[0] + (" (a symbolic link)" if there.strangers[0] in there.links else "")
        more = f" and {len(there.strangers) - 1} more" if len(there.strangers) > 1 else ""
        raise OutputError(
            f"{target}: holds {first}{more}, which we did not write; move it, name it as kept, or name another folder"
        )


def refuse_pages(target: Path, there: Contents) -> None:
    """Raises:
    OutputError: ``target`` holds no package, but the pages of a reference.
    """
    if there.pages:
        raise OutputError(f"{target}: holds a reference, not a package; name another folder")


def is_kept(path: str, keep: Sequence[str]) -> bool:
    """Whether one of the patterns ``keep`` fits ``path``, or a folder that it lies in."""
    parts = path.split("/")
    inside = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return any(fnmatchcase(place, pattern.rstrip("/")) for pattern in keep for place in inside)


def leftovers(target: Path) -> list[Path]:
    """The folders that a killed run left beside ``target``."""
    start, ends = f".{target.name}.", (".new", ".old")
    try:
        with os.scandir(target.parent) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.name.startswith(start) and entry.name.endswith(ends) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
    return sorted(target.with_name(name) for name in names if _is_ours_between(name.removeprefix(start)[:-4]))


def _is_ours_between(name: str) -> bool:
    return len(name) == 16 and not name.strip("0123456789abcdef")


def _said(target: Path) -> tuple[dict[str, str], bool]:
    manifest = target / MANIFEST
    if manifest.is_symlink() or not manifest.is_file():
        return {}, False
    try:
        text = manifest.read_text(encoding="utf-8")
        return {**written_files(text), MANIFEST: ""}, is_reference(text)
    except (ConfigurationError, UnicodeDecodeError) as error:
        raise OutputError(f"{manifest}: cannot tell which files are ours ({error}); name another folder") from None
