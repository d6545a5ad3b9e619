"""One table of ``pyproject.toml``: its values, checked, and errors that say where.

A key nobody knows is a mistake, not an extension; the nearest known one is suggested. The line is looked for only
when there is something to say about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.shapes import is_array, is_object

SECRETS = ("token", "password", "secret", "authorization", "bearer")


class Document(NamedTuple):
    """The file the tables are in: its name as the user would say it, and its text."""

    path: Path
    text: str

    @property
    def shown(self) -> str:
        here = Path.cwd()
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)


class Table(NamedTuple):
    """``raw`` under the dotted name ``place``."""

    document: Document
    place: str
    raw: Mapping[str, Any]

    def only(self, known: Sequence[str]) -> None:
        """Refuse keys that are not ``known``.

        Raises:
            ConfigurationError: with the nearest known key, or all of them.
        """
        for key in self.raw:
            if key in known:
                continue
            if any(word in key.lower() for word in SECRETS):
                more = ", or say which variable has it: token-variable" if "token-variable" in known else ""
                self.refuse(
                    f"tokens do not belong in a file; take the line out and set REKUEST_TOKEN instead{more}", key
                )
            self.refuse(f"unknown key {key!r}; {suggestion(key, known)}", key)

    def text(self, key: str) -> str | None:
        """A text that says something, or None when the key is not there."""
        value = self.raw.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.refuse(f"{key}: expected a text, got {_short(value)}", key)
        return value

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of it."""
        value = self.raw.get(key)
        values = [value] if isinstance(value, str) else value
        if values is None:
            return ()
        if not is_array(values) or not all(isinstance(item, str) and item and item.isprintable() for item in values):
            self.refuse(f"{key}: expected a list like {example}, got {_short(value)}", key)
        return tuple(str(item) for item in values)

    def flag(self, key: str) -> bool:
        """True or false; false when the key is not there."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.refuse(f"{key}: expected true or false, got {_short(value)}", key)
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """One of ``choices``; the first when the key is not there."""
        value = self.raw.get(key, choices[0])
        if value not in choices:
            self.refuse(f"{key}: {_short(value)} is none of {', '.join(choices)}; {suggestion(value, choices)}", key)
        return str(value)

    def table(self, key: str) -> Table:
        """The table under ``key``; an empty one when the key is not there."""
        value = self.raw.get(key, {})
        if not is_object(value):
            self.refuse(f"{key}: expected a table, [{self.place}.{key}]", key)
        return Table(self.document, f"{self.place}.{key}", value)

    def refuse(self, problem: str, key: str | None = None, *, place: str | None = None) -> NoReturn:
        """Raises:
        ConfigurationError: ``file:line: [table]: problem``.
        """
        line = _line_of(self.document.text, self.place, key)
        if line is None:  # the table is written within a line of the one it is in
            outer, _, name = self.place.rpartition(".")
            line = _line_of(self.document.text, outer, name)
        where = f"{self.document.shown}:{line}" if line else self.document.shown
        raise ConfigurationError(f"{where}: [{place or self.place}]: {problem}")


def suggestion(said: object, known: Sequence[str]) -> str:
    """``did you mean``, or what there is to choose from."""
    import difflib  # for mistakes only: nobody else waits for it

    close = difflib.get_close_matches(str(said), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _line_of(text: str, place: str, key: str | None) -> int | None:
    """The line of ``key`` in the table ``place``, or of the table; None where that is written some other way."""
    found, inside = None, False
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$", line)
        if header:
            name = re.sub(r"\s*\.\s*|[\"']", lambda mark: "." if "." in mark[0] else "", header[1])
            inside = name == place or (key is not None and name == f"{place}.{key}")
            if inside and (found is None or name != place):
                found = number
        elif inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
            return number
    return found
