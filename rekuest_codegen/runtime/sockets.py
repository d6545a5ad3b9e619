"""A client's WebSocket that hands over each message the moment it is read, and sends without a task's detour.

websockets' own connection queues messages and wakes a task for each of them, and passes what is sent through three
context managers. Of what a caller spends on a call, which is six messages, that was a third.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

DRAIN_WITHIN = 30.0
"""Seconds in which a server that reads has made room; one that does not is gone."""
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class Socket(ClientConnection):
    """``take`` gets every message; ``gone`` is called when there will be no more. Neither may raise."""

    def __init__(self, *given: Any, take: Callable[[bytes], None], gone: Callable[[], None], **more: Any) -> None:
        super().__init__(*given, **more)
        self._take = take
        self._gone = gone
        self._parts: list[bytes] = []

    def process_event(self, event: Any) -> None:
        if not isinstance(event, Frame) or event.opcode not in _DATA:
            super().process_event(event)
        elif event.fin and not self._parts:  # as almost all are
            self._take(bytes(event.data))
        else:
            self._parts.append(bytes(event.data))
            if event.fin:
                whole, self._parts = b"".join(self._parts), []
                self._take(whole)

    async def say(self, text: bytes, *, until: float | None = None) -> None:
        """Send a message of text. Where the server is behind with its reading, that waits, until the loop's time
        ``until`` at the most: the message is on its way then, but may not have left.

        Raises:
            ConnectionClosed: the connection is closed, or breaks. TimeoutError: it is ``until``.
        """
        if self.protocol.state is not State.OPEN:
            await self.send(text, text=True)
            return
        self.protocol.send_text(text)
        given_up = self.loop.time() + DRAIN_WITHIN
        late = until is not None and until < given_up
        try:
            self.send_data()
            if self.paused:
                async with asyncio.timeout_at(until if late else given_up):
                    await self.drain()
        except (OSError, TimeoutError) as error:
            if late and isinstance(error, TimeoutError):
                raise
            self.transport.abort()
            await asyncio.shield(self.connection_lost_waiter)
            raise self.protocol.close_exc from error

    def mention(self, text: bytes) -> None:
        """Send a message of text, if that is possible; how, is not waited for."""
        if self.protocol.state is State.OPEN:
            self.protocol.send_text(text)
            with suppress(OSError):
                self.send_data()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._gone()
