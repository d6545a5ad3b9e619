"""A connection whose frames leave together: a system call for a task's few frames, not one for each of them.

Of what an agent spends on a trivial task, the calls that put its frames on the wire are the largest part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from websockets.asyncio.client import ClientConnection

MOST = 64 * 1024
"""Bytes that are held; what comes on top leaves, so that the network is felt."""


class GatheringConnection(ClientConnection):
    """As its base, and `gathered` besides."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._gathering = _Gathering(cast("asyncio.Transport", transport))
        super().connection_made(cast("asyncio.BaseTransport", self._gathering))

    @contextmanager
    def gathered(self) -> Generator[None]:
        """What is sent in this block leaves at its end, or when there is much of it."""
        self._gathering.holding = True
        try:
            yield
        finally:
            self._gathering.holding = False
            self._gathering.flush()


class _Gathering:
    """A transport that can hold what is written to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held: list[bytes] = []
        self._size = 0
        self.holding = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self.holding:
            self._transport.write(data)
            return
        self._held.append(data)
        self._size += len(data)
        if self._size >= MOST:
            self.flush()

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held:
            self._transport.write(b"".join(held))
