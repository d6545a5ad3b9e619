"""``completion``: what makes a shell complete our commands, options, targets, nodes, arguments and tasks.

Nodes are those of generated packages: the project's, and those in the current directory, which no server is asked
for. Whoever presses TAB is in the middle of a line: nothing that goes wrong is told, and nothing takes long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rekuest_codegen.errors import RekuestError

if TYPE_CHECKING:
    from rekuest_codegen.cli.asking import Asked
    from rekuest_codegen.ir.records import NodeRecord, PortRecord

PROGRAM = "rekuest-codegen"
VARIABLE = "_REKUEST_CODEGEN_COMPLETE"
WITHIN = 1.5
"""Seconds that a server has to name its tasks."""
NEWEST = 50

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script for SHELL: eval "$(rekuest-codegen completion bash)" in its start-up file."""
    from click.shell_completion import get_completion_class

    from rekuest_codegen.cli import main

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows these three
    click.echo(kind(main, {}, PROGRAM, VARIABLE).source())


def completing(names: Callable[[click.Context], list[str]]) -> Complete:
    """What click asks for: those of ``names`` that begin as what is written does. Whatever goes wrong, there are none;
    a name that a shell or terminal would act upon is none."""

    @wraps(names)
    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        try:
            found = names(context)
        except Exception:
            return []
        return [name for name in found if name.startswith(begun) and name.isprintable() and " " not in name]

    return complete


@completing
def complete_targets(context: click.Context) -> list[str]:
    """The targets of the project here."""
    from rekuest_codegen.project import project_of

    return [target.name for target in project_of(Path.cwd()).targets]


@completing
def complete_profiles(context: click.Context) -> list[str]:
    """The names in the user's file of profiles."""
    from rekuest_codegen.runtime.profiles import profile_names

    return profile_names()


@completing
def complete_nodes(context: click.Context) -> list[str]:
    """The nodes of generated packages."""
    return sorted({node.title for node in _nodes()})


@completing
def complete_arguments(context: click.Context) -> list[str]:
    """The arguments of the node that is called, as far as they are not given; with what a choice or a flag can be."""
    # An option without its value ends the reading of the line: the words before it are left over.
    said = context.params.get("key") or next(iter(context.args), "")
    app, slash, key = said.rpartition("/")
    there = [node for node in _nodes() if node.key == key and (not slash or node.app == app)]
    given = {text.partition("=")[0] for text in context.params.get("args") or ()}
    ports = {port.key: port for node in there for port in node.args if port.key not in given}
    return [f"{port.key}={value}" for port in ports.values() for value in _values(port)]


@completing
def complete_tasks(context: click.Context) -> list[str]:
    """The newest tasks of the token: those that are not over, if there are any."""
    import asyncio

    from rekuest_codegen.cli.asking import asked_of
    from rekuest_codegen.fetch.inventory import list_tasks
    from rekuest_codegen.wire.auth import Fixed

    until = time.monotonic() + WITHIN
    with context.scope(cleanup=False):
        asked = asked_of(context.params)
    if not isinstance(asked.token, Fixed) or not _answers(asked):
        return []  # other tokens may take long, and even ask a person for something

    async def listed() -> list[str]:
        async with asyncio.timeout(until - time.monotonic()):
            found = await list_tasks(asked.url, asked.token, limit=NEWEST, timeout=WITHIN)
        return [task.id for task in found if not task.done] or [task.id for task in found]

    return asyncio.run(listed())


def _values(port: PortRecord) -> list[str]:
    if port.kind.value == "BOOL":
        return ["true", "false"]
    return [str(choice.value) for choice in port.choices] or [""]


def _nodes() -> Iterator[NodeRecord]:
    """Those of the project's packages and of those in the current directory; none of what cannot be read."""
    from rekuest_codegen.build.origins import MANIFEST, manifest_text
    from rekuest_codegen.emit.manifest import read_records
    from rekuest_codegen.project import project_of

    folders = {file.parent for file in Path.cwd().glob(f"*/{MANIFEST}")}
    with suppress(RekuestError):  # of the project; the packages here are there all the same
        folders.update(target.out for target in project_of(Path.cwd()).targets)
    for folder in sorted(folders):
        try:
            yield from read_records(manifest_text(folder / MANIFEST))[0]
        except RekuestError:
            continue


def _answers(asked: Asked) -> bool:
    """Whether somebody listens at the server's address. Looked up in a thread that is left where that takes long: the
    process would wait for one of asyncio's."""
    import socket
    import threading
    from urllib.parse import urlsplit

    place = urlsplit(asked.url)
    port = place.port or (443 if place.scheme == "https" else 80)
    found: list[bool] = []

    def look() -> None:
        with suppress(OSError), socket.create_connection((place.hostname or "", port), timeout=WITHIN):
            found.append(True)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(WITHIN)
    return bool(found)
