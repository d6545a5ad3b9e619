"""Every file below a folder. Loads next to nothing, as it is asked before anything else is."""

from __future__ import annotations

import os
from collections.abc import Iterator

CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
"""Folders that tools leave in a package. They are nobody's work, and not carried over."""


def walk(folder: str | os.PathLike[str]) -> Iterator[tuple[str, bool]]:
    """Every file below ``folder`` that is in no cache, by relative path, and whether it is a link. Links are named,
    not followed."""
    waiting = [(os.fspath(folder), "")]
    while waiting:
        place, before = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield f"{before}{entry.name}", entry.is_symlink()
                elif entry.name not in CACHES:
                    waiting.append((entry.path, f"{before}{entry.name}/"))
