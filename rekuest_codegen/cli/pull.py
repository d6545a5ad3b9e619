"""``pull``: nodes from a server, a typed package on disk."""

from __future__ import annotations

import sys
import tomllib
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.ir.shapes import is_object
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    from rekuest_codegen.fetch import Filters


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The package to write.")
@click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]")
@click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]")
@click.option("--app", multiple=True, help="Only nodes of this app; may be repeated.")
@click.option("--key", multiple=True, help="Only the node of this key; may be repeated.")
@click.option("--search", help="Only nodes the server finds for this text.")
@click.option("--connected", is_flag=True, help="Only nodes that a connected agent provides now.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for an answer of the server.")
@explained
def pull(
    out: Path,
    url: str | None,
    token: str | None,
    app: tuple[str, ...],
    key: tuple[str, ...],
    search: str | None,
    connected: bool,
    timeout: float,
) -> None:
    """Fetch node definitions from a server and write a typed package."""
    from rekuest_codegen.emit import EmitOptions, generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes

    if not url:
        raise ConfigurationError("no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)")
    if not token:
        raise ConfigurationError("no token: give --token, or set REKUEST_TOKEN")
    filters = Filters(app=app, key=key, search=search, connected=connected)
    options = EmitOptions(
        structures=mapped_structures(Path("pyproject.toml")), provenance=provenance(Endpoint.parse(url), filters)
    )
    with progress() as step:
        nodes = fetch_nodes(url, token, filters, on_page=step, timeout=timeout)
    result = write_package(out, generate(nodes, options))
    apps = len({node.app for node in nodes})
    click.echo(f"{out}: {len(nodes)} nodes of {apps} apps; {result}")


def mapped_structures(project: Path) -> dict[str, str]:
    """Identifier to the user's own class (``pkg.module:Class``), as ``[tool.rekuest-codegen.structures]`` maps it.

    Raises:
        ConfigurationError: the file or the table cannot be read.
    """
    try:
        raw = tomllib.loads(project.read_text(encoding="utf-8")) if project.exists() else {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{project}: {error}") from None
    table: Any = raw.get("tool", {}).get("rekuest-codegen", {}).get("structures", {})
    if not is_object(table) or not all(isinstance(identifier, str) for identifier in table.values()):
        place = "[tool.rekuest-codegen.structures]"
        raise ConfigurationError(f'{project}: {place}: expected lines like "some_package.Image" = "@mikro/image"')
    return {identifier: ":".join(dotted.rsplit(".", 1)) for dotted, identifier in table.items()}


def provenance(endpoint: Endpoint, filters: Filters) -> dict[str, Any]:
    """What the manifest says of where the nodes came from. A loopback address means nothing elsewhere: left out."""
    chosen = {name: value for name, value in asdict(filters).items() if value}
    return {**({} if endpoint.is_loopback else {"server": endpoint.base}), **({"filters": chosen} if chosen else {})}


def progress() -> Any:
    """A context manager that gives a callback for pages fetched: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rekuest_codegen.cli.bar import bar

    return bar("fetching nodes")
