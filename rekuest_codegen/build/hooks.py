"""What the hooks of build tools have in common: generate what the project says its builds generate.

By default from the manifests, which are committed, so that a build needs no server and gives what was reviewed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rekuest_codegen.build.target import generated, snapshot_of, write
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import ConfigurationError, DefinitionError, RekuestError
from rekuest_codegen.project import FILE, TABLE, Project, Target, read_project


def generate_packages(root: Path) -> tuple[Path, ...]:
    """Generate the packages of the project in ``root``; their folders, relative to it.

    A failure ends the build with one line: a build tool prints whatever else is raised as a traceback.

    Raises:
        SystemExit: it cannot be done; what was there is still there.
    """
    try:
        project = read_project(root / FILE)
        return tuple(_generate(target, project, root) for target in _targets(project))
    except DefinitionError as error:
        raise SystemExit("\n".join(f"rekuest-codegen: {finding}" for finding in error.findings)) from None
    except RekuestError as error:
        raise SystemExit(f"rekuest-codegen: {error}") from None


def _targets(project: Project) -> tuple[Target, ...]:
    if not project.targets:
        raise ConfigurationError(f"{FILE}: no [{TABLE}.targets.NAME], so nothing to generate; init writes one")
    names = project.builds.targets
    return tuple(project.target(name) for name in names) if names else project.targets


def _generate(target: Target, project: Project, root: Path) -> Path:
    if not target.out.is_relative_to(root):
        raise ConfigurationError(f"{FILE}: [{TABLE}.targets.{target.name}]: out leads out of the project")
    frozen = project.builds.frozen
    if frozen and not (target.out / "manifest.json").exists():
        advice = f"run rekuest-codegen pull {target.name} and commit the manifest, or set frozen = false"
        raise ConfigurationError(f"{target.out.relative_to(root)}: has no manifest.json to generate from; {advice}")
    if not frozen and target.source is None:
        target = target._replace(url=os.environ.get("REKUEST_URL") or target.url)
    found = snapshot_of(target, token=os.environ.get("REKUEST_TOKEN"), frozen=frozen)
    result = write(target, generated(target, project, found))
    out = target.out.relative_to(root)
    print(f"rekuest-codegen: {out}: {counted(len(found.nodes), 'node')}; {result}", file=sys.stderr)
    return out
