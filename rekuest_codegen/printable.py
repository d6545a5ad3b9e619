"""Text of strangers, fit to be printed: neither a terminal nor what runs a workflow acts upon it.

A runner of workflows reads what its programs print, and takes some lines for commands: those that begin with ``::``,
and whatever stands after ``##[`` or ``##name[``.
"""

from __future__ import annotations

import re

_BEGINNING = r"(^|[\r\n])([^\S\r\n]*):(?=:)"
_ANYWHERE = r"#(?=#\w*\[)"


def printable(text: str) -> str:
    """``text`` on one line, with what does not print as itself, or would be a command, written as an escape."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return harmless(text)


def harmless(text: str) -> str:
    """``text``, lines and all, none of it a command."""
    if "::" in text:
        text = re.sub(_BEGINNING, r"\1\2\\x3a", text)
    return re.sub(_ANYWHERE, r"\\x23", text) if "##" in text else text
