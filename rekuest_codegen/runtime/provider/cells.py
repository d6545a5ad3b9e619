"""Functions that were typed and not saved: in a notebook, in a REPL, through ``exec``.

Such sessions leave what was typed in `linecache`, one entry a cell, for their tracebacks. A cell may use what an
earlier one defined, so all cells of a session are one module, in the order in which they were run. A cell that was
changed and run again is there in both versions: what a later cell defines anew is blanked in the earlier one, and a
cell that is no Python is left out. Nothing is run here.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from rekuest_codegen.errors import DefinitionError, Finding

NAME = "__main__"
"""What the module of a session is called: the name its functions have, and no file has."""
REMEDY = (
    "put it in a file and import that, or use IPython, Jupyter or Python 3.13, which remember what is typed into them"
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A session as one module: ``path`` stands for its file, ``starts`` has the line each cell begins at."""

    path: Path
    text: str
    starts: tuple[tuple[int, str], ...]

    def place(self, line: int) -> tuple[str, int]:
        """The cell a line is of, and which line of that cell it is."""
        start, name = max((entry for entry in self.starts if entry[0] <= line), default=(1, str(self.path)))
        return name, line - start + 1

    def line(self, code: CodeType) -> int:
        """Where the code of a cell begins in the module."""
        start = next((line for line, name in self.starts if name == code.co_filename), 1)
        return start + code.co_firstlineno - 1

    def placed(self, finding: Finding) -> Finding:
        """``finding``, with the place its owner knows when it is in these cells."""
        path, _, rest = finding.where.partition(f"{self.path}:")
        numbers = re.fullmatch(r"(\d+)(:\d+)?", rest)
        if path or numbers is None:
            return finding
        name, line = self.place(int(numbers[1]))
        return Finding(finding.code, f"{name}:{line}{numbers[2] or ''}", finding.message, finding.severity)


def code_of(function: Callable[..., Any]) -> CodeType:
    """The code of a function, below what was wrapped around it.

    Raises:
        DefinitionError: it is no function, but something else that can be called.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if not isinstance(code, CodeType):
        text = f"{function!r:.80} is registered, and is no function with a source; write a def that calls it"
        raise DefinitionError([Finding("not-a-function", f"{getattr(function, '__module__', '')}:1:1", text)])
    return code


def is_typed(function: Callable[..., Any]) -> bool:
    """Whether the function is in no file."""
    name = code_of(function).co_filename
    # A debugger may have written a cell to disk; its entry still has no time of change.
    return _is_cell(_entries().get(name)) or not os.path.isfile(name)


def current(functions: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """``functions`` without those in whose place a cell that was run later has put another one."""
    return [function for function in functions if not (is_typed(function) and _is_replaced(function))]


def _is_replaced(function: Callable[..., Any]) -> bool:
    live = getattr(inspect.unwrap(function), "__globals__", {}).get(function.__qualname__)
    live = inspect.unwrap(live) if callable(live) else None
    if not isinstance(live, FunctionType) or live.__qualname__ != function.__qualname__:
        return False
    return live.__code__ is not code_of(function)


def cells_of(functions: Sequence[Callable[..., Any]]) -> Cells:
    """The session in which those of ``functions`` were typed that are in no file.

    Raises:
        DefinitionError: nothing remembers the text of one.
    """
    texts: dict[str, str] = {}
    owners: dict[str, str] = {}
    findings: list[Finding] = []
    for function in filter(is_typed, functions):
        code = code_of(function)
        name = code.co_filename
        owners[function.__qualname__] = name
        texts.update({cell: text for cell, text in _remembered(name).items() if cell not in texts})
        if name in texts:
            continue
        text = _text(function)
        if text is None:
            message = f"{function.__qualname__}: its source is nowhere to be found; {REMEDY}"
            findings.append(Finding("no-source", f"{name}:{code.co_firstlineno}:1", message))
        else:
            texts[name] = text
    if findings:
        raise DefinitionError(findings)
    return _joined(texts, owners)


def _remembered(name: str) -> dict[str, str]:
    """Every cell of the session that ``name`` is a cell of, in the order in which they were run.

    Cells are named alike: ``<ipython-input-3-0a1b2c>``, or a file of its own in a folder that only stands for the
    process.
    """
    kin = _kin(name)
    found: dict[str, str] = {}
    for other, entry in _entries().items():
        if _is_cell(entry) and _kin(other) == kin:
            found[other] = "".join(entry[2])
    return found


def _entries() -> dict[str, Any]:
    # Shells of Python 3.13 and later keep theirs by code, so that several may have one name; that name is in the entry.
    by_code: dict[Any, Any] = getattr(linecache, "_interactive_cache", {})
    return {**linecache.cache, **{entry[3]: entry for entry in by_code.values()}}


def _is_cell(entry: Any) -> bool:
    """Whether an entry of `linecache` is whole, and of no file: it has no time of change."""
    return entry is not None and len(entry) == 4 and entry[1] is None


def _kin(name: str) -> str:
    return re.split(r"\d", name, maxsplit=1)[0] if name.startswith("<") else os.path.dirname(name)


def _text(function: Callable[..., Any]) -> str | None:
    """The cell of a function by Python's own means: the shell of Python 3.13 keeps cells where only these look."""
    try:
        lines, _ = inspect.findsource(inspect.unwrap(function))
    except (OSError, TypeError):
        return None
    return "".join(lines)


def _joined(texts: Mapping[str, str], owners: Mapping[str, str]) -> Cells:
    """``texts`` one after the other. ``owners`` has the cells whose functions are meant, whatever came later."""
    kept: list[tuple[str, list[str]]] = []
    later: set[str] = set()
    for name, text in reversed([*texts.items()]):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        named = [statement for statement in tree.body if isinstance(statement, _NAMED)]
        stale = [one for one in named if owners.get(one.name, "" if one.name in later else name) != name]
        kept.append((name, _without(_LINE.split(text), stale)))
        later |= {one.name for one in named}
    lines: list[str] = []
    starts: list[tuple[int, str]] = []
    for name, cell in reversed(kept):
        starts.append((len(lines) + 1, name))
        lines.extend(cell)
    return Cells(Path.cwd() / f"{NAME}.py", "".join(f"{line}\n" for line in lines), tuple(starts))


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LINE = re.compile(r"\r\n|\r|\n")


def _without(lines: list[str], stale: Sequence[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]) -> list[str]:
    """``lines`` with these statements blanked; the others stay on their lines."""
    for statement in stale:
        first = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
        for number in range(first - 1, statement.end_lineno or statement.lineno):
            lines[number] = ""
    return lines
