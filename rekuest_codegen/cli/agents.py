"""``agents``: who provides nodes at a server, and who of them is there."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import click

from rekuest_codegen.cli import explained
from rekuest_codegen.cli.asking import asked_of, server_options
from rekuest_codegen.cli.tables import echo_json, echo_table, moment


@click.command()
@server_options
@explained
def agents(as_json: bool, **given: Any) -> None:
    """List the agents of a server."""
    from rekuest_codegen.fetch.inventory import list_agents

    asked = asked_of(given)
    found = asyncio.run(list_agents(asked.url, asked.token, timeout=asked.timeout))
    if as_json:
        echo_json([asdict(agent) for agent in found])
    elif found:
        rows = [
            (agent.id, agent.name, "yes" if agent.connected else "no", str(agent.nodes), moment(agent.last_seen))
            for agent in found
        ]
        echo_table(("id", "name", "connected", "nodes", "last seen"), rows)
    else:
        click.echo("no agents", err=True)
