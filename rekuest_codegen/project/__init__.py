"""``[tool.rekuest-codegen]`` of a ``pyproject.toml``: the packages a project wants, and the classes it uses.

Everybody who reads it reads it here, and by one rule: the file that counts is the nearest ``pyproject.toml`` above
what is scanned (above the current directory, where nothing is scanned). So a function has one definition, whether it
is printed, turned into stubs or provided. What is in the table is checked; a key nobody knows is a mistake, not an
extension. Loads no parser of Python: reading nodes from a server pays nothing for this. Names are loaded at first use:
who only calls needs `stored`, and no TOML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.project.builds import Builds
    from rekuest_codegen.project.filters import EVERYTHING, Filters, Patterns
    from rekuest_codegen.project.reading import (
        FILE,
        NO_PROJECT,
        TABLE,
        Project,
        find_project,
        project_of,
        read_project,
    )
    from rekuest_codegen.project.target import CHOICES, Target

_PLACES = {
    "CHOICES": "target",
    "EVERYTHING": "filters",
    "FILE": "reading",
    "NO_PROJECT": "reading",
    "TABLE": "reading",
    "Builds": "builds",
    "Filters": "filters",
    "Patterns": "filters",
    "Project": "reading",
    "Target": "target",
    "find_project": "reading",
    "project_of": "reading",
    "read_project": "reading",
}

__all__ = [
    "CHOICES",
    "EVERYTHING",
    "FILE",
    "NO_PROJECT",
    "TABLE",
    "Builds",
    "Filters",
    "Patterns",
    "Project",
    "Target",
    "find_project",
    "project_of",
    "read_project",
]


__getattr__ = lazy(__name__, _PLACES)
