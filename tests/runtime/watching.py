"""A task of a provided node, watched event by event: what the calls of generated functions do not show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from rekuest_codegen.api.client.operations import CANCEL_GQL, INTERRUPT_GQL, PAUSE_GQL, RESUME_GQL
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

WITHIN = 15.0
ASKS = {"cancel": CANCEL_GQL, "interrupt": INTERRUPT_GQL, "pause": PAUSE_GQL, "resume": RESUME_GQL}


class Watched:
    """A task that was begun, from any thread."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.events: list[Event] = []

    def ask(self, what: str, **more: Any) -> None:
        """Cancel, interrupt, pause or resume it."""

        async def send() -> None:
            client = await context.default_client()
            await client._link.request(ASKS[what], {"input": {"task": self.watch.task, **more}}, again=True)

        portal.start(send).result(WITHIN)

    def until(self, kind: str) -> Event:
        """The next event of ``kind``; an end of another kind is an error."""

        async def follow() -> Event:
            async with asyncio.timeout(WITHIN):
                while True:
                    event = await self.watch.next_event()
                    self.events.append(event)
                    if event.kind == kind:
                        return event
                    assert not terminal_kind(event.kind), (event, self.events)

        return portal.start(follow).result(WITHIN + 1)

    def end(self) -> Event:
        """The end, whatever it is."""

        async def follow() -> Event:
            async with asyncio.timeout(WITHIN):
                while True:
                    event = await self.watch.next_event()
                    self.events.append(event)
                    if terminal_kind(event.kind):
                        return event

        return portal.start(follow).result(WITHIN + 1)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


def begin(remote: Any, wire: Mapping[str, Any] | None = None) -> Watched:
    """Begin a task of a generated function's node with arguments in wire form, unchecked."""

    async def start() -> Watch:
        client = await context.default_client()
        return await client.start(remote, dict(wire or {}))

    return Watched(portal.start(start).result(WITHIN))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait, in a thread, until ``condition`` holds: ten seconds at most."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
