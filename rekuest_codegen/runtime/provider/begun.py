"""Which tasks were begun, noted before they are: what a killed process did not begin, the next one can.

A line for each task, appended to a file. The system has it when the call returns, and keeps it when the process is
killed; a power cut is another matter, as for the journal beside it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

MOST = 20_000
"""Lines after which the file is written anew."""
LATEST = 5_000
"""Lines that are then kept beside those of running tasks: the server may not know yet that these have ended."""


class Begun:
    """One file, for as long as it is open. ``running`` gives the tasks that run now."""

    def __init__(self, path: Path, running: Callable[[], Iterable[str]]) -> None:
        """Open it, and read what the process before noted.

        Raises:
            OSError: it cannot be used.
        """
        self._path = path
        self._running = running
        self._before: frozenset[str] | None = None
        with suppress(FileNotFoundError):
            self._before = frozenset(path.read_text("utf-8", "replace").split("\n"))
        self._latest: deque[str] = deque(maxlen=LATEST)
        self._lines = len(self._before or ())
        self._file = self._open(os.O_APPEND)

    def surely_not(self, task: str) -> bool:
        """Whether the process before is known not to have begun ``task``."""
        return self._before is not None and _line(task) not in self._before

    def note(self, task: str) -> None:
        """``task`` begins now.

        Raises:
            OSError: it could not be noted; the file is gone, so that nothing is taken for certain.
        """
        try:
            line = _line(task)
            os.write(self._file, f"{line}\n".encode())
            self._latest.append(line)
            self._lines += 1
            if self._lines >= MOST:
                self._shorten()
        except OSError:
            self.remove()
            raise

    def forget(self) -> None:
        """A new session begins: of its tasks none has begun."""
        self._before = None
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        os.close(self._file)

    def remove(self) -> None:
        """Leave nothing behind."""
        self.close()
        self._path.unlink(missing_ok=True)

    def _open(self, how: int) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | how, 0o600)

    def _shorten(self) -> None:
        kept = dict.fromkeys([*map(_line, self._running()), *self._latest])
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        os.replace(fresh, self._path)
        os.close(self._file)
        self._file = self._open(os.O_APPEND)
        self._lines = len(kept)


def _line(task: str) -> str:
    return task.replace("\n", " ")
