"""Commands of a GitHub workflow: an error, at a file or at none. What would end a command, or begin another, is written
as GitHub reads it back."""

from __future__ import annotations

import os
from pathlib import Path

from rekuest_codegen.cli.sources import printable, shown_path


def annotation(message: str, file: Path | None = None) -> str:
    """One command. GitHub looks for ``file`` from the top of the workspace, wherever in it the step runs."""
    place = ""
    if file is not None:
        seen = _seen_from_workspace(file)
        place = f"file={seen.replace('%', '%25').replace(':', '%3A').replace(',', '%2C')},"
    return f"::error {place}title=rekuest-codegen::{printable(message).replace('%', '%25')}"


def _seen_from_workspace(file: Path) -> str:
    """Links count as what they lead to, as the runner may name the workspace by one."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace:
        path, top = Path(os.path.realpath(file)), Path(os.path.realpath(workspace))
        if path.is_relative_to(top):
            return printable(path.relative_to(top).as_posix())
    return shown_path(file)
