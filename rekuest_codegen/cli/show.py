"""``show``: one node of a server, with everything that its ports say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import Asked, asked_of, server_options
from rekuest_codegen.cli.completion import complete_nodes
from rekuest_codegen.cli.nodes import nodes_of
from rekuest_codegen.cli.sources import printable
from rekuest_codegen.cli.tables import echo_json, echo_table
from rekuest_codegen.errors import ConfigurationError, NodeNotFound
from rekuest_codegen.project.filters import exactly

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node, Port


@click.command()
@click.argument("key", metavar="KEY|APP/KEY", shell_complete=complete_nodes)
@server_options
@explained
def show(key: str, as_json: bool, **given: Any) -> None:
    """Show a node: what it does, what it takes and what it gives."""
    from rekuest_codegen.ir import definition

    node = node_of(asked_of(given), key)
    if as_json:
        echo_json({"app": node.app, "hash": node.hash, **definition(node)})
        return
    click.echo(printable(f"{node.title}  {node.kind.value}, version {node.version}"))
    if node.description:
        for line in node.description.splitlines():
            click.echo(f"  {printable(line)}".rstrip())
    for title, ports in (("takes", node.args), ("gives", node.returns)):
        click.echo(f"\n{title}{'' if ports else ' nothing'}")
        if ports:
            echo_table(("port", "kind", "default", "description"), list(_rows(ports, "")))
    click.echo(f"\nhash {printable(node.hash or '-')}")


def node_of(asked: Asked, name: str) -> Node:
    """The one node called ``name``: a key, or an app and a key.

    Raises:
        NodeNotFound: there is none. ConfigurationError: there are several. RekuestError: they cannot be had.
    """
    app, slash, key = name.rpartition("/")
    named = exactly(name) if slash else exactly(key)
    found = [node for node in nodes_of(asked, (named,)) if node.key == key and (not slash or node.app == app)]
    apps = sorted({node.app for node in found})
    if not found:
        raise NodeNotFound(f"{name}: no such node at {asked.url}; rekuest-codegen nodes lists them")
    if len(apps) > 1:
        raise ConfigurationError(f"{name}: several apps have it; say which: {', '.join(f'{a}/{key}' for a in apps)}")
    return found[-1]  # the newest of its versions


def _rows(ports: tuple[Port, ...], indent: str) -> Iterator[tuple[str, str, str, str]]:
    import json

    from rekuest_codegen.ir.spelling import spelled

    for port in ports:
        default = "" if port.default is None else json.dumps(port.default)
        choices = ", ".join(choice.value for choice in port.choices)
        about = " ".join(text for text in (port.description or "", f"[{choices}]" if choices else "") if text)
        yield f"{indent}{port.key}", spelled(port), default, about
        if port.kind.value in ("MODEL", "UNION", "LIST", "DICT"):
            inside = port.children if port.kind.value == "MODEL" else [c for c in port.children if c.children]
            yield from _rows(tuple(inside), f"{indent}  ")
