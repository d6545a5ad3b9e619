"""``serve``: the embedded server."""

from __future__ import annotations

from pathlib import Path

import click

from rekuest_codegen.cli import explained


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".rekuest/server.db"),
    show_default=True,
    help="Where tasks and definitions are kept.",
)
@click.option("--memory", is_flag=True, help="Keep everything in memory instead of --db.")
@click.option("--token-file", type=click.Path(path_type=Path, dir_okay=False), help='Lines of name = "token".')
@explained
def serve(host: str, port: int, db: Path, memory: bool, token_file: Path | None) -> None:
    """Run the embedded server until interrupted.

    Its development token is REKUEST_TOKEN, or a new one that is printed.
    """
    raise NotImplementedError
