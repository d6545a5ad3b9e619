"""Which nodes: by app, key, collection and protocol, with ``*``, ``?`` and ``[...]`` as in file names.

A node is taken when every field that says something has a pattern that fits, and no pattern of ``exclude`` fits. A
node without an app, a collection or a protocol fits none of that field's patterns. Case counts: these are keys, not
files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

FIELDS = ("app", "key", "collection", "protocol")
SPECIAL = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Patterns for each of `FIELDS`."""

    app: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()
    protocol: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """What is not empty, as the manifest records it."""
        return {name: list(patterns) for name in FIELDS if (patterns := getattr(self, name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters(Patterns):
    """The patterns of nodes that are wanted; ``exclude`` has those of nodes that are not.

    ``search`` and ``connected`` are for a server: nodes found for a text, nodes that an agent provides now.
    """

    exclude: Patterns = Patterns()
    search: str | None = None
    connected: bool = False

    def takes(self, app: str, key: str, collections: Sequence[str] = (), protocols: Sequence[str] = ()) -> bool:
        """Whether a node of these is wanted, as far as the patterns say."""
        node = (("app", (app,)), ("key", (key,)), ("collection", collections), ("protocol", protocols))
        return all(
            (not (wanted := getattr(self, name)) or _any(wanted, values))
            and not _any(getattr(self.exclude, name), values)
            for name, values in node
        )

    def said(self) -> dict[str, Any]:
        """What is not empty, as the manifest records it."""
        more = {"exclude": self.exclude.said(), "search": self.search, "connected": self.connected}
        # Named, as a dataclass with slots is made twice and super() without names knows the first.
        return {**Patterns.said(self), **{name: value for name, value in more.items() if value}}


EVERYTHING = Filters()


def is_pattern(text: str) -> bool:
    """Whether ``text`` may fit more than itself."""
    return not SPECIAL.isdisjoint(text)


def _any(patterns: Sequence[str], values: Sequence[str]) -> bool:
    return any(value and fnmatchcase(value, pattern) for pattern in patterns for value in values)
