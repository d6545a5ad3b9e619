"""A task followed from the shell: results as JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from rekuest_codegen.cli.asking import Asked
from rekuest_codegen.cli.sources import printable
from rekuest_codegen.ir import Node
from rekuest_codegen.runtime.caller.attempts import Attempt
from rekuest_codegen.runtime.caller.calls import ENDING, noting_lateness
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller.terms import Options, changed, in_force, options
from rekuest_codegen.runtime.deadlines import within
from rekuest_codegen.runtime.remote import Remote, remote
from rekuest_codegen.runtime.types import Arguments
from rekuest_codegen.runtime.values.given import sendable
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

Report = Callable[[Event], None]
QUEUED = "Queued for running"
"""What every agent says of every task before it begins."""


class How(NamedTuple):
    """The options of ``call`` that say how it is made."""

    agent: str | None
    implementation: str | None
    retries: int | None
    reference: str | None
    deadline: float | None

    def terms(self) -> Options:
        """The same as `options` in a program, whose ``timeout`` is the deadline.

        Raises:
            ConfigurationError: a value makes no sense.
        """
        said = {"timeout" if name == "deadline" else name: value for name, value in self._asdict().items()}
        with options(**{name: value for name, value in said.items() if value is not None}):
            return in_force.get()


async def run_call(
    asked: Asked,
    node: Node,
    arguments: Mapping[str, Any],
    terms: Options,
    *,
    detach: bool,
    quiet: bool,
    whole: bool,
) -> None:
    """Call ``node`` with ``arguments`` in wire form and print what comes; cancelled here, it is cancelled there.

    Raises:
        ArgumentError: an argument does not fit, and nothing was sent. RekuestError: as a call.
    """
    wire = await sendable(node.args, arguments)
    async with Client(asked.url, asked.token, request_timeout=asked.timeout) as client:
        if detach:
            attempt = Attempt(client, remote_to(node), wire, changed(terms, keep=True))
            task = (await attempt.begin()).task
            await attempt.leave()
            click.echo(json.dumps({"task": task}) if whole else task)
            return
        with _reporting(quiet, whole) as report:
            async with within(terms.timeout, f"{node.title}: no result", ENDING) as bound:
                attempt = Attempt(client, remote_to(node), wire, terms, bound, awaited=True, heard=report)
                try:
                    with noting_lateness(attempt):
                        while (returns := await attempt.next_yield()) is not None:
                            _echo(returns, whole)
                finally:
                    if not attempt.ended:
                        await attempt.leave()


async def follow(watch: Watch, *, quiet: bool, whole: bool) -> None:
    """Print what a task gives, to its end.

    Raises:
        NodeError, TaskCancelled, AgentLost, TransportError: it ended otherwise than by completing.
    """
    with _reporting(quiet, whole) as report:
        while (event := await watch.next_event()).kind != "COMPLETED":
            if event.kind == "YIELD":
                _echo(event.returns or {}, whole)
            elif terminal_kind(event.kind):
                raise watch.outcome(event)
            else:
                report(event)


def _echo(returns: Mapping[str, Any], whole: bool) -> None:
    shown = returns if whole or len(returns) > 1 else next(iter(returns.values()), None)
    click.echo(json.dumps(shown, ensure_ascii=True))


def remote_to(node: Node) -> Remote[Any]:
    """What the client needs to know of a node that there is no generated function for."""
    return remote(
        app=node.app, key=node.key, version=node.version, hash=node.hash, ports="{}", arguments=Arguments, types={}
    )


@contextmanager
def _reporting(quiet: bool, whole: bool) -> Generator[Report]:
    """What to do with progress and logs: a bar on a terminal, lines elsewhere, which are JSON for who reads JSON."""
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
        line = _object if whole else _line
        yield lambda event: None if event.message == QUEUED else click.echo(line(event), err=True)


def _object(event: Event) -> str:
    told = {"kind": event.kind, "progress": event.progress, "message": event.message}
    return json.dumps({"event": {name: value for name, value in told.items() if value is not None}}, ensure_ascii=True)


def _line(event: Event) -> str:
    percent = f" {event.progress}%" if event.progress is not None else ""
    message = f": {printable(event.message)}" if event.message else ""
    return f"{event.kind.lower()}{percent}{message}"
