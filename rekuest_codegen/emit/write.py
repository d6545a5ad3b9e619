"""A package onto the disk: all of it or none of it.

The new package is built beside the old one and takes its place in one step, so that whoever imports while it happens
sees the old or the new, never a mix. Files that did not change are carried over as they are, times included. What we
did not write we do not touch: a folder with files unknown to its manifest is refused.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rekuest_codegen.emit.lock import locked
from rekuest_codegen.emit.manifest import MANIFEST, written_files
from rekuest_codegen.emit.swap import swap
from rekuest_codegen.errors import ConfigurationError, OutputError
from rekuest_codegen.ir.naming import DEVICES

CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
"""Folders that tools leave in a package. They are nobody's work, and not carried over."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of each file, by path."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    def __str__(self) -> str:
        counts = ((len(self.created), "new"), (len(self.changed), "changed"), (len(self.removed), "removed"))
        said = [f"{count} {word}" for count, word in counts if count]
        return f"files: {', '.join(said)}" if said else "nothing changed"


def write_package(out: Path, files: Mapping[str, str], *, wait: float = 10.0) -> WriteResult:
    """Make ``out`` hold exactly ``files`` (path to text, as `generate` returns them).

    Args:
        out: the package's folder; made when it is not there, its parents too.
        files: what it is to hold.
        wait: seconds to wait for another run that writes beside it.

    Raises:
        OutputError: it cannot be done; what was there is still there.
    """
    for path in files:
        _check_path(path)
    if out.name in ("", "..") or not out.name.isprintable():
        raise OutputError(f"{str(out)!r}: name a folder for the package, as in mynodes")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Links on the way are followed once, here; the folder itself may be none.
        target = out.parent.resolve() / out.name
        with locked(target.with_name(f".{target.name}.lock"), wait):
            return _publish(target, files)
    except UnicodeEncodeError as error:
        raise OutputError(f"{out}: a file has text that UTF-8 cannot hold ({error.reason})") from None
    except OSError as error:
        place = error.filename or out
        raise OutputError(f"{place}: {error.strerror or error}; {out} is as it was") from error


def _publish(target: Path, files: Mapping[str, str]) -> WriteResult:
    present = _present(target)
    old = {path: (target / path).read_bytes() for path in present}
    new = {path: text.encode() for path, text in files.items()}
    result = WriteResult(
        created=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(path for path in new.keys() & old.keys() if new[path] != old[path])),
        removed=tuple(sorted(old.keys() - new.keys())),
        unchanged=tuple(sorted(path for path in new.keys() & old.keys() if new[path] == old[path])),
    )
    if target.is_dir() and not (result.created or result.changed or result.removed):
        return result
    with _beside(target) as fresh:
        for path in sorted(new):
            _write(target, fresh, path, new[path], unchanged=path in result.unchanged)
        if target.is_dir():
            shutil.copymode(target, fresh)
        swap(fresh, target)
    return result


def _present(target: Path) -> list[str]:
    """The files of ours in ``target``, by relative path.

    Raises:
        OutputError: it is no folder, or one that holds anything else.
    """
    if target.is_symlink():
        raise OutputError(f"{target}: is a symbolic link; name the folder it points to")
    if not target.exists():
        return []
    if not target.is_dir():
        raise OutputError(f"{target}: is a file; name a folder for the package")
    found = sorted(_walk(target))
    if not found:
        return []
    strangers = sorted(set(found) - _ours(target))
    if strangers:
        more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
        raise OutputError(
            f"{target}: holds {strangers[0]}{more}, which we did not write; move it, or name another folder"
        )
    return found


def _ours(target: Path) -> set[str]:
    manifest = target / MANIFEST
    if manifest.is_symlink() or not manifest.is_file():
        return set()
    try:
        return {*written_files(manifest.read_text(encoding="utf-8")), MANIFEST}
    except (ConfigurationError, UnicodeDecodeError) as error:
        raise OutputError(f"{manifest}: cannot tell which files are ours ({error}); name another folder") from None


def _walk(folder: Path, prefix: str = "") -> Iterator[str]:
    """Everything below ``folder`` that is not a cache. Links are named, not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in CACHES and entry.is_dir(follow_symlinks=False):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            elif entry.is_symlink():
                yield f"{prefix}{entry.name} (a symbolic link)"
            else:
                yield f"{prefix}{entry.name}"


@contextlib.contextmanager
def _beside(target: Path) -> Generator[Path]:
    """A new folder on the same file system, gone again at the end, whatever it then holds."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 16}.new"):
        shutil.rmtree(left, ignore_errors=True)  # of a run that was killed: we hold the lock, nobody else writes
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    fresh.mkdir()
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(target: Path, fresh: Path, path: str, content: bytes, *, unchanged: bool) -> None:
    place = fresh / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if unchanged:
        with contextlib.suppress(OSError):
            os.link(target / path, place)  # the very same file: its times stay, and nothing is copied
            return
        shutil.copy2(target / path, place)
        return
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check_path(path: str) -> None:
    """Refuse a path that could lead out of the package or that some system cannot hold."""
    parts = PurePosixPath(path).parts
    plain = path.isascii() and path.isprintable() and not set(path) & set('\\:*?"<>|')
    if not plain or not parts or path.startswith("/") or str(PurePosixPath(path)) != path or ".." in parts:
        raise OutputError(f"{path!r}: no path inside a package")
    if any(part.split(".")[0].lower() in DEVICES for part in parts):
        raise OutputError(f"{path!r}: a name that some systems keep for devices")
