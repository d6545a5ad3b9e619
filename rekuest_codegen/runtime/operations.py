"""How the runtime asks a server: which node a stub means there, and what happened to a task."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from rekuest_codegen.api.client.operations import ENUMERATE_HASHES_GQL, LIST_TASKS_GQL, TASK_EVENTS_GQL
from rekuest_codegen.errors import ConfigurationError, ConnectionLost, NodeNotFound, RekuestError, ServerError
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import MAX_UNREAD, Event, Watch, read_event
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.answers import reading

EVENTS = 500
"""Events read back at a time."""
LOOK_AGAIN = 0.1
"""Seconds between looks whether a reader that was behind has made room."""
PAUSES = (0.3, 0.7, 1.5, 3.0, 6.0)
"""Seconds between tries to read back for it."""


async def resolve(link: Link, remote: Remote[Any]) -> str:
    """The server's id of a node: one that is provided now if there is, with our hash if there is, else the newest.

    Raises:
        NodeNotFound: the server has none of this app and key.
    """
    return str((await _best(link, remote))["id"])


async def repeatable(link: Link, remote: Remote[Any]) -> bool:
    """Whether the server says of a node that doing it twice is as good as doing it once.

    Raises:
        NodeNotFound: the server has none of this app and key.
    """
    action = await _best(link, remote)
    return bool(action.get("idempotent") or action.get("pure"))


async def _best(link: Link, remote: Remote[Any]) -> Mapping[str, Any]:
    answer = await link.request(ENUMERATE_HASHES_GQL, {"filters": {"appIdentifier": remote.app}}, again=True)

    def preference(action: Mapping[str, Any]) -> tuple[bool, bool]:
        provided = any(implementation["agent"]["connected"] for implementation in action["implementations"])
        return provided, action["hash"] == remote.hash

    with reading(link.endpoint.base):
        found: list[Mapping[str, Any]] = [action for action in answer["actions"] if action["key"] == remote.key]
        if found:
            best = max(preference(action) for action in found)
            return [action for action in found if "id" in action and preference(action) == best][-1]
    raise NodeNotFound(f"{remote.title}: the server at {link.endpoint.base} knows no such node")


def forgotten(error: RekuestError) -> bool:
    """Whether a server's answer means that it knows nothing of a task (the real one says so in words)."""
    return isinstance(error, NodeNotFound) or (isinstance(error, ServerError) and "does not exist" in str(error))


def task_id(given: object) -> str:
    """The id of a task as servers write it.

    Raises:
        ConfigurationError: it is none.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    if not isinstance(given, str) or not given.strip():
        raise ConfigurationError(f"task {given!r}: expected the id of a task, as task.id gives it")
    return given.strip()


async def reference_of(link: Link, remote: Remote[Any], id: str) -> str:
    """The reference that a task of ``remote`` was assigned with.

    Raises:
        NodeNotFound: the server knows no such task of this token. ConfigurationError: it is of another node.
    """
    answer = await link.request(LIST_TASKS_GQL, {"filters": {"ids": [id]}, "pagination": {"limit": 1}}, again=True)
    with reading(link.endpoint.base):
        found = [task for task in answer["tasks"] if str(task["id"]) == id]
        titles = [f"{task['action']['app']['identifier']}/{task['action']['key']}" for task in found]
        references = [str(task["reference"]) for task in found]
    if not found:
        raise NodeNotFound(f"{remote.title}: the server at {link.endpoint.base} knows no task {id} of this token")
    if titles[0] != remote.title:
        raise ConfigurationError(f"{remote.title}: task {id} is one of {titles[0]}; attach it with that function")
    return references[0]


async def read_back(link: Link, watch: Watch) -> None:
    """Give ``watch`` the events of its task that it has not had, page by page, as far as it has room.

    A server that was restarted without its store may have given the id to another task: then, and when it knows no
    such task, the watch fails, because what became of ours nobody can say.

    Raises:
        TransportError, AccessDenied, ServerError, ProtocolError
    """
    while not watch.failed:
        watch.missed = False
        offset, limit = watch.taken, min(EVENTS, watch.room + 1)
        events = await _page(link, watch, offset, limit)
        if events is None:
            watch.fail(_unknown(link, watch))
            return
        watch.behind = False
        watch.feed(events)
        watch.behind = watch.behind or watch.missed
        # A whole page of what is known already is no end: somebody else reads back, and was quicker with this one.
        if watch.ended or watch.behind or watch.taken == offset or len(events) < limit:
            return


async def recall(link: Link, watch: Watch, offset: int, limit: int) -> Sequence[Event]:
    """``limit`` events of the task of ``watch``, or fewer, but one at least; ``offset`` came before them.

    Raises:
        ConnectionLost: the server does not have them any more. TransportError, AccessDenied, ServerError
    """
    events = await _page(link, watch, offset, min(limit, EVENTS))
    if not events:
        raise _unknown(link, watch)
    return events


async def _page(link: Link, watch: Watch, offset: int, limit: int) -> list[Event] | None:
    """Events of the task, oldest first; None if the server does not know it."""
    pagination = {"offset": offset, "limit": limit}
    try:
        answer = await link.request(TASK_EVENTS_GQL, {"id": watch.task, "pagination": pagination}, again=True)
    except (NodeNotFound, ServerError) as error:
        if not forgotten(error):
            raise
        return None
    task = answer.get("task")
    if not is_object(task) or task.get("reference") != watch.reference:
        return None
    with reading(link.endpoint.base):
        if is_object(agent := task.get("agent")):
            watch.agent = str(agent["name"])
        return [read_event(raw) for raw in task["events"]]


def _unknown(link: Link, watch: Watch) -> ConnectionLost:
    text = f"{watch.title}: the server at {link.endpoint.base} knows nothing of the task any more"
    return ConnectionLost(f"{text}; it may have run")


def can_go_on(watch: Watch) -> bool:
    """Whether a reader that was behind has made room enough to read back for it."""
    return watch.room > MAX_UNREAD // 2


async def catch_up(link: Link, watch: Watch) -> None:
    """Read back for a reader that is behind, each time it has made room, until it is not. It is told where that cannot
    be done."""
    pauses = iter(PAUSES)
    while watch.behind and not (watch.ended or watch.failed):
        if not can_go_on(watch):
            await asyncio.sleep(LOOK_AGAIN)
            continue
        try:
            await read_back(link, watch)
            pauses = iter(PAUSES)
        except RekuestError as error:
            pause = next(pauses, None)
            if pause is None:
                watch.fail(ConnectionLost(f"{watch.title}: what came of it cannot be read back: {error}"))
            else:
                await asyncio.sleep(pause)
