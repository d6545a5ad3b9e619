"""What registers is found by whatever name it has there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan

PROGRAM = """
from rekuest_codegen import easy

app = easy("lab")

def f(x: int) -> int: ...
"""
RENAMED = {
    "import in a function": """
def s():
    from rekuest_codegen import register as reg
    return [reg(f)]
""",
    "beside another": """
def s():
    from rekuest_codegen import (
        easy, register as reg, workflow as flow,
    )
    return {"a": flow(f)}
""",
    "assigned": """
def s():
    reg = app.register
    return [reg(f)]
""",
    "assigned with options": """
reg = app.rekuest.register  # shorter
made = [reg(name="F")(f)]
""",
    "in a class": """
class S:
    from rekuest_codegen import register as reg
    made = (reg(f),)
""",
    "by lines of a mac": "\rdef s():\r    from rekuest_codegen import register as reg\r    return [reg(f)]\r",
}


@pytest.mark.parametrize("text", RENAMED.values(), ids=RENAMED)
def test_another_name_registers_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lab.py"
    path.write_bytes((PROGRAM.replace("\n", "\r") if "\r" in text else PROGRAM).encode() + text.encode())
    result = scan([path], ScanOptions(search_path=()))
    assert result.findings == ()
    assert [found.node.key for found in result.nodes] == ["f"]
