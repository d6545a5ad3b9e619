"""A client: assigns tasks at one server and follows them, over one connection that it restores when it is lost.

All methods run in one event loop; `calls` brings callers from other loops and threads there. Every connection begins
with the subscription `mytasks`. While tasks are pending, a sweep reads back the events of those that are silent, so
that nothing a subscription loses can make a caller wait for ever.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

from rekuest_codegen.api.client.operations import ASSIGN_GQL, CANCEL_GQL, FIND_TASK_GQL, MY_TASKS_GQL, TASK_EVENTS_GQL
from rekuest_codegen.errors import (
    AccessDenied,
    ConnectionLost,
    NodeNotFound,
    RekuestError,
    RemoteError,
    ServerError,
    TransportError,
)
from rekuest_codegen.runtime import operations
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.runtime.watch import Event, Watch, read_event
from rekuest_codegen.wire.endpoint import Endpoint

BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts to restore a connection; the last one repeats."""
SWEEPS = (0.3, 0.7, 1.5, 3.0, 6.0, 15.0)
"""Seconds of silence after which a pending task's events are read back; the last one repeats."""
TICK = 0.1
LOOK_AGAIN = (0.0, 1.0)
"""Seconds before each look for a task whose assignment got no answer; the request may still be under way."""


class Client:
    """Calls nodes of one server. Use and close it in one event loop."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        request_timeout: float = 30.0,
        lost_after: float = 30.0,
        reconnect_within: float = 30.0,
    ) -> None:
        self.endpoint = Endpoint.parse(url)
        self._lost_after = lost_after
        self._reconnect_within = reconnect_within
        self._link = Link(self.endpoint, token, timeout=request_timeout, on_open=self._subscribe)
        self._live = False
        self._watches: dict[str, Watch] = {}
        self._assigning = 0
        self._early: dict[str, list[Event]] = {}
        self._actions: dict[tuple[str, str], str] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._recovering = False
        self._sweeping = False

    def __repr__(self) -> str:
        return f"Client({self.endpoint.base!r})"

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # -- calling ----------------------------------------------------------------------------------------------

    async def start(self, remote: Remote[Any], args: Mapping[str, Any]) -> Watch:
        """Assign one task and watch it from its first event on. ``args`` are in wire form, by wire key.

        Raises:
            NodeNotFound, AccessDenied, ServerError, TransportError
        """
        action = await self._resolve(remote)
        assign: Payload = {
            "action": action,
            "args": dict(args),
            "reference": str(uuid.uuid4()),
            "hooks": [],
            "capture": False,
        }
        live = self._live
        self._assigning += 1
        try:
            task = await self._assign(assign)
            early = self._early.pop(task, [])
        except NodeNotFound as error:
            self._actions.pop((remote.app, remote.key), None)
            raise NodeNotFound(f"{remote.title}: {error}") from None
        finally:
            self._assigning -= 1
            if not self._assigning:
                self._early.clear()
        watch = Watch(remote.title, task, proven=live and self._live, lost_after=self._lost_after)
        self._watches[task] = watch
        for event in early:
            self._deliver(watch, event)
        self._begin_sweeping()
        return watch

    async def _assign(self, assign: Payload) -> str:
        """The id of the task. After a broken connection it is looked for by its reference before it is assigned again:
        the real server takes the same reference twice for two tasks."""
        try:
            answer = await self._link.request(ASSIGN_GQL, {"input": assign}, again=False)
        except ConnectionLost:
            for pause in LOOK_AGAIN:
                await asyncio.sleep(pause)
                variables = {"reference": assign["reference"]}
                found = await self._link.request(FIND_TASK_GQL, variables, again=True)
                if found["tasks"]:
                    return str(found["tasks"][0]["id"])
            answer = await self._link.request(ASSIGN_GQL, {"input": assign}, again=False)
        return str(answer["assign"]["id"])

    async def cancel(self, watch: Watch) -> None:
        """Ask for the task to be cancelled, once and within two seconds; what comes of it is not awaited."""
        self._watches.pop(watch.task, None)
        if not watch.ended:
            with suppress(RekuestError, TimeoutError):
                async with asyncio.timeout(2):
                    await self._link.request(CANCEL_GQL, {"input": {"task": watch.task}}, again=True)

    async def close(self) -> None:
        """Close the connection; pending calls get ConnectionLost."""
        self._fail_all(ConnectionLost(f"{self.endpoint.base}: the client was closed"))
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._link.close()

    async def _resolve(self, remote: Remote[Any]) -> str:
        """The server's id of the node, asked for once."""
        place = (remote.app, remote.key)
        if place not in self._actions:
            self._actions[place] = await operations.resolve(self._link, remote)
        return self._actions[place]

    # -- the connection ---------------------------------------------------------------------------------------

    async def _subscribe(self, connection: Connection) -> None:
        self._live = False
        for watch in self._watches.values():
            watch.proven = False
        await connection.listen(MY_TASKS_GQL, {}, self._hear)

    async def _recover(self) -> None:
        """Restore the connection for the tasks that are pending, or tell their callers that it is lost."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._reconnect_within
        attempt = 0
        try:
            while self._watches:
                try:
                    await self._link.connected()
                    await asyncio.gather(*(self._read_back(watch) for watch in list(self._watches.values())))
                    return
                except RemoteError as error:
                    self._fail_all(error)
                except TransportError as error:
                    pause = BACKOFF[min(attempt, len(BACKOFF) - 1)] * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                    attempt += 1
                    if loop.time() + pause > deadline:
                        text = f"{error}; tried again for {self._reconnect_within:g} s"
                        self._fail_all(ConnectionLost(text))
                    else:
                        await asyncio.sleep(pause)
        finally:
            self._recovering = False

    def _lost(self, error: RekuestError | None) -> None:
        self._live = False
        if isinstance(error, AccessDenied | ServerError):
            self._fail_all(error)
        elif self._watches and not self._recovering:
            self._recovering = True
            self._spawn(self._recover())

    def _fail_all(self, error: RekuestError) -> None:
        watches, self._watches = list(self._watches.values()), {}
        for watch in watches:
            watch.fail(error)

    # -- events -----------------------------------------------------------------------------------------------

    def _hear(self, data: Payload | None, error: RekuestError | None) -> None:
        """What the subscription brings."""
        if data is None:
            self._lost(error)
            return
        change: Payload = data.get("mytasks") or {}
        raw: Payload | None = change.get("event")
        if not raw:
            return
        self._live = True
        task, event = str(raw["task"]), read_event(raw)
        watch = self._watches.get(task)
        if watch is not None:
            self._deliver(watch, event)
        elif self._assigning:
            self._early.setdefault(task, []).append(event)

    def _deliver(self, watch: Watch, event: Event) -> None:
        if watch.proven:
            self._feed(watch, [event])
            return
        watch.held.append(event)
        if len(watch.held) == 1:
            self._spawn(self._prove(watch))

    async def _prove(self, watch: Watch) -> None:
        """The subscription is live for this task now: read what came before, then go on from what was held."""
        with suppress(TransportError, ServerError):  # after a loss the recovery reads back, after an error the sweep
            await self._read_back(watch)
            watch.proven = True
        held, watch.held = watch.held, []
        if watch.proven:
            self._feed(watch, held)

    async def _read_back(self, watch: Watch) -> None:
        answer = await self._link.request(TASK_EVENTS_GQL, {"id": watch.task}, again=True)
        self._feed(watch, operations.events_of(answer))

    def _feed(self, watch: Watch, events: list[Event]) -> None:
        watch.feed(events)
        if watch.ended:
            self._watches.pop(watch.task, None)

    # -- the sweep --------------------------------------------------------------------------------------------

    def _begin_sweeping(self) -> None:
        if not self._sweeping:
            self._sweeping = True
            self._spawn(self._sweep())

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._watches:
                await asyncio.sleep(TICK)
                now = loop.time()
                due = [w for w in self._watches.values() if now - w.heard_at > SWEEPS[min(w.swept, len(SWEEPS) - 1)]]
                for watch in due:
                    watch.swept += 1
                    watch.heard_at = now
                    with suppress(TransportError, ServerError):
                        await self._read_back(watch)
        finally:
            self._sweeping = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
