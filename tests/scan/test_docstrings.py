"""Docstrings are read in the styles they can be of, and say what they would in all of them."""

from __future__ import annotations

import ast
import sysconfig
from itertools import chain
from pathlib import Path

import pytest
from docstring_parser import Docstring, DocstringStyle, ParseError, parse

from rekuest_codegen.scan.docstrings import parse_any_style
from rekuest_codegen.scan.trees import parse_quietly
from tests.scan.test_resilience import slice_of

WRITTEN = [
    "",
    "Short.",
    "Short.\n\nLong,\nand longer.",
    "Short.\n\nArgs:\n    x: The x.\n    y (int): The y.\n\nReturns:\n    The sum.",
    "Short.\n\n    Parameters\n    ----------\n    x : int\n        The x.\n\n    Returns\n    -------\n    int\n    ",
    "Short.\n\n:param x: The x.\n:returns: The sum.",
    "Short.\n\n@param x: The x.\n@return: The sum.",
    "Note:\n    only this",
    "Args:\n    no colon here",
    "Both.\n\n:param x: The x.\n\nArgs:\n    x: Another.\n    y: The y.",
    ": odd",
    ".. deprecated:: 1.0\n    Gone.",
    "Ends with a colon:",
]


def found(text: str, *, read: object) -> object:
    assert callable(read)
    try:
        parsed = read(text)
    except ParseError as error:
        return str(error)
    assert isinstance(parsed, Docstring)
    words = parsed.short_description, parsed.long_description
    return words, [(meta.args, meta.description) for meta in parsed.meta]


def in_all_styles(text: str) -> Docstring:
    return parse(text, style=DocstringStyle.AUTO)


@pytest.mark.parametrize("text", WRITTEN)
def test_as_in_all_styles(text: str) -> None:
    assert found(text, read=parse_any_style) == found(text, read=in_all_styles)


def test_other_peoples_docstrings() -> None:
    paths = sysconfig.get_paths()
    files = chain(slice_of(Path(paths["stdlib"])), slice_of(Path(paths["purelib"])))
    count = 0
    for path in files:
        try:
            tree = parse_quietly(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node, clean=False)):
                count += 1
                assert found(text, read=parse_any_style) == found(text, read=in_all_styles), text
    assert count > 50
