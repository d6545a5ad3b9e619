"""A GraphQL server that misbehaves on purpose: what it does with each request is a function of the test's."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Event = dict[str, Any]
FIELDS = ("mytasks", "assign(", "cancel(", "tasks(", "task(", "actions(")


@dataclass
class Scripted:
    """One node, ``lab/add``. ``script(task)`` gives the events of a task; they happen at once when it is assigned."""

    script: Callable[[str], list[Event]]
    live: bool = True
    """Whether the subscription delivers. The real server's is not live yet when a client may already assign."""
    url: str = ""
    requests: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    events: dict[str, list[Event]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    connections: set[ServerConnection] = field(default_factory=set)
    subscribers: list[tuple[ServerConnection, str]] = field(default_factory=list)
    on_request: Callable[[str, ServerConnection, dict[str, Any]], Awaitable[bool]] | None = None
    """Called with each operation's name first; True means that the test has dealt with it."""
    tokens: list[str] = field(default_factory=list)
    """What connections introduced themselves with."""
    answering: str = ""
    ids: Any = field(default_factory=lambda: itertools.count(1))

    async def emit(self, task: str, events: list[Event], *, live: bool | None = None) -> None:
        for event in events:
            full = {"id": str(next(self.ids)), "returns": None, "message": None, "progress": None, **event}
            self.events.setdefault(task, []).append(full)
            if self.live if live is None else live:
                for socket, key in self.subscribers:
                    payload = {"data": {"mytasks": {"event": {**full, "task": task}}}}
                    with suppress(ConnectionClosed):
                        await socket.send(json.dumps({"type": "next", "id": key, "payload": payload}))

    async def handle(self, socket: ServerConnection) -> None:
        self.connections.add(socket)
        try:
            introduction = json.loads(await socket.recv())
            assert introduction["type"] == "connection_init"
            self.tokens.append(introduction["payload"]["token"])
            await socket.send(json.dumps({"type": "connection_ack"}))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] == "subscribe":
                    await self.answer(socket, message["id"], message["payload"])
        except ConnectionClosed:
            pass
        finally:
            self.connections.discard(socket)
            self.subscribers = [item for item in self.subscribers if item[0] is not socket]

    async def refuse(self, socket: ServerConnection, message: str) -> None:
        """Answer the request at hand as the real server does when it does not like a token."""
        payload = {"data": None, "errors": [{"message": message}]}
        await socket.send(json.dumps({"type": "next", "id": self.answering, "payload": payload}))

    async def answer(self, socket: ServerConnection, key: str, payload: dict[str, Any]) -> None:
        query, variables = payload["query"], payload["variables"]
        name = next(n for n in ("mytasks", "assign(", "cancel(", "tasks(", "task(", "actions(") if n in query).rstrip(
            "("
        )
        self.requests.append(name)
        self.answering = key
        if self.on_request is not None and await self.on_request(name, socket, variables):
            return
        data: Any
        if name == "mytasks":
            self.subscribers.append((socket, key))
            return
        if name == "actions":
            action = {"id": "1", "key": "add", "hash": "h", "app": {"identifier": "lab"}}
            data = {"actions": [{**action, "implementations": [{"agent": {"connected": True}}]}]}
        elif name == "assign":
            reference = variables["input"]["reference"]
            task = self.references.setdefault(reference, str(len(self.references) + 1))
            if task not in self.events:
                await self.emit(task, self.script(task))
            data = {"assign": {"id": task}}
        elif name == "cancel":
            self.cancelled.append(variables["input"]["task"])
            data = {"cancel": {"id": variables["input"]["task"]}}
        elif name == "tasks" and "filters" in variables:
            wanted = {of: name for name, of in self.references.items() if of in variables["filters"]["ids"]}
            action = {"app": {"identifier": "lab"}, "key": "add"}
            data = {"tasks": [{"id": of, "reference": name, "action": action} for of, name in wanted.items()]}
        elif name == "tasks":
            found = self.references.get(variables["reference"])
            data = {"tasks": [{"id": found}] if found else []}
        else:
            task, page = variables["id"], variables["pagination"]
            events = self.events.get(task, [])[page["offset"] : page["offset"] + page["limit"]]
            reference = next((name for name, of in self.references.items() if of == task), None)
            data = {"task": {"id": task, "reference": reference, "agent": {"name": "lab-1"}, "events": events}}
        await socket.send(json.dumps({"type": "next", "id": key, "payload": {"data": data}}))
        await socket.send(json.dumps({"type": "complete", "id": key}))


@asynccontextmanager
async def scripted(script: Callable[[str], list[Event]], **fields: Any) -> AsyncGenerator[Scripted]:
    server = Scripted(script, **fields)
    async with serve(server.handle, "127.0.0.1", 0, subprotocols=["graphql-transport-ws"]) as listening:  # type: ignore[list-item]  # websockets has a NewType for it
        port = next(iter(listening.sockets)).getsockname()[1]
        server.url = f"http://127.0.0.1:{port}"
        yield server
        for socket in list(server.connections):
            await socket.close()
        await asyncio.sleep(0)


def yields(*values: int) -> list[Event]:
    return [{"kind": "YIELD", "returns": {"return0": value}} for value in values]


COMPLETED: Event = {"kind": "COMPLETED"}
