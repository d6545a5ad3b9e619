"""Which packages are meant: all targets of a project, some by their names, or one by its folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import FILE, Project, Target, project_of
from rekuest_codegen.project.importable import refusal


def chosen(names: Sequence[str], out: str | Path | None) -> tuple[Project, list[Target]]:
    """The project here, and the targets that are meant: those of ``names``, the one in ``out``, or all.

    A folder that is no target's is a target of no name. One name and a folder is that target, somewhere else.

    Raises:
        ConfigurationError: there are none, or none of such a name.
    """
    project = project_of(Path.cwd())
    if out is not None:
        return project, [_at(project, names, Path(os.path.abspath(out)))]
    if names:
        return project, [project.target(name) for name in dict.fromkeys(names)]
    if project.targets:
        return project, list(project.targets)
    where = f"{FILE} has no targets" if project.file else f"there is no {FILE} here or above"
    raise ConfigurationError(f"nothing to do: give --out DIR, or run rekuest-codegen init ({where})")


def _at(project: Project, names: Sequence[str], out: Path) -> Target:
    if len(names) > 1:
        raise ConfigurationError("--out is one package, and several targets were named")
    if out.name and (problem := refusal(out, Path.cwd())) is not None:
        raise ConfigurationError(problem)
    if names:
        return project.target(names[0])._replace(out=out)
    same = [target for target in project.targets if os.path.realpath(target.out) == os.path.realpath(out)]
    return same[0] if same else Target(name="", out=out, root=Path.cwd())
