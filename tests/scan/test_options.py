"""What stands between the brackets of a registration, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekuest_codegen.scan import ScanOptions, ScanResult, scan

PROGRAM = '''
from __future__ import annotations
import os
from rekuest_codegen import Slider, easy
app = easy("options")

class C: ...

@app.declare(app="other")
class Other:
    """Nodes of another app."""

    async def go(self, x: int) -> int: ...

@app.register({options})
def f(a: int, other: {other}) -> int:
    """Do."""
'''


def scanned(folder: Path, options: str, other: str = "int") -> ScanResult:
    path = folder / "app.py"
    path.write_text(PROGRAM.format(options=options, other=other), encoding="utf-8")
    return scan([path], ScanOptions(search_path=()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("port_groups=3", "port_groups is a list of port groups, not 3"),
        ("port_groups=True", "port_groups is a list of port groups, not True"),
        ("port_groups='more'", "port_groups is a list of port groups, not 'more'"),
        ("stateful=C", "stateful is True or False, not C"),
        ("pure=C()", "pure is True or False, not C()"),
        ("collections=[C, C()]", "collections is a list of names, not [C, C()]"),
        ("widgets={'a\\nb': 3}", "widgets says of 'a\\nb' what cannot be said there"),
    ],
)
def test_what_is_none_is_quoted_as_it_is_written(tmp_path: Path, options: str, message: str) -> None:
    (finding,) = scanned(tmp_path, options).findings
    assert (finding.code, finding.message) == ("bad-option", f"f: option {message}")


def test_a_quotation_is_bounded(tmp_path: Path) -> None:
    (finding,) = scanned(tmp_path, f"stateful=[{'C, ' * 500}]").findings
    assert len(finding.message) < 120


def test_a_port_that_is_given_nothing(tmp_path: Path) -> None:
    result = scanned(tmp_path, "widgets={'a': None, 'other': Slider(0, 1)}, validators={'a': None}")
    assert not result.findings
    assert [port.widget is None for port in result.nodes[0].node.args] == [True, False]


def test_a_name_of_two_lines_is_told_on_one(tmp_path: Path) -> None:
    for finding in scanned(tmp_path, "validators={'a\\nb': []}, widgets={'c\\nd': Slider(0, 1)}").findings:
        assert finding.message.splitlines() == [finding.message]


@pytest.mark.parametrize(
    ("options", "severity", "words"),
    [
        ("execution=os.environ['HOW']", "warning", "its option execution, which cannot be read"),
        ("execution='PLAIN'", "warning", "register it with execution=Execution.WORKFLOW"),
        ("", "warning", "register it with execution=Execution.WORKFLOW"),
        ("execution='WORKFLOW'", None, ""),
    ],
)
@pytest.mark.parametrize("postponed", [True, False])
def test_how_it_runs_cannot_always_be_read(
    tmp_path: Path, options: str, severity: str | None, words: str, *, postponed: bool
) -> None:
    path = tmp_path / "app.py"
    text = PROGRAM.format(options=options, other="Other")
    path.write_text(text if postponed else text.replace("from __future__ import annotations\n", ""), encoding="utf-8")
    findings = scan([path], ScanOptions(search_path=())).findings
    if severity is None:
        assert not findings
        return
    (finding,) = findings
    is_error = not postponed and "environ" not in options
    assert (finding.severity.value, finding.code) == ("error" if is_error else severity, "plain-dependency")
    assert words in finding.message
