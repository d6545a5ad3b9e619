"""``tasks``: what became of what was called with this token."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import asked_of, server_options
from rekuest_codegen.cli.tables import duration, echo_json, echo_table, moment


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@click.option("--done/--running", default=None, help="Only those that ended, or only those that did not.")
@server_options
@explained
def tasks(limit: int, done: bool | None, as_json: bool, **given: Any) -> None:
    """List the newest tasks of this token, and how they stand."""
    from rekuest_codegen.fetch.inventory import list_tasks

    asked = asked_of(given)
    found = asyncio.run(list_tasks(asked.url, asked.token, limit=limit, done=done, timeout=asked.timeout))
    if as_json:
        echo_json([asdict(task) for task in found])
    elif found:
        rows = [
            (
                task.id,
                task.node,
                task.agent or "-",
                task.state,
                moment(task.created),
                duration(task.created, task.finished),
            )
            for task in found
        ]
        echo_table(("id", "node", "agent", "state", "created", "took"), rows)
    else:
        click.echo("no tasks", err=True)
