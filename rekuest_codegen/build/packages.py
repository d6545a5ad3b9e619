"""Packages that are made and can be published, and ``pull --frozen`` from its beginning to its end.

A build runs that every time, so nothing is loaded for it that only other commands need: neither a parser of options
nor a client. What is said about it is given back, and printed by whoever asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rekuest_codegen.build.choice import chosen
from rekuest_codegen.build.origins import Found, from_here
from rekuest_codegen.build.target import as_recorded, generated, snapshot_of, write
from rekuest_codegen.build.unchanged import remember, seen
from rekuest_codegen.counted import counted
from rekuest_codegen.garbage import collection_paused
from rekuest_codegen.project import Project, Target


class Made(NamedTuple):
    """A package of ``nodes`` in ``apps``, all its ``files`` by path, for the folder that ``target`` says."""

    target: Target
    nodes: int
    apps: int
    files: Mapping[str, str]

    def publish(self) -> str:
        """Write it; the line that says what became of it.

        Raises:
            OutputError: it cannot be done; what was there is still there.
        """
        return f"{self._told}; {write(self.target, self.files)}"

    @property
    def unchanged(self) -> str:
        """The line for when nothing is to be written."""
        return f"{self._told}; nothing changed"

    @property
    def _told(self) -> str:
        return f"{from_here(self.target.out)}: {counted(self.nodes, 'node')} of {counted(self.apps, 'app')}"


def made(target: Target, nodes: Sequence[Any], files: Mapping[str, str]) -> Made:
    """The package of ``nodes`` that consists of ``files``."""
    return Made(target, len(nodes), len({node.app for node in nodes}), files)


def frozen(target: Target, project: Project, looks: frozenset[str] = frozenset()) -> tuple[Found[Any], dict[str, str]]:
    """The nodes in the manifest of ``target``, and the files of its package, made of nothing else.

    ``looks`` are fields of the target that are asked for differently than recorded.

    Raises:
        RekuestError: the manifest cannot be read or followed.
    """
    found, structures = snapshot_of(target, frozen=True), None
    if not target.name:
        target, structures = as_recorded(target, found, looks)
    return found, generated(target, project, found, structures=structures)


def pull_frozen(names: Sequence[str], out: str | os.PathLike[str] | None, asked: str | None) -> list[str]:
    """Generate the targets of ``names`` from their manifests, or the package in ``out``, or all targets.

    Everything is made before anything is written: one that fails leaves all as they were. How it ended is remembered
    for when the same is ``asked`` again, as `question` has it.

    Raises:
        RekuestError: it cannot be done.
    """
    project, targets = chosen(names, None if out is None else Path(out))
    templates = seen(str(target.templates) for target in targets if target.templates)
    with collection_paused():  # nearly all that is made stays to the end
        packages: list[Made] = []
        for target in targets:
            found, files = frozen(target, project)
            packages.append(made(target, found.nodes, files))
        told = [package.publish() for package in packages]
        lines, texts = [one.unchanged for one in packages], {str(one.target.out): one.files for one in packages}
        remember(asked, lines, texts, templates)
    return told
