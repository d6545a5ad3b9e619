"""Trouble with a place: what a reader of source raises, and how it becomes a finding.

Inside the scan a problem is an exception, because a type ten levels deep has nobody to hand a list to. At the border
of one parameter, one declaration or one file it becomes a :class:`Finding` named ``file:line:col``; nothing of the
user's can make the scan itself fail.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from rekuest_codegen.errors import Finding, Severity

if TYPE_CHECKING:
    from rekuest_codegen.scan.source import Source


class Problem(Exception):
    """Something of the user's that cannot be read statically, or must not be written so.

    ``source`` and ``node`` are filled in by whoever knows them first; ``code`` is stable.
    """

    def __init__(self, code: str, message: str, *, source: Source | None = None, node: ast.AST | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.source = source
        self.node = node

    def at(self, source: Source, node: ast.AST) -> Problem:
        """This problem, placed at ``node`` unless it already has a place."""
        if self.source is None or self.node is None:
            self.source, self.node = source, node
        return self


class Findings:
    """Collects what was found, each once, in the order of the places."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str, str], Finding] = {}

    def problem(self, problem: Problem, *, prefix: str = "") -> None:
        if problem.source is None or problem.node is None:
            raise AssertionError("a problem without a place") from problem
        self.add(problem.code, prefix + problem.message, source=problem.source, node=problem.node)

    def add(
        self, code: str, message: str, *, source: Source, node: ast.AST, severity: Severity = Severity.ERROR
    ) -> None:
        line, column = source.place(node)
        # Names that are keys of a dict may hold anything.
        message = " ".join(message.splitlines())
        self._keep(str(source.path), line, column, Finding(code, f"{source.path}:{line}:{column}", message, severity))

    def warn(self, code: str, message: str, *, source: Source, node: ast.AST) -> None:
        self.add(code, message, source=source, node=node, severity=Severity.WARNING)

    def unreadable(self, code: str, path: str, line: int, column: int, message: str) -> None:
        """A file that could not be parsed or read at all."""
        self._keep(path, line, column, Finding(code, f"{path}:{line}:{column}", message))

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Finding, ...]:
        return tuple(self._found[key] for key in sorted(self._found))

    def _keep(self, path: str, line: int, column: int, finding: Finding) -> None:
        self._found.setdefault((path, line, column, finding.code, finding.message), finding)
