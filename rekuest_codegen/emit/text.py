"""Text from outside, made safe to stand in source.

Whatever a server says ends up either in a string literal or in a docstring, and only through this module. Neither
can end early, span a line, or hold a character that shows differently than it reads: controls, bidirectional
overrides, joiners and lone surrogates are written as escapes. In a docstring they stay escapes when it is read, since
``help`` prints it on a terminal. Nor is anything in a docstring an example that doctest would run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rekuest_codegen.ir.naming import is_letter, width

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INVISIBLE = frozenset(
    {
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    }
)
"""What Python takes for printable and nobody sees: fillers, joiners, selectors of variants."""
_SIGNS = frozenset("°±²³µ·§€£")
_PROMPT = r"(?<!\S)>>>+"


@lru_cache(maxsize=256)  # ports, which are long, are the same for many nodes
def literal(text: str) -> str:
    """A Python string literal for ``text``, quoted as ruff would quote it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'  # most are
    quote = "'" if text.count('"') > text.count("'") else '"'
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    else:
        escaped = "".join(_literal_char(char, quote) for char in text)
    return f"{quote}{escaped}{quote}"


def docstring_lines(text: str, room: int, *, hanging: int = 0) -> list[str]:
    """``text`` as lines of a docstring, escaped, none wider than ``room`` unless a single word is.

    Args:
        text: anything; its own line breaks and indentation are kept.
        room: columns a line may take.
        hanging: how far lines after the first are indented.
    """
    if ">>>" in text:
        text = re.sub(_PROMPT, ">>", text)  # wherever it stands: a line may come to begin there
    simple = text.isascii() and "\\" not in text and '""' not in text
    if simple and len(text) <= room and text.isprintable():
        said = text.strip()  # most are as simple as that
        return [said] if said else []
    lines: list[str] = []
    if simple and not hanging and text[:1] != " " and "\n " not in text:
        short = text.split("\n")  # and most of the others as this
        if max(map(len, short)) <= room and "".join(short).isprintable():
            for line in short:
                said = line.rstrip()
                if said or (lines and lines[-1]):
                    lines.append(said)
            while lines and not lines[-1]:
                lines.pop()
            return lines
    for raw in _dedented(text):
        if not raw.strip():
            if lines and lines[-1]:
                lines.append("")
            continue
        # The first line begins right after the quotes, whatever its indentation was.
        begun = bool(lines)
        lines.extend(_wrap(raw.rstrip() if begun else raw.strip(), room, hanging if begun else 0, hanging))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def docstring(lines: Sequence[str], indent: str) -> str:
    """A docstring of ``lines`` (as `docstring_lines` makes them), ready to be printed after ``indent``."""
    first = lines[0] if lines else ""
    if first.startswith('"'):
        first = f"\\{first}"
    if len(lines) <= 1:
        return f'"""{_closed(first)}"""'
    rest = lines[1:]
    if all(not line or line[0] == " " for line in rest):
        margin = min((len(line) - len(line.lstrip()) for line in rest if line), default=0)
        rest = [line[margin:] for line in rest]
    return "\n".join([f'"""{first}', *[indent + line if line else "" for line in rest], f'{indent}"""'])


def _closed(line: str) -> str:
    """``line`` with a last quote escaped, so that it does not run into the closing ones."""
    body = line[:-1]
    escaped = (len(body) - len(body.rstrip("\\"))) % 2
    return line if escaped or not line.endswith('"') else f'{body}\\"'


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "\\" not in text and '""' not in text


def _dedented(text: str) -> list[str]:
    """The lines of ``text`` as a docstring's are read: without the indentation that all but the first share."""
    first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return [first.lstrip(), *(line[margin:] for line in rest)]


def _wrap(raw: str, room: int, first: int, hanging: int) -> Iterator[str]:
    body = raw.lstrip()
    own = min(len(raw) - len(body), room // 3)
    whole = " " * (first + own) + _escape(body)
    if width(whole) <= room:
        yield whole
        return
    line = " " * (first + own)
    empty = True
    for word in body.split():
        safe = _escape(word)
        if not empty and width(line) + 1 + width(safe) > room:
            yield line
            line = " " * (hanging + own)
            empty = True
        line += safe if empty else f" {safe}"
        empty = False
    if not empty:
        yield line


def _escape(text: str) -> str:
    if _is_plain(text):
        return text
    shown = "".join(char if is_seen(char) else _code(char) for char in text)
    return shown.replace("\\", "\\\\").replace('""', '\\"\\"')


def is_seen(char: str) -> bool:
    """Whether ``char`` is printed, and as something to be seen."""
    return char.isprintable() and ord(char) not in _INVISIBLE


def _literal_char(char: str, quote: str) -> str:
    if char == quote:
        return f"\\{char}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if " " <= char <= "~" or is_letter(char) or char in _SIGNS:
        return char
    return _code(char)


def _code(char: str) -> str:
    number = ord(char)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
