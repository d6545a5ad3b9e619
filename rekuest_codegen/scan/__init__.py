"""Annotated source -> node definitions, read by Python's parser and libcst. Nothing of the user's is imported or run.

Names are loaded at first use: what a scan gives back can be named without loading the parser.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.scan.files import locate
    from rekuest_codegen.scan.result import Parameter, ParameterKind, ScannedNode, ScanOptions, ScanResult
    from rekuest_codegen.scan.scanner import scan, scan_projects

_PLACES = {
    "Parameter": "result",
    "ParameterKind": "result",
    "ScanOptions": "result",
    "ScanResult": "result",
    "ScannedNode": "result",
    "locate": "files",
    "scan": "scanner",
    "scan_projects": "scanner",
}

__all__ = [
    "Parameter",
    "ParameterKind",
    "ScanOptions",
    "ScanResult",
    "ScannedNode",
    "locate",
    "scan",
    "scan_projects",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
