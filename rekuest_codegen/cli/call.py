"""``call``: one call of a node from the shell, its results as JSON, its progress and logs on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import asked_of, server_options
from rekuest_codegen.cli.completion import complete_nodes
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.shapes import is_object

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node

MAX_STDIN = 16 * 1024 * 1024


@click.command()
@click.argument("key", metavar="KEY|APP/KEY", shell_complete=complete_nodes)
@click.option("--arg", "args", multiple=True, metavar="NAME=VALUE", help="An argument: JSON, or else text.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read all arguments as one JSON object from standard input.")
@click.option("--quiet", is_flag=True, help="Say nothing of progress and logs.")
@server_options
@explained
def call(key: str, args: tuple[str, ...], from_stdin: bool, quiet: bool, as_json: bool, **given: Any) -> None:
    """Call a node and print what it gives, one JSON value a line.

    Values are in wire form: a structure is {"object": "its reference"}, a choice of an enum its name. Ctrl-C cancels
    the task. With --json each line is the object of all returns, by key.
    """
    import asyncio

    from rekuest_codegen.cli.running import run_call
    from rekuest_codegen.cli.show import node_of

    asked = asked_of(given)
    arguments = dict(_argument(text) for text in args)
    if from_stdin:
        arguments = {**_read(), **arguments}
    node = node_of(asked, key)
    _refuse_unknown(node, arguments)
    try:
        asyncio.run(run_call(asked, node, arguments, quiet=quiet, whole=as_json))
    except KeyboardInterrupt:
        raise KeyboardInterrupt("cancelled") from None


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ConfigurationError(f"--arg {text!r}: expected NAME=VALUE, as in level=0.5")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


def _read() -> dict[str, Any]:
    text = sys.stdin.read(MAX_STDIN + 1)
    if len(text) > MAX_STDIN:
        raise ConfigurationError(f"--stdin: longer than the {MAX_STDIN} characters allowed")
    try:
        given: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"--stdin: expected a JSON object of arguments ({error})") from None
    if not is_object(given):
        raise ConfigurationError("--stdin: expected a JSON object of arguments")
    return given


def _refuse_unknown(node: Node, arguments: Mapping[str, Any]) -> None:
    from rekuest_codegen.project.table import suggestion

    known = [port.key for port in node.args]
    for name in arguments:
        if name not in known:
            advice = suggestion(name, known) if known else "it takes none"
            raise ConfigurationError(f"{node.title}: no argument {name!r}; {advice}")
    missing = [
        port.key for port in node.args if port.key not in arguments and not port.nullable and port.default is None
    ]
    if missing:
        raise ConfigurationError(f"{node.title}: needs {', '.join(missing)}; give --arg {missing[0]}=VALUE")
