"""``diff``: what changed between two of a server, a package, source code and a git revision, and whom it hurts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.build.logins import Login, Said, logins
from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import profile_option, timeout_option
from rekuest_codegen.cli.ignoring import refuse_unknown_rules
from rekuest_codegen.cli.sources import printable, shown_path
from rekuest_codegen.cli.targets import PATTERNS, exclude_option, said, without
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.project import EVERYTHING, Filters, Patterns, Target, project_of
from rekuest_codegen.project.filters import FIELDS
from rekuest_codegen.shapes import is_array, is_object

if TYPE_CHECKING:
    from rekuest_codegen.build.origins import Snapshot
    from rekuest_codegen.cli.changes import Compared
    from rekuest_codegen.ir.compare import Change, Impact

SERVER = "server"
MANIFEST = "manifest.json"
LEVELS = ("never", "callers", "breaking", "compatible", "documentation")
"""From which impact on a change is a failure; each includes those before it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given on the command line, and in the environment."""

    said: Said
    timeout: float
    filters: Filters


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--target", "names", multiple=True, help="Only this target of pyproject.toml; may be repeated.")
@click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]")
@click.option("--token", envvar="REKUEST_TOKEN", help="The token it knows us by.  [env: REKUEST_TOKEN]")
@profile_option
@click.option("--app", multiple=True, help="Only nodes of this app; may be a pattern, and repeated.")
@click.option("--key", multiple=True, help="Only nodes of this key; may be a pattern, and repeated.")
@click.option("--collection", multiple=True, help="Only nodes in this collection; likewise.")
@click.option("--protocol", multiple=True, help="Only nodes that follow this protocol; likewise.")
@exclude_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "github", "markdown")),
    default="text",
    show_default=True,
    help="How to tell it.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="never",
    show_default=True,
    help="Exit with 1 when something changed that is this bad, or worse.",
)
@click.option("--ignore", multiple=True, help="Pass over RULE, APP/KEY or RULE:APP/KEY; may be a pattern, repeated.")
@timeout_option
@explained
def diff(
    old: str | None,
    new: str | None,
    names: tuple[str, ...],
    url: str | None,
    token: str | None,
    profile: str | None,
    form: str,
    fail_on: str,
    ignore: tuple[str, ...],
    timeout: float,
    app: tuple[str, ...],
    key: tuple[str, ...],
    collection: tuple[str, ...],
    protocol: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Show what changed from OLD to NEW, and whom it hurts.

    Each is "server", a package, a manifest, source code (a file, a folder, an installed package) or a package in a
    git revision (HEAD~3:mynodes). Without them: from each target's package to its server, or its source.
    """
    from rekuest_codegen.cli.changes import FORMATS

    filters = Filters(app=app, key=key, collection=collection, protocol=protocol, exclude=Patterns(node=exclude))
    asked = Asked(said({"url": url, "token": token, "profile": profile}), timeout, filters)
    project = project_of(Path.cwd())
    targets = [project.target(name) for name in dict.fromkeys(names)] or list(project.targets)
    refuse_unknown_rules(project, targets, ignore)
    if old is None:
        if not targets:
            raise ConfigurationError(
                "nothing to compare: say OLD and NEW, as in: diff mynodes server (no target is configured)"
            )
        told = [
            _compared_target(target, login, asked, (*target.ignore, *ignore))
            for target, login in zip(targets, logins(targets, asked.said), strict=True)
        ]
    else:
        target = targets[0] if len(targets) == 1 else None
        patterns_ = (*(target.ignore if target is not None else project.ignore), *ignore)
        told = [_compared_given(old, new, target, asked, patterns_)]
    click.echo(FORMATS[form](told))
    if any(_fails(change.impact, fail_on) for compared in told for change in compared.changes):
        sys.exit(1)


def _compared_target(target: Target, login: Login | None, asked: Asked, ignore: Sequence[str]) -> Compared:
    from rekuest_codegen.build.origins import from_manifest

    filters = _narrowed(target.filters, asked.filters)
    old = from_manifest(target.out, _local(asked.filters))
    if target.source is not None:
        return _compared(shown_path(target.out), old, target.source, _source(target, target.source, filters), ignore)
    return _compared(shown_path(target.out), old, SERVER, _server(login, asked, filters), ignore)


