"""Nothing that is in a file can make the scan fail, or take long."""

from __future__ import annotations

import ast
import gc
import hashlib
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from rekuest_codegen.errors import Severity
from rekuest_codegen.scan import ScanOptions, scan
from rekuest_codegen.scan.files import files_of

STDLIB, SITE = (Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib"))
SECONDS = 8.0
BATCH = 8


def slice_of(folder: Path) -> list[Path]:
    """Some fifty files, chosen by their names alone."""
    files = [path for path in files_of([folder]) if path.stat().st_size < 60_000]
    return sorted(files, key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())[:50]


@pytest.mark.parametrize("folder", [STDLIB, SITE], ids=["standard library", "installed packages"])
def test_other_peoples_code(folder: Path) -> None:
    files = slice_of(folder)
    known = 0
    deadline = time.process_time() + SECONDS
    for start in range(0, len(files), BATCH):
        if time.process_time() > deadline:
            break
        result = scan(files[start : start + BATCH], ScanOptions(all_functions=True))
        known += len(result.nodes) + len(result.findings)
        for finding in result.findings:
            assert "\n" not in finding.message
            assert int(finding.where.rsplit(":", 2)[1]) >= 1
    assert known > 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f(:\n  register\n", "syntax-error"),
        ("register = " + "(" * 4000 + ")" * 4000, "syntax-error"),
        ("register\nif a: pass\n" + "elif a: pass\n" * 1400, "too-deep"),
        ("from rekuest import register\n@register\ndef f(x: int = " + "1+" * 700 + "1): 'F.'\n", "computed-default"),
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


IN_A_THREAD = """
import sys, threading
from pathlib import Path
from rekuest_codegen.scan import scan

threading.stack_size({kilobytes} * 1024)
found = []
thread = threading.Thread(target=lambda: found.append(scan([Path(sys.argv[1])])))
thread.start()
thread.join(60)
print([node.node.key for node in found[0].nodes], [finding.code for finding in found[0].findings])
"""


@pytest.mark.parametrize(
    ("kilobytes", "default", "said"),
    [
        (512, "(" * 8 + "1" + ")" * 8, "['f'] []\n"),
        (8192, "(" * 90 + "1" + ")" * 90, "['f'] []\n"),
        (8192, "-" * 1400 + "1", "[] ['computed-default']\n"),
    ],
)
def test_in_a_thread(tmp_path: Path, kilobytes: int, default: str, said: str) -> None:
    """Ordinary code needs a small stack; what passes the check for nesting needs no more than a main thread has."""
    path = tmp_path / "app.py"
    path.write_text(
        f"from rekuest_codegen import register\n@register\ndef f(x: int = {default}): 'F.'\n", encoding="utf-8"
    )
    program = IN_A_THREAD.format(kilobytes=kilobytes)
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, said), done.stderr


@pytest.mark.parametrize(
    ("line", "levels"),
    [
        ("type A{0} = A{1} | list[A{1}] | dict[str, A{1}]", 10),
        ("@model\nclass A{0}:\n    a: A{1}\n    b: A{1}", 14),
    ],
)
def test_types_that_double_again_and_again_end(tmp_path: Path, line: str, levels: int) -> None:
    path = tmp_path / "app.py"
    doubled = "\n".join(line.format(number, number - 1) for number in range(1, levels + 1))
    path.write_text(
        "from rekuest_codegen import register, model\nclass A0(int): pass\n"
        f"{doubled}\n@register\ndef f(x: A{levels}): 'F.'\n",
        encoding="utf-8",
    )
    result = scan([path], ScanOptions(search_path=()))
    assert [finding.code for finding in result.findings if finding.severity is Severity.ERROR] == ["too-large"]


def test_nothing_is_left_for_the_collector(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    inner = "if a:\n    class C:\n        @register\n        def f(self, x: 'int' = y) -> int: return register(g)\n"
    path.write_text(f"from rekuest_codegen import register\n{inner}", encoding="utf-8")

    def trees() -> int:
        return sum(isinstance(found, ast.AST) for found in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = trees()
        assert scan([path]).findings
        assert trees() == before
    finally:
        gc.enable()
