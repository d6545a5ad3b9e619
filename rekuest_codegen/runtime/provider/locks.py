"""Locks of one agent: tasks that name the same key run one after the other, in the order in which they came.

A task called from inside a task that holds a lock may enter: its caller waits for it. The server is told who holds
what, for others to see.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from rekuest_codegen.wire import messages


class Locks:
    """Every key there is. ``send`` puts a message on the agent's socket."""

    def __init__(self, send: Callable[[messages.FromAgent], None]) -> None:
        self._send = send
        self._locks: dict[str, asyncio.Lock] = {}
        self._holders: dict[str, str] = {}

    @asynccontextmanager
    async def held(self, keys: Iterable[str], task: str, inside: frozenset[str]) -> AsyncGenerator[None]:
        """Hold ``keys`` for ``task``, which runs inside of the tasks ``inside``. In one order, so that none wait in a
        circle."""
        async with AsyncExitStack() as stack:
            for key in sorted(set(keys)):
                if self._holders.get(key) not in inside:
                    await stack.enter_async_context(self._one(key, task))
            yield

    @asynccontextmanager
    async def _one(self, key: str, task: str) -> AsyncGenerator[None]:
        async with self._locks.setdefault(key, asyncio.Lock()):
            self._holders[key] = task
            self._send(messages.Lock(key=key, task=task))
            try:
                yield
            finally:
                del self._holders[key]
                self._send(messages.Unlock(key=key))

    @property
    def holders(self) -> dict[str, str]:
        """The task that holds each key that is held."""
        return dict(self._holders)
