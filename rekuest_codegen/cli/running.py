"""A task followed from the shell: results as JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from rekuest_codegen.cli.asking import Asked
from rekuest_codegen.cli.sources import printable
from rekuest_codegen.ir import Node
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.remote import Remote, remote
from rekuest_codegen.runtime.types import Arguments
from rekuest_codegen.runtime.values import expand_all, values_walk
from rekuest_codegen.runtime.watch import Event, Watch

Report = Callable[[Event], None]


async def run_call(asked: Asked, node: Node, arguments: Mapping[str, Any], *, quiet: bool, whole: bool) -> None:
    """Call ``node`` with ``arguments`` in wire form and print what comes; cancelled here, it is cancelled there.

    Raises:
        ArgumentError: an argument does not fit, and nothing was sent. RekuestError: as a call.
    """
    # Nothing is sent that the node could not take: the same walk as the provider's reads the values first.
    await expand_all(node.args, {port.key: arguments.get(port.key) for port in node.args}, values_walk({}))
    async with Client(asked.url, asked.token, request_timeout=asked.timeout) as client:
        watch = await client.start(remote_to(node), {port.key: arguments.get(port.key) for port in node.args})
        try:
            await follow(watch, quiet=quiet, whole=whole)
        finally:
            if not watch.ended:
                await client.cancel(watch)


async def follow(watch: Watch, *, quiet: bool, whole: bool) -> None:
    """Print what a task gives, to its end.

    Raises:
        NodeError, TaskCancelled, AgentLost, TransportError: it ended otherwise than by completing.
    """
    with _reporting(quiet) as report:
        while (event := await watch.next_event()).kind != "COMPLETED":
            if event.kind == "YIELD":
                returns = event.returns or {}
                shown = returns if whole or len(returns) > 1 else next(iter(returns.values()), None)
                click.echo(json.dumps(shown, ensure_ascii=True))
            elif event.kind in ("FAILED", "CRITICAL", "CANCELLED", "INTERRUPTED"):
                raise watch.outcome(event)
            else:
                report(event)


def remote_to(node: Node) -> Remote[Any]:
    """What the client needs to know of a node that there is no generated function for."""
    return remote(
        app=node.app, key=node.key, version=node.version, hash=node.hash, ports="{}", arguments=Arguments, types={}
    )


@contextmanager
def _reporting(quiet: bool) -> Generator[Report]:
    """What to do with progress and logs: a bar on a terminal, lines elsewhere."""
    if quiet:
        yield lambda event: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("", total=100)

            def draw(event: Event) -> None:
                if event.kind == "LOG":
                    bars.console.print(printable(event.message or ""), markup=False, highlight=False)
                else:
                    said = printable(event.message or event.kind.lower())
                    bars.update(task, completed=event.progress, description=said.replace("[", r"\["))

            yield draw
    else:
        yield lambda event: click.echo(_line(event), err=True)


def _line(event: Event) -> str:
    percent = f" {event.progress}%" if event.progress is not None else ""
    message = f": {printable(event.message)}" if event.message else ""
    return f"{event.kind.lower()}{percent}{message}"
