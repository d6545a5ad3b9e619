"""Calls with one reference, each in its turn: the first assigns the task, and who comes next finds it.

The embedded server gives the task of a reference that it knows; the real one would begin a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


class Turns:
    """Who has the turn for each reference, and who waits for it."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}

    @asynccontextmanager
    async def of(self, reference: str) -> AsyncGenerator[None]:
        """Nobody else has ``reference`` in the block."""
        turn = self._turns.setdefault(reference, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[reference]

    def wanted(self, reference: str, *, besides: int = 0) -> bool:
        """Whether anybody has its turn, or waits for it; ``besides`` one who asks in its turn."""
        turn = self._turns.get(reference)
        return turn is not None and turn.wanted > besides
