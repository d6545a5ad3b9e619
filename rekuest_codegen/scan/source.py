"""One source file: its text, its tree, the name its module has, and where a node lies in it.

**The name.** Identifiers of a user's classes contain the module's name, so that name must not depend on how the file
is reached. It is derived from the path alone: the file's stem, preceded by the names of the directories above it for
as long as they hold an ``__init__.py``. ``app/lab.py`` beside no ``__init__.py`` is ``lab`` whether it is run as
``__main__``, imported, or scanned; ``corpus/common.py`` in a package is ``corpus.common``.

Lines are cut only when a place is asked for, or code is quoted.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rekuest_codegen.scan.disk import MAX_BYTES, Disk
from rekuest_codegen.scan.scopes import ImportedName, Member, Scope, module_scope
from rekuest_codegen.scan.statements import Statement, telling
from rekuest_codegen.scan.trees import Function, Unreadable, parse, split_lines

if TYPE_CHECKING:
    from rekuest_codegen.scan.classes import Decorator

REGISTERING = ("register", "workflow")
REGISTERS = re.compile(rf"\b(?:{REGISTERING[0]}\w*|{REGISTERING[1]})\b")
"""The words that register functions; without one a file registers nothing."""
RENAMED = re.compile(
    rf"\b(?:{REGISTERS.pattern})\s+as\s+(\w+)|^\s*(\w+)\s*(?::[^=]*)?=\s*(?:\w+\.)*(?:{REGISTERS.pattern})\s*(?:#.*)?$",
    re.MULTILINE,
)
"""Another name for such a word, by an import or an assignment, wherever it stands."""
SHOWN = 60
"""How many characters of the user's code a message quotes."""


class Source:
    """A parsed file. ``root`` is the directory from which its absolute imports begin."""

    def __init__(self, path: Path, text: str, is_file: Callable[[Path], bool] = Path.is_file) -> None:
        self.path = path
        self.text = text
        self.name, self.root = module_name(path, is_file)
        self.is_package = path.stem == "__init__"
        self.tree = parse(text)
        self.scopes: dict[ast.AST, Scope] = {}
        self.members: dict[ast.expr, Member | None] = {}
        self.decorators: dict[ast.AST, Sequence[Decorator]] = {}

    def forget(self) -> None:
        """Undo the cycles of scopes and sources; the source is of no use afterwards."""
        for scope in (self.scope, *self.scopes.values()):
            scope.resolved.clear()
        self.scopes.clear()
        self.members.clear()
        self.decorators.clear()
        vars(self).pop("statements", None)
        del self.scope

    @cached_property
    def scope(self) -> Scope:
        return module_scope(self, self.tree.body)

    @cached_property
    def statements(self) -> Sequence[Statement]:
        """The statements that can register or declare something, in the order written."""
        return telling(self.scope, self.tree.body, self.mentions)

    @cached_property
    def postpones_annotations(self) -> bool:
        """Whether ``from __future__ import annotations`` is in force: annotations are texts when the code runs."""
        return isinstance(self.scope.binding("annotations"), ImportedName) and "__future__" in self.text

    @cached_property
    def has_yield(self) -> bool:
        """Whether the word is somewhere in the text."""
        return "yield" in self.text

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Line and column of ``node``, both from one; the first line for a node of no known place."""
        line: int | None = getattr(node, "lineno", None)
        if line is None:
            return 1, 1
        before = self._lines[line - 1].encode()[: getattr(node, "col_offset", 0)]
        return line, len(before.decode(errors="ignore")) + 1

    def name_place(self, node: ast.ClassDef | Function) -> ast.AST:
        """What `place` finds at the name of a function or class."""
        line = self._lines[node.lineno - 1]
        found = re.compile(rf"\b(?:def|class)\s+({node.name})\b").search(line)
        offset = len(line[: found.start(1)].encode()) if found else node.col_offset
        return ast.Name(node.name, lineno=node.lineno, col_offset=offset)

    def absolute(self, module: str, dots: int) -> str | None:
        """The absolute name of a module that an import here names with ``dots`` leading dots."""
        if not dots:
            return module
        parts = self.name.split(".")
        keep = len(parts) - dots + (1 if self.is_package else 0)
        if keep < 0 or (keep == 0 and not module):
            return None
        return ".".join([*parts[:keep], *([module] if module else [])])

    def code(self, node: ast.expr | ast.stmt) -> str:
        """``node`` as it is written, or as it would be, where it is the content of a text."""
        last, end = node.end_lineno, node.end_col_offset
        if last is None or end is None or hasattr(node, "quoted"):
            return ast.unparse(node)
        lines = [line.encode() for line in self._lines[node.lineno - 1 : last]]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode(errors="ignore")

    def shown(self, node: ast.expr | ast.stmt) -> str:
        """The start of `code` on one line, as messages quote it."""
        return " ".join(self.code(node).split())[:SHOWN]

    def mentions(self, node: ast.expr | ast.stmt) -> bool:
        """Whether a word that registers stands on one of the lines of ``node``."""
        traced = self._traced
        at = bisect_left(traced, node.lineno)
        return at < len(traced) and traced[at] <= (node.end_lineno or node.lineno)

    @cached_property
    def _traced(self) -> Sequence[int]:
        """The lines that may hold a word that registers, or another name that an import here gives it."""
        text = self.text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in self.text else self.text
        lines: set[int] = set()
        renamed: set[str] = set()
        for word in REGISTERING:
            for line, start, end in _lines_with(text, word):
                lines.add(line)
                renamed.update(name for names in RENAMED.findall(text, start, end) for name in names if name)
        lines.update(line for word in renamed for line, _, _ in _lines_with(text, word))
        return sorted(lines)

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.text)


def _lines_with(text: str, word: str) -> Iterator[tuple[int, int, int]]:
    """The lines of ``text`` that hold ``word``, itself or within another: their numbers, starts and ends."""
    line, seen = 1, 0
    while (at := text.find(word, seen)) >= 0:
        line += text.count("\n", seen, at)
        seen = at
        end = text.find("\n", seen)
        yield line, text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end
        if end < 0:
            return
        seen = end


def read_text(path: Path, disk: Disk) -> str:
    """The text of ``path`` in the encoding it declares.

    Raises:
        Unreadable: it cannot be opened, is too large or is not text.
    """
    try:
        raw = disk.read(path)
    except OSError as error:
        raise Unreadable("unreadable-file", f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise Unreadable("unreadable-file", f"has more than {MAX_BYTES} bytes, and is not read")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return raw.decode(encoding)
    except (SyntaxError, LookupError, UnicodeDecodeError) as error:
        raise Unreadable("unreadable-file", f"is not text in the encoding it declares: {error}") from None


def module_name(path: Path, is_file: Callable[[Path], bool] = Path.is_file) -> tuple[str, Path]:
    """The dotted name of the module in ``path`` and the directory its top-level package lies in."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    if path.stem == "__init__":
        parts = [folder.name]
        folder = folder.parent
    while is_file(folder / "__init__.py") and folder.parent != folder:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder
