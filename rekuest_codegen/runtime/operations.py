"""How the runtime asks a server: which node a stub means there, and what happened to a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekuest_codegen.api.client.operations import ENUMERATE_HASHES_GQL
from rekuest_codegen.errors import NodeNotFound
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Event, read_event


async def resolve(link: Link, remote: Remote[Any]) -> str:
    """The server's id of a node: one that is provided now if there is, with our hash if there is, else the newest.

    Raises:
        NodeNotFound: the server has none of this app and key.
    """
    answer = await link.request(ENUMERATE_HASHES_GQL, {"filters": {"appIdentifier": remote.app}}, again=True)
    found = [action for action in answer["actions"] if action["key"] == remote.key]
    if not found:
        raise NodeNotFound(f"{remote.title}: the server at {link.endpoint.base} knows no such node")

    def preference(action: Mapping[str, Any]) -> tuple[bool, bool]:
        provided = any(implementation["agent"]["connected"] for implementation in action["implementations"])
        return provided, action["hash"] == remote.hash

    best = max(preference(action) for action in found)
    return str([action for action in found if preference(action) == best][-1]["id"])


def events_of(answer: Mapping[str, Any]) -> list[Event]:
    """The events in an answer to TaskEvents."""
    return [read_event(raw) for raw in answer["task"]["events"]]
