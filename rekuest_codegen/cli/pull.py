"""``pull``: nodes from a server, or from a neighbour's source, and a typed package on disk."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.errors import ConfigurationError, DefinitionError, Finding
from rekuest_codegen.project import project_of
from rekuest_codegen.shapes import is_series
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    from rekuest_codegen.fetch import Filters
    from rekuest_codegen.ir import Node

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
    from rekuest_codegen.emit import EmitOptions, generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes

    filters = Filters(app=app, key=key, search=search, connected=connected)
    structures = project_of(Path.cwd()).classes
    if source is not None:
        _refuse_server_options()
        nodes = source_nodes(source, filters)
        origin = source_provenance(source, filters)
    else:
        if not url:
            raise ConfigurationError("no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)")
        if not token:
            raise ConfigurationError("no token: give --token, or set REKUEST_TOKEN")
        origin = provenance(Endpoint.parse(url), filters)
        with progress() as step:
            nodes = fetch_nodes(url, token, filters, on_page=step, timeout=timeout)
    if not nodes:
        asked = ", ".join(f"{name} {_shown(value)}" for name, value in asdict(filters).items() if value)
        raise ConfigurationError(f"no nodes{f' for {asked}' if asked else ''} at {source or url}; nothing was written")
    options = EmitOptions(structures=structures, provenance=origin)
    result = write_package(out, generate(nodes, options))
    apps = len({node.app for node in nodes})
    click.echo(f"{out}: {len(nodes)} nodes of {apps} apps; {result}")


def _shown(value: Any) -> str:
    return " or ".join(repr(one) for one in value) if is_series(value) else repr(value)


def source_nodes(source: str, filters: Filters) -> list[Node]:
    """The nodes that the code at ``source`` registers, each under the app it registers with.

    A function that is registered with no app is of the app that ``filters`` names, if that is one.

    Raises:
        ConfigurationError: there is no such source.
        DefinitionError: the scan found an error, or a function whose app nobody can tell.
    """
    from rekuest_codegen.cli.sources import scanned, shown_path
    from rekuest_codegen.ir import definition_hash

    result = scanned([source])
    if result.errors:
        raise ConfigurationError(f"{len(result.errors)} findings in {source}; nothing was written")
    if not result.nodes:
        raise ConfigurationError(f"{source}: no registered functions found; nothing was written")
    only = filters.app[0] if len(filters.app) == 1 else ""
    nodes: list[Node] = []
    unknown: list[Finding] = []
    for found in result.nodes:
        node = found.node.model_copy(update={"app": found.node.app or only, "hash": definition_hash(found.node)})
        if not node.app:
            text = f"{found.qualname} is registered with no app whose name can be read; say which with --app NAME"
            unknown.append(Finding("no-app", f"{shown_path(found.path)}:{found.line}:1", text))
        elif node.app in (filters.app or (node.app,)) and node.key in (filters.key or (node.key,)):
            nodes.append(node)
    if unknown:
        raise DefinitionError(unknown)
    return nodes


def source_provenance(source: str, filters: Filters) -> dict[str, Any]:
    """What the manifest says of source code: its path from here, or a name, and nothing of this machine."""
    path = Path(os.path.abspath(source))
    if path.exists():
        common = Path(os.path.commonpath([path, Path.cwd()])) if path.anchor == Path.cwd().anchor else None
        far = common is None or common == Path(common.anchor)
        source = path.name if far else Path(os.path.relpath(path)).as_posix()
    return {"source": source, **_chosen(filters)}


def _refuse_server_options() -> None:
    context = click.get_current_context()
    for name in NEED_A_SERVER:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise ConfigurationError(f"--{name} is for a server; with --source there is none")


def _chosen(filters: Filters) -> dict[str, Any]:
    chosen = {name: value for name, value in asdict(filters).items() if value}
    return {"filters": chosen} if chosen else {}


def provenance(endpoint: Endpoint, filters: Filters) -> dict[str, Any]:
    """What the manifest says of where the nodes came from. A loopback address means nothing elsewhere: left out."""
    return {**({} if endpoint.is_loopback else {"server": endpoint.base}), **_chosen(filters)}


def progress() -> Any:
    """A context manager that gives a callback for pages fetched: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rekuest_codegen.cli.bar import bar

    return bar("fetching nodes")
