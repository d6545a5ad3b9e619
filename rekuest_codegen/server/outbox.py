"""What a GraphQL session has said and its client has not taken yet: one queue, sent by one task.

Who says something does not send it, so that nobody who is cancelled takes anything with him, and answers of many leave
in one turn of the loop. What goes on for ever (a subscription) waits for room; answers wait for nothing, and a client
that asks for more than it reads is let go.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from rekuest_codegen.server.feeds import LINGER, TooSlow
from rekuest_codegen.server.model import Json
from rekuest_codegen.wire.bundles import MOST, in_a_bundle

SEND_WITHIN = 30.0
"""Seconds a client may leave its socket full before it is let go."""
ROOM = 64 * 1024
"""Bytes unsent with which there is room for more."""
MAX_UNSENT = 64 * 1024 * 1024
"""Bytes unsent, of more than one message."""
OVERHEAD = 128
"""Bytes that a message takes beside its text."""

_encoder = msgspec.json.Encoder()


class Outbox:
    """Put messages in, and let `send` run beside. Order is kept."""

    def __init__(self, socket: WebSocket) -> None:
        self.bundles = False
        """Whether the client takes bundles from here on."""
        self._socket = socket
        self._messages: deque[tuple[bytes, bool]] = deque()
        """With each, whether it goes in a bundle."""
        self._bytes = 0
        self._due = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._alarm: asyncio.TimerHandle | None = None

    def put(self, *messages: Json, held: bool = False) -> None:
        """Have ``messages`` sent; if ``held``, with what is sent next, or after a while.

        Raises:
            TooSlow: more would be unsent than is kept for a client.
        """
        for message in messages:
            encoded = _encoder.encode(in_a_bundle(message) if self.bundles else message)
            size = len(encoded) + OVERHEAD
            if self._messages and self._bytes + size > MAX_UNSENT:
                raise TooSlow("the client reads less than it asks for")
            self._messages.append((encoded, self.bundles))
            self._bytes += size
        if self._bytes > ROOM:
            self._room.clear()
        if not held:
            self._due.set()
        elif self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(LINGER, self._due.set)

    async def room(self) -> None:
        """Wait until little is unsent."""
        await self._room.wait()

    async def send(self) -> None:
        """Send what is put in, as long as the client is there.

        Raises:
            TooSlow: it does not read.
        """
        try:
            while True:
                await self._due.wait()
                self._due.clear()
                self.quiet()
                await self._send_all()
        except TimeoutError:
            raise TooSlow("the client does not read") from None
        except (RuntimeError, WebSocketDisconnect):  # the first is starlette's word for a socket that is closed already
            return

    async def _send_all(self) -> None:
        clock = asyncio.get_running_loop().time
        async with asyncio.timeout(SEND_WITHIN) as bound:
            begun = clock()
            while self._messages:
                count, frame = self._next_frame()
                await self._socket.send({"type": "websocket.send", "text": frame.decode()})
                for _ in range(count):
                    self._bytes -= len(self._messages.popleft()[0]) + OVERHEAD
                if self._bytes <= ROOM:
                    self._room.set()
                if (now := clock()) - begun > SEND_WITHIN / 8:  # it was waited for, and the client reads
                    begun = now
                    bound.reschedule(now + SEND_WITHIN)

    def _next_frame(self) -> tuple[int, bytes]:
        """A frame with the oldest messages, and how many they are."""
        first, bundled = self._messages[0]
        if not bundled:
            return 1, first
        chosen, size = [first], len(first)
        for message, _ in islice(self._messages, 1, None):
            size += len(message)
            if size > MOST:
                break
            chosen.append(message)
        return len(chosen), b"[%b]" % b",".join(chosen)

    def quiet(self) -> None:
        """Let what is held wait for what follows it, however long that is."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
