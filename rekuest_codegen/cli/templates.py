"""``templates``: our own templates, to start one's own from."""

from __future__ import annotations

from pathlib import Path

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import shown_path
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import OutputError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@explained
def templates(folder: Path, names: tuple[str, ...]) -> None:
    """Write our templates into DIR, all or those named, to start your own from.

    Keep the ones you change, and pull with --templates DIR: each takes the place of ours of the same name. What is
    there already is left alone.
    """
    from rekuest_codegen.emit.templates import shipped

    texts = shipped(names)
    try:
        changed = [name for name, text in texts.items() if (folder / name).exists() and _read(folder / name) != text]
        if changed:
            raise OutputError(
                f"{shown_path(folder / changed[0])}: is there and says something else; nothing was written"
            )
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"{shown_path(Path(error.filename or folder))}: {error.strerror or error}") from None
    place = shown_path(folder)
    click.echo(f"{place}: {counted(len(texts), 'template')}; keep what you change, and pull with --templates {place}")


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")