def _compared_given(old: str, new: str | None, target: Target | None, asked: Asked, ignore: Sequence[str]) -> Compared:
    """Two sides by name. What a package was made of with filters is compared with what they take of the other."""
    sides = [old, new if new is not None else SERVER]
    kept = {side: _kept(side, asked.filters) for side in dict.fromkeys(sides)}
    configured = target.filters if target is not None else EVERYTHING
    recorded = next((_recorded(snapshot) for snapshot in kept.values() if snapshot is not None), configured)
    filters = _narrowed(recorded, asked.filters)
    found: list[Snapshot] = []
    for side in sides:
        snapshot = kept[side]
        if snapshot is None:
            if side == SERVER:
                wanted = target or Target(name="", out=Path.cwd(), root=Path.cwd())
                (login,) = logins([wanted._replace(source=None)], asked.said)
                snapshot = _server(login, asked, filters)
            else:
                snapshot = _source(None, side, filters)
        found.append(snapshot)
    return _compared(sides[0], found[0], sides[1], found[1], ignore)


def _compared(old: str, before: Snapshot, new: str, after: Snapshot, ignore: Sequence[str]) -> Compared:
    from rekuest_codegen.cli.changes import Compared
    from rekuest_codegen.ir.compare import compare, ignored

    changes = compare(before.nodes, after.nodes)
    shown: list[Change] = [change for change in changes if not ignored(change, ignore)]
    return Compared(old, new, shown, len(changes) - len(shown))


# -- where nodes come from ---------------------------------------------------------------------------------------


def _kept(side: str, filters: Filters) -> Snapshot | None:
    """The nodes of a package, a manifest or a revision; None where ``side`` is none of them."""
    from rekuest_codegen.build.origins import from_manifest, from_revision

    if side == SERVER:
        return None
    path = Path(side)
    if path.exists():
        is_manifest = path.suffix == ".json" or (path.is_dir() and (path / MANIFEST).is_file())
        return from_manifest(path, _local(filters)) if is_manifest else None
    revision, colon, _ = side.partition(":")
    if "://" in side:
        raise ConfigurationError(f"{printable(side)}: give the address as --url, and say server here")
    return from_revision(side, _local(filters)) if colon and revision else None


def _server(login: Login | None, asked: Asked, filters: Filters) -> Snapshot:
    from rekuest_codegen.build.origins import from_server
    from rekuest_codegen.cli.pull import progress
    from rekuest_codegen.fetch import Definitions

    if login is None:
        raise ConfigurationError("no server: give --url or --profile, or set REKUEST_URL (http://127.0.0.1:8000)")
    known = Definitions(writable=False)  # who only looks leaves nothing behind
    with progress() as step:
        return from_server(login.url, login.auth, filters, on_page=step, timeout=asked.timeout, known=known)


def _source(target: Target | None, source: str, filters: Filters) -> Snapshot:
    from rekuest_codegen.build.origins import from_source
    from rekuest_codegen.build.revisions import is_revision
    from rekuest_codegen.cli.sources import echo_findings

    root = target.root if target is not None else None
    if target is None and ":" not in source and is_revision(source, Path.cwd()):
        raise ConfigurationError(
            f"{printable(source)}: is a git revision; say which package in it, as in {printable(source)}:mynodes"
        )
    return from_source(source, _local(filters), root=root, on_findings=echo_findings)


# -- which nodes -------------------------------------------------------------------------------------------------


def _narrowed(filters: Filters, asked: Filters) -> Filters:
    """``filters``, with what was given on the command line in place of theirs."""
    given = {name: given for name in PATTERNS if (given := getattr(asked, name))}
    return without(filters, asked.exclude.node)._replace(**given)


def _local(filters: Filters) -> Filters:
    """``filters`` without what only a server can tell."""
    return filters._replace(search=None, connected=False)


def _recorded(snapshot: Snapshot) -> Filters:
    """The filters a package was made with, as far as its manifest, a file like any other, says what can be one."""
    said: object = snapshot.provenance.get("filters")
    if not is_object(said):
        return EVERYTHING
    exclude: object = said.get("exclude")
    search: object = said.get("search")
    return Filters(
        **_patterns(said),
        exclude=Patterns(**_patterns(exclude)) if is_object(exclude) else Patterns(),
        search=search if isinstance(search, str) else None,
        connected=said.get("connected") is True,
    )


def _patterns(said: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {name: said.get(name) for name in FIELDS}
    return {name: tuple(map(str, value)) for name, value in found.items() if is_array(value)}


# -- what counts -------------------------------------------------------------------------------------------------


def _fails(impact: Impact, fail_on: str) -> bool:
    from rekuest_codegen.ir.compare import Impact

    first = {
        "never": (),
        "callers": (Impact.CALLERS,),
        "breaking": (Impact.CALLERS, Impact.WIRE),
        "compatible": (Impact.CALLERS, Impact.WIRE, Impact.COMPATIBLE),
        "documentation": tuple(Impact),
    }
    return impact in first[fail_on]
