"""What is said about an error that a user can cause: a line each, and never a traceback. Loads no parser of options."""

from __future__ import annotations

from rekuest_codegen.counted import counted
from rekuest_codegen.errors import DefinitionError, RekuestError


def lines_of(error: RekuestError) -> list[str]:
    """The lines for standard error; the exit code is 2."""
    if isinstance(error, DefinitionError):
        return [*map(str, error.findings), f"error: {counted(len(error.findings), 'finding')}; nothing was written"]
    return [f"error: {error}"]
