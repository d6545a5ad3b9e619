"""One change: which rule it falls under, where it is, and what was and is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel

from rekuest_codegen.ir.compare.rules import RULES, Impact, Rule
from rekuest_codegen.shapes import is_series

MAX_SHOWN = 60
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A change inside a node that is known from around it. ``was`` and ``now`` are short, and empty for nothing."""

    rule: str
    place: str
    was: str = NOTHING
    now: str = NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    ``node`` is the node's ``app/key`` (the old one, when it was renamed); ``place`` the port inside it, as in
    ``args.images[].label``, empty for the node itself. ``was`` and ``now`` are what stood there, short, as text of
    strangers: whoever prints them looks after what a terminal or a page would act upon.
    """

    rule: Rule
    node: str
    place: str
    was: str = NOTHING
    now: str = NOTHING

    @classmethod
    def of(cls, node: str, found: Found) -> Change:
        return cls(RULES[found.rule], node, found.place, found.was, found.now)

    @property
    def impact(self) -> Impact:
        return self.rule.impact

    @property
    def where(self) -> str:
        return f"{self.node}: {self.place}" if self.place else self.node

    @property
    def detail(self) -> str:
        """``0.5 -> 0.6``; one side alone when there is no other."""
        if self.was and self.now:
            return f"{self.was} -> {self.now}"
        return self.was or self.now

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.where}: {self.rule.id}: {self.rule.sentence.removesuffix('.')}{detail}"


def ignored(change: Change, patterns: Sequence[str]) -> bool:
    """Whether one of ``patterns`` covers it: ``rule``, ``app/key`` or ``rule:app/key``; every part may be a glob."""
    for pattern in patterns:
        rule, node = _parts(pattern)
        if fnmatchcase(change.rule.id, rule) and fnmatchcase(change.node, node):
            return True
    return False


def unknown_patterns(patterns: Sequence[str]) -> list[str]:
    """Those of ``patterns`` that no rule there is could ever match."""
    return [pattern for pattern in patterns if not any(fnmatchcase(rule, _parts(pattern)[0]) for rule in RULES)]


def _parts(pattern: str) -> tuple[str, str]:
    """The rules and the nodes that ``pattern`` is about; an id of a rule has no slash."""
    rule, colon, node = pattern.partition(":")
    if colon:
        return rule, node
    return ("*", pattern) if "/" in pattern else (pattern, "*")


def text_of(value: Any) -> str:
    """One text for one value: what is told apart on the wire (1, 1.0, true) is told apart here."""
    if type(value) is str:
        return f'"{value}"'
    return json.dumps(_plain(value), sort_keys=True, default=repr)


def same(old: Any, new: Any) -> bool:
    """Whether two values are written alike."""
    if old is new:
        return True
    if type(old) is str or old is None or new is None:
        return type(old) is type(new) and bool(old == new)
    return text_of(old) == text_of(new)


def short(value: Any) -> str:
    """``value`` for a message; nothing for None."""
    if value is None:
        return NOTHING
    text = json.dumps(_plain(value), sort_keys=True, default=repr, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."


def differs(rule: str, place: str, old: Any, new: Any) -> Iterator[Found]:
    """``rule`` at ``place``, if the two are not the same."""
    if not same(old, new):
        yield Found(rule, place, short(old), short(new))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    if is_series(value):
        return [_plain(item) for item in value]
    return value
