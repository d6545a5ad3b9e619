"""The build hook of setuptools: on for every project whose ``build-system.requires`` names rekuest-codegen.

It generates before setuptools looks for packages, so that what it generated is found like any other, and tells
setuptools which files those are, as a version control would. Loaded by setuptools, for every project that is built
where this is installed.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from rekuest_codegen.shapes import is_array, is_object

if TYPE_CHECKING:
    from setuptools import Distribution

_generated: dict[Path, tuple[Path, ...]] = {}
"""By project folder, the packages generated in this process; each is generated once."""


def generate_before_build(distribution: Distribution) -> None:
    """Called by setuptools before it reads the project's configuration (``finalize_distribution_options``).

    Raises:
        SystemExit: a package cannot be generated.
    """
    root = Path(distribution.src_root or "").absolute()
    if root in _generated or not is_asked_for(root / "pyproject.toml"):
        return
    from rekuest_codegen.build.hooks import generate_packages

    _generated[root] = generate_packages(root)


def find_files(folder: str) -> list[str]:
    """Called by setuptools for the files of a project that belong to it (``file_finders``)."""
    top = Path(folder)
    packages = _generated.get(top.absolute(), ())
    return [str(file) for package in packages for file in _files(top / package)]


def _files(package: Path) -> list[Path]:
    return sorted(file for file in package.rglob("*") if file.is_file() and file.suffix != ".pyc")


def is_asked_for(file: Path) -> bool:
    """Whether the project of ``file`` requires rekuest-codegen for its build. A file that cannot be read does not."""
    try:
        raw: object = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    system: object = raw.get("build-system") if is_object(raw) else None
    requires: object = system.get("requires") if is_object(system) else None
    if not is_array(requires):
        return False
    names = (re.match(r"[\w.-]+", str(line)) for line in requires)
    return any(name and re.sub(r"[-_.]+", "-", name[0]).lower() == "rekuest-codegen" for name in names)
