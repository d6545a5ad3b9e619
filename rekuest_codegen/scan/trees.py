"""The syntax of a source: the tree Python's own parser makes of it, and how its nodes read.

Python's parser is many times faster than any other, but knows the grammar of the running version only. What it
refuses is given to libcst (see ``grammar``), which knows every version's; so a file means the same whichever Python
scans it. Nothing is compiled further than to a tree.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence

from rekuest_codegen.scan.nesting import too_deep

Function = ast.FunctionDef | ast.AsyncFunctionDef
Named = ast.Name | ast.Attribute


class Unreadable(Exception):
    """A file that cannot be read or parsed; ``line`` and ``column`` say where."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


class TypeAlias(ast.stmt):
    """``type name[parameters] = value``, which not every Python's trees have."""

    def __init__(self, name: str, parameters: tuple[str, ...], value: ast.expr, statement: ast.stmt) -> None:
        super().__init__()
        self.name = name
        self.parameters = parameters
        self.value = value
        ast.copy_location(self, statement)


def parse(text: str) -> ast.Module:
    """The tree of ``text``.

    Raises:
        Unreadable: it is no Python, or nested deeper than the parser goes.
    """
    if too_deep(text):
        raise Unreadable("syntax-error", "is nested too deeply to be read")
    try:
        return parse_quietly(text)
    except SyntaxError as error:
        from rekuest_codegen.scan.grammar import parse_any

        return parse_any(text, error)
    except (RecursionError, MemoryError):
        raise Unreadable("too-deep", "is nested too deeply to be read") from None
    except ValueError as error:
        raise Unreadable("syntax-error", f"is no valid Python: {error}") from None


def parse_quietly(text: str) -> ast.Module:
    """What Python's parser makes of ``text``, whatever it thinks of its escapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def parse_expression(text: str) -> ast.expr | None:
    """The one expression ``text`` is, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError):
        return None


def split_lines(text: str) -> list[str]:
    """The lines as Python's parser counts them: neither a form feed nor any letter of Unicode ends one."""
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def text_of(node: ast.expr | None) -> str | None:
    """The value of a literal text, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def dotted_name(node: ast.expr | None) -> str | None:
    """``a.b.c`` of a Name or Attribute, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def first_argument(call: ast.Call) -> ast.expr | None:
    """The first argument by position, unless it is unpacked."""
    return call.args[0] if call.args and not isinstance(call.args[0], ast.Starred) else None


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments by name."""
    return {argument.arg: argument.value for argument in call.keywords if argument.arg is not None}


def raw_docstring(node: ast.ClassDef | Function) -> str | None:
    """The docstring as it is written, indentation included."""
    first = node.body[0]
    return text_of(first.value) if isinstance(first, ast.Expr) else None


def type_parameters(node: ast.stmt) -> tuple[str, ...]:
    """The names between the brackets of ``def f[T]``, ``class C[T]`` and ``type A[T]``."""
    return tuple(parameter.name for parameter in getattr(node, "type_params", ()))


def type_alias(node: ast.stmt) -> TypeAlias | None:
    """``node`` if it is a ``type`` statement."""
    if type(node).__name__ == "TypeAlias":
        name, value = getattr(node, "name", None), getattr(node, "value", None)
    elif isinstance(node, ast.Assign) and hasattr(node, "type_params"):
        # From ``grammar``: this Python's own trees have no such statement.
        name, value = node.targets[0], node.value
    else:
        return None
    if not isinstance(name, ast.Name) or not isinstance(value, ast.expr):
        return None
    return TypeAlias(name.id, type_parameters(node), value, node)


def own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of ``body`` that runs with it: nothing of nested functions, lambdas and classes."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
