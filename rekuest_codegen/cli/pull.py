"""``pull``: nodes from a server, a neighbour's source or a manifest, and typed packages on disk."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import echo_findings, shown_path
from rekuest_codegen.cli.targets import Chosen, chosen_targets, given_besides, target_options
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.garbage import collection_paused

if TYPE_CHECKING:
    from rekuest_codegen.build.origins import Found
    from rekuest_codegen.project import Target


@click.command()
@target_options
@click.option("--watch", is_flag=True, help="Again whenever the server's nodes or the source change, until Ctrl-C.")
@explained
def pull(**given: Any) -> None:
    """Fetch node definitions, and write typed packages.

    Of the targets in pyproject.toml, all or those named; or of the one package that --out says. The nodes come from a
    server, from source code, or (--frozen) from what the package was last generated from.
    """
    from rekuest_codegen.build.unchanged import question, remember, seen

    # What can be answered without doing it again, `entry` has asked: names and a folder, and nothing else.
    plain = given["frozen"] and not given_besides("frozen", "names", "out")
    asked = question(given["names"], given["out"]) if plain else None
    chosen = chosen_targets(given)
    if given["watch"] and chosen.frozen:
        raise ConfigurationError("--frozen asks nobody whose answer could change; leave it or --watch out")
    templates = seen(str(target.templates) for target in chosen.targets if target.templates) if asked else None
    made = _made(chosen, given)
    for package in made:
        click.echo(package.publish())
    if given["watch"]:
        from rekuest_codegen.cli.following import follow

        follow(chosen.targets, chosen.token, lambda: _changes(_made(chosen_targets(given), given)))
    if asked is not None:
        remember(asked, [one.unchanged for one in made], {str(one.out): one.files for one in made}, templates)


def _made(chosen: Chosen, given: Mapping[str, Any]) -> list[_Made]:
    """Everything is made before anything is written: one that fails leaves all as they were."""
    with collection_paused():  # nearly all that is made stays to the end
        return [_Made(target, *files_of(target, chosen, cached=not given["no_cache"])) for target in chosen.targets]


def _changes(made: Sequence[_Made]) -> list[str]:
    """Publish; the lines of those in which something changed."""
    lines = [(package, package.publish()) for package in made]
    return [line for package, line in lines if line != package.unchanged]


class _Made:
    """A package that can be published."""

    def __init__(self, target: Target, snapshot: Found, files: dict[str, str]) -> None:
        self._target = target
        self.out = target.out
        self.files = files
        apps = len({node.app for node in snapshot.nodes})
        self._told = f"{shown_path(target.out)}: {len(snapshot.nodes)} nodes of {apps} apps"

    def publish(self) -> str:
        """Write it; the line that says what became of it."""
        from rekuest_codegen.build.target import write

        return f"{self._told}; {write(self._target, self.files)}"

    @property
    def unchanged(self) -> str:
        """The line for the next time, when nothing is to be written."""
        return f"{self._told}; nothing changed"


def files_of(target: Target, chosen: Chosen, *, cached: bool, writable: bool = True) -> tuple[Found, dict[str, str]]:
    """The nodes of ``target``, and the files of its package. ``cached`` definitions are not fetched; ``writable``
    says whether those that are fetched may be remembered.

    Raises:
        RekuestError: they cannot be had.
    """
    from rekuest_codegen.build.target import as_recorded, generated, snapshot_of

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
