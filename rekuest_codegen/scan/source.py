"""One source file: its text, its tree, the name its module has, and where a node lies in it.

**The name.** Identifiers of a user's classes contain the module's name, so that name must not depend on how the file
is reached. It is derived from the path alone: the file's stem, preceded by the names of the directories above it for
as long as they hold an ``__init__.py``. ``app/lab.py`` beside no ``__init__.py`` is ``lab`` whether it is run as
``__main__``, imported, or scanned; ``corpus/common.py`` in a package is ``corpus.common``.

Positions cost as much as the parse, so they are computed for a file only when one is asked for.
"""

from __future__ import annotations

import io
import tokenize
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from rekuest_codegen.scan.nesting import too_deep
from rekuest_codegen.scan.scopes import ImportedName, Scope, module_scope

MAX_BYTES = 5_000_000
"""A source larger than this was generated, and is not read."""


class Unreadable(Exception):
    """A file that cannot be read or parsed; ``line`` and ``column`` say where."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


class Source:
    """A parsed file. ``root`` is the directory from which its absolute imports begin."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.name, self.root = module_name(path)
        self.is_package = path.stem == "__init__"
        self.tree = parse(text)

    @cached_property
    def scope(self) -> Scope:
        return module_scope(self, self.tree.body)

    @cached_property
    def postpones_annotations(self) -> bool:
        """Whether ``from __future__ import annotations`` is in force: annotations are texts when the code runs."""
        return isinstance(self.scope.binding("annotations"), ImportedName) and "__future__" in self.text

    def place(self, node: cst.CSTNode) -> tuple[int, int]:
        """Line and column of ``node``, both from one; the first line for a node of no known place."""
        found = self._positions.get(node)
        return (found.start.line, found.start.column + 1) if found is not None else (1, 1)

    def absolute(self, module: str, dots: int) -> str | None:
        """The absolute name of a module that an import here names with ``dots`` leading dots."""
        if not dots:
            return module
        parts = self.name.split(".")
        keep = len(parts) - dots + (1 if self.is_package else 0)
        if keep < 0 or (keep == 0 and not module):
            return None
        return ".".join([*parts[:keep], *([module] if module else [])])

    def code(self, node: cst.CSTNode) -> str:
        return self.tree.code_for_node(node)

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, CodeRange]:
        wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
        positions: dict[cst.CSTNode, CodeRange] = {}
        # Too deep for Python's stack: libcst may say so by any error, since its cleaning up fails in turn.
        with suppress(RecursionError, LookupError):
            for node, place in wrapper.resolve(PositionProvider).items():
                positions[node] = place
        return positions


def read_text(path: Path) -> str:
    """The text of ``path`` in the encoding it declares.

    Raises:
        Unreadable: it cannot be opened, is too large or is not text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable("unreadable-file", f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise Unreadable("unreadable-file", f"has {len(raw)} bytes; files above {MAX_BYTES} are not read")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return raw.decode(encoding)
    except (SyntaxError, LookupError, UnicodeDecodeError) as error:
        raise Unreadable("unreadable-file", f"is not text in the encoding it declares: {error}") from None


def parse(text: str) -> cst.Module:
    """The tree of ``text``.

    Raises:
        Unreadable: it is no Python, or nested deeper than the parser goes.
    """
    if too_deep(text):
        raise Unreadable("syntax-error", "is nested too deeply to be read")
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        reason = error.message.splitlines()[0] if error.message else "syntax error"
        raise Unreadable(
            "syntax-error", f"is no valid Python: {reason}", error.raw_line, error.raw_column + 1
        ) from None


def module_name(path: Path) -> tuple[str, Path]:
    """The dotted name of the module in ``path`` and the directory its top-level package lies in."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    if path.stem == "__init__":
        parts = [folder.name]
        folder = folder.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder
