"""The query of a search widget, in the one form it travels in: GraphQL's usual print.

A query lists the options a user may pick from: it takes ``$search`` and ``$values``, and every further variable must
be backed by a dependency of the widget. Only what such a query is written with is read; nothing is looked up in a
schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_QUERY = 20_000
MAX_LINE = 80
MAX_LEVELS = 32
FREE = frozenset(["search", "values", "limit", "offset", "requires"])
"""Variables a user interface fills in by itself."""

_WORD = re.compile(
    r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[{}()\[\]:!=@$]|[A-Za-z_]\w*|-?\d[\w.+-]*|#[^\n]*|[\s,]+|.'
)
_NAME = re.compile(r"[A-Za-z_]\w*")


def normal_query(query: str, dependencies: tuple[str, ...]) -> str:
    """``query`` printed the usual way.

    Raises:
        ValueError: it is no query a search widget can run.
    """
    if len(query) > MAX_QUERY:
        raise ValueError(f"the query of a search widget has {len(query)} characters, more than {MAX_QUERY}")
    words = [word for word in _WORD.findall(query) if not word.startswith("#") and word.strip(" \t\r\n,")]
    printer = _Printer(words)
    text = printer.document()
    if not {"search", "values"} <= set(printer.variables):
        raise ValueError("a search query takes ($search: String, $values: [ID!])")
    for name in printer.variables:
        if name not in FREE and name not in dependencies:
            raise ValueError(f"the query's ${name} is backed by no dependency; add dependencies=[{name!r}]")
    return text


class _Printer:
    """Reads words and prints what they mean."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0
        self._level = 0
        self.variables: list[str] = []

    def document(self) -> str:
        text = self._definition()
        if self._peek():
            raise ValueError("a search widget runs one query; put the fields of its fragments into it")
        return text

    def _definition(self) -> str:
        if self._peek() == "{":
            return self._selection()
        keyword = self._name()
        if keyword not in ("query", "mutation", "subscription"):
            raise self._misplaced(keyword)
        name = f" {self._name()}" if _NAME.fullmatch(self._peek()) else ""
        variables = self._group("(", ")", self._variable)
        head = f"{keyword}{name}" + (f"({', '.join(variables)})" if variables else "")
        return f"{head}{self._directives()} {self._selection()}"

    def _variable(self) -> str:
        self._take("$")
        name = self._name()
        self.variables.append(name)
        self._take(":")
        text = f"${name}: {self._type()}"
        if self._peek() == "=":
            self._take("=")
            text += f" = {self._value()}"
        return text + self._directives()

    def _type(self) -> str:
        if self._peek() == "[":
            self._take("[")
            text = f"[{self._type()}]"
            self._take("]")
        else:
            text = self._name()
        if self._peek() == "!":
            self._take("!")
            text += "!"
        return text

    def _selection(self) -> str:
        self._level += 1
        if self._level > MAX_LEVELS:
            raise ValueError("the query of a search widget is nested too deeply")
        fields = self._group("{", "}", self._field)
        self._level -= 1
        if not fields:
            raise self._misplaced(self._peek())
        body = "\n".join(fields).replace("\n", "\n  ")
        return f"{{\n  {body}\n}}"

    def _field(self) -> str:
        if self._peek() == "...":
            self._take("...")
            if self._peek() == "on":
                return f"... on {self._after('on')}{self._directives()} {self._selection()}"
            if self._peek() in ("{", "@"):
                return f"...{self._directives()} {self._selection()}"
            return f"...{self._name()}{self._directives()}"
        text = self._name()
        if self._peek() == ":":
            self._take(":")
            text = f"{text}: {self._name()}"
        text += self._arguments(text) + self._directives()
        return f"{text} {self._selection()}" if self._peek() == "{" else text

    def _arguments(self, before: str) -> str:
        arguments = self._group("(", ")", self._argument)
        if not arguments:
            return ""
        line = f"({', '.join(arguments)})"
        if len(before) + len(line) <= MAX_LINE:
            return line
        return "(\n  " + "\n  ".join(arguments) + "\n)"

    def _argument(self) -> str:
        name = self._name()
        self._take(":")
        return f"{name}: {self._value()}"

    def _value(self) -> str:
        word = self._peek()
        if word == "$":
            self._take("$")
            return f"${self._name()}"
        if word == "[":
            return f"[{', '.join(self._group('[', ']', self._value))}]"
        if word == "{":
            fields = self._group("{", "}", self._argument)
            return f"{{ {', '.join(fields)} }}" if fields else "{}"
        if _NAME.fullmatch(word) or word[:1] in '"-0123456789':
            self._at += 1
            return word
        raise self._misplaced(word)

    def _directives(self) -> str:
        text = ""
        while self._peek() == "@":
            self._take("@")
            name = self._name()
            text += f" @{name}{self._arguments('')}"
        return text

    def _group(self, opening: str, closing: str, read: Callable[[], str]) -> list[str]:
        """What stands between two brackets; nothing when the first is not there."""
        if self._peek() != opening:
            return []
        self._take(opening)
        found: list[str] = []
        while self._peek() != closing:
            found.append(read())
        self._take(closing)
        return found

    def _after(self, keyword: str) -> str:
        self._take(keyword)
        return self._name()

    def _name(self) -> str:
        word = self._peek()
        if not _NAME.fullmatch(word):
            raise self._misplaced(word)
        self._at += 1
        return word

    def _take(self, word: str) -> None:
        if self._peek() != word:
            raise self._misplaced(self._peek())
        self._at += 1

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _misplaced(self, word: str) -> ValueError:
        found = f"has a misplaced {word!r}" if word else "ends too early"
        return ValueError(f"the query of a search widget {found}")
