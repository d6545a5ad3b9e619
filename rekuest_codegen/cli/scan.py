"""``scan``: the nodes that source code registers, read without running it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.failures import fail_for
from rekuest_codegen.cli.sources import echo_findings, printable, seen_from_here, shown_paths
from rekuest_codegen.errors import Finding, Severity
from rekuest_codegen.printable import harmless

if TYPE_CHECKING:
    from rekuest_codegen.scan.disk import Disk
    from rekuest_codegen.scan.report import Report, ToldNode

HEADINGS = ("app", "key", "kind", "signature", "where")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print the definitions as JSON.")
@click.option("--hash", "as_hash", is_flag=True, help="Print the hash and the name of each definition.")
@click.option("--all-functions", is_flag=True, help="Take every public function, registered or not.")
@click.option("--no-cache", is_flag=True, help="Read all anew, and keep nothing for the next time.")
@explained
def scan(paths: tuple[str, ...], as_json: bool, as_hash: bool, all_functions: bool, no_cache: bool) -> None:
    """Show the nodes that source code registers; nothing of it is imported or run.

    A PATH is a file, a folder, or the name of an installed package. Where nothing changed since the last time, the
    answer is the one of then, from the cache.
    """
    if as_json and as_hash:
        raise click.UsageError("--json and --hash are two ways to print the same; give one of them")
    from rekuest_codegen.garbage import collection_paused
    from rekuest_codegen.scan.report import Asked

    asked = Asked.DEFINITION if as_json else Asked.HASH if as_hash else Asked.SIGNATURE
    with collection_paused():
        report = _report(paths, asked, all_functions=all_functions, kept=not no_cache)
        _tell(report, asked)
    if report.has_errors and as_json:
        fail_for(map(seen_from_here, _findings(report)), "some of the source cannot be read", code=1)
    if report.has_errors:
        sys.exit(1)


def _tell(report: Report, asked: str) -> None:
    """Print what was found to standard error, and what was asked to standard output."""
    if not (asked == "definition" and report.has_errors):
        echo_findings(_findings(report))
    if asked == "definition":
        import json

        places = _places(report)
        definitions = [{**_place(node, places), **json.loads(node.said)} for node in report.nodes]
        click.echo(json.dumps(definitions, indent=2, ensure_ascii=True))
    elif report.nodes:
        _echo_lines(_hashes(report) if asked == "hash" else _table(report))
    elif asked == "signature" and not report.has_errors:
        click.echo("no registered functions found; --all-functions takes every public one", err=True)


def _findings(report: Report) -> Iterator[Finding]:
    for found in report.findings:
        severity = Severity.ERROR if found.is_error else Severity.WARNING
        yield Finding(found.code, f"{found.path}:{found.line}:{found.column}", found.message, severity)


def _report(names: Sequence[str], asked: str, *, all_functions: bool, kept: bool) -> Report:
    from rekuest_codegen.scan.disk import Disk
    from rekuest_codegen.scan.kept import kept_report

    paths = [_located(name) for name in names]

    def make(disk: Disk) -> Report:
        from rekuest_codegen.scan import ScanOptions, scan_projects
        from rekuest_codegen.scan.report import Asked, report_of

        return report_of(scan_projects(paths, ScanOptions(all_functions=all_functions), disk), Asked(asked))

    return kept_report(paths, f"{asked} {all_functions}", make) if kept else make(Disk())


def _located(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        return path  # nobody has to look for it, or be loaded to look for it
    from rekuest_codegen.build.origins import source_path

    return source_path(name)


def _place(node: ToldNode, places: Mapping[str, str]) -> dict[str, object]:
    where = f"{places[node.path]}:{node.line}"
    return {"app": node.app, "module": node.module, "qualname": node.qualname, "where": where}


def _hashes(report: Report) -> Iterator[str]:
    for node in report.nodes:
        yield f"{node.said} {node.app}/{node.key}" if node.app else f"{node.said} {node.key}"


def _table(report: Report) -> Iterator[str]:
    """Lines of columns, the first of them the headings."""
    places = _places(report)
    rows = [
        HEADINGS,
        *(
            (node.app or "-", node.key, node.kind, node.said, f"{places[node.path]}:{node.line}")
            for node in report.nodes
        ),
    ]
    if sys.stdout.isatty():
        _print_table(rows)
        return
    first, second, third, fourth = (max([len(row[column]) for row in rows]) + 2 for column in range(4))
    for app, key, kind, signature, where in rows:
        yield app.ljust(first) + key.ljust(second) + kind.ljust(third) + signature.ljust(fourth) + where


def _places(report: Report) -> dict[str, str]:
    """Each file as seen from here."""
    return shown_paths(dict.fromkeys([node.path for node in report.nodes]))


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """The same for a terminal, which wraps."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADINGS, box=None, pad_edge=False)
    for cells in rows[1:]:
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in cells))
    Console().print(table)


def _echo_lines(lines: Iterator[str]) -> None:
    """Print all at once; what a terminal would act upon as an escape."""
    listed = list(lines)
    if not "".join(listed).isprintable():
        listed = [printable(line) for line in listed]
    text = harmless("\n".join(listed))
    if listed:
        # There is no colour in it to be looked for: not much else takes as long, where all came from the cache.
        click.echo(text, color=True)
