"""``check``: is the package on disk what a pull would write? Says what differs; writes nothing, anywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.annotations import annotation
from rekuest_codegen.cli.pull import files_of
from rekuest_codegen.cli.sources import printable, shown_path
from rekuest_codegen.cli.targets import chosen_targets, target_options

if TYPE_CHECKING:
    from rekuest_codegen.build.difference import Difference
    from rekuest_codegen.project import Target

MOST = 20
"""Names of one sort that are written out as text; JSON has them all."""
SORTS = (
    ("added", "missing"),
    ("changed", "changed"),
    ("removed", "no longer generated"),
    ("strangers", "not ours, and not kept"),
)
PULL = "run rekuest-codegen pull and commit the result"
KEEP = "name it as kept (keep in pyproject.toml, or --keep), or move it out of the package"
NODE_SORTS = (("nodes_added", "new"), ("nodes_removed", "gone"), ("nodes_changed", "changed"))


@click.command()
@target_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to say it; github is for annotations in a workflow.",
)
@explained
def check(form: str, **given: Any) -> None:
    """Say whether packages are what a pull would write.

    Exit code 0: they are. 1: something differs, and what. 2: nobody can tell. Nothing is written.
    """
    from rekuest_codegen.build.difference import difference

    chosen = chosen_targets(given)
    found: list[tuple[Target, Difference]] = []
    for target, login in zip(chosen.targets, chosen.logins, strict=True):
        snapshot, files = files_of(target, login, chosen, cached=not given["no_cache"], writable=False)
        found.append((target, difference(target.out, files, snapshot.nodes, keep=target.keep)))
    if form == "json":
        click.echo(json.dumps({"targets": [_described(target, one) for target, one in found]}, indent=2))
    else:
        say = _text if form == "text" else _annotations
        for target, one in found:
            for line in say(target, one):
                click.echo(line)
    if any(one for _, one in found):
        sys.exit(1)


def _described(target: Target, found: Difference) -> dict[str, Any]:
    return {"name": target.name or None, "out": shown_path(target.out), "same": not found, **asdict(found)}


def _text(target: Target, found: Difference) -> Iterator[str]:
    out = shown_path(target.out)
    if not found:
        yield f"{out}: as it would be pulled"
        return
    yield f"{out}: differs from what would be pulled"
    for what, sorts in (("file", SORTS), ("node", NODE_SORTS)):
        for field, word in sorts:
            names = getattr(found, field)
            for name in names[:MOST]:
                yield f"  {what} {printable(name)}: {word}"
            if len(names) > MOST:
                yield f"  and {len(names) - MOST} more {what}s: {word}"
    if found.origin:
        yield f"  {_moved(found)}"


def _moved(found: Difference) -> str:
    old, new = map(printable, found.origin)
    return f"made from {old}, now from {new}: let everybody name it alike (url in pyproject.toml)"


def _annotations(target: Target, found: Difference) -> Iterator[str]:
    """An error at each file, and one for the nodes."""
    for field, word in SORTS:
        advice = KEEP if field == "strangers" else _moved(found) if found.origin else PULL
        for name in getattr(found, field):
            yield annotation(f"{name}: {word}; {advice}", target.out / name)
    nodes = [f"{name} is {word}" for field, word in NODE_SORTS for name in getattr(found, field)]
    if nodes:
        more = f", and {len(nodes) - MOST} more" if len(nodes) > MOST else ""
        yield annotation(f"{', '.join(nodes[:MOST])}{more}", target.out / "manifest.json")
