"""``serve``: the embedded server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.errors import ConfigurationError


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
@click.option("--issuer", help="An OpenID Connect issuer whose tokens are let in too: its address.")
@click.option("--audience", help="Which tokens of the --issuer are meant for this server.")
@click.option(
    "--durability",
    type=click.Choice(["normal", "full"]),
    default="normal",
    show_default=True,
    help="normal survives a crash of the process, full also one of the machine.",
)
@click.option(
    "--contract",
    type=click.Choice(["2", "10"]),
    help="Be a server of this generation only. [default: both are spoken, with each client its own]",
)
@explained
def serve(
    host: str,
    port: int,
    db: Path,
    memory: bool,
    token_file: Path | None,
    issuer: str | None,
    audience: str | None,
    durability: Literal["normal", "full"],
    contract: str | None,
) -> None:
    """Run the embedded server until interrupted.

    Its development token is REKUEST_TOKEN, or a new one that is printed, unless --token-file or --issuer says whose
    tokens count.
    """
    from rekuest_codegen.api.contracts import Contract
    from rekuest_codegen.server import ServerConfig, run_server

    if not memory:
        try:
            db.parent.mkdir(parents=True, exist_ok=True)
            db.touch(mode=0o600)  # arguments and returns are nobody else's business
        except OSError as error:
            raise ConfigurationError(f"database {db}: {error.strerror}") from None
    config = ServerConfig(
        host=host,
        port=port,
        token="" if token_file is not None else os.environ.get("REKUEST_TOKEN", ""),
        token_file=token_file,
        issuer=issuer,
        audience=audience,
        db=None if memory else db,
        durability=durability,
        contract=Contract(int(contract)) if contract else None,
    )

    def ready(line: str) -> None:
        if config.made_up:
            click.echo(f"REKUEST_TOKEN={config.token}")
        click.echo(line)

    run_server(config, ready)
