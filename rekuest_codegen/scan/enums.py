"""The members of an Enum that a call makes: ``Enum("Colour", "RED GREEN")`` and the other spellings of it."""

from __future__ import annotations

from typing import Any

from rekuest_codegen.shapes import is_mapping, is_series

FLAGS = frozenset(["enum.Flag", "enum.IntFlag"])


def made_members(maker: str, names: Any, start: Any) -> dict[str, Any]:
    """Values by name, as ``maker`` (``enum.Enum``, …) gives them for ``names``.

    Raises:
        ValueError: ``names`` is nothing that names members.
    """
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    if is_mapping(names):
        named = list(names.items())
    elif not is_series(names):
        raise ValueError("an Enum is made of a text, a list or a dict of names")
    elif all(isinstance(name, str) for name in names):
        named = [(name, _value(maker, name, index, start)) for index, name in enumerate(names)]
    else:
        named = [(pair[0], pair[1]) for pair in names if is_series(pair) and len(pair) == 2]
        if len(named) != len(names):
            raise ValueError("an Enum is made of names, or of pairs of name and value")
    if not all(isinstance(name, str) and name.isidentifier() for name, _ in named):
        raise ValueError("the names of an Enum's members are identifiers")
    return dict(named)


def _value(maker: str, name: str, index: int, start: Any) -> Any:
    if maker == "enum.StrEnum":
        return name.lower()
    first = start if isinstance(start, int) else 1
    return first << index if maker in FLAGS else first + index
