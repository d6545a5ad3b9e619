"""What a caller may ask of the generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULE_SIZE = 200
"""Nodes, or types, that one module holds; more are split into parts of which only the touched ones are imported."""


def _nothing() -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmitOptions:
    """How a package is generated.

    Attributes:
        structures: by identifier, the user's own class (``"pkg.module:Class"``) that it is bound to.
        templates: a folder whose templates replace ours of the same name.
        provenance: where the nodes come from (server url, filters); written into the manifest, no more.
        module_size: nodes in one module, before an app is split.
    """

    structures: Mapping[str, str] = field(default_factory=_nothing)
    templates: Path | None = None
    provenance: Mapping[str, Any] = field(default_factory=_nothing)
    module_size: int = MODULE_SIZE
