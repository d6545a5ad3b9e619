"""Source in a grammar newer than the running Python's: libcst reads it, and says what older Pythons cannot.

Three things were added that definitions meet: type parameters, ``type`` statements and f-strings of any content. Each
is replaced, on the spot and without moving anything else, by what every Python parses; what it said is put on the
nodes afterwards (see ``trees.type_parameters`` and ``trees.type_alias``), so nothing past this room knows of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from types import SimpleNamespace

import libcst as cst
from libcst.metadata import CodePosition, CodeRange, MetadataWrapper, PositionProvider

from rekuest_codegen.scan.trees import Unreadable, parse_expression, parse_quietly, split_lines

COMPUTED = "[]()"
"""Begins with a sign, for a word may stand right before an f-string: ``else""``. All but the last stand on one line."""
TYPE_WORD, ELLIPSIS = "type", "...;"
"""Of one length: ``type X = int`` and ``...; X = int`` say the same to whoever looks for ``X``."""


def parse_any(text: str, refused: SyntaxError) -> ast.Module:
    """The tree of ``text``, which may be of any version of Python; ``refused`` is why it is not of this one.

    Raises:
        Unreadable: it is of none, or nested too deeply.
    """
    try:
        module = cst.parse_module(text)
        newer = _Newer()
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        newer.places = wrapper.resolve(PositionProvider)
        module.visit(newer)
        tree = parse_quietly(newer.rewrite(text))
    except (cst.ParserSyntaxError, SyntaxError):
        message = f"is no valid Python: {refused.msg}"
        raise Unreadable("syntax-error", message, refused.lineno or 1, max(refused.offset or 1, 1)) from None
    except (RecursionError, MemoryError, LookupError, ValueError):
        # Too deep for Python's stack: libcst may say so by any error, since its cleaning up fails in turn.
        raise Unreadable("too-deep", "is nested too deeply to be read") from None
    _annotate(tree, newer.parameters)
    return tree


def _annotate(tree: ast.Module, parameters: Mapping[tuple[int, str], Sequence[str]]) -> None:
    """Give the nodes that had type parameters what later Pythons give them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        else:
            continue
        if (found := parameters.get((node.lineno, name))) is not None:
            vars(node)["type_params"] = [SimpleNamespace(name=parameter) for parameter in found]


class _Newer(cst.CSTVisitor):
    """Finds what is newer, and where."""

    def __init__(self) -> None:
        super().__init__()
        self.places: Mapping[cst.CSTNode, CodeRange] = {}
        self.parameters: dict[tuple[int, str], list[str]] = {}
        self._changes: list[tuple[CodeRange, Callable[[str], str]]] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._note(node.name, node.type_parameters)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._note(node.name, node.type_parameters)

    def visit_TypeAlias(self, node: cst.TypeAlias) -> None:
        start, name = self.places[node].start, self.places[node.name].start
        word = CodeRange(start, CodePosition(start.line, start.column + len(TYPE_WORD)))
        self._changes.append((word, lambda _: ELLIPSIS))
        self.parameters[name.line, node.name.value] = []
        self._note(node.name, node.type_parameters)

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:
        self._changes.append((self.places[node], _value))
        return False

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        self._changes.append((self.places[node], _value))
        return False

    def rewrite(self, text: str) -> str:
        """``text`` in the grammar of every Python; each line and column stays where it is."""
        starts = [0, *accumulate(len(line) for line in split_lines(text))]
        pieces: list[str] = []
        done = 0
        for place, change in sorted(self._changes, key=lambda found: (found[0].start.line, found[0].start.column)):
            start = starts[place.start.line - 1] + place.start.column
            end = starts[place.end.line - 1] + place.end.column
            pieces += [text[done:start], change(text[start:end])]
            done = end
        return "".join([*pieces, text[done:]])

    def _note(self, name: cst.Name, found: cst.TypeParameters | None) -> None:
        if found is not None:
            self._changes.append((self.places[found], _blank))
            self.parameters[self.places[name].start.line, name.value] = [part.param.name.value for part in found.params]


def _blank(text: str) -> str:
    """Spaces; the lines continue each other, for there are no brackets any more."""
    return re.sub(r" (?=\r?\n)", r"\\", _spaces(text))


def _value(text: str) -> str:
    """An f-string as it is, where this Python parses it; else something else that only running the code shows."""
    if parse_expression(f"({text})") is not None:
        return text
    places = [index for index, char in enumerate(text) if char not in "\r\n"]
    signs = dict(zip([*places[:3], places[-1]], COMPUTED, strict=True))
    return "".join(signs.get(index, char if char in "\r\n" else " ") for index, char in enumerate(text))


def _spaces(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)
