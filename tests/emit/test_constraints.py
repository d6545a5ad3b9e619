"""Validators become constraints only where they certainly mean one."""

from __future__ import annotations

from typing import Any

import pytest

from rekuest_codegen.emit.constraints import field_options
from rekuest_codegen.ir import Port


def call(operation: str, **given: Any) -> dict[str, Any]:
    arguments = [
        {"key": key, "value_path" if value == "value" else "value_literal": value} for key, value in given.items()
    ]
    return {"call": {"operation": operation, "arguments": arguments}}


@pytest.mark.parametrize(
    ("kind", "validator", "options"),
    [
        ("INT", {"function": "(x) => x > 3"}, ["gt=3"]),
        ("FLOAT", {"function": "(x) => x <= -7.5"}, ["le=-7.5"]),
        ("STRING", {"function": "(x) => x.length >= 1 && x.length <= 5"}, ["max_length=5", "min_length=1"]),
        ("INT", call("gt", a="value", b=3), ["gt=3"]),
        ("INT", call("gte", a="value", b=0), ["ge=0"]),
        ("LIST", call("len_between", value="value", min=1, max=3), ["max_length=3", "min_length=1"]),
        ("STRING", call("len_between", value="value", min=2), ["min_length=2"]),
        ("INT", {"function": "(x) => x > 3 || evil()"}, []),
        ("INT", {"function": "(x) => x > 007"}, []),
        ("INT", {"function": "(x) => x > 1e999"}, []),
        ("INT", {"function": "(x) => x > 0.5"}, []),
        ("STRING", {"function": "(x) => x > 3"}, []),
        ("INT", {"function": "(x) => x > 3", "dependencies": ["other"]}, []),
        ("INT", call("gt", a="other", b=3), []),
        ("INT", call("gt", a="value", b="3"), []),
        ("INT", call("gt", a="value", b=True), []),
        ("INT", call("__import__", a="value", b=3), []),
        ("INT", {"call": {"operation": "gt", "arguments": "a, b"}}, []),
        ("INT", {"call": "gt"}, []),
    ],
)
def test_options(kind: str, validator: dict[str, Any], options: list[str]) -> None:
    children = [{"key": "...", "kind": "INT"}] if kind == "LIST" else []
    port = Port.model_validate({"key": "x", "kind": kind, "children": children, "validators": [validator]})
    assert field_options(port) == options


def test_a_default_that_would_be_refused_drops_the_constraint() -> None:
    port = Port.model_validate({"key": "x", "kind": "INT", "default": 0, "validators": [{"function": "(x) => x > 3"}]})
    assert field_options(port) == []
