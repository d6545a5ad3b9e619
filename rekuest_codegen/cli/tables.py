"""Rows as people read them: wrapped on a terminal, aligned and whole for everything else, or JSON.

What is in them comes from strangers: what a terminal would act upon is printed as an escape.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from rekuest_codegen.cli.sources import printable

WIDEST = 60
"""Columns that are kept free for a cell; a longer one moves the rest of its own row."""


def echo_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print ``rows`` under their ``headings``; each row has a text for each heading."""
    shown = [[printable(cell) for cell in cells] for cells in rows]
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*headings, box=None, pad_edge=False)
        for cells in shown:
            table.add_row(*(Text(cell, overflow="fold") for cell in cells))
        Console().print(table)
        return
    widths = [min(max(len(cells[column]) for cells in (headings, *shown)), WIDEST) for column in range(len(headings))]
    for cells in (list(headings), *shown):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def moment(text: str | None) -> str:
    """A server's timestamp as people read it: local, to the second; ``-`` for none, and as it came if it is not one."""
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S") if text else "-"
    except (ValueError, OverflowError):
        return text or "-"


def duration(start: str | None, end: str | None) -> str:
    """The time between two timestamps, in its handiest unit; ``-`` when one is missing."""
    try:
        seconds = (datetime.fromisoformat(end or "") - datetime.fromisoformat(start or "")).total_seconds()
    except (ValueError, TypeError):
        return "-"
    if seconds < 1:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {int(seconds) % 60} s"


def echo_json(value: Any) -> None:
    """Print ``value`` as JSON, in ASCII."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))
