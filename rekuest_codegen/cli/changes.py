"""Changes, told in four ways: to a person at a terminal, to a program, to GitHub's log, and on a page.

What stood in a definition is text of strangers. It is printed with escapes for what a terminal would act upon, and on
a page it stands in code, where nothing is a link, a mention or a heading.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rekuest_codegen.cli.sources import printable
from rekuest_codegen.ir.compare import Change, Impact

HEADINGS: Mapping[Impact, str] = {
    Impact.CALLERS: "breaking for callers",
    Impact.WIRE: "breaking for the wire",
    Impact.COMPATIBLE: "compatible",
    Impact.DOCUMENTATION: "documentation only",
}
LEVELS: Mapping[Impact, str] = {Impact.CALLERS: "error", Impact.WIRE: "error"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed from ``old`` to ``new``, by their names; ``ignored`` is how many more changes were passed over."""

    old: str
    new: str
    changes: Sequence[Change]
    ignored: int

    @property
    def summary(self) -> str:
        counts = Counter(change.impact for change in self.changes)
        parts = [f"{counts[impact]} {words}" for impact, words in HEADINGS.items() if counts[impact]]
        passed = f" ({self.ignored} ignored)" if self.ignored else ""
        return f"{printable(self.old)} -> {printable(self.new)}: {', '.join(parts) or 'no changes'}{passed}"


def as_text(all_compared: Sequence[Compared]) -> str:
    """Grouped, worst first, each group under its heading."""
    lines: list[str] = []
    for compared in all_compared:
        for impact, words in HEADINGS.items():
            group = [change for change in compared.changes if change.impact is impact]
            if group:
                lines += [f"{words}:", *(f"  {printable(str(change))}" for change in group), ""]
        lines.append(compared.summary)
    return "\n".join(lines)


def as_json(all_compared: Sequence[Compared]) -> str:
    """One object with a list of comparisons, each with its changes."""
    comparisons = [
        {
            "old": compared.old,
            "new": compared.new,
            "ignored": compared.ignored,
            "changes": [
                {
                    "rule": change.rule.id,
                    "impact": change.impact.value,
                    "sentence": change.rule.sentence,
                    "node": change.node,
                    "place": change.place,
                    "was": change.was,
                    "now": change.now,
                }
                for change in compared.changes
            ],
        }
        for compared in all_compared
    ]
    return json.dumps({"comparisons": comparisons}, indent=2, ensure_ascii=True)


def as_github(all_compared: Sequence[Compared]) -> str:
    """Workflow commands: what breaks is an error in the log, the rest is a notice."""
    lines: list[str] = []
    for compared in all_compared:
        for change in _worst_first(compared.changes):
            level = LEVELS.get(change.impact, "notice")
            text = f"{HEADINGS[change.impact]}: {printable(str(change))}"
            lines.append(f"::{level} title={change.rule.id}::{_data(text)}")
        lines.append(_data(compared.summary))
    return "\n".join(lines)


def as_markdown(all_compared: Sequence[Compared]) -> str:
    """A section for each comparison, a table for each impact: for a comment, or the notes of a release."""
    lines: list[str] = []
    for compared in all_compared:
        lines += [f"### Changes from {_code(compared.old)} to {_code(compared.new)}", ""]
        for impact, words in HEADINGS.items():
            group = [change for change in compared.changes if change.impact is impact]
            if group:
                lines += [f"#### {words.capitalize()} ({len(group)})", "", "| node | place | what | was | now |"]
                lines += ["| --- | --- | --- | --- | --- |", *map(_row, group), ""]
        if not compared.changes:
            lines += ["No changes.", ""]
        if compared.ignored:
            lines += [f"{compared.ignored} ignored.", ""]
    return "\n".join(lines).rstrip("\n")


FORMATS: Mapping[str, Callable[[Sequence[Compared]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "markdown": as_markdown,
}


def _worst_first(changes: Sequence[Change]) -> list[Change]:
    order = list(Impact)
    return sorted(changes, key=lambda change: order.index(change.impact))


def _row(change: Change) -> str:
    said = f"{change.rule.sentence} ({_code(change.rule.id)})"
    return f"| {_code(change.node)} | {_code(change.place)} | {said} | {_code(change.was)} | {_code(change.now)} |"


def _code(text: str) -> str:
    """``text`` as a span of code in a cell of a table; nothing for nothing."""
    if not text:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    shown = printable(text).replace("|", "\\|")
    padded = f" {shown} " if "`" in shown else shown
    return f"{fence}{padded}{fence}"


def _data(text: str) -> str:
    """``text`` as GitHub reads the message of a command; a line of it is never a command of its own."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f" {escaped}" if escaped.startswith("::") else escaped
