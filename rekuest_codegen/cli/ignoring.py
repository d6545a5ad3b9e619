"""What `diff` is not to speak of: whether the patterns for it, in the file and on the command line, name anything."""

from __future__ import annotations

from collections.abc import Iterable

from rekuest_codegen.cli.sources import shown_path
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Project, Target


def refuse_unknown_rules(project: Project, targets: Iterable[Target], given: Iterable[str] = ()) -> None:
    """Raises:
    ConfigurationError: a pattern of the project, of a target or ``given`` names no rule of diff.
    """
    written = [*project.ignore, *(pattern for target in targets for pattern in target.ignore)]
    patterns = [*written, *given]
    if not patterns:
        return  # the rules are not loaded for nothing
    from difflib import get_close_matches

    from rekuest_codegen.ir.compare import RULES, unknown_patterns

    for pattern in unknown_patterns(patterns):
        close = get_close_matches(pattern.partition(":")[0], RULES, n=1)
        advice = f"did you mean {close[0]!r}?" if close else "expected RULE, APP/KEY or RULE:APP/KEY"
        where = _place(project, pattern) if pattern in written else ""
        raise ConfigurationError(f"{where}ignore: {pattern!r} names no rule of diff; {advice}")


def _place(project: Project, pattern: str) -> str:
    """The file, and the first line of it that has the pattern."""
    if project.file is None:
        return ""
    lines = project.file.read_text(encoding="utf-8", errors="replace").splitlines()
    quoted = (f'"{pattern}"', f"'{pattern}'")
    number = next((number for number, line in enumerate(lines, 1) if any(text in line for text in quoted)), None)
    return f"{shown_path(project.file)}:{number}: " if number else f"{shown_path(project.file)}: "
