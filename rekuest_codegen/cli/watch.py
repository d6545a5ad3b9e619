"""``watch``: a task of this token, from its first event to its end."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.completion import complete_tasks
from rekuest_codegen.errors import NodeNotFound


@click.command()
@click.argument("task", shell_complete=complete_tasks)
@click.option("--quiet", is_flag=True, help="Say nothing of progress and logs.")
@server_options
@explained
def watch(task: str, quiet: bool, as_json: bool, **given: Any) -> None:
    """Print what TASK gives, from the beginning to its end. Ctrl-C stops watching, and leaves the task alone. With
    --json, lines are as those of `call`."""
    asyncio.run(_watch(asked_of(given), task, quiet=quiet, whole=as_json))


async def _watch(asked: Asked, task: str, *, quiet: bool, whole: bool) -> None:
    from rekuest_codegen.cli.running import follow, remote_to
    from rekuest_codegen.fetch.inventory import list_tasks
    from rekuest_codegen.ir import Node
    from rekuest_codegen.runtime.caller.client import Client

    found = await list_tasks(asked.url, asked.token, ids=[task], timeout=asked.timeout)
    if not found:
        raise NodeNotFound(f"{asked.url}: knows no task {task} of this token; rekuest-codegen tasks lists them")
    app, _, key = found[0].node.rpartition("/")
    async with Client(asked.url, asked.token, request_timeout=asked.timeout) as client:
        await follow(await client.attach(remote_to(Node(app=app, key=key)), task), quiet=quiet, whole=whole)
