"""Which fields a model has, and what is said of those that are not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan

PROGRAM = '''
from dataclasses import dataclass
from functools import total_ordering
from typing import Generic, TypeVar
import attrs
from pydantic import BaseModel
from rekuest_codegen import model, register
T = TypeVar("T")

{classes}

@register
def f(x: C) -> None:
    """Do."""
'''


@pytest.mark.parametrize(
    ("classes", "warned"),
    [
        ("@dataclass\nclass Box(Generic[T]):\n    n: int\n@model\n@dataclass\nclass C(Box[int]): ...", False),
        ("@dataclass\nclass Box(Generic[T]):\n    n: list[T]\n@model\n@dataclass\nclass C(Box[int]): ...", True),
        ("@dataclass\nclass Box(Generic[T]):\n    n: 'list[T]'\n@model\n@dataclass\nclass C(Box[int]): ...", True),
    ],
)
def test_only_a_type_variable_that_is_met_is_spoken_of(tmp_path: Path, classes: str, *, warned: bool) -> None:
    path = tmp_path / "app.py"
    path.write_text(PROGRAM.format(classes=classes), encoding="utf-8")
    result = scan([path], ScanOptions(search_path=()))
    assert [finding.code for finding in result.findings] == ["richer-than-upstream"] * warned
    assert len(result.nodes) == 1
