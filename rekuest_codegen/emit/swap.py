"""One folder in the place of another, in a step that nobody sees half of.

Linux exchanges two folders at once. Elsewhere it takes two renames, with a gap of microseconds in which there is no
package; if the second fails the first is undone.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})

_Renameat2 = Callable[[int, bytes, int, bytes, int], int]


def swap(fresh: Path, target: Path) -> None:
    """Put ``fresh`` where ``target`` is. What ``target`` was is afterwards where ``fresh`` was.

    Raises:
        OSError: it could not be done; both are where they were.
    """
    if not target.exists():
        os.rename(fresh, target)
    elif not _exchange(fresh, target):
        _two_renames(fresh, target)


def undo_half(target: Path, left: Sequence[Path]) -> None:
    """Bring ``target`` back where a run was killed between its two renames: among what it ``left`` is the old one.

    Raises:
        OSError: it could not be done.
    """
    aside = [folder for folder in left if folder.suffix == ".old"]
    if aside and not os.path.lexists(target):
        os.rename(aside[-1], target)


def _exchange(fresh: Path, target: Path) -> bool:
    """Exchange two folders; False when this system cannot."""
    renameat2 = _renameat2()
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(fresh), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(target))


def _two_renames(fresh: Path, target: Path) -> None:
    aside = fresh.with_suffix(".old")
    os.rename(target, aside)
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(aside, target)
        raise
    with contextlib.suppress(OSError):  # done already: where the old one lies is no matter of the new one's
        os.rename(aside, fresh)


@lru_cache(maxsize=1)
def _renameat2() -> _Renameat2 | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    function.restype = ctypes.c_int
    found: _Renameat2 = function
    return found
