"""One writer at a time, by a lock on a file beside the package."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator
from pathlib import Path

from rekuest_codegen.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows: no advisory locks of this kind, so none is taken
    fcntl = None  # type: ignore[assignment]  # where the system has none

_INTERVAL = 0.02


@contextlib.contextmanager
def locked(path: Path, wait: float) -> Generator[None]:
    """Hold the lock ``path``; the file is gone afterwards.

    Raises:
        OutputError: another run holds it for longer than ``wait`` seconds.
    """
    if fcntl is None:
        yield
        return
    deadline = time.monotonic() + wait
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before has removed it: then this is a lock on nothing.
            if _is_at(descriptor, path):
                break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                problem = f"{path}: another run has been writing there for {wait:g} s; try again when it is done"
                raise OutputError(problem) from None
            time.sleep(_INTERVAL)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False
