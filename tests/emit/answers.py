"""The nodes a real server listed; where that recording is not at hand, a few of our own in their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rekuest_codegen.ir import Node, read_node

ROOT = Path(__file__).parents[2]
RECORDED = ROOT.parent / "shared" / "reference" / "server-2.2" / "actions.json"
OWN = ROOT / "tests" / "cases" / "emit" / "kinds" / "nodes.json"
_LISTED_ONLY = ("id", "scope", "definedAt", "implementations")


def recorded_nodes() -> list[Node]:
    """The twelve nodes of the recording, or those of our own case of all kinds."""
    if RECORDED.exists():
        return [_node(raw) for raw in json.loads(RECORDED.read_text(encoding="utf-8"))]
    return [read_node(raw) for raw in json.loads(OWN.read_text(encoding="utf-8"))]


def _node(raw: dict[str, Any]) -> Node:
    said = {key: value for key, value in raw.items() if key not in _LISTED_ONLY}
    names = {key: [entry["name"] for entry in raw.get(key) or ()] for key in ("collections", "protocols")}
    return read_node({**said, **names, "app": raw["app"]["identifier"], "isTestFor": []})
