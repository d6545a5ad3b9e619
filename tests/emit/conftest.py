"""A few well-behaved nodes that look like a laboratory's."""

from __future__ import annotations

from typing import Any

import pytest

from rekuest_codegen.ir import Node, read_node

IMAGE: dict[str, Any] = {"kind": "STRUCTURE", "identifier": "@lab/image"}
MODE: dict[str, Any] = {
    "kind": "ENUM",
    "identifier": "@lab/mode",
    "choices": [{"value": "FAST", "label": "fast"}, {"value": "SLOW", "label": "slow"}],
}


@pytest.fixture
def sample() -> list[Node]:
    threshold = {
        "app": "app",
        "key": "threshold",
        "args": [
            {"key": "image", **IMAGE},
            {"key": "level", "kind": "FLOAT", "default": 0.5, "nullable": True},
            {"key": "mode", **MODE, "default": "FAST", "nullable": True},
        ],
        "returns": [{"key": "return0", **IMAGE}],
    }
    split = {
        "app": "app",
        "key": "split",
        "args": [{"key": "values", "kind": "LIST", "children": [{"key": "...", "kind": "FLOAT"}]}],
        "returns": [
            {"key": "return0", "kind": "FLOAT", "label": "low"},
            {"key": "return1", "kind": "FLOAT", "label": "High"},
        ],
    }
    record = {
        "app": "app",
        "key": "record",
        "kind": "GENERATOR",
        "args": [{"key": "seconds", "kind": "FLOAT"}],
        "returns": [{"key": "return0", "kind": "FLOAT"}],
    }
    return [read_node(raw) for raw in (threshold, split, record)]
