"""What the hooks of build tools have in common: generate what the project says its builds generate.

By default from the manifests, which are committed, so that a build needs no server and gives what was reviewed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rekuest_codegen.build.target import generated, snapshot_of, write
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import ConfigurationError, DefinitionError, RekuestError
from rekuest_codegen.project import FILE, TABLE, Project, Target, read_project

if TYPE_CHECKING:
    from rekuest_codegen.build.logins import Login


def generate_packages(root: Path) -> tuple[Path, ...]:
    """Generate the packages of the project in ``root``; their folders, relative to it.

    A failure ends the build with one line: a build tool prints whatever else is raised as a traceback.

    Raises:
        SystemExit: it cannot be done; what was there is still there.
    """
    try:
        project = read_project(root / FILE)
        targets = _targets(project)
        return tuple(_generate(*one, project, root) for one in zip(targets, _logins(project, targets), strict=True))
    except DefinitionError as error:
        raise SystemExit("\n".join(f"rekuest-codegen: {finding}" for finding in error.findings)) from None
    except RekuestError as error:
        raise SystemExit(f"rekuest-codegen: {error}") from None


def _targets(project: Project) -> tuple[Target, ...]:
    if not project.targets:
        raise ConfigurationError(f"{FILE}: no [{TABLE}.targets.NAME], so nothing to generate; init writes one")
    names = project.builds.targets
    return tuple(project.target(name) for name in names) if names else project.targets


def _logins(project: Project, targets: tuple[Target, ...]) -> list[Login | None]:
    if project.builds.frozen:
        return [None] * len(targets)
    from rekuest_codegen.build.logins import Said, logins

    return logins(targets, Said.from_environment())


def _generate(target: Target, login: Login | None, project: Project, root: Path) -> Path:
    if not target.out.is_relative_to(root):
        raise ConfigurationError(f"{FILE}: [{TABLE}.targets.{target.name}]: out leads out of the project")
    frozen = project.builds.frozen
    if frozen and not (target.out / "manifest.json").exists():
        advice = f"run rekuest-codegen pull {target.name} and commit the manifest, or set frozen = false"
        raise ConfigurationError(f"{target.out.relative_to(root)}: has no manifest.json to generate from; {advice}")
    found = snapshot_of(target, login=login, frozen=frozen)
    result = write(target, generated(target, project, found))
    out = target.out.relative_to(root)
    print(f"rekuest-codegen: {out}: {counted(len(found.nodes), 'node')}; {result}", file=sys.stderr)
    return out
