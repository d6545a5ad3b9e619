"""Annotated source -> node definitions, read with libcst. Nothing of the user's is imported or run.

Names are loaded at first use: who only reads the project's configuration does not load the parser.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.scan.files import locate
    from rekuest_codegen.scan.project import Project, project_of
    from rekuest_codegen.scan.result import Parameter, ParameterKind, ScannedNode, ScanOptions, ScanResult
    from rekuest_codegen.scan.scanner import scan, scan_projects

_PLACES = {
    "Parameter": "result",
    "ParameterKind": "result",
    "Project": "project",
    "ScanOptions": "result",
    "ScanResult": "result",
    "ScannedNode": "result",
    "locate": "files",
    "project_of": "project",
    "scan": "scanner",
    "scan_projects": "scanner",
}

__all__ = [
    "Parameter",
    "ParameterKind",
    "Project",
    "ScanOptions",
    "ScanResult",
    "ScannedNode",
    "locate",
    "project_of",
    "scan",
    "scan_projects",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
