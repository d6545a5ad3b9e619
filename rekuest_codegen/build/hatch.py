"""The build hook of hatchling: ``[tool.hatch.build.hooks.rekuest-codegen]`` turns it on.

It generates before wheels, editable installs and source distributions alike, and includes what it generated although
git may ignore it. Loaded by hatchling, and by nobody else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from rekuest_codegen.build.hooks import generate_packages


class PackagesHook(BuildHookInterface[Any]):
    """Generates the packages of ``[tool.rekuest-codegen]`` before anything is collected."""

    PLUGIN_NAME = "rekuest-codegen"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each target it builds."""
        for out in generate_packages(Path(self.root)):
            build_data["artifacts"].append(f"/{out.as_posix()}/**")


@hookimpl
def hatch_register_build_hook() -> type[BuildHookInterface[Any]]:
    """Called by hatchling when it looks for hooks."""
    return PackagesHook
