"""How many tasks run at a time, of one node and of the whole agent.

A task that was called from inside a running one needs no room of its own where its caller has some: the caller waits
for it, and would for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Room:
    """Room for ``limit`` tasks; None is no limit. First come, first served."""

    def __init__(self, limit: int | None) -> None:
        self._room = None if limit is None else asyncio.Semaphore(limit)
        self._inside: set[str] = set()

    @property
    def bounded(self) -> bool:
        """Whether there is a limit at all."""
        return self._room is not None

    @asynccontextmanager
    async def taken(self, task: str, inside: frozenset[str]) -> AsyncGenerator[None]:
        """Room for ``task``, which runs inside of the tasks ``inside``."""
        if self._room is None or not self._inside.isdisjoint(inside):
            yield
            return
        async with self._room:
            self._inside.add(task)
            try:
                yield
            finally:
                self._inside.discard(task)
