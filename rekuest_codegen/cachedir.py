"""Where on this machine things lie that can be had again, and whether what lies there may be ours.

One folder for all of the package: ``REKUEST_CACHE_DIR``, else where the system keeps such things. What is in it, how
much of it, and how it is checked is the business of whoever puts it there. Loads nothing but the standard library.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

VARIABLE = "REKUEST_CACHE_DIR"
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path | None:
    """The folder for what can be had again; None where there is no such place, or the variable is set and empty."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE]).absolute() if os.environ[VARIABLE].strip() else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        place = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        place = home / "Library" / "Caches"
    else:
        place = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return place / "rekuest-codegen" if place.is_absolute() else None


def put(place: Path, content: bytes) -> None:
    """Write ``content`` to ``place``, whole or not at all; a missing folder is made for this user alone.

    Raises:
        OSError
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.urandom(4).hex()}.new")
    try:
        fresh.write_bytes(content)
        os.replace(fresh, place)
    finally:
        fresh.unlink(missing_ok=True)


def is_private(folder: Path) -> bool:
    """Whether ``folder`` is there, this user's, and nobody else may put anything into it."""
    try:
        found = folder.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & OTHERS_MAY_WRITE
