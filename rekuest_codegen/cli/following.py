"""``pull --watch``: once more whenever the nodes may be others, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from types import FrameType

import click

from rekuest_codegen.build.logins import Login
from rekuest_codegen.build.watch import watch
from rekuest_codegen.errors import DefinitionError, RekuestError
from rekuest_codegen.project import Target


def follow(targets: Sequence[Target], logins: Sequence[Login | None], again: Callable[[], Sequence[str]]) -> None:
    """Call ``again`` at each change to the nodes of ``targets``, whose servers are asked with ``logins``, and print the
    lines it gives. What it fails with is printed, and waited out.

    The loop stands still while ``again`` works: changes of that time are told after it.

    Raises:
        RekuestError: what is watched cannot be.
    """

    def as_interrupt(number: int, frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, as_interrupt)
    try:
        with asyncio.Runner() as runner:
            changes = watch(targets, logins)
            click.echo("watching; Ctrl-C ends it", err=True)
            try:
                while True:
                    change = runner.run(_next(changes))
                    for line in _tried(again):
                        click.echo(f"{change}: {line}", err=True)
            except KeyboardInterrupt:
                pass
            finally:
                runner.run(_left(changes))
    finally:
        signal.signal(signal.SIGTERM, before)


async def _next(changes: AsyncGenerator[str]) -> str:
    return await anext(changes)


def _tried(again: Callable[[], Sequence[str]]) -> Sequence[str]:
    try:
        return again()
    except DefinitionError as error:
        return [str(finding) for finding in error.findings]
    except RekuestError as error:
        return [f"error: {error}"]


async def _left(changes: AsyncGenerator[str]) -> None:
    await changes.aclose()
