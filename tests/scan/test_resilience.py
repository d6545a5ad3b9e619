"""Nothing that is in a file can make the scan fail, or take long."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, scan

STDLIB = Path(sysconfig.get_paths()["stdlib"])


def test_a_slice_of_the_standard_library() -> None:
    files = [*sorted(STDLIB.glob("*.py"))[::12], *sorted((STDLIB / "asyncio").glob("*.py"))[::6]]
    started = time.process_time()
    result = scan(files, ScanOptions(all_functions=True, search_path=()))
    assert time.process_time() - started < 15
    assert len(result.nodes) + len(result.findings) > 50
    assert all("\n" not in finding.message for finding in result.findings)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f(:\n  register\n", "syntax-error"),
        ("register = " + "(" * 4000 + ")" * 4000, "syntax-error"),
        ("# -*- coding: nonsense -*-\nregister\n", "unreadable-file"),
    ],
)
def test_a_file_that_does_not_parse_is_one_finding(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "app.py"
    path.write_text(text, encoding="utf-8")
    result = scan([path])
    assert [finding.code for finding in result.findings] == [code]
    assert result.findings[0].where.startswith(f"{path}:")


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert [finding.code for finding in scan([tmp_path / "none.py"]).findings] == ["unreadable-file"]


@pytest.mark.parametrize(
    "annotation",
    [
        "list[" * 90 + "int" + "]" * 90,
        "'" + "list[" * 300 + "int" + "]" * 300 + "'",
        " | ".join(["int"] * 2000),
        "Loop",
    ],
)
def test_deep_types_end(tmp_path: Path, annotation: str) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "from rekuest_codegen import register, model\n"
        "from dataclasses import dataclass\n"
        "@model\n@dataclass\nclass Loop:\n    again: 'list[Loop]'\n"
        f"@register\ndef f(x: {annotation}): 'F.'\n",
        encoding="utf-8",
    )
    result = scan([path], ScanOptions(search_path=()))
    assert [finding.code for finding in result.findings] in (["too-deep"], ["recursive-type"], ["syntax-error"])


@pytest.mark.parametrize(
    "default", ["2**99999999", "'x' * 99999999", "A", "1 << 99999999", "1 / 0", "[][0]", "10**300*10**300"]
)
def test_hostile_defaults_are_not_computed(tmp_path: Path, default: str) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        f"from rekuest_codegen import register\nA = B + 1\nB = A + 1\n@register\ndef f(x: int = {default}): 'F.'\n",
        encoding="utf-8",
    )
    result = scan([path], ScanOptions(search_path=()))
    assert [finding.code for finding in result.findings] == ["computed-default"]


def test_files_without_a_trace_of_registration_are_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("def f(:\n", encoding="utf-8")
    assert scan([path]).findings == ()
