"""Frames of a WebSocket that are written in one turn of the loop leave in one piece: who reads them wakes once.

uvloop puts each write on the wire at once, and uvicorn writes each message by itself; a call is half a dozen of them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

_Protocol: Any = AutoWebSocketsProtocol
MOST = 64 * 1024
"""Bytes that wait for the end of a turn. With more the transport has to see them, or it would stop nobody."""


class JoinedWebSocket(_Protocol):  # type: ignore[misc]  # which of theirs it is depends on what is installed
    """uvicorn's own protocol for WebSockets, on a `Joined` transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        protocol: Any = super()
        protocol.connection_made(Joined(transport))


class Joined:
    """A transport that writes at the end of the loop's turn, or when it has much. The rest is the transport's own."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > MOST:
            self._flush()

    def get_write_buffer_size(self) -> int:
        return self._size + self._transport.get_write_buffer_size()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._size = 0
        self._transport.abort()

    def _flush(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(parts[0] if len(parts) == 1 else b"".join(parts))
