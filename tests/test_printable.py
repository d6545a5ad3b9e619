"""Text of strangers in the log of a workflow is text, wherever a command prints it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.cli.changes import Compared, as_text
from rekuest_codegen.cli.mistakes import lines_of
from rekuest_codegen.cli.sources import echo_findings
from rekuest_codegen.cli.tables import echo_table
from rekuest_codegen.errors import DefinitionError, Finding, LocalError
from rekuest_codegen.ir import read_node
from rekuest_codegen.ir.compare import compare
from rekuest_codegen.printable import harmless, printable

NAMES = [
    "::error::x",
    "  ::add-mask::a",
    "x ##[add-mask]a",
    "##vso[task.setvariable]",
    "##teamcity[x]",
    ":::",
    "\n::x::",
]
NASTY = st.sampled_from([":", "::", "#", "##", "[", "error", " ", "\n", "\r", "\t", "\x0b", "\u2028", "a"])


def commands(text: str) -> list[str]:
    """The lines that a runner would act upon."""
    return [line for line in re.split(r"[\r\n]", text) if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]


@given(st.lists(NASTY, max_size=12).map("".join))
def test_no_text_is_a_command(text: str) -> None:
    assert commands(harmless(text)) == []
    assert commands(printable(text)) == []
    assert printable(text).isprintable()


@pytest.mark.parametrize("text", ["a::b", "lab/f: kind: x", ": x", "# heading", "a#b[c]"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == harmless(text) == text


@pytest.mark.parametrize("name", NAMES)
def test_whatever_prints_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("unknown-kind", f"{name}/f: kind", f"there is no {name}")
    before, after = read_node({"app": name, "key": name}), read_node({"app": name, "key": name, "stateful": True})
    said = [*lines_of(DefinitionError([finding])), *lines_of(LocalError(f"it failed\n{name}"))]
    said.append(as_text([Compared(name, name, compare([before], [after]), 0)]))
    echo_table(("app", "key"), [(name, name)])
    echo_findings([finding._replace(where=f"{name}:1:2")])
    said += capsys.readouterr()
    assert len(said) == 6
    assert commands("\n".join(said)) == []
