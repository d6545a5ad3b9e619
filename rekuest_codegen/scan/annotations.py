"""The syntax of annotations: what stands between brackets, and the expression inside a text."""

from __future__ import annotations

import libcst as cst

from rekuest_codegen.scan.nesting import too_deep
from rekuest_codegen.scan.places import Problem


def subscript_arguments(node: cst.Subscript) -> list[cst.BaseExpression]:
    """What stands between the brackets."""
    found: list[cst.BaseExpression] = []
    for element in node.slice:
        if not isinstance(element.slice, cst.Index) or element.slice.star:
            raise Problem("unknown-type", "a slice or a star is no type")
        value = element.slice.value
        if len(node.slice) == 1 and isinstance(value, cst.Tuple):
            return [part.value for part in value.elements]
        found.append(value)
    return found


def parse_annotation(node: cst.SimpleString | cst.ConcatenatedString) -> cst.BaseExpression:
    """The expression inside a string annotation."""
    value = node.evaluated_value
    text = value.strip() if isinstance(value, str) else ""
    if too_deep(text):
        raise Problem("too-deep", f"the annotation {text[:60]!r} is nested too deeply to be read")
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        raise Problem("unknown-type", f"the annotation {text[:60]!r} is no expression") from None
