"""The identifiers that types travel under when nobody gave one.

All are ``@package/key``. The package part is the name of the module the class is written in, as ``source`` derives it
from the file's path: never ``__main__``, and the same for a script that is run and a file that is scanned. An ENUM or
MEMORY_STRUCTURE is ``@module/classname`` in lower case, a MODEL ``@module/snake_name``, a STRUCTURE without an
identifier of its own ``@top_package/snake_name``, a Literal ``@literal/its_values``. A generic model has the types that
fill it in behind its own: ``@module/box-int``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rekuest_codegen.scan.places import Problem

_VALID = re.compile(r"@[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


def check_identifier(identifier: str, what: str) -> str:
    """``identifier`` if a server would take it.

    Raises:
        Problem: it has not the form ``@package/key``.
    """
    if _VALID.fullmatch(identifier):
        return identifier
    raise Problem("bad-identifier", f"{what} cannot travel as {identifier!r}; an identifier reads '@package/key'")


def class_identifier(module: str, name: str) -> str:
    return f"@{_slot(module).lower()}/{_slot(name).lower()}"


def model_identifier(module: str, name: str) -> str:
    return f"@{_slot(module)}/{_slot(snake(name))}"


def structure_identifier(module: str, name: str) -> str:
    return f"@{_slot(module.partition('.')[0])}/{_slot(snake(name))}"


def literal_identifier(values: Sequence[Any]) -> str:
    text = "_".join(str(value).lower() for value in values)
    return f"@literal/{re.sub(r'[^A-Za-z0-9_.-]', '_', text)}"


def filled_identifier(identifier: str, words: Sequence[str]) -> str:
    """That of a generic model, of the types that ``words`` name: ``@lab/box`` of ``int`` is ``@lab/box-int``.

    The package of another identifier in them is left out where it is this one's. They are all joined by dashes: what
    stands behind a dot or slash is what classes are named by.
    """
    package = identifier.partition("/")[0]
    named = (re.sub(r"[^A-Za-z0-9_]+", "-", word.replace(f"{package}/", "")).strip("-") for word in words)
    return "-".join([identifier, *named])


def snake(name: str) -> str:
    """``HTTPSettings2B`` is ``http_settings2_b``."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).replace("-", "_").lower()


def title(name: str) -> str:
    """``snap_image`` is ``Snap Image``."""
    return " ".join(word.capitalize() for word in name.split("_"))


def _slot(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-") or "app"
