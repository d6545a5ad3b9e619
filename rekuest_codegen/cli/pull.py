"""``pull``: nodes from a server, a neighbour's source or a manifest, and typed packages on disk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.targets import Chosen, chosen_targets, target_options

if TYPE_CHECKING:
    from rekuest_codegen.build.origins import Snapshot
    from rekuest_codegen.project import Target


@click.command()
@target_options
@explained
def pull(**given: Any) -> None:
    """Fetch node definitions, and write typed packages.

    Of the targets in pyproject.toml, all or those named; or of the one package that --out says. The nodes come from a
    server, from source code, or (--frozen) from what the package was last generated from.
    """
    chosen = chosen_targets(given)
    # Everything is made before anything is written: one that fails leaves all as they were.
    made = [_made(target, chosen, cached=not given["no_cache"]) for target in chosen.targets]
    for publish in made:
        click.echo(publish())


def _made(target: Target, chosen: Chosen, *, cached: bool) -> Callable[[], str]:
    """What publishes the package of ``target``, and says what became of it."""
    from rekuest_codegen.build.target import write
    from rekuest_codegen.build.unchanged import question, remember, told

    asked = None
    if chosen.frozen and (target.name or not chosen.looks):
        asked = question(target, chosen.project.classes if target.name else None)
    snapshot, files = files_of(target, chosen, cached=cached, writable=True)
    nodes, apps = len(snapshot.nodes), len({node.app for node in snapshot.nodes})

    def publish() -> str:
        result = write(target, files)
        remember(asked, files, nodes, apps)
        return told(target, nodes, apps, str(result))

    return publish


def files_of(target: Target, chosen: Chosen, *, cached: bool, writable: bool) -> tuple[Snapshot, dict[str, str]]:
    """The nodes of ``target``, and the files of its package. ``cached`` definitions are not fetched; ``writable``
    says whether those that are fetched may be remembered.

    Raises:
        RekuestError: they cannot be had.
    """
    from rekuest_codegen.build.target import as_recorded, generated, snapshot_of
    from rekuest_codegen.cli.sources import echo_findings

    known = None
    if cached and not chosen.frozen and target.source is None:
        from rekuest_codegen.fetch import Definitions

        known = Definitions(writable=writable)
    with nullcontext() if chosen.frozen or target.source is not None else progress() as step:
        found = snapshot_of(
            target,
            token=chosen.token,
            frozen=chosen.frozen,
            timeout=chosen.timeout,
            on_page=step,
            on_findings=echo_findings,
            known=known,
        )
    structures = None
    if chosen.frozen and not target.name:
        target, structures = as_recorded(target, found, chosen.looks)
    return found, generated(target, chosen.project, found, structures=structures)


def progress() -> Any:
    """A context manager that gives a callback for pages fetched: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rekuest_codegen.cli.bar import bar

    return bar("fetching nodes")
