"""Annotated source -> node definitions, read with libcst. Nothing of the user's is imported or run."""

from rekuest_codegen.scan.result import Parameter, ParameterKind, ScannedNode, ScanOptions, ScanResult
from rekuest_codegen.scan.scanner import scan

__all__ = ["Parameter", "ParameterKind", "ScanOptions", "ScanResult", "ScannedNode", "scan"]
