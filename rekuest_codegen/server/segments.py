"""Frames of a WebSocket that are written in one turn of the loop leave in one piece: who reads them wakes once.

uvloop puts each write on the wire at once, and uvicorn writes each message by itself; a call is half a dozen of them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

_Protocol: Any = AutoWebSocketsProtocol


class JoinedWebSocket(_Protocol):  # type: ignore[misc]  # which of theirs it is depends on what is installed
    """uvicorn's own protocol for WebSockets, on a `Joined` transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        protocol: Any = super()
        protocol.connection_made(Joined(transport))


class Joined:
    """A transport that writes at the end of the loop's turn. All but writing and closing is the transport's own."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._transport.abort()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():
            self._transport.write(parts[0] if len(parts) == 1 else b"".join(parts))
