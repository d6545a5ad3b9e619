"""``pull``: nodes from a server, or from a neighbour's source, and a typed package on disk."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from rekuest_codegen.build.target import generated, snapshot_of, write
from rekuest_codegen.cli import explained
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import Filters, Target, project_of

NEED_A_SERVER = ("url", "token", "search", "connected", "timeout")
"""Options that say something to a server, and nothing to source code."""


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The package to write.")
@click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]")
@click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]")
@click.option("--source", help="Read the nodes from this source code instead: a file, a folder, an installed package.")
@click.option("--app", multiple=True, help="Only nodes of this app; may be repeated.")
@click.option("--key", multiple=True, help="Only the node of this key; may be repeated.")
@click.option("--search", help="Only nodes the server finds for this text.")
@click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds to wait for an answer of the server.",
)
@explained
def pull(
    out: Path,
    url: str | None,
    token: str | None,
    source: str | None,
    app: tuple[str, ...],
    key: tuple[str, ...],
    search: str | None,
    connected: bool,
    timeout: float,
) -> None:
    """Fetch node definitions from a server, or read them from source code, and write a typed package."""
    from rekuest_codegen.cli.sources import echo_findings

    project = project_of(Path.cwd())
    filters = Filters(app=app, key=key, search=search, connected=connected)
    if source is not None:
        _refuse_server_options()
    target = Target(
        name=out.name, out=out, root=Path.cwd(), url=None if source else url, source=source, filters=filters
    )
    with progress() if source is None else nullcontext() as step:
        found = snapshot_of(target, token=token, on_page=step, on_findings=echo_findings, timeout=timeout)
    result = write(target, generated(target, project, found))
    apps = len({node.app for node in found.nodes})
    click.echo(f"{out}: {len(found.nodes)} nodes of {apps} apps; {result}")


def _refuse_server_options() -> None:
    context = click.get_current_context()
    for name in NEED_A_SERVER:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise ConfigurationError(f"--{name} is for a server; with --source there is none")


def progress() -> Any:
    """A context manager that gives a callback for pages fetched: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rekuest_codegen.cli.bar import bar

    return bar("fetching nodes")
