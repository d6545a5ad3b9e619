"""``nodes``: what a server offers to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.completion import complete_nodes
from rekuest_codegen.cli.tables import echo_json, echo_table

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node


@click.command()
@click.argument("patterns", nargs=-1, metavar="[KEY|APP/KEY]...", shell_complete=complete_nodes)
@click.option("--search", help="Only nodes the server finds for this text.")
@click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now.")
@server_options
@explained
def nodes(patterns: tuple[str, ...], search: str | None, connected: bool, as_json: bool, **given: Any) -> None:
    """List the nodes of a server; all, or those whose names match a pattern (``lab/*``)."""
    from rekuest_codegen.ir import definition
    from rekuest_codegen.ir.spelling import signature

    found = nodes_of(asked_of(given), patterns, search=search, connected=connected)
    if as_json:
        echo_json([{"app": node.app, "hash": node.hash, **definition(node)} for node in found])
    elif found:
        rows = [(node.app, node.key, node.kind.value, signature(node)) for node in found]
        echo_table(("app", "key", "kind", "signature"), rows)
    else:
        click.echo("no nodes", err=True)


def nodes_of(
    asked: Asked, patterns: tuple[str, ...] = (), *, search: str | None = None, connected: bool = False
) -> list[Node]:
    """The nodes of a server that match one of ``patterns`` (by key, or by app and key), by app and key.

    Raises:
        RekuestError: they cannot be had.
    """
    from fnmatch import fnmatchcase

    from rekuest_codegen.fetch import Definitions, fetch_nodes
    from rekuest_codegen.project import Filters

    filters = Filters(search=search, connected=connected)
    found = fetch_nodes(asked.url, asked.token, filters, timeout=asked.timeout, known=Definitions(writable=True))
    named = [
        node
        for node in found
        if not patterns or any(fnmatchcase(node.title if "/" in pattern else node.key, pattern) for pattern in patterns)
    ]
    return sorted(named, key=lambda node: (node.app, node.key, node.version))
