"""The order of imported names, as ruff's rule I001 wants it: constants, classes, the rest, each in natural order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import Any

from rekuest_codegen.emit.layout import exploded, fits

_RUNS = re.compile(r"\d+|\D")
_NUMBER = re.compile(r"[0-9]+")
_ZERO = re.compile(r"(?<![0-9])0")


def sort_members(names: Iterable[str]) -> list[str]:
    """Names in the order they are imported in."""
    members = list(names)
    # With the length before each number, texts compare as a whole; unless a number begins with a zero.
    natural = _padded if all(map(_is_usual, members)) else _natural
    return sorted(members, key=lambda name: (_group(name), natural(name.lower()), natural(name)))


def from_import(module: str, names: Iterable[str], indent: str = "") -> str:
    """``from module import names``, on one line or one a name."""
    members = sort_members(names)
    flat = f"from {module} import {', '.join(members)}"
    return flat if fits(flat, indent) else exploded(f"from {module} import (", members, ")", indent)


def reexports(module: str, names: Iterable[str]) -> list[str]:
    """``from module import name as name``, one each: jedi follows no import of a stub file that has no ``as``."""
    texts = [(f"from {module} import", f"{name} as {name}") for name in sort_members(names)]
    return [f"{head} {name}" if fits(f"{head} {name}") else exploded(f"{head} (", [name], ")") for head, name in texts]


def _group(name: str) -> int:
    if len(name.encode()) > 1 and name.isupper():  # so ruff counts: one letter beyond ASCII is a constant
        return 0
    return 1 if name[0].isupper() else 2


def _compare(one: Sequence[str], other: Sequence[str]) -> int:
    """Natural order: runs of digits compare as numbers, or digit by digit when one begins with a zero."""
    for a, b in zip(one, other, strict=False):
        if a == b:
            continue
        if a[0].isdigit() and b[0].isdigit() and not a.startswith("0") and not b.startswith("0"):
            return -1 if (len(a), a) < (len(b), b) else 1
        return -1 if a < b else 1
    return len(one) - len(other)


def _is_usual(name: str) -> bool:
    return name.isascii() and _ZERO.search(name) is None


def _padded(name: str) -> str:
    return _NUMBER.sub(_counted, name)


def _counted(number: re.Match[str]) -> str:
    return f"0{chr(len(number[0]))}{number[0]}"


_key = cmp_to_key(_compare)


def _natural(name: str) -> Any:
    return _key(_RUNS.findall(name))
