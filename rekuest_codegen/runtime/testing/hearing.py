"""What a fake's function says while it is at work: its progress and its logs, between what it gives."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any

from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.task import Facts, Task, current

Said = tuple[str, Mapping[str, Any]]
"""The kind of a report, and its fields."""


class Hearing:
    """One run of a function that is no task of any agent. To be made in the loop that waits for it.

    ``context`` is what the function is to run in: there `progress` and `log` speak of it.
    """

    def __init__(self, id: str, interface: str) -> None:
        self.control = Control()
        self.context: Context = copy_context()
        self._loop = asyncio.get_running_loop()
        self._said: deque[Said] = deque()
        self._heard = asyncio.Event()
        self.context.run(current.set, Task(Facts(id, interface), self.control, self._say))

    async def beside(self, items: AsyncGenerator[Any]) -> AsyncGenerator[tuple[Said | None, Any]]:
        """``items``, each beside None, and what is said meanwhile."""
        while True:
            coming = asyncio.create_task(_next(items), context=self.context)
            heard: asyncio.Task[bool] | None = None
            try:
                while not coming.done() or self._said:
                    while self._said:
                        yield self._said.popleft(), None
                    self._heard.clear()
                    if not coming.done():
                        heard = asyncio.create_task(self._heard.wait())
                        await asyncio.wait({coming, heard}, return_when=asyncio.FIRST_COMPLETED)
                        heard.cancel()
            finally:
                if heard is not None:
                    heard.cancel()
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            more = coming.result()
            if not more:
                return
            yield None, more[0]

    def _say(self, kind: str, fields: Mapping[str, Any]) -> None:
        with suppress(RuntimeError):  # that loop is closed, and nobody listens any more
            self._loop.call_soon_threadsafe(self._hear, (kind, fields))

    def _hear(self, said: Said) -> None:
        self._said.append(said)
        self._heard.set()


async def _next(items: AsyncGenerator[Any]) -> tuple[Any, ...]:
    """The next item alone in a tuple; nothing in it at the end, which no task may raise."""
    try:
        return (await anext(items),)
    except StopAsyncIteration:
        return ()
