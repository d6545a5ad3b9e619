"""A package onto the disk: all of it or none of it.

The new package is built beside the old one and takes its place in one step, so that whoever imports while it happens
sees the old or the new, never a mix. Files that did not change are carried over as they are, times included, and so
are files of the user's that are named as kept. What else we did not write keeps us from writing. A run that was killed
leaves the old package or the new, and folders beside it that the next run removes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from rekuest_codegen.emit.contents import Contents, contents, is_kept, leftovers, refuse_pages, refuse_strangers
from rekuest_codegen.emit.lock import locked
from rekuest_codegen.emit.manifest import MANIFEST, bytes_hash, is_reference
from rekuest_codegen.emit.swap import swap, undo_half
from rekuest_codegen.emit.walk import walk
from rekuest_codegen.errors import OutputError
from rekuest_codegen.ir.naming import DEVICES
from rekuest_codegen.printable import printable

FEW = 5
"""Files that are named in one line."""


class WriteResult(NamedTuple):
    """What became of each file, by path."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[str, ...] = ()
    """Those of the changed and the removed ones that somebody had edited since we wrote them."""

    def __str__(self) -> str:
        counts = ((len(self.created), "new"), (len(self.changed), "changed"), (len(self.removed), "removed"))
        said = [f"{count} {word}" for count, word in counts if count]
        if not said:
            return "nothing changed"
        more = f" and {len(self.edited) - FEW} more" if len(self.edited) > FEW else ""
        lost = f"; edits by hand are gone from {printable(', '.join(self.edited[:FEW]))}{more}" if self.edited else ""
        return f"files: {', '.join(said)}{lost}"


def write_package(out: Path, files: Mapping[str, str], *, keep: Sequence[str] = (), wait: float = 10.0) -> WriteResult:
    """Make ``out`` hold exactly ``files`` (path to text, as `generate` returns them), and what is kept.

    Args:
        out: the package's folder; made when it is not there, its parents too.
        files: what it is to hold.
        keep: patterns of paths in it that are the user's; they stay as they are.
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
        lock = target.with_name(f".{target.name}.lock")
        if not os.path.lexists(lock) and (done := _done(target, files, keep)) is not None:
            return done  # the folder may be one that nobody can write to
        with locked(lock, wait):
            return _publish(target, files, keep)
    except UnicodeEncodeError as error:
        raise OutputError(f"{out}: a file has text that UTF-8 cannot hold ({error.reason})") from None
    except (FileExistsError, NotADirectoryError) as error:
        file = next((above for above in out.parents if above.exists() and not above.is_dir()), error.filename or out)
        raise OutputError(f"{file}: is a file, so {out} cannot be in it; name another folder") from None
    except OSError as error:
        place = error.filename or out
        if error.errno == errno.EBUSY:
            problem = (
                f"{place}: is in use, as a mount point is; a package is replaced as a whole: mount the folder above"
            )
            raise OutputError(problem) from error
        raise OutputError(f"{place}: {error.strerror or error}; {out} is as it was") from error


def _publish(target: Path, files: Mapping[str, str], keep: Sequence[str]) -> WriteResult:
    _recover(target)
    there = _Found.at(target, files, keep)
    result = there.result
    if there.is_done:
        return result
    with _beside(target) as fresh:
        for path in sorted(there.new):
            if path in result.unchanged:
                _carry(target, fresh, path)
            else:
                _write(fresh, path, there.new[path])
        for path in there.kept:
            _carry(target, fresh, path)
        if target.is_dir():
            fresh.chmod(stat.S_IMODE(target.stat().st_mode))
        swap(fresh, target)
        if fresh.is_dir():
            _rescue(fresh, target, there.old.keys() - set(there.kept))
    return result


class _Found(NamedTuple):
    """What is in a folder that is to become a package, and what is to be in it."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    kept: Sequence[str]
    edited: Sequence[str]
    there: bool

    @classmethod
    def at(cls, target: Path, files: Mapping[str, str], keep: Sequence[str]) -> _Found:
        there = contents(target, keep) or Contents({})
        if not is_reference(files.get(MANIFEST, "")):
            refuse_pages(target, there)
        refuse_strangers(target, there)
        old = {path: (target / path).read_bytes() for path in there.ours}
        new = {path: text.encode() for path, text in files.items()}
        # What was ours once and is no longer wanted is the user's when he has written in it and names it as kept.
        edited = [path for path, said in there.ours.items() if new.get(path) != old[path] and _edited(old[path], said)]
        kept = sorted([*there.kept, *(path for path in edited if path not in new and is_kept(path, keep))])
        if clash := sorted(new.keys() & set(kept)):
            problem = f"{target}: {clash[0]} is kept, and would be written too; rename it, or keep something else"
            raise OutputError(problem)
        return cls(old, new, kept, edited, target.is_dir())

    @property
    def result(self) -> WriteResult:
        old, new = self.old, self.new
        return WriteResult(
            created=tuple(sorted(new.keys() - old.keys())),
            changed=tuple(sorted(path for path in new.keys() & old.keys() if new[path] != old[path])),
            removed=tuple(sorted(old.keys() - new.keys() - set(self.kept))),
            unchanged=tuple(sorted(path for path in new.keys() & old.keys() if new[path] == old[path])),
            edited=tuple(sorted(set(self.edited) - set(self.kept))),
        )

    @property
    def is_done(self) -> bool:
        result = self.result
        return self.there and not (result.created or result.changed or result.removed)


def _done(target: Path, files: Mapping[str, str], keep: Sequence[str]) -> WriteResult | None:
    """The result where everything is as it should be. Nothing is held meanwhile, so what looks otherwise, or cannot be
    looked at, is for whoever holds the lock to judge."""
    try:
        before = target.stat()
        there = _Found.at(target, files, keep)
        now = target.stat()
    except (OSError, OutputError):
        return None
    same = (before.st_ino, before.st_ctime_ns) == (now.st_ino, now.st_ctime_ns)
    return there.result if same and there.is_done and not leftovers(target) else None


def _edited(content: bytes, said: str) -> bool:
    return bool(said) and bytes_hash(content) != said


def _recover(target: Path) -> None:
    """Put right what a killed run left. We hold the lock: nobody else is at work."""
    undo_half(target, leftovers(target))
    for left in leftovers(target):
        _remove(left)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            os.unlink(folder / name)
        os.rmdir(folder)
        return
    import shutil  # loads a good deal, and most packages are one folder without another in it

    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _beside(target: Path) -> Generator[Path]:
    """A new folder on the same file system, gone again at the end, whatever it then holds."""
    fresh = target.with_name(f".{target.name}.{os.urandom(8).hex()}.new")
    fresh.mkdir()
    try:
        yield fresh
    finally:
        if fresh.is_dir():
            _remove(fresh)


def _rescue(former: Path, target: Path, ours: frozenset[str] | set[str]) -> None:
    """Bring over what somebody put into the package, or changed there, while the new one was being made."""
    for path, _ in walk(former):
        if path in ours:
            continue
        place = target / path
        if place.is_symlink() or (place.exists() and place.samefile(former / path)):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(former / path, place)


def _carry(target: Path, fresh: Path, path: str) -> None:
    """The very same file: its times stay, and nothing is copied where links can be made."""
    place = fresh / path
    place.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.link(target / path, place, follow_symlinks=False)
        return
    import shutil

    shutil.copy2(target / path, place, follow_symlinks=False)


def _write(fresh: Path, path: str, content: bytes) -> None:
    place = fresh / path
    place.parent.mkdir(parents=True, exist_ok=True)
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
