"""``call``: one call of a node from the shell, its results as JSON, its progress and logs on standard error."""

from __future__ import annotations

from typing import Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.arguments import arguments_of, read_stdin, split_arguments
from rekuest_codegen.cli.asking import asked_of, server_options
from rekuest_codegen.cli.completion import complete_arguments, complete_nodes
from rekuest_codegen.errors import ConfigurationError


@click.command()
@click.argument("key", metavar="KEY|APP/KEY", shell_complete=complete_nodes)
@click.option(
    "--arg",
    "args",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_arguments,
    help='An argument. For a port of text, VALUE is that text as it stands, or a JSON string in "..."; for others it '
    "is JSON, or else text.",
)
@click.option(
    "--stdin",
    "from_stdin",
    is_flag=True,
    help="Read all arguments as one JSON object from standard input; what --arg says goes before it.",
)
@click.option("--agent", help="Name or id of the agent that is to run it.")
@click.option("--implementation", help="Id or interface of the implementation that is to run it.")
@click.option("--retries", type=click.IntRange(min=0), help="Further tries, where trying again does no harm.")
@click.option("--reference", help="The idempotency key: a call that was made before with it is taken up.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds that the call may take, tries included; then its task is cancelled.",
)
@click.option("--detach", is_flag=True, help="Print the task's id once the server has it, and leave: see watch.")
@click.option("--quiet", is_flag=True, help="Say nothing of progress and logs.")
@server_options
@explained
def call(
    key: str, args: tuple[str, ...], from_stdin: bool, detach: bool, quiet: bool, as_json: bool, **given: Any
) -> None:
    """Call a node and print what it gives, one JSON value a line.

    Values are in wire form: a structure is {"object": "its reference"}, a choice of an enum its name. Ctrl-C cancels
    the task. With --json each line is the object of all returns, by key, and what the task says meanwhile is an
    object a line on standard error: {"event": {"kind": "PROGRESS", ...}}.
    """
    import asyncio

    from rekuest_codegen.cli.running import How, run_call
    from rekuest_codegen.cli.show import node_of

    if detach and given["deadline"] is not None:
        raise ConfigurationError("--detach waits for nothing, and --deadline says for how long; leave one of them out")
    how = How(**{name: given.pop(name) for name in How._fields})
    terms = how.terms()
    asked = asked_of(given)
    texts = split_arguments(args)
    from_elsewhere = read_stdin() if from_stdin else {}
    node = node_of(asked, key)
    arguments = arguments_of(node, texts, from_elsewhere)
    try:
        asyncio.run(run_call(asked, node, arguments, terms, detach=detach, quiet=quiet, whole=as_json))
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted" if detach else "cancelled") from None
