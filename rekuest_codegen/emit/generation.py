"""The road inside: nodes are planned, printed, looked at once more, and described in a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rekuest_codegen.emit.manifest import MANIFEST, manifest
from rekuest_codegen.emit.options import EmitOptions
from rekuest_codegen.emit.plan import plan
from rekuest_codegen.emit.render import render
from rekuest_codegen.ir.records import NodeRecord

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node


def generate(nodes: Sequence[Node | NodeRecord], options: EmitOptions | None = None) -> dict[str, str]:
    """The files of the package for ``nodes``, by path relative to it. Pure: nothing is written.

    Raises:
        DefinitionError: a node cannot be expressed.
        ConfigurationError: an option or a template is wrong.
    """
    options = options or EmitOptions()
    options.check()
    package = plan(nodes, options)
    files = render(package, options.templates)
    files[MANIFEST] = manifest(package.nodes, options.provenance, files)
    return files
