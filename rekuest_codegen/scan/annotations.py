"""The syntax of annotations: what stands between brackets, and the expression inside a text."""

from __future__ import annotations

import ast

from rekuest_codegen.scan.nesting import too_deep
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.trees import parse_expression


def subscript_arguments(node: ast.Subscript) -> list[ast.expr]:
    """What stands between the brackets."""
    found = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if any(isinstance(argument, ast.Slice | ast.Starred) for argument in found):
        raise Problem("unknown-type", "a slice or a star is no type")
    return found


def parse_annotation(node: ast.Constant) -> ast.expr:
    """The expression inside a string annotation. For messages it lies where the text lies.

    Raises:
        Problem: there is none.
    """
    known = getattr(node, "expression", None)
    if isinstance(known, ast.expr):
        return known
    text = node.value.strip() if isinstance(node.value, str) else ""
    if too_deep(text):
        raise Problem("too-deep", f"the annotation {text[:60]!r} is nested too deeply to be read")
    parsed = parse_expression(text)
    if parsed is None:
        raise Problem("unknown-type", f"the annotation {text[:60]!r} is no expression")
    for part in ast.walk(parsed):
        ast.copy_location(part, node)
        vars(part)["quoted"] = True
    vars(node)["expression"] = parsed
    return parsed
