"""What a scan looks at on disk, looked at once and noted, so that it can be told later whether all is as it was.

Noted are the contents of every file that was read, by their hash, and of every path that was only asked for whether
it is a file, a folder or nothing. The notes say nothing of how files are found; see ``kept``.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from msgspec import Struct

NOTHING, FILE, FOLDER = 0, 1, 2
MAX_BYTES = 5_000_000
"""A source larger than this was generated, and is read no further."""
DIGEST = 16
"""Bytes of a digest: enough that nobody finds two contents with one."""


class Content(Struct, frozen=True, array_like=True):
    """A file as it was when it was read. ``digest`` is empty for one that could not be."""

    path: str
    digest: str
    modified: int
    size: int
    inode: int


class Disk:
    """The file system, and what was asked of it."""

    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self.contents: dict[str, Content] = {}

    def is_file(self, path: Path) -> bool:
        return self._kind(path) == FILE

    def is_folder(self, path: Path) -> bool:
        return self._kind(path) == FOLDER

    def read(self, path: Path) -> bytes:
        """What is in ``path``.

        Raises:
            OSError: it cannot be read.
        """
        try:
            raw, content = read_content(str(path))
        except OSError:
            self.contents[str(path)] = Content(str(path), "", 0, 0, 0)
            raise
        self.contents[str(path)] = content
        return raw

    def _kind(self, path: Path) -> int:
        name = str(path)
        found = self.kinds.get(name)
        if found is None:
            found = self.kinds[name] = kind_of(name)
        return found


def kind_of(path: str) -> int:
    """Whether ``path`` is a file, a folder, or nothing a scan could use."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return NOTHING
    return FILE if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else NOTHING


def read_content(path: str) -> tuple[bytes, Content]:
    """What is in ``path`` (the start of it, where it is too large for a source), and the note of it.

    Raises:
        OSError: it cannot be read.
    """
    # Not blocking: a pipe by the name of a source is not waited for.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        # Before it is read: what changes meanwhile is then newer than what is noted.
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "is no regular file")
        raw = file.read(MAX_BYTES + 1)
    from hashlib import blake2b  # not needed where nothing is read

    digest = blake2b(raw, digest_size=DIGEST).hexdigest()
    return raw, Content(path, digest, found.st_mtime_ns, found.st_size, found.st_ino)
