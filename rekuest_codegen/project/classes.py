"""What a project says of classes that are not its own: the tables ``structures``, ``models``, ``memory-structures``."""

from __future__ import annotations

from collections.abc import Iterable

from rekuest_codegen.project.table import Table
from rekuest_codegen.shapes import is_array, is_object


def read_structures(table: Table) -> dict[str, str]:
    """Class to identifier.

    Raises:
        ConfigurationError: it is no such table, or two classes have one identifier.
    """
    place, given = f"{table.place}.structures", table.raw.get("structures", {})
    if not is_object(given) or not all(isinstance(identifier, str) for identifier in given.values()):
        table.refuse('expected lines like "some_package.Image" = "@mikro/image"', "structures", place=place)
    owners: dict[str, str] = {}
    for name, identifier in given.items():
        _check_name(table, place, name, "structures")
        if owners.setdefault(str(identifier), name) != name:
            table.refuse(f"{identifier!r} names two classes", "structures", place=place)
    return {name: identifier for identifier, name in owners.items()}


def read_models(table: Table) -> dict[str, str | None]:
    """Class to identifier, or None for the derived one.

    Raises:
        ConfigurationError: it is neither a list of classes nor such a table.
    """
    given = table.raw.get("models", {})
    if is_array(given):
        return dict.fromkeys(read_names(table, "models"))
    place = f"{table.place}.models"
    if not is_object(given) or not all(isinstance(identifier, str) for identifier in given.values()):
        expected = 'expected models = ["some_package.Point"], or a table of "some_package.Point" = "@lab/point"'
        table.refuse(expected, "models", place=place)
    for name in given:
        _check_name(table, place, name, "models")
    return {name: str(identifier) for name, identifier in given.items()}


def read_names(table: Table, key: str) -> list[str]:
    """A list of classes.

    Raises:
        ConfigurationError: it is something else.
    """
    given = table.raw.get(key, [])
    if not is_array(given) or not all(isinstance(name, str) for name in given):
        table.refuse(f'{key}: expected a list like ["some_package.Camera"]', key)
    names = [str(name) for name in given]
    for name in names:
        _check_name(table, table.place, name, key)
    return names


def refuse_two_meanings(table: Table, *said: Iterable[str]) -> None:
    """Raises:
    ConfigurationError: a class is declared as two kinds.
    """
    seen: set[str] = set()
    twice: set[str] = set()
    for names in said:
        twice |= seen.intersection(names)
        seen.update(names)
    if twice:
        table.refuse(f"{min(twice)} is declared as two kinds; keep one of them")


def _check_name(table: Table, place: str, name: str, key: str) -> None:
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        table.refuse(f"{name!r} is no class; expected 'some_package.Class'", key, place=place)
