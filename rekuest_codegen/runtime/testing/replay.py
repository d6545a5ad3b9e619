"""A task that nobody runs elsewhere: its events are made when they are asked for, in the loop that asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

LOST_AFTER = 30.0
LAST = 1_000_000_000
"""The number of an event that comes after all others."""


class Replay(Watch):
    """The events of ``source``; the last one is terminal. What it raises, whoever reads is raised."""

    def __init__(self, title: str, task: str, source: AsyncGenerator[Event], *, on_cancel: Callable[[], None]) -> None:
        super().__init__(title, task, f"fake-{task}", proven=True, lost_after=LOST_AFTER)
        self._source = source
        self._on_cancel = on_cancel
        self._asked = asyncio.Event()
        self._kind = ""

    async def next_event(self) -> Event:
        try:
            event = await self._next()
        except Exception:
            self.ended = True
            raise
        self.ended = terminal_kind(event.kind)
        return event

    async def _next(self) -> Event:
        """The next event of the source, or the end that was asked for, whichever is there first."""
        coming, asked = asyncio.ensure_future(anext(self._source)), asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait({coming, asked}, return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else Event(LAST, self._kind)
        finally:
            for future in (coming, asked):
                future.cancel()
            await asyncio.gather(coming, asked, return_exceptions=True)

    def stop(self, kind: str) -> None:
        """Let the task end as ``kind``: CANCELLED or INTERRUPTED."""
        if not self.ended and not self._kind:
            self._kind = kind
            self._on_cancel()
            self._asked.set()

    async def close(self) -> None:
        """End it before its end."""
        if self.ended:
            return
        self.ended = True
        self._on_cancel()
        with suppress(RuntimeError):  # it does not stop, or is still at it in another task
            await self._source.aclose()
