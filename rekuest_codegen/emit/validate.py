"""A look at what a template of the user's printed, before anybody is handed it: it parses, no name is defined twice.

What our own templates print is not looked at while it is made: that it is right is what the tests are for.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rekuest_codegen.errors import GenerationError


def validate(path: str, text: str, template: Path) -> None:
    """Check the file ``path``, which ``template`` printed.

    Raises:
        GenerationError: it does not parse, or defines a name twice.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            tree = ast.parse(text, path)
    except (SyntaxError, SyntaxWarning, ValueError, MemoryError, RecursionError) as error:
        said = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise GenerationError(f"{template}: prints no Python: {path}{line}: {said}; nothing was written") from None
    twice = [name for name, count in Counter(_defined(tree)).items() if count > 1]
    if twice:
        raise GenerationError(f"{template}: prints {twice[0]!r} twice into {path}; nothing was written")


def _defined(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in statement.names)
