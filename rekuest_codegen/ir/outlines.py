"""Nodes read from their texts by what they share: one outline for all that differ only in what they are called and
described as.

A text is cut where such a word stands. What is left of it is looked at once, with numbers in place of the words: they
must be found where a name or a description is, and nowhere else. A text of the same remains has the same outline then,
whatever its words are. Where that cannot be told, a text is read alone, and gives the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import Any, NamedTuple

from rekuest_codegen.ir.naming import is_text
from rekuest_codegen.ir.recognising import recognise
from rekuest_codegen.ir.records import NodeRecord, Outline

_WORDS = re.compile(
    r'("(?:description":"|key":"|app":"(?!")|hash":"(?!")|name":"(?!")))'  # some are never empty, but left out
    r'([ !#-\[\]-~]*+(?:\\.[ !#-\[\]-~]*+)*+)"'
    r'(?!,"kind":"[^G])'  # the key of a port, not of a GENERATOR
)
_MARK = "\0"
_MARK_IN_JSON = r"\u0000"

_Mould = tuple[Outline, Callable[[Sequence[str | None]], tuple[Any, ...]]]


class _Kin(NamedTuple):
    """Texts with the same remains. Some of their words are no names or descriptions: those at the places that are
    ``fixed``. All with the same of these have one outline."""

    fixed: tuple[int, ...]
    known: dict[tuple[str, ...], _Mould | None]


class Outlines:
    """Reads nodes, and remembers their outlines."""

    def __init__(self) -> None:
        self._kin: dict[tuple[str, ...], _Kin | None] = {}

    def read(self, text: str) -> NodeRecord | None:
        """The record of a node in JSON, if it can be expressed and is spelled as we spell it; else None."""
        pieces = _WORDS.split(text)
        words = pieces[2::3]
        del pieces[2::3]
        remains = tuple(pieces)
        if "\\" in text:
            try:
                words = [_unescaped(word) if "\\" in word else word for word in words]
            except ValueError:
                return _alone(text)
        if remains not in self._kin:
            self._kin[remains] = _kin(remains, len(words))
        kin = self._kin[remains]
        if kin is None:
            return _alone(text)
        fixed = tuple([words[place] for place in kin.fixed])
        if fixed not in kin.known:
            marked = _marked(remains, dict(zip(kin.fixed, fixed, strict=True)), len(words))
            kin.known[fixed] = _mould(marked, len(words))
        mould = kin.known[fixed]
        if mould is None:
            return _alone(text)
        outline, pick = mould
        node = NodeRecord(outline, text, *pick((*words, "", None)))
        return node if "\\" not in text or is_text(node.title) else None


def _unescaped(word: str) -> str:
    """Raises:
    ValueError: it is not escaped as we escape.
    """
    said: str = json.loads(f'"{word}"')
    if encode_basestring_ascii(said) != f'"{word}"':
        raise ValueError(word)
    return said


def _alone(text: str) -> NodeRecord | None:
    try:
        return recognise(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _kin(remains: tuple[str, ...], count: int) -> _Kin | None:
    """Texts with these ``remains`` and ``count`` words; None if nothing can be told of them."""
    node = _marked(remains, {}, count)
    if node is None:
        return None
    free = set(_words(node))
    fixed = tuple([place for place in range(count) if f"{_MARK}{place}" not in free])
    return _Kin(fixed, {} if fixed else {(): _mould(node, count)})


def _mould(node: NodeRecord | None, count: int) -> _Mould | None:
    """The outline of a ``node`` that has numbers for its words, of which there were ``count``, and what picks the words
    of a record of this outline from them, an empty one and none. None where not all that is said in it is a word."""
    places: dict[str | None, int] = {f"{_MARK}{place}": place for place in range(count)}
    places |= {"": count, None: count + 1}
    if node is None or not places.keys() >= set(_words(node)):
        return None
    return node.outline, itemgetter(*[places[word] for word in _words(node)])


def _marked(remains: tuple[str, ...], fixed: Mapping[int, str], count: int) -> NodeRecord | None:
    """The record of a text with numbers for its words, but for those that are ``fixed``."""
    if any(_MARK_IN_JSON in piece for piece in remains) or any(_MARK in word for word in fixed.values()):
        return None
    words = [encode_basestring_ascii(fixed.get(place, f"{_MARK}{place}"))[1:] for place in range(count)]
    text = remains[0] + "".join(chain.from_iterable(zip(remains[1::2], words, remains[2::2], strict=True)))
    node = _alone(text)
    return node if node is not None and node.text == text else None


def _words(node: NodeRecord) -> list[str | None]:
    return [node.app, node.key, node.hash, node.name, node.description, *node.said]
