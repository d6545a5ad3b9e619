"""A task that nobody runs elsewhere: its events are made when they are asked for, in the loop that asks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.lifecycle import terminal_kind

LOST_AFTER = 30.0


class Replay(Watch):
    """The events of ``source``; the last one is terminal. What it raises, whoever reads is raised."""

    def __init__(self, title: str, task: str, source: AsyncGenerator[Event], *, on_cancel: Callable[[], None]) -> None:
        super().__init__(title, task, f"fake-{task}", proven=True, lost_after=LOST_AFTER)
        self._source = source
        self._on_cancel = on_cancel

    async def next_event(self) -> Event:
        try:
            event = await anext(self._source)
        except Exception:
            self.ended = True
            raise
        self.ended = terminal_kind(event.kind)
        return event

    async def close(self) -> None:
        """End it before its end."""
        if self.ended:
            return
        self.ended = True
        self._on_cancel()
        with suppress(RuntimeError):  # it does not stop, or is still at it in another task
            await self._source.aclose()
