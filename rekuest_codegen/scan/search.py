"""The query of a search widget, in the one form it travels in.

A query lists the options a user may pick from: it takes ``$search`` and ``$values`` and every further variable must be
backed by a dependency of the widget. The form is GraphQL's usual print: two spaces a level, one field a line.
"""

from __future__ import annotations

import re

MAX_QUERY = 20_000
_TOKEN = re.compile(
    r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[{}()\[\]:!=@$&|]|[A-Za-z_]\w*|-?\d[\w.+-]*|#[^\n]*'
)
_VARIABLE = re.compile(r"\$\s*([A-Za-z_]\w*)\s*:")
FREE = frozenset(["search", "values", "limit", "offset", "requires"])
"""Variables a user interface fills in by itself."""


def normal_query(query: str, dependencies: tuple[str, ...]) -> str:
    """``query`` printed the usual way.

    Raises:
        ValueError: it is no query a search widget can run.
    """
    if not isinstance(query, str) or len(query) > MAX_QUERY:
        raise ValueError("the query of a search widget is a text")
    head, brace, _ = query.partition("{")
    declared = _VARIABLE.findall(head) if brace else []
    if not {"search", "values"} <= set(declared):
        raise ValueError("a search query takes ($search: String, $values: [ID!])")
    for name in declared:
        if name not in FREE and name not in dependencies:
            raise ValueError(f"the query's ${name} is backed by no dependency; add dependencies=[{name!r}]")
    if _without_words(query):
        raise ValueError(f"the query of a search widget has {_without_words(query)!r}, which is no GraphQL")
    words = [word for word in _TOKEN.findall(query) if not word.startswith("#")]
    return _print(words)


def _without_words(query: str) -> str:
    return re.sub(r"[\s,]+", "", _TOKEN.sub("", query))[:20]


def _print(words: list[str]) -> str:
    lines: list[str] = [""]
    depth = 0
    closers: list[str] = []
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        inside = bool(closers) and closers[-1] in ")]}v"
        if word == "{" and not inside:
            lines[-1] = f"{lines[-1].rstrip()} {{".lstrip() if lines[-1].strip() else "{"
            depth += 1
            closers.append("}s")
            lines.append("")
        elif word == "}" and closers and closers[-1] == "}s":
            closers.pop()
            depth -= 1
            if not lines[-1].strip():
                lines.pop()
            lines.append("  " * depth + "}")
            lines.append("")
        else:
            if not lines[-1]:
                lines[-1] = "  " * depth
            lines[-1] += _spaced(lines[-1], word, following, closers)
            if _ends_field(words, index, closers):
                lines.append("")
    if closers:
        raise ValueError("the query of a search widget has an unclosed brace")
    return "\n".join(line for line in lines if line.strip())


def _spaced(line: str, word: str, following: str, closers: list[str]) -> str:
    """``word`` with the space that belongs before it; brackets are counted."""
    if word in "([":
        closers.append({"(": ")", "[": "]"}[word])
        glued = word == "(" or not line.strip() or line.endswith((" ", "(", "["))
        return word if glued else _comma(line) + word
    if word == "{":
        closers.append("}v")
        return ("" if line.endswith((" ", "(", "[")) else _comma(line)) + "{"
    if word in (")", "]", "}"):
        if not closers or closers.pop()[0] != word:
            raise ValueError(f"the query of a search widget has an unmatched {word!r}")
        return word
    if word in (":",):
        return ": "
    if word in ("!",):
        return "!"
    if word == "=":
        return " = "
    if word == "@":
        return " @"
    if not line.strip() or line.endswith((" ", "(", "[", "{", "$", "@", "...")):
        return word
    return (_comma(line) if closers and closers[-1] != "}s" else " ") + word


def _comma(line: str) -> str:
    return " " if line.endswith(("query", "mutation")) else ", "


def _ends_field(words: list[str], index: int, closers: list[str]) -> bool:
    """Whether the field that ``words[index]`` belongs to ends with it, inside a selection."""
    if not closers or closers[-1] != "}s" or index + 1 >= len(words):
        return False
    word, following = words[index], words[index + 1]
    if following in ("{", "(", ":", "@") or word in (":", "@", "...") or (word == "on" and words[index - 1] == "..."):
        return False
    return words[index - 1] != "..." or following != "{"
