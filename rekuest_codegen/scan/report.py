"""What a scan tells a person: a line for each node, or its hash, or its definition, and every finding.

Plain data, which can be kept and read again without any of what it took to make it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from rekuest_codegen.scan.result import ScannedNode, ScanResult


class Asked(StrEnum):
    """What of each node is told."""

    SIGNATURE = "signature"
    HASH = "hash"
    DEFINITION = "definition"


class ToldNode(Struct, frozen=True, array_like=True, gc=False):
    """A node. ``said`` is what was asked: its signature, its hash, or its definition in JSON."""

    app: str
    key: str
    kind: str
    module: str
    qualname: str
    path: str
    line: int
    said: str


class ToldFinding(Struct, frozen=True, array_like=True, gc=False):
    """A finding; ``path`` is absolute, ``line`` and ``column`` count from one."""

    path: str
    line: int
    column: int
    code: str
    message: str
    is_error: bool


class Report(Struct, frozen=True, array_like=True):
    nodes: tuple[ToldNode, ...]
    findings: tuple[ToldFinding, ...]

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)


def report_of(result: ScanResult, asked: Asked) -> Report:
    """What ``result`` tells."""
    from rekuest_codegen.errors import Severity

    nodes = tuple(
        ToldNode(
            found.node.app,
            found.node.key,
            found.node.kind.value,
            found.module,
            found.qualname,
            str(found.path),
            found.line,
            _said(found, asked),
        )
        for found in result.nodes
    )
    findings: list[ToldFinding] = []
    for finding in result.findings:
        path, line, column = finding.where.rsplit(":", 2)
        is_error = finding.severity is Severity.ERROR
        findings.append(ToldFinding(path, int(line), int(column), finding.code, finding.message, is_error))
    return Report(nodes, tuple(findings))


def _said(found: ScannedNode, asked: Asked) -> str:
    import json

    from rekuest_codegen.ir import definition, definition_hash
    from rekuest_codegen.ir.spelling import signature

    match asked:
        case Asked.SIGNATURE:
            return signature(found.node)
        case Asked.HASH:
            return definition_hash(found.node)
        case Asked.DEFINITION:
            return json.dumps({"hash": definition_hash(found.node), **definition(found.node)})
