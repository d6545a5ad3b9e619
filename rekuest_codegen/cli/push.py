"""``push``: the nodes that source code registers are made known to a server, without running any of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.sources import exit_for, printable, scanned_or_exit
from rekuest_codegen.errors import ConfigurationError, DefinitionError, Finding

if TYPE_CHECKING:
    from rekuest_codegen.cli.registered import Change
    from rekuest_codegen.runtime.provider.registration import Registration
    from rekuest_codegen.scan import ScannedNode
    from rekuest_codegen.scan.result import ScannedState
    from rekuest_codegen.wire.auth import Auth

NOTHING_SENT = "nothing was sent"


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--url", envvar="REKUEST_URL", help="The server, http://host:port.  [env: REKUEST_URL]")
@click.option("--token", envvar="REKUEST_TOKEN", help="The token the agent will use.  [env: REKUEST_TOKEN]")
@click.option("--app", help="Only this app, and what is registered without one.")
@click.option("--dry-run", is_flag=True, help="Show what would change at the server, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: show it as JSON.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for an answer of the server.")
@explained
def push(
    paths: tuple[str, ...],
    url: str | None,
    token: str | None,
    app: str | None,
    dry_run: bool,
    as_json: bool,
    timeout: float,
) -> None:
    """Register the nodes of source code at a server; nothing of it is imported or run.

    The server gets what a running agent would send: one that is started later has nothing to add. A PATH is a file,
    a folder, or the name of an installed package.
    """
    if as_json and not dry_run:
        raise click.UsageError("--json goes with --dry-run")
    if not url:
        raise ConfigurationError("no server: give --url, or set REKUEST_URL (http://127.0.0.1:8000)")
    from rekuest_codegen.runtime.auth import told_auth

    auth = told_auth(token)
    found = scanned_or_exit(paths, NOTHING_SENT)
    try:
        registrations = registrations_of(found.nodes, app, found.states)
    except DefinitionError as error:
        exit_for(error.findings, NOTHING_SENT)
    asyncio.run(_push(url, auth, timeout, registrations, dry_run, as_json))


def registrations_of(
    nodes: Sequence[ScannedNode], app: str | None, states: Sequence[ScannedState] = ()
) -> list[Registration]:
    """One registration an app, with its ``states``, in the order of their names; with ``app`` given, that one.

    Raises:
        ConfigurationError: there are no nodes, or it cannot be told of which app they are.
        DefinitionError: a node cannot be provided, or two have the same interface.
    """
    from rekuest_codegen.runtime.provider.registration import Registration
    from rekuest_codegen.runtime.provider.sources import interface_of, terms_of

    if not nodes:
        raise ConfigurationError(f"no registered functions found; {NOTHING_SENT}")
    names = sorted({found.node.app for found in nodes if found.node.app})
    homeless = [found for found in nodes if not found.node.app]
    if app is not None and app not in names and not homeless:
        raise ConfigurationError(f"no app {app!r} in these sources; there is {', '.join(names)}")
    if app is None and homeless:
        first = homeless[0]
        place = f"{first.path.name}:{first.line}: {first.node.key}"
        known = f" (there is {', '.join(names)})" if names else ""
        raise ConfigurationError(f"{place}: no app can be read from the source: say which with --app{known}")
    registrations: list[Registration] = []
    for name in [app] if app is not None else names:
        wanted = [found for found in nodes if found.node.app in ("", name)]
        terms = {interface_of(found): terms_of(found) for found in wanted}
        shown = [(state.name, state.ports) for state in states if state.app in ("", name)]
        registrations.append(Registration.of(name, _interfaces(wanted), terms=terms, states=shown))
    return registrations


def _interfaces(nodes: Sequence[ScannedNode]) -> list[tuple[str, Any]]:
    """Interface and node of each.

    Raises:
        DefinitionError: a node cannot be provided, or two have the same interface.
    """
    from rekuest_codegen.runtime.provider.sources import interface_of, not_provided

    findings: list[Finding] = []
    places: dict[str, ScannedNode] = {}
    for found in nodes:
        interface = interface_of(found)
        if (finding := not_provided(found)) is not None:
            findings.append(finding)
        first = places.setdefault(interface, found)
        if first is not found:
            text = f"{interface} is registered already at {first.path.name}:{first.line}, for the same app"
            findings.append(Finding("duplicate-key", f"{found.path}:{found.line}:1", text))
    if findings:
        raise DefinitionError(findings)
    return [(interface, found.node) for interface, found in places.items()]


async def _push(
    url: str, auth: Auth, timeout: float, registrations: Sequence[Registration], dry_run: bool, as_json: bool
) -> None:
    from rekuest_codegen.api.contracts import Contract
    from rekuest_codegen.runtime.link import Link
    from rekuest_codegen.runtime.provider.registration import introduce, spoken_at
    from rekuest_codegen.wire.endpoint import Endpoint

    link = Link(Endpoint.parse(url), auth, timeout=timeout)
    try:
        if dry_run:
            await _show(link, registrations, as_json)
            return
        if await spoken_at(link) is Contract.TEN:
            raise ConfigurationError(
                f"{link.endpoint.base}: this server (contract 10) learns what is provided from agents that connect, "
                f"so run the app instead; {NOTHING_SENT}"
            )
        for registration in registrations:
            told = await introduce(link, registration)
            number = len(registration.nodes)
            count = f"{printable(registration.name)}: {number} node{'' if number == 1 else 's'}"
            click.echo(f"{count} registered" if told else f"{count}, as the server has them already")
    finally:
        await link.close()


async def _show(link: Any, registrations: Sequence[Registration], as_json: bool) -> None:
    from rekuest_codegen.cli.registered import changes, remembered

    found: list[tuple[Registration, bool, list[Change]]] = []
    for registration in registrations:
        before = await remembered(link, registration.name)
        found.append((registration, before.hash == registration.hash, changes(before, registration)))
    if as_json:
        click.echo(json.dumps([_described(*one) for one in found], indent=2))
        return
    for registration, known, each in found:
        click.echo("\n".join(_lines(registration, known, each)))


def _described(registration: Registration, known: bool, each: Sequence[Change]) -> dict[str, Any]:
    nodes = [{"interface": one.interface, "state": one.state.value, "changes": list(one.details)} for one in each]
    return {"app": registration.name, "hash": registration.hash, "registered": known, "nodes": nodes}


def _lines(registration: Registration, known: bool, each: Sequence[Change]) -> list[str]:
    from rekuest_codegen.cli.registered import State

    counts = [f"{sum(one.state is state for one in each)} {state.value}" for state in State]
    lines = [f"{printable(registration.name)}: {', '.join(text for text in counts if not text.startswith('0 '))}"]
    for one in each:
        lines.append(f"  {one.state.value:<10} {printable(one.interface)}")
        lines.extend(f"             {printable(detail)}" for detail in one.details)
    if not known and all(one.state is State.UNCHANGED for one in each):
        lines.append("  the server has these definitions by another hash, and would be told them again")
    return lines
