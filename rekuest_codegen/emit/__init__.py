"""Nodes in, a typed package out: `generate` gives the text, `write_package` puts it on disk.

Names are loaded at first use: who only looks at a package that is there loads no generator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.emit.generation import generate
    from rekuest_codegen.emit.manifest import read_manifest
    from rekuest_codegen.emit.options import EmitOptions
    from rekuest_codegen.emit.write import WriteResult, write_package

_PLACES = {
    "EmitOptions": "options",
    "WriteResult": "write",
    "generate": "generation",
    "read_manifest": "manifest",
    "write_package": "write",
}

__all__ = ["EmitOptions", "WriteResult", "generate", "read_manifest", "write_package"]


__getattr__ = lazy(__name__, _PLACES)
