"""What commands that read source share: finding it, scanning it, and saying what was found.

Places are shown as seen from the current directory. Source is text of strangers: what a terminal would act upon, or
show differently than it reads, is printed as an escape.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from rekuest_codegen.cli.failures import asked_for_json, fail_for
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import Finding, Severity
from rekuest_codegen.printable import printable as printable

if TYPE_CHECKING:
    from rekuest_codegen.scan import ScanResult


def scanned_or_exit(names: Sequence[str], outcome: str) -> ScanResult:
    """The nodes of all ``names``; what was found on the way is said on standard error. An error is the end of it: exit
    code 2, and ``outcome`` says what was therefore not done.

    Raises:
        ConfigurationError: a name leads nowhere, or a project's table cannot be understood.
    """
    from rekuest_codegen.build.origins import source_path
    from rekuest_codegen.scan import ScanOptions, scan_projects

    result = scan_projects([source_path(name) for name in names], ScanOptions())
    if result.errors:
        exit_for(result.findings, outcome)
    echo_findings(result.findings)
    return result


def exit_for(findings: Sequence[Finding], outcome: str) -> NoReturn:
    """Say that there are errors among ``findings``, and ``outcome``; the exit code is 2."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    said = f"{counted(errors, 'finding')}; {outcome}"
    if asked_for_json():
        fail_for(map(seen_from_here, findings), said, code=2)
    echo_findings(findings)
    click.echo(f"error: {said}", err=True)
    sys.exit(2)


def echo_findings(findings: Iterable[Finding]) -> None:
    """Print ``file:line:col: code: message`` for each on standard error, warnings marked."""
    for finding in findings:
        mark = "warning: " if finding.severity is Severity.WARNING else ""
        where = seen_from_here(finding).where
        click.echo(f"{where}: {mark}{finding.code}: {printable(finding.message)}", err=True)


def seen_from_here(finding: Finding) -> Finding:
    """``finding``, with its file as seen from the current directory."""
    path, line, column = finding.where.rsplit(":", 2)
    return finding._replace(where=f"{shown_path(Path(path))}:{line}:{column}")


def shown_path(path: Path) -> str:
    """``path`` from the current directory, with forward slashes; absolute on another drive."""
    return shown_paths([str(path)])[str(path)]


def shown_paths(paths: Iterable[str]) -> dict[str, str]:
    """`shown_path` of each; nearly all lie in a few folders, each of which is looked at once."""
    shown: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        folder, name = os.path.split(path)
        if (start := folders.get(folder)) is None:
            start = folders[folder] = _folder_from_here(folder or os.curdir)
        shown[path] = printable(start + name)
    return shown


def _folder_from_here(folder: str) -> str:
    """What stands before a name in ``folder``."""
    try:
        start = Path(os.path.relpath(folder))
    except ValueError:
        start = Path(folder)
    return "" if start == Path() else (start / "_").as_posix()[:-1]
