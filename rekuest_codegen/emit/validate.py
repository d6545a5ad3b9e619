"""The last look at what was generated, before anybody is handed it: every file parses, no name is defined twice.

What fails here is a mistake of ours (or of a template of the user's), never of a definition.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping

from rekuest_codegen.errors import GenerationError


def validate(files: Mapping[str, str]) -> None:
    """Check every Python file.

    Raises:
        GenerationError: one of them does not parse, or defines a name twice.
    """
    for path in sorted(files):
        if path.endswith((".py", ".pyi")):
            _check(path, files[path])


def _check(path: str, text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            tree = ast.parse(text, path)
    except (SyntaxError, SyntaxWarning, ValueError, MemoryError, RecursionError) as error:
        raise GenerationError(f"{path}: generated text is no Python ({error}); {_REPORT}") from None
    twice = [name for name, count in Counter(_defined(tree)).items() if count > 1]
    if twice:
        raise GenerationError(f"{path}: {twice[0]!r} is defined twice; {_REPORT}")


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


_REPORT = "nothing was written; with templates of your own, look there, else please report it"
