"""``docs``: the nodes of a package as pages to read: Markdown for mkdocs, or one page of HTML.

The nodes come from where ``pull`` has them from, and the pages show the very package that it would write.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import profile_option, timeout_option
from rekuest_codegen.cli.pull import files_of
from rekuest_codegen.cli.sources import shown_path
from rekuest_codegen.cli.targets import LOOKS, chosen_targets, exclude_option
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import ConfigurationError, OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = "mynodes"
"""What the package is called where nobody says."""


@click.command()
@click.argument("name", required=False, metavar="[TARGET]")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write.")
@click.option("--html", is_flag=True, help="One self-contained page, index.html, instead of Markdown.")
@click.option(
    "--package",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"The package's folder, where it is not a target; its name is what examples import.  [default: {PACKAGE}]",
)
@click.option("--frozen", is_flag=True, help="Read the nodes from the package's own manifest; ask no server.")
@click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]")
@click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]")
@profile_option
@click.option("--source", help="Read the nodes from this source code instead: a file, a folder, an installed package.")
@click.option("--app", multiple=True, help="Only nodes of this app; may be a pattern, and repeated.")
@click.option("--key", multiple=True, help="Only nodes of this key; may be a pattern, and repeated.")
@click.option("--collection", multiple=True, help="Only nodes in this collection; likewise.")
@click.option("--protocol", multiple=True, help="Only nodes that follow this protocol; likewise.")
@exclude_option
@click.option("--search", help="Only nodes the server finds for this text.")
@click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now.")
@click.option("--templates", type=click.Path(path_type=Path, file_okay=False), help="Templates of your own.")
@click.option("--no-cache", is_flag=True, help="Fetch definitions that were fetched before, too.")
@timeout_option
@explained
def docs(out: Path, html: bool, **given: Any) -> None:
    """Write a reference of nodes to browse: Markdown for mkdocs, or a page of HTML.

    Of a target in pyproject.toml (the only one needs no name), or of the package that --package says. The nodes come
    from a server, from source code, or (--frozen) from what the package was last generated from.
    """
    from rekuest_codegen.emit import write_package
    from rekuest_codegen.emit.reference import reference

    chosen = chosen_targets(_asked(given))
    if len(chosen.targets) != 1:
        names = ", ".join(target.name for target in chosen.targets)
        raise ConfigurationError(f"a reference is of one package; name one of the targets: {names}")
    target = chosen.targets[0]
    _refuse_package(out)
    snapshot, files = files_of(target, chosen.logins[0], chosen, cached=not given["no_cache"])
    pages = reference(files, package=target.out.name, html=html, templates=target.templates)
    written = write_package(out, pages)
    nodes, apps = len(snapshot.nodes), len({node.app for node in snapshot.nodes})
    click.echo(f"{shown_path(out)}: {counted(nodes, 'node')} of {counted(apps, 'app')}; {written}")


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """What ``given`` says in the words of the commands that write packages."""
    name, package = given["name"], given["package"]
    if name is None and package is None and (given["source"] is not None or not _has_targets()):
        package = Path(PACKAGE)
    plain: dict[str, Any] = {**dict.fromkeys(LOOKS), **given}
    return {**plain, "names": () if name is None else (name,), "out": package, "keep": ()}


def _has_targets() -> bool:
    from rekuest_codegen.project import project_of

    return bool(project_of(Path.cwd()).targets)


def _refuse_package(out: Path) -> None:
    """Keep from taking a generated package, or anything else with a manifest, for an older reference.

    Raises:
        OutputError: that is what ``out`` is.
    """
    from rekuest_codegen.emit.manifest import MANIFEST, is_reference

    place = out / MANIFEST
    if place.is_file() and not is_reference(place.read_text(encoding="utf-8", errors="replace")):
        raise OutputError(f"{shown_path(out)}: holds a package, not a reference; name another folder")
