"""Text of strangers, made fit to be read: what does not show, or shows differently than it reads, becomes an escape.

This comes before any escaping for HTML or Markdown, which is done where text is printed. Nothing is cut without
saying so.
"""

from __future__ import annotations

import inspect
import unicodedata

MAX_TEXT = 20_000
"""Characters of one description that are shown."""

_INVISIBLE = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
"""Printable by Unicode's book, and nothing to be seen."""
_PRESENTATION = frozenset("\ufe0e\ufe0f")


def visible(text: str) -> str:
    """``text`` on one line, with white space as single blanks and everything that does not show as an escape."""
    return _shown(" ".join(text[: MAX_TEXT + 1].split()), len(text))


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of ``text``, each as its lines, as `visible` makes them."""
    found: list[list[str]] = [[]]
    for line in _shown_lines(text):
        if line.strip():
            found[-1].append(visible(line))
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def spelled(char: str) -> str:
    """``char`` as an escape."""
    number = ord(char)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _shown_lines(text: str) -> list[str]:
    cut = text[:MAX_TEXT]
    if len(text) > MAX_TEXT:
        cut += f"\n\n(… {len(text) - MAX_TEXT} more characters)"
    return inspect.cleandoc(cut.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


def _shown(text: str, length: int) -> str:
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            char if _shows(char, text[index - 1] if index else "") else spelled(char) for index, char in enumerate(text)
        )
    return text if length <= MAX_TEXT else f"{text[:MAX_TEXT]} (… {length - MAX_TEXT} more characters)"


def _shows(char: str, before: str) -> bool:
    if char in _PRESENTATION:
        return bool(before) and unicodedata.category(before) == "So"
    if char in _INVISIBLE or unicodedata.name(char, "").startswith(("VARIATION SELECTOR", "MONGOLIAN FREE VARIATION")):
        return False
    return char.isprintable()
