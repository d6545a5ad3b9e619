"""``[tool.rekuest-codegen]`` of a ``pyproject.toml``: what a project says of classes that are not its own.

Everybody who reads it reads it here, and by one rule: the file that counts is the nearest ``pyproject.toml`` above
what is scanned (above the current directory, where nothing is scanned). So a function has one definition, whether it
is printed, turned into stubs or provided. What is in the table is checked; a key nobody knows is a mistake, not an
extension. Loads no parser of Python: reading nodes from a server pays nothing for this.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.shapes import is_array, is_object

FILE = "pyproject.toml"
TABLE = "tool.rekuest-codegen"
KEYS = ("structures", "models", "memory-structures")


@dataclass(frozen=True, slots=True)
class Project:
    """Classes by dotted name. ``structures`` gives the identifier each travels under; so does ``models``, or None
    for the derived one; ``memory_structures`` stay with the agent."""

    structures: Mapping[str, str] = field(default_factory=dict[str, str])
    models: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    memory_structures: frozenset[str] = frozenset()

    @property
    def classes(self) -> dict[str, str]:
        """Identifier to the class that stands for it in generated code, ``pkg.module:Class``."""
        return {identifier: ":".join(name.rsplit(".", 1)) for name, identifier in self.structures.items()}


NO_PROJECT = Project()


def find_project(start: Path) -> Path | None:
    """The nearest ``pyproject.toml`` in ``start`` or above it; ``start`` may be a file."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    return None


def project_of(start: Path) -> Project:
    """What the project that ``start`` lies in says; nothing, when it lies in none.

    Raises:
        ConfigurationError: the file cannot be read, or says what nobody understands.
    """
    found = find_project(start)
    return read_project(found) if found is not None else NO_PROJECT


def read_project(file: Path) -> Project:
    """What ``file`` says.

    Raises:
        ConfigurationError: it cannot be read, or says what nobody understands.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{_shown(file)}: {error}") from None
    tools: object = raw.get("tool")
    table: object = tools.get("rekuest-codegen", {}) if is_object(tools) else None
    if table is None:
        return NO_PROJECT
    if not is_object(table):
        raise ConfigurationError(f"{_shown(file)}: tool.rekuest-codegen: expected a table, [{TABLE}]")
    for key in table:
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(KEYS)}"
            raise ConfigurationError(f"{_shown(file)}: [{TABLE}]: unknown key {key!r}; {advice}")
    project = Project(
        structures=_structures(file, table.get("structures", {})),
        models=_models(file, table.get("models", {})),
        memory_structures=frozenset(_names(file, "memory-structures", table.get("memory-structures", []))),
    )
    _refuse_two_meanings(file, project)
    return project


def _structures(file: Path, table: object) -> dict[str, str]:
    place = f"[{TABLE}.structures]"
    if not is_object(table) or not all(isinstance(identifier, str) for identifier in table.values()):
        raise ConfigurationError(f'{_shown(file)}: {place}: expected lines like "some_package.Image" = "@mikro/image"')
    owners: dict[str, str] = {}
    for name, identifier in table.items():
        _check_name(file, place, name)
        if owners.setdefault(str(identifier), name) != name:
            raise ConfigurationError(f"{_shown(file)}: {place}: {identifier!r} names two classes")
    return {name: identifier for identifier, name in owners.items()}


def _models(file: Path, given: object) -> dict[str, str | None]:
    if is_array(given):
        return dict.fromkeys(_names(file, "models", given))
    place = f"[{TABLE}.models]"
    if not is_object(given) or not all(isinstance(identifier, str) for identifier in given.values()):
        expected = 'expected models = ["some_package.Point"], or a table of "some_package.Point" = "@lab/point"'
        raise ConfigurationError(f"{_shown(file)}: {place}: {expected}")
    for name in given:
        _check_name(file, place, name)
    return {name: str(identifier) for name, identifier in given.items()}


def _names(file: Path, key: str, given: object) -> list[str]:
    place = f"[{TABLE}] {key}"
    if not is_array(given) or not all(isinstance(name, str) for name in given):
        raise ConfigurationError(f'{_shown(file)}: {place}: expected a list like ["some_package.Camera"]')
    names = [str(name) for name in given]
    for name in names:
        _check_name(file, place, name)
    return names


def _check_name(file: Path, place: str, name: str) -> None:
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise ConfigurationError(f"{_shown(file)}: {place}: {name!r} is no class; expected 'some_package.Class'")


def _refuse_two_meanings(file: Path, project: Project) -> None:
    said = [*project.structures, *project.models, *project.memory_structures]
    twice = sorted(name for name in set(said) if said.count(name) > 1)
    if twice:
        raise ConfigurationError(f"{_shown(file)}: [{TABLE}]: {twice[0]} is declared as two kinds; keep one of them")


def _shown(file: Path) -> str:
    """The file as its user would name it from here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
