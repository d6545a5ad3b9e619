"""Which is which: ports of an old list and a new one, matched by key, then by what they are.

A port that is gone and one that came are the same, renamed, when they stand in one place or nothing else on either
side looks like them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rekuest_codegen.ir.compare.changes import text_of
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.shapes import is_series

TOLD = frozenset({"key", "label", "description", "widget", "effects"})
"""What a port is called and how it is shown, rather than what values it has."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """By index, old and new: the same, the same under another key, gone, and come."""

    kept: Sequence[tuple[int, int]]
    renamed: Sequence[tuple[int, int]]
    gone: Sequence[int]
    come: Sequence[int]


def pair_by_key(olds: Sequence[Port], news: Sequence[Port]) -> Pairing:
    """Match ports by key; of several with one key the first goes with the first."""
    places = {key: index for index, key in enumerate(_numbered(news))}
    kept = [(index, places.pop(key)) for index, key in enumerate(_numbered(olds)) if key in places]
    matched = {old for old, _ in kept}
    gone = [index for index in range(len(olds)) if index not in matched]
    come = sorted(places.values())
    renamed = _renamed(olds, news, gone, come)
    return Pairing(
        kept=kept,
        renamed=renamed,
        gone=[index for index in gone if index not in {old for old, _ in renamed}],
        come=[index for index in come if index not in {new for _, new in renamed}],
    )


def form(port: Port) -> str:
    """What values a port has, as text: everything but what it is called and how it is shown."""
    return text_of(
        {
            "children": [(child.key, form(child)) for child in port.children],
            **{
                name: [text_of(item) for item in value] if is_series(value) else text_of(value)
                for name, value in port
                if name not in TOLD and name != "children"
            },
        }
    )


def _renamed(
    olds: Sequence[Port], news: Sequence[Port], gone: Sequence[int], come: Sequence[int]
) -> list[tuple[int, int]]:
    if not gone or not come:
        return []
    old_forms = {index: form(olds[index]) for index in gone}
    new_forms = {index: form(news[index]) for index in come}
    found = [(index, index) for index in gone if new_forms.get(index) == old_forms[index]]
    left_old = {index: text for index, text in old_forms.items() if (index, index) not in found}
    left_new = {index: text for index, text in new_forms.items() if (index, index) not in found}
    alone = _once(left_old.values()) & _once(left_new.values())
    where = {text: index for index, text in left_new.items()}
    return sorted([*found, *((index, where[text]) for index, text in left_old.items() if text in alone)])


def _numbered(ports: Sequence[Port]) -> list[tuple[str, int]]:
    seen: Counter[str] = Counter()
    numbered: list[tuple[str, int]] = []
    for port in ports:
        numbered.append((port.key, seen[port.key]))
        seen[port.key] += 1
    return numbered


def _once(texts: Iterable[str]) -> set[str]:
    return {text for text, count in Counter(texts).items() if count == 1}
