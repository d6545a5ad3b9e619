"""Versions of a node, put in order. Of several definitions under one key the newest takes the plain name.

A version is whatever its provider wrote: numbers count as numbers, words come before them, the rest separates.
"""

from __future__ import annotations

import re


def version_order(version: str) -> list[tuple[int, int, str]]:
    """Sorts versions from old to new: ``rc`` < ``1`` < ``1.9`` < ``1.10``."""
    parts = re.findall(r"\d{1,18}|[^\W\d]+", version)
    return [(1, int(part), "") if part[0].isdigit() else (0, 0, part) for part in parts]
