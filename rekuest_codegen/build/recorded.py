"""What a manifest records of how its package was generated, so that nothing but the manifest is needed to do it again.

Only what differs from the default is said. A manifest may come from anywhere: what is read of it is checked as
strictly as what a project says, and a folder of templates in it is a word for the user, never a place to read from.
"""

from __future__ import annotations

import keyword
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import CHOICES, Target
from rekuest_codegen.shapes import is_object

if TYPE_CHECKING:
    from rekuest_codegen.ir.forms import AnyNode, AnyPort


def recorded(target: Target, structures: Mapping[str, str], nodes: Iterable[AnyNode]) -> dict[str, Any]:
    """What the manifest of ``target`` is to say: how it looks, and the classes that ``nodes`` are bound to."""
    said: dict[str, Any] = {}
    for key, choices in CHOICES.items():
        name = key.replace("-", "_")
        if getattr(target, name) != choices[0]:
            said[name] = getattr(target, name)
    if target.templates is not None:
        said["templates"] = _place(target.templates, target.out)
    if structures and (bound := {name: structures[name] for name in sorted(structures.keys() & _identifiers(nodes))}):
        said["structures"] = bound
    return said


def read_recorded(said: Mapping[str, Any], place: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The options and the classes that a manifest records, by the names `Target` has for them.

    ``templates`` is among the options as the text that the manifest has. ``place`` names the manifest.

    Raises:
        ConfigurationError: it says what nobody understands.
    """
    known = {key.replace("-", "_"): choices for key, choices in CHOICES.items()}
    options: dict[str, Any] = {}
    for name, value in said.items():
        if (name in known and value in known[name]) or (
            name == "templates" and isinstance(value, str) and value.isprintable()
        ):
            options[name] = value
        elif name != "structures":
            raise ConfigurationError(f"{place}: options: {name!r} is nothing we write; a newer rekuest-codegen may")
    structures = said.get("structures", {})
    if not is_object(structures) or not all(_is_class(value) for value in structures.values()):
        raise ConfigurationError(f"{place}: options: structures: expected classes like pkg.module:Class")
    return options, {identifier: str(value) for identifier, value in structures.items()}


def _is_class(value: object) -> bool:
    if not isinstance(value, str) or value.count(":") != 1:
        return False
    names = value.replace(":", ".").split(".")
    return all(name.isidentifier() and not keyword.iskeyword(name) for name in names)


def _identifiers(nodes: Iterable[AnyNode]) -> set[str]:
    found: set[str] = set()
    waiting: list[AnyPort] = [port for node in nodes for port in (*node.args, *node.returns)]
    while waiting:
        port = waiting.pop()
        waiting.extend(port.children)
        if port.identifier:
            found.add(port.identifier)
    return found


def _place(templates: Path, out: Path) -> str:
    """Where the templates lie, seen from the package; only the folder's name where that would tell of a machine."""
    try:
        common = Path(os.path.commonpath([templates, out]))
    except ValueError:  # another drive
        return templates.name
    return templates.name if common == Path(common.anchor) else Path(os.path.relpath(templates, out)).as_posix()
