"""What travels in place of an object: where it is in the store, or, when it is small, the object itself.

Two forms, told apart by how they begin: ``sha256:<64 hex digits>:<size in bytes>`` and ``data:<base64>``. Either may
end in ``?name=<percent-encoded>``, which a file has. Nothing else is read: a reference is text from a stranger, and
no part of it but the digits ever becomes a place in the store.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

MAX_INLINE = 1024 * 1024
"""Bytes of an object that is taken inline, whoever sends it; what is sent inline is settled by the store."""
MAX_NAME = 200

_STORED = re.compile(r"sha256:(?P<digest>[0-9a-f]{64}):(?P<size>0|[1-9][0-9]{0,17})")
_DATA = re.compile(r"data:(?P<text>[A-Za-z0-9+/]*={0,2})")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in the store: ``digest`` is the sha256 of its content, ``size`` how many bytes that has."""

    digest: str
    size: int

    @property
    def path(self) -> str:
        """Where it is in the store."""
        return f"{self.digest[:2]}/{self.digest}"

    def __str__(self) -> str:
        return f"sha256:{self.digest}:{self.size}"


@dataclass(frozen=True, slots=True)
class Inline:
    """An object that came along."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def __str__(self) -> str:
        return f"data:{base64.b64encode(self.content).decode()}"


Pointer = Stored | Inline


def read_pointer(text: str) -> Pointer:
    """What ``text`` points to.

    Raises:
        ValueError: it is neither form, or brings more than may come inline.
    """
    if match := _STORED.fullmatch(text):
        return Stored(match["digest"], int(match["size"]))
    if len(text) <= MAX_INLINE * 4 // 3 + 16 and (match := _DATA.fullmatch(text)):
        content = base64.b64decode(match["text"], validate=True)
        if len(content) <= MAX_INLINE:
            return Inline(content)
    raise ValueError(f"{text[:40]!r} is no reference into an object store")


def with_name(pointer: Pointer, name: str) -> str:
    """The text for a pointer to a file that is called ``name``."""
    return f"{pointer}?name={quote(safe_name(name), safe='')}"


def read_named(text: str) -> tuple[Pointer, str]:
    """Pointer and file name; the name is safe to use in any folder.

    Raises:
        ValueError: as `read_pointer`.
    """
    pointer, _, name = text.partition("?name=")
    return read_pointer(pointer), safe_name(unquote(name))


def safe_name(name: str) -> str:
    """The last part of ``name`` as a file name that is one everywhere: no folder, no leading dot, nothing invisible."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(char if char.isprintable() and char not in '<>:"|?*' else "_" for char in last).strip(" .")
    if plain.partition(".")[0].upper() in _DEVICES:
        plain = f"_{plain}"
    while len(plain.encode()) > MAX_NAME:
        plain = plain[1:]  # the ending says what is in the file
    return plain.lstrip(" .") or "file"


_DEVICES = frozenset(["CON", "PRN", "AUX", "NUL", *(f"{name}{n}" for name in ("COM", "LPT") for n in range(1, 10))])
"""Names that mean a device on Windows, whatever they end in."""
