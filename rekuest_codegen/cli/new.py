"""``new``: a provider project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import printable, shown_path


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Its folder.  [default: NAME]")
@explained
def new(name: str, out: Path | None) -> None:
    """Write a provider project for the app NAME: an annotated module, tests, and a build that ships its stubs."""
    from rekuest_codegen.project.scaffold import write_project

    folder = Path(name) if out is None else out
    for path in write_project(folder, name):
        click.echo(f"{shown_path(folder / path)}")
    click.echo(f"next: cd {printable(str(folder))} && pip install -e '.[test]' && pytest")
