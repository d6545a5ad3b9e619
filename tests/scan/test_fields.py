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
        (
            "@dataclass\nclass Box(Generic[T]):\n    T = str\n    n: T\n@model\n@dataclass\nclass C(Box[int]): ...",
            False,
        ),
    ],
)
def test_only_a_type_variable_that_is_met_is_spoken_of(tmp_path: Path, classes: str, *, warned: bool) -> None:
    path = tmp_path / "app.py"
    path.write_text(PROGRAM.format(classes=classes), encoding="utf-8")
    result = scan([path], ScanOptions(search_path=()))
    assert [finding.code for finding in result.findings] == ["richer-than-upstream"] * warned
    (port,) = result.nodes[0].node.args
    assert (port.children[0].kind.value == "STRING") == ("T = str" in classes)


@pytest.mark.parametrize(
    ("base", "decorators", "inherits"),
    [
        ("@total_ordering\nclass B:", "@model\n@dataclass\n", False),
        ("class B:", "@model\n", False),
        ("class B:", "@model\n@attrs.define\n", False),
        ("@dataclass\nclass B:", "@model\n@dataclass\n", True),
        ("@attrs.frozen\nclass B:", "@model\n@attrs.frozen\n", True),
        ("@model\nclass B:", "@model\n", True),
        ("class B(BaseModel):", "@model\n", True),
    ],
)
def test_a_base_has_fields_when_it_is_a_record_itself(
    tmp_path: Path, base: str, decorators: str, *, inherits: bool
) -> None:
    path = tmp_path / "app.py"
    classes = f"{base}\n    x: int\n\n{decorators}class C(B):\n    m: int"
    path.write_text(PROGRAM.format(classes=classes), encoding="utf-8")
    result = scan([path], ScanOptions(search_path=()))
    assert not result.findings
    (port,) = result.nodes[0].node.args
    assert [child.key for child in port.children] == (["x", "m"] if inherits else ["m"])
