"""``pull``: nodes from a server, a neighbour's source or a manifest, and typed packages on disk."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import echo_findings
from rekuest_codegen.cli.targets import Chosen, chosen_targets, given_besides, target_options
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.garbage import collection_paused

if TYPE_CHECKING:
    from rekuest_codegen.build.logins import Login
    from rekuest_codegen.build.origins import Found
    from rekuest_codegen.build.packages import Made
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
    if given["frozen"] and not given_besides("frozen", "names", "out"):
        from rekuest_codegen.build.packages import pull_frozen
        from rekuest_codegen.build.unchanged import question

        names, out = given["names"], given["out"]
        for line in pull_frozen(names, out, question(names, out)):
            click.echo(line)
        return
    chosen = chosen_targets(given)
    if given["watch"] and chosen.frozen:
        raise ConfigurationError("--frozen asks nobody whose answer could change; leave it or --watch out")
    for package in _made(chosen, given):
        click.echo(package.publish())
    if given["watch"]:
        from rekuest_codegen.cli.following import follow

        follow(chosen.targets, list(chosen.logins), lambda: _changes(_made(chosen_targets(given), given)))


def _made(chosen: Chosen, given: Mapping[str, Any]) -> list[Made]:
    """Everything is made before anything is written: one that fails leaves all as they were."""
    from rekuest_codegen.build.packages import made

    packages: list[Made] = []
    with collection_paused():  # nearly all that is made stays to the end
        for target, login in zip(chosen.targets, chosen.logins, strict=True):
            found, files = files_of(target, login, chosen, cached=not given["no_cache"])
            packages.append(made(target, found.nodes, files))
    return packages


def _changes(packages: Sequence[Made]) -> list[str]:
    """Publish; the lines of those in which something changed."""
    lines = [(package, package.publish()) for package in packages]
    return [line for package, line in lines if line != package.unchanged]


def files_of(
    target: Target, login: Login | None, chosen: Chosen, *, cached: bool, writable: bool = True
) -> tuple[Found[Any], dict[str, str]]:
    """The nodes of ``target``, got with ``login``, and the files of its package. ``cached`` definitions are not
    fetched, and ``writable`` says whether those that are fetched may be remembered.

    Raises:
        RekuestError: they cannot be had.
    """
    from rekuest_codegen.build.packages import frozen
    from rekuest_codegen.build.target import generated, snapshot_of

    if chosen.frozen:
        return frozen(target, chosen.project, chosen.looks)
    known = None
    if cached and target.source is None:
        from rekuest_codegen.fetch import Definitions

        known = Definitions(writable=writable)
    with nullcontext() if target.source is not None else progress() as step:
        found = snapshot_of(
            target, login=login, timeout=chosen.timeout, on_page=step, on_findings=echo_findings, known=known
        )
    return found, generated(target, chosen.project, found)


def progress() -> Any:
    """A context manager that gives a callback for pages fetched: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rekuest_codegen.cli.bar import bar

    return bar("fetching nodes")
