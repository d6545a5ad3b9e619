"""``nodes``: what a server offers to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.completion import complete_nodes
from rekuest_codegen.cli.tables import echo_json, echo_table
from rekuest_codegen.errors import DefinitionError

if TYPE_CHECKING:
    from rekuest_codegen.fetch import Refused
    from rekuest_codegen.ir import Node


@click.command()
@click.argument("patterns", nargs=-1, metavar="[KEY|APP/KEY]...", shell_complete=complete_nodes)
@click.option("--search", help="Only nodes the server finds for this text.")
@click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now.")
@server_options
@explained
def nodes(patterns: tuple[str, ...], search: str | None, connected: bool, as_json: bool, **given: Any) -> None:
    """List the nodes of a server; all, or those whose names match a pattern (``lab/*``).

    Those that cannot be expressed, and so not be pulled, are marked.
    """
    from rekuest_codegen.ir import definition
    from rekuest_codegen.ir.spelling import signature

    refused: list[Refused] = []
    found = nodes_of(asked_of(given), patterns, search=search, connected=connected, refused=refused)
    if as_json:
        listed = [{"app": node.app, "hash": node.hash, **definition(node)} for node in found]
        marked = [
            {"app": one.app, "key": one.key, "findings": [finding._asdict() for finding in one.findings]}
            for one in refused
        ]
        echo_json([*listed, *marked])
    elif found or refused:
        rows = [(node.app, node.key, node.kind.value, signature(node)) for node in found]
        rows += [(one.app, one.key, "?", f"cannot be expressed: {one.findings[0].message}") for one in refused]
        echo_table(("app", "key", "kind", "signature"), sorted(rows))
    else:
        click.echo("no nodes", err=True)


def nodes_of(
    asked: Asked,
    patterns: tuple[str, ...] = (),
    *,
    search: str | None = None,
    connected: bool = False,
    refused: list[Refused] | None = None,
) -> list[Node]:
    """The nodes of a server that match one of ``patterns`` (by key, or by app and key), by app and key.

    Those that match and cannot be expressed are put into ``refused``; where there is none, they are the end of it.

    Raises:
        RekuestError: they cannot be had.
    """
    from fnmatch import fnmatchcase

    from rekuest_codegen.fetch import Definitions, fetch_nodes
    from rekuest_codegen.project import Filters

    def is_meant(node: Node | Refused) -> bool:
        names = (node.title if "/" in pattern else node.key for pattern in patterns)
        return not patterns or any(map(fnmatchcase, names, patterns))

    filters = Filters(search=search, connected=connected)
    others: list[Refused] = []
    known = Definitions(writable=True)
    found = fetch_nodes(asked.url, asked.token, filters, timeout=asked.timeout, known=known, refused=others)
    meant = [one for one in others if is_meant(one)]
    if refused is not None:
        refused.extend(meant)
    elif meant:
        raise DefinitionError([finding for one in meant for finding in one.findings])
    return sorted(filter(is_meant, found), key=lambda node: (node.app, node.key, node.version))
