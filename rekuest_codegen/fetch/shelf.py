"""Files by hash in the user's cache folder: bounded in size, and never a reason for anything to fail.

Whatever is read from here is a stranger's until it is checked. What cannot be read is not there; what cannot be
written is not kept. Loads nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from pathlib import Path

from rekuest_codegen.cachedir import cache_folder, is_private, put

MAX_ENTRY = 512 * 1024
"""Bytes of one file."""
MAX_DRAWER = 1024 * 1024
"""Bytes of one of the 256 folders that files are spread over; the oldest go first."""

_NAME = re.compile(r"[0-9a-f]{64}")


class Shelf:
    """Files in a folder ``name`` of the cache, each under 64 hex digits.

    Args:
        name: the folder.
        writable: whether anything is ever put there.
        private: take nothing from a folder that is another user's, or that others may write to.
    """

    def __init__(self, name: str, *, writable: bool = True, private: bool = False) -> None:
        folder = cache_folder()
        self._folder = folder / name if folder is not None else None
        self._writable = writable
        self._private = private
        self._touched: set[Path] = set()

    def take(self, key: str) -> bytes | None:
        """What was put there under ``key``, or anything else that has come to lie there, or None."""
        place = self._place(key)
        if place is None or (self._private and not is_private(place.parent)):
            return None
        try:
            # Not blocking: a pipe that somebody put there is not waited for.
            descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        except (OSError, ValueError):
            return None
        with contextlib.suppress(OSError), os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                content = file.read(MAX_ENTRY + 1)
                return content if len(content) <= MAX_ENTRY else None
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep ``content`` under ``key``, if that can be done."""
        place = self._place(key)
        if place is None or not self._writable or len(content) > MAX_ENTRY:
            return
        with contextlib.suppress(OSError):
            put(place, content)
            self._touched.add(place.parent)

    def tidy(self) -> None:
        """Throw the oldest away where too much was put."""
        for drawer in self._touched:
            with contextlib.suppress(OSError):
                _shorten(drawer)
        self._touched.clear()

    def _place(self, key: str) -> Path | None:
        if self._folder is None or not _NAME.fullmatch(key):
            return None
        return self._folder / key[:2] / key[2:]


def _shorten(drawer: Path) -> None:
    with os.scandir(drawer) as entries:
        files = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries]
    excess = sum(found.st_size for found, _ in files) - MAX_DRAWER
    for found, path in sorted(files, key=lambda pair: pair[0].st_mtime_ns):
        if excess <= 0:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
            excess -= found.st_size
