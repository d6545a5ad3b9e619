"""``init``: a commented section in ``pyproject.toml`` to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import shown_path
from rekuest_codegen.errors import ConfigurationError


@click.command()
@click.argument("name", default="mynodes")
@click.option("--out", help="The package's folder, relative to pyproject.toml.  [default: NAME]")
@click.option("--url", help="The server it comes from.  [default: REKUEST_URL of whoever pulls]")
@explained
def init(name: str, out: str | None, url: str | None) -> None:
    """Add a section for the package NAME to the nearest pyproject.toml, or to a new one here.

    The rest of the file stays as it is. A section that is there already is left alone.
    """
    from rekuest_codegen.project import FILE, find_project, read_project
    from rekuest_codegen.project.importable import refusal
    from rekuest_codegen.project.section import add_section
    from rekuest_codegen.wire.endpoint import Endpoint

    if not name.isprintable() or not name.strip() or "/" in name or "\\" in name or name.startswith("-"):
        raise ConfigurationError(f"{name!r} is no name for a target; expected one like mynodes")
    if out is not None and (not out.isprintable() or not out.strip()):
        raise ConfigurationError(f"--out {out!r}: expected a folder like src/mynodes")
    file = find_project(Path.cwd()) or Path.cwd() / FILE
    if (problem := refusal(Path(os.path.abspath(file.parent / (out or name))), file.parent)) is not None:
        raise ConfigurationError(problem)
    address = Endpoint.parse(url).base if url else None
    made = not file.exists()
    add_section(file, name=name, out=out or name, url=address)
    read_project(file)
    click.echo(f"{shown_path(file)}: {'made, with' if made else 'now has'} a section [tool.rekuest-codegen]")
    click.echo(f"next: set REKUEST_TOKEN{'' if address else ' and REKUEST_URL'}, and run rekuest-codegen pull")
