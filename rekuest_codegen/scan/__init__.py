"""Annotated source -> node definitions, read by Python's parser and libcst. Nothing of the user's is imported or run.

Names are loaded at first use: what a scan gives back can be named without loading the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

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


__getattr__ = lazy(__name__, _PLACES)
