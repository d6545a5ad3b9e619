"""Which nodes: by app, key, collection, protocol and ``app/key``, with ``*``, ``?`` and ``[...]`` as in file names.

A node is taken when every field that says something has a pattern that fits, and no pattern of ``exclude`` fits. A
node without an app, a collection or a protocol fits none of that field's patterns. Case counts: these are keys, not
files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

FIELDS = ("app", "key", "collection", "protocol", "node")
SPECIAL = frozenset("*?[")


class Patterns(NamedTuple):
    """Patterns for each of `FIELDS`."""

    app: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    protocol: tuple[str, ...] = ()
    node: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """What is not empty, as the manifest records it."""
        return _said(self)


class Filters(NamedTuple):
    """The patterns of nodes that are wanted, as `Patterns` has them; ``exclude`` has those of nodes that are not.

    ``search`` and ``connected`` are for a server: nodes found for a text, nodes that an agent provides now.
    """

    app: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    protocol: tuple[str, ...] = ()
    exclude: Patterns = Patterns()
    search: str | None = None
    connected: bool = False
    node: tuple[str, ...] = ()

    def takes(self, app: str, key: str, collections: Sequence[str] = (), protocols: Sequence[str] = ()) -> bool:
        """Whether a node of these is wanted, as far as the patterns say."""
        title = f"{app}/{key}" if app else key
        node = zip(FIELDS, ((app,), (key,), collections, protocols, (title,)), strict=True)
        return all(
            (not (wanted := getattr(self, name)) or _any(wanted, values))
            and not _any(getattr(self.exclude, name), values)
            for name, values in node
        )

    def said(self) -> dict[str, Any]:
        """What is not empty, as the manifest records it."""
        more = {"exclude": self.exclude.said(), "search": self.search, "connected": self.connected}
        return {**_said(self), **{name: value for name, value in more.items() if value}}


EVERYTHING = Filters()


def is_pattern(text: str) -> bool:
    """Whether ``text`` may fit more than itself."""
    return not SPECIAL.isdisjoint(text)


def exactly(node: str) -> str:
    """The pattern that fits ``node`` and nothing else."""
    return re.sub(r"[*?\[]", r"[\g<0>]", node)


def _said(patterns: Patterns | Filters) -> dict[str, Any]:
    return {name: list(said) for name in FIELDS if (said := getattr(patterns, name))}


def _any(patterns: Sequence[str], values: Sequence[str]) -> bool:
    return any(value and fnmatchcase(value, pattern) for pattern in patterns for value in values)
