"""The GraphQL documents the runtime sends, and how their answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekuest_codegen.errors import NodeNotFound
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Event, read_event

ASSIGN = "mutation Assign($input: AssignInput!) { assign(input: $input) { id } }"
CANCEL = "mutation Cancel($input: CancelInput!) { cancel(input: $input) { id } }"
MY_TASKS = "subscription MyTasks { mytasks { event { id task kind returns message progress } } }"
TASK_EVENTS = "query TaskEvents($id: ID!) { task(id: $id) { id events(ordering: [{createdAt: ASC}]) { id kind returns message progress } } }"
SHELVE = "mutation Shelve($input: ShelveInMemoryDrawerInput!) { shelveInMemoryDrawer(input: $input) { id } }"
ENSURE_AGENT = "mutation EnsureAgent($input: AgentInput!) { ensureAgent(input: $input) { id hash } }"
IMPLEMENT_AGENT = "mutation ImplementAgent($input: ImplementAgentInput!) { implementAgent(input: $input) { id hash } }"
RESOLVE = "query Resolve($filters: ActionFilter) { actions(filters: $filters) { id key hash app { identifier } implementations { agent { connected } } } }"


async def resolve(link: Link, remote: Remote[Any]) -> str:
    """The server's id of a node: the one with our hash, else the newest of the same app and key.

    Raises:
        NodeNotFound: the server has none.
    """
    answer = await link.request(RESOLVE, {"filters": {"appIdentifier": remote.app}}, again=True)
    found = [action for action in answer["actions"] if action["key"] == remote.key]
    if not found:
        raise NodeNotFound(f"{remote.title}: the server at {link.endpoint.base} knows no such node")
    live = [a for a in found if any(i["agent"]["connected"] for i in a["implementations"])]
    for candidates in ([a for a in live if a["hash"] == remote.hash], live, found):
        if candidates:
            return str(candidates[-1]["id"])
    raise AssertionError("found is not empty")


def events_of(answer: Mapping[str, Any]) -> list[Event]:
    """The events of a task that was read back."""
    return [read_event(raw) for raw in answer["task"]["events"]]
