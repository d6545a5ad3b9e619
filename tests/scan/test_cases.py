"""Golden cases: a directory holds a program and what the scan of it must give.

``REKUEST_ACCEPT=1`` writes what is given now; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.ir import definition
from rekuest_codegen.scan import ScannedNode, ScanOptions, scan

CASES = Path(__file__).parents[1] / "cases" / "scan"


def told(found: ScannedNode) -> dict[str, Any]:
    return {
        "app": found.node.app,
        "definition": compact(definition(found.node)),
        "place": f"{found.path.name}:{found.line}",
        "function": f"{found.module}:{found.qualname}",
        "types": dict(found.types),
        "injected": dict(found.injected),
        "parameters": [
            [parameter.name, parameter.kind.value, parameter.has_default, parameter.nullable]
            for parameter in found.parameters
        ],
        "is_async": found.is_async,
        "is_generator": found.is_generator,
        "options": sorted(found.options),
        "locks": list(found.locks),
        "manipulates": list(found.manipulates),
    }


def compact(value: Any) -> Any:
    """Without the fields that say nothing, so that a case can be read."""
    if isinstance(value, dict):
        return {key: compact(item) for key, item in value.items() if item is not None and item not in ([], {})}
    return [compact(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_case(case: str) -> None:
    folder = CASES / case
    result = scan([folder], ScanOptions(search_path=(folder,)))
    given = {
        "nodes": [told(found) for found in result.nodes],
        "findings": [
            f"{finding.severity.value} {Path(finding.where).relative_to(folder)}: {finding.code}: {finding.message}"
            for finding in result.findings
        ],
    }
    expected = folder / "expected.json"
    if os.environ.get("REKUEST_ACCEPT"):
        expected.write_text(json.dumps(given, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert given == json.loads(expected.read_text(encoding="utf-8"))
