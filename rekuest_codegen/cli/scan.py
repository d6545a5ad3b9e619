"""``scan``: the nodes that source code registers, read without running it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import printable, scanned, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rekuest_codegen.ir import Port
    from rekuest_codegen.scan import ScannedNode

HEADINGS = ("app", "key", "kind", "signature", "where")
WRAPPED = ("LIST", "DICT", "UNION")
MAX_DEFAULT = 30


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print the definitions as JSON.")
@click.option("--hash", "as_hash", is_flag=True, help="Print the hash and the name of each definition.")
@click.option("--all-functions", is_flag=True, help="Take every public function, registered or not.")
@explained
def scan(paths: tuple[str, ...], as_json: bool, as_hash: bool, all_functions: bool) -> None:
    """Show the nodes that source code registers; nothing of it is imported or run.

    A PATH is a file, a folder, or the name of an installed package.
    """
    if as_json and as_hash:
        raise click.UsageError("--json and --hash are two ways to print the same; give one of them")
    result = scanned(paths, all_functions=all_functions)
    if as_json:
        click.echo(json.dumps([described(found) for found in result.nodes], indent=2, ensure_ascii=True))
    elif as_hash:
        from rekuest_codegen.ir import definition_hash

        for found in result.nodes:
            click.echo(f"{definition_hash(found.node)} {printable(found.node.title)}")
    elif result.nodes:
        _echo_table([row(found) for found in result.nodes])
    elif not result.errors:
        click.echo("no registered functions found; --all-functions takes every public one", err=True)
    if result.errors:
        sys.exit(1)


def described(found: ScannedNode) -> dict[str, Any]:
    """A definition as it is sent, and where it was read."""
    from rekuest_codegen.ir import definition, definition_hash

    return {
        "app": found.node.app,
        "module": found.module,
        "qualname": found.qualname,
        "where": f"{shown_path(found.path)}:{found.line}",
        "hash": definition_hash(found.node),
        **definition(found.node),
    }


def row(found: ScannedNode) -> tuple[str, ...]:
    """One line of the table, under `HEADINGS`."""
    node = found.node
    arguments = ", ".join(
        f"{port.key}: {spelled(port)}" + (f" = {_short(port.default)}" if port.default is not None else "")
        for port in node.args
    )
    returns = [spelled(port) for port in node.returns]
    given = returns[0] if len(returns) == 1 else f"({', '.join(returns)})"
    where = f"{shown_path(found.path)}:{found.line}"
    cells = (node.app or "-", node.key, node.kind.value, f"({arguments}) -> {given if returns else 'nothing'}", where)
    return tuple(printable(cell) for cell in cells)


def spelled(port: Port) -> str:
    """The kind of a port in one word: ``LIST[INT]``, ``STRUCTURE @lab/image``, ``FLOAT?`` where null is allowed."""
    kind = port.kind.value
    if kind in WRAPPED:
        text = f"{kind}[{' | '.join(spelled(child) for child in port.children)}]"
    else:
        says = port.identifier or port.reference_unit
        text = f"{kind} {says}" if says else kind
    return f"{text}?" if port.nullable else text


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= MAX_DEFAULT else f"{text[: MAX_DEFAULT - 3]}..."


def _echo_table(rows: Sequence[tuple[str, ...]]) -> None:
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*HEADINGS, box=None, pad_edge=False)
        for cells in rows:
            table.add_row(*(Text(cell, overflow="fold") for cell in cells))
        Console().print(table)
        return
    widths = [max(len(cells[column]) for cells in (HEADINGS, *rows)) for column in range(len(HEADINGS))]
    for cells in (HEADINGS, *rows):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
