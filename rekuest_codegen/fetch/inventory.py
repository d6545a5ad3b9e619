"""What else a server lists: its agents, and the tasks of the token's own calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.api.client.operations import LIST_AGENTS_GQL, LIST_TASKS_GQL
from rekuest_codegen.errors import ProtocolError
from rekuest_codegen.fetch.exchange import exchange
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.auth import Auth
from rekuest_codegen.wire.endpoint import Endpoint

PAGE = 200


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """An agent as its server lists it. ``last_seen`` is the server's text; ``nodes`` how many it provides."""

    id: str
    name: str
    app: str
    connected: bool
    last_seen: str | None
    nodes: int


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task as its server lists it. ``state`` is the kind of its latest event; times are the server's text."""

    id: str
    node: str
    agent: str | None
    state: str
    done: bool
    created: str
    finished: str | None
    reference: str | None
    parent: str | None


async def list_agents(url: str, token: str | Auth, *, timeout: float = 30.0) -> list[AgentSeen]:
    """All agents, in the server's order.

    Raises:
        Unreachable, CallTimeout, ConnectionLost, AccessDenied, ServerError, ProtocolError, ConfigurationError
    """
    endpoint = Endpoint.parse(url)
    found: dict[str, AgentSeen] = {}
    async with exchange(endpoint, token, timeout) as ask:
        while True:
            answer = await ask(LIST_AGENTS_GQL, {"pagination": {"offset": len(found), "limit": PAGE}})
            page = [_agent(endpoint, raw) for raw in _listed(endpoint, answer, "agents")]
            before = len(found)
            found.update({agent.id: agent for agent in page})
            if len(found) == before:
                return list(found.values())


async def list_tasks(
    url: str,
    token: str | Auth,
    *,
    limit: int = 50,
    done: bool | None = None,
    ids: Sequence[str] | None = None,
    timeout: float = 30.0,
) -> list[TaskSeen]:
    """The newest ``limit`` tasks; only those that are ``done``, or are not, or have one of ``ids``, when it is given.

    Raises:
        As `list_agents`.
    """
    endpoint = Endpoint.parse(url)
    filters: dict[str, Any] = {} if done is None else {"isDone": done}
    if ids is not None:
        filters["ids"] = list(ids)
    async with exchange(endpoint, token, timeout) as ask:
        answer = await ask(LIST_TASKS_GQL, {"filters": filters, "pagination": {"offset": 0, "limit": limit}})
        return [_task(endpoint, raw) for raw in _listed(endpoint, answer, "tasks")]


def _listed(endpoint: Endpoint, answer: Mapping[str, Any], what: str) -> list[Mapping[str, Any]]:
    page = answer.get(what)
    if not is_array(page) or not all(is_object(raw) for raw in page):
        raise ProtocolError(f"{endpoint.graphql}: asked for a list of {what}, and got something else")
    return page


def _agent(endpoint: Endpoint, raw: Mapping[str, Any]) -> AgentSeen:
    try:
        return AgentSeen(
            id=str(raw["id"]),
            name=str(raw["name"]),
            app=str(raw["app"]["identifier"]),
            connected=raw["connected"] is True,
            last_seen=_text(raw["lastSeen"]),
            nodes=len(raw["implementations"]),
        )
    except (KeyError, TypeError) as error:
        raise ProtocolError(f"{endpoint.graphql}: an agent is listed without {error}") from None


def _task(endpoint: Endpoint, raw: Mapping[str, Any]) -> TaskSeen:
    try:
        action, agent, parent = raw["action"], raw["agent"], raw["parent"]
        return TaskSeen(
            id=str(raw["id"]),
            node=f"{action['app']['identifier']}/{action['key']}",
            agent=str(agent["name"]) if agent else None,
            state=str(raw["latestEventKind"]),
            done=raw["isDone"] is True,
            created=str(raw["createdAt"]),
            finished=_text(raw["finishedAt"]),
            reference=_text(raw["reference"]),
            parent=str(parent["id"]) if parent else None,
        )
    except (KeyError, TypeError) as error:
        raise ProtocolError(f"{endpoint.graphql}: a task is listed without {error}") from None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
