"""Finding and reading the table: what it may say, checked, as one frozen `Project`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project.builds import Builds, read_builds
from rekuest_codegen.project.classes import read_models, read_names, read_structures, refuse_two_meanings
from rekuest_codegen.project.table import Document, Table, suggestion
from rekuest_codegen.project.target import Target, read_targets
from rekuest_codegen.shapes import is_object

FILE = "pyproject.toml"
TABLE = "tool.rekuest-codegen"
MISSPELT = "rekuest_codegen"
KEYS = ("structures", "models", "memory-structures", "ignore", "targets", "build")


class Project(NamedTuple):
    """Classes by dotted name. ``structures`` gives the identifier each travels under; so does ``models``, or None
    for the derived one; ``memory_structures`` stay with the agent.

    ``targets`` are the packages to generate, ``ignore`` what `diff` is not to speak of (ids of rules, and patterns of
    nodes), ``builds`` what build tools do, ``file`` where all this is said.
    """

    structures: Mapping[str, str] = MappingProxyType({})
    models: Mapping[str, str | None] = MappingProxyType({})
    memory_structures: frozenset[str] = frozenset()
    targets: tuple[Target, ...] = ()
    ignore: tuple[str, ...] = ()
    builds: Builds = Builds()
    file: Path | None = None

    @property
    def classes(self) -> dict[str, str]:
        """Identifier to the class that stands for it in generated code, ``pkg.module:Class``."""
        return {identifier: ":".join(name.rsplit(".", 1)) for name, identifier in self.structures.items()}

    def target(self, name: str) -> Target:
        """The target ``name``.

        Raises:
            ConfigurationError: there is none of that name.
        """
        for target in self.targets:
            if target.name == name:
                return target
        if self.file is None:
            raise ConfigurationError(f"no target {name!r}: no {FILE} here or above; rekuest-codegen init writes one")
        known = [target.name for target in self.targets]
        advice = suggestion(name, known) if known else "it has none; rekuest-codegen init writes one"
        raise ConfigurationError(f"{self.file.name}: no target {name!r} in [{TABLE}]; {advice}")


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
    import tomllib  # who has no such file needs no parser

    document = Document(file.absolute(), "")
    try:
        text = file.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{document.shown}: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{document.shown}: is nested too deeply to be read") from None
    tools: object = raw.get("tool")
    given: object = tools.get("rekuest-codegen", {}) if is_object(tools) else {}
    document = Document(document.path, text)
    if is_object(tools) and MISSPELT in tools and "rekuest-codegen" not in tools:
        Table(document, f"tool.{MISSPELT}", {}).refuse(f"unknown table; did you mean [{TABLE}]?")
    if not is_object(given):
        raise ConfigurationError(f"{document.shown}: tool.rekuest-codegen: expected a table, [{TABLE}]")
    table = Table(document, TABLE, given)
    table.only(KEYS)
    ignore = table.texts("ignore", '["node-added", "arg-*:lab/*"]')
    targets = read_targets(table.table("targets"), ignore)
    project = Project(
        structures=read_structures(table),
        models=read_models(table),
        memory_structures=frozenset(read_names(table, "memory-structures")),
        targets=targets,
        ignore=ignore,
        builds=read_builds(table.table("build"), targets),
        file=document.path,
    )
    refuse_two_meanings(table, project.structures, project.models, project.memory_structures)
    return project
