"""Text from outside: whatever it says, it stays text."""

from __future__ import annotations

import ast

from hypothesis import given

from rekuest_codegen.emit.text import docstring, docstring_lines, literal
from tests.emit.hostile import WORDS


@given(WORDS)
def test_a_literal_reads_back(text: str) -> None:
    source = literal(text)
    assert ast.literal_eval(source) == text
    assert source.isprintable()
    assert "\n" not in source


@given(WORDS)
def test_a_docstring_is_one_expression_and_keeps_its_words(text: str) -> None:
    lines = docstring_lines(text, 78)
    source = f"def f():\n    {docstring(lines, '    ')}\n    return 1\n"
    tree = ast.parse(source)
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    said = ast.get_docstring(function, clean=False)
    assert said is not None
    assert "".join(said.split()) == "".join("".join(lines).replace('\\"', '"').replace("\\\\", "\\").split())
    assert all(char.isprintable() or char == "\n" for char in source)
    assert all(char.isprintable() or char == "\n" for char in said)


def test_a_docstring_cannot_end_early() -> None:
    lines = docstring_lines('""" + boom() + """', 78)
    tree = ast.parse(docstring(lines, ""))
    (statement,) = tree.body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    assert statement.value.value == '""" + boom() + """'


def test_long_lines_are_wrapped_and_indentation_is_kept() -> None:
    lines = docstring_lines("word " * 40 + "\n\nList:\n  - item " + "more " * 30, 60)
    assert all(len(line) <= 60 for line in lines)
    assert [line for line in lines if line.startswith("  ")]
