"""Who is to run a task, where its caller has a say: an agent by name or id, an implementation by id or interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rekuest_codegen.api.client.operations import IMPLEMENTATIONS_GQL
from rekuest_codegen.errors import NodeNotFound
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.wire.answers import reading

MAX_NAMED = 10
"""How many of those there are an error names."""


async def choose(link: Link, remote: Remote[Any], action: str, how: Assignment) -> str:
    """The id of the implementation of the node ``action`` that ``how`` asks for; of several, one that is connected.

    Raises:
        NodeNotFound: there is none. TransportError, AccessDenied, ServerError
    """
    answer = await link.request(IMPLEMENTATIONS_GQL, {"action": action}, again=True)
    with reading(link.endpoint.base):
        return _chosen(answer["action"]["implementations"], remote, how)


def _chosen(there: Sequence[Mapping[str, Any]], remote: Remote[Any], how: Assignment) -> str:
    of_agent = [one for one in there if how.agent in (None, str(one["agent"]["id"]), one["agent"]["name"])]
    if not of_agent:
        raise NodeNotFound(f"{remote.title}: no agent {how.agent!r} provides it; {_named(there, 'name')}")
    found = [one for one in of_agent if how.implementation in (None, str(one["id"]), one["interface"])]
    if not found:
        which = f" of agent {how.agent!r}" if how.agent is not None else ""
        known = _named(of_agent, "interface")
        raise NodeNotFound(f"{remote.title}: no implementation {how.implementation!r}{which}; {known}")
    return str(max(found, key=lambda one: bool(one["agent"]["connected"]))["id"])


def _named(there: Sequence[Mapping[str, Any]], by: str) -> str:
    names = sorted(
        {str(one["agent"]["name"] if by == "name" else f"{one['interface']} ({one['id']})") for one in there}
    )
    if not names:
        return "nobody does"
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"there are {', '.join(names[:MAX_NAMED])}{more}"
