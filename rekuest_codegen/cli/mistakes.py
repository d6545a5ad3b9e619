"""What is said about an error that a user can cause: a line each, and never a traceback. Loads no parser of options."""

from __future__ import annotations

from collections.abc import Sequence

from rekuest_codegen.counted import counted
from rekuest_codegen.errors import DefinitionError, RekuestError
from rekuest_codegen.printable import harmless, printable

MOST = 5
"""Nodes that are named in one line."""


def lines_of(error: RekuestError, *, writes: bool = True) -> list[str]:
    """The lines for standard error; the exit code is 2. ``writes`` says whether something would have been written."""
    if not isinstance(error, DefinitionError):
        return [f"error: {harmless(str(error))}"]
    said = [counted(len(error.findings), "finding")]
    if writes:
        said.append("nothing was written")
    if error.nodes:
        said.append(_way_out(error.nodes))
    return [*(printable(str(finding)) for finding in error.findings), harmless(f"error: {'; '.join(said)}")]


def _way_out(nodes: Sequence[str]) -> str:
    """How to go on without ``nodes``, by a flag and in the file. What does not print is any one character to both."""
    import json
    import shlex

    from rekuest_codegen.project.filters import exactly

    exact = [exactly(node) for node in dict.fromkeys(nodes)][:MOST]
    patterns = ["".join(char if char.isprintable() else "?" for char in pattern) for pattern in exact]
    flags = " ".join(f"--exclude {shlex.quote(pattern)}" for pattern in patterns)
    more = " ..." if len(nodes) > MOST else ""
    table = json.dumps(patterns, ensure_ascii=False)
    them = "it" if len(nodes) == 1 else "them"
    return f"to leave {them} out: {flags}{more}, or exclude = {{ node = {table} }} in the target"
