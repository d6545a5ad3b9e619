"""Text into Markdown that stays text, whoever renders it: CommonMark, GitHub, Python-Markdown and its extensions.

Everything that some dialect gives a meaning is written as a character reference, which none of them takes for
structure: no HTML, link, image, heading, list, table cell, attribute list, macro or autolink comes of it. What must
not be lost on the way is checked against real renderers in the tests.
"""

from __future__ import annotations

import html
import re

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~^$#&@:=+]")
_BEGINNING = re.compile(r"[-!?/]")
_NUMBERED = re.compile(r"^(\d+)([.)])")
_WWW = re.compile(r"(?i)\bwww(?=\.)")
_PLAIN = re.compile(r"[A-Za-z0-9/,-](?:[A-Za-z0-9 ._/,()'-]*[A-Za-z0-9_/,()'.-])?")
_UNTAMED = re.compile(r"`{3}|~{3}|\{[{%#]|[%#]\}|\}\}|-8<-|^[ \t]*[-;]", re.MULTILINE)
"""What means something to a renderer even inside of a code block, or ends one."""


def escaped(text: str) -> str:
    """One line of text, for a paragraph or the cell of a table."""
    line = _SPECIAL.sub(_reference, text.strip())
    if match := _NUMBERED.match(line):
        line = f"{match[1]}{_spelled(match[2])}{line[match.end() :]}"
    elif _BEGINNING.match(line):
        line = _spelled(line[0]) + line[1:]
    return _WWW.sub("ww&#119;", line)


def code(text: str) -> str:
    """A short text to be shown as code, in a line or a cell."""
    if _PLAIN.fullmatch(text) and not _WWW.search(text):
        return f"`{text}`"
    return f"<code>{_SPECIAL.sub(_reference, text) if text.strip() else '&#32;'}</code>" if text else ""


def block(text: str) -> str:
    """Lines of Python as a block of code: fenced, or where that would not hold them, as HTML."""
    if _UNTAMED.search(text) is None:
        return f"```python\n{text}\n```"
    quoted = re.sub(r"[{}%`~\-\\*_\[\]#]", _reference, html.escape(text, quote=False).replace("&", "\0"))
    return f'<pre><code class="language-python">{quoted.replace(chr(0), "&")}</code></pre>'


def _reference(match: re.Match[str]) -> str:
    return _spelled(match[0])


def _spelled(char: str) -> str:
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, f"&#{ord(char)};")
