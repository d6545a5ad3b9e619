"""``cancel``: a task of this token is asked to end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.completion import complete_tasks
from rekuest_codegen.cli.tables import echo_json
from rekuest_codegen.errors import NodeNotFound

if TYPE_CHECKING:
    from rekuest_codegen.fetch.inventory import TaskSeen


@click.command()
@click.argument("task", shell_complete=complete_tasks)
@click.option("--interrupt", is_flag=True, help="End it at once, whatever it is doing.")
@server_options
@explained
def cancel(task: str, interrupt: bool, as_json: bool, **given: Any) -> None:
    """Ask TASK to end. What became of it, `tasks` and `watch` tell; one that is over stays as it is.

    With --json: {"task": "17", "asked": "cancel", "state": "STARTED"}, how it stood before it was asked; "asked" is
    "interrupt" with --interrupt, and null where it was over.
    """
    kind = "interrupt" if interrupt else "cancel"
    found = asyncio.run(_cancel(asked_of(given), task, kind))
    if as_json:
        echo_json({"task": task, "asked": None if found.done else kind, "state": found.state})
    elif found.done:
        click.echo(f"task {task}: is over already ({found.state})")
    else:
        click.echo(f"task {task}: asked to end{' at once' if interrupt else ''}")


async def _cancel(asked: Asked, task: str, kind: str) -> TaskSeen:
    """The task as it was, before it was told to end."""
    from rekuest_codegen.api.client.operations import CANCEL_GQL, INTERRUPT_GQL
    from rekuest_codegen.fetch.exchange import exchange
    from rekuest_codegen.fetch.inventory import list_tasks
    from rekuest_codegen.wire.endpoint import Endpoint

    found = await list_tasks(asked.url, asked.token, ids=[task], timeout=asked.timeout)
    if not found:
        raise NodeNotFound(f"{asked.url}: knows no task {task} of this token; rekuest-codegen tasks lists them")
    if not found[0].done:
        async with exchange(Endpoint.parse(asked.url), asked.token, asked.timeout) as ask:
            await ask({"cancel": CANCEL_GQL, "interrupt": INTERRUPT_GQL}[kind], {"input": {"task": task}})
    return found[0]
