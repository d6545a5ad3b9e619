"""``cancel``: a task of this token is asked to end."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.tables import echo_json
from rekuest_codegen.errors import NodeNotFound


@click.command()
@click.argument("task")
@click.option("--interrupt", is_flag=True, help="End it at once, whatever it is doing.")
@server_options
@explained
def cancel(task: str, interrupt: bool, as_json: bool, **given: Any) -> None:
    """Ask TASK to end. What became of it, `tasks` and `watch` tell; one that is over stays as it is."""
    state = asyncio.run(_cancel(asked_of(given), task, interrupt=interrupt))
    if as_json:
        echo_json({"task": task, "asked": state})
    else:
        click.echo(f"task {task}: {state}")


async def _cancel(asked: Asked, task: str, *, interrupt: bool) -> str:
    from rekuest_codegen.api.client.operations import CANCEL_GQL, INTERRUPT_GQL
    from rekuest_codegen.fetch.exchange import exchange
    from rekuest_codegen.fetch.inventory import list_tasks
    from rekuest_codegen.wire.endpoint import Endpoint

    found = await list_tasks(asked.url, asked.token, ids=[task], timeout=asked.timeout)
    if not found:
        raise NodeNotFound(f"{asked.url}: knows no task {task} of this token; rekuest-codegen tasks lists them")
    if found[0].done:
        return f"is over already ({found[0].state})"
    async with exchange(Endpoint.parse(asked.url), asked.token, asked.timeout) as ask:
        await ask(INTERRUPT_GQL if interrupt else CANCEL_GQL, {"input": {"task": task}})
    return "asked to end at once" if interrupt else "asked to end"
