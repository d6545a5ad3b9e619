"""GraphQL over one WebSocket (graphql-transport-ws): queries, mutations and subscriptions, multiplexed.

One socket carries everything a caller says, so nothing waits for a second connection, and importing HTTP is left to
those who need it. A `Connection` is one socket's life; whoever wants another one after a loss opens another one.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic_core import to_json
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from rekuest_codegen.errors import (
    AccessDenied,
    ArgumentError,
    CallTimeout,
    ConnectionLost,
    ProtocolError,
    RekuestError,
    Unreachable,
)
from rekuest_codegen.runtime.auth.silence import frames_logger
from rekuest_codegen.runtime.sockets import Socket
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.answers import data_of
from rekuest_codegen.wire.asides import ASIDES, LISTENER, NOTHING, Aside, takes_asides, write_aside
from rekuest_codegen.wire.bundles import BUNDLES
from rekuest_codegen.wire.endpoint import Endpoint

SUBPROTOCOL = "graphql-transport-ws"
MAX_FRAME = 32 * 1024 * 1024
CLOSE_WITHIN = 1.0
"""Seconds that a server has to say goodbye too; whoever leaves does not wait for one that hangs."""

Payload = dict[str, Any]
Sink = Callable[[Payload | None, RekuestError | None], None]
"""Takes what arrives under one id: an answer, an error, or neither when it is complete."""


class Connection:
    """One socket, from `open` to `close` or loss. Use it from the loop that opened it."""

    def __init__(self, endpoint: Endpoint, token: str) -> None:
        self.token = token
        self.lost: RekuestError | None = None
        self.takes_asides = False
        """Whether the server is one of ours, to which more can be said than the contract has a place for."""
        self.on_lost: Callable[[], None] | None = None
        """Called once, when it is lost or closed."""
        self._place = endpoint.graphql_ws
        self._socket: Socket | None = None
        self._ids = itertools.count(1)
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Future[bytes | None] = self._loop.create_future()
        self._asked: dict[str, _Asked] = {}
        """Requests that wait for their answer, oldest first."""
        self._sinks: dict[str, Sink] = {}
        """Subscriptions."""
        self._alarm: asyncio.TimerHandle | None = None

    @classmethod
    async def open(cls, endpoint: Endpoint, token: str, *, timeout: float, listener: str | None = None) -> Connection:
        """Connect and introduce ourselves, also as the ``listener`` that was here before, if there is one.

        Raises:
            Unreachable: no connection. AccessDenied: the token is refused. CallTimeout: no answer within ``timeout``.
            ProtocolError: what answers does not speak the protocol.
        """
        opened = cls(endpoint, token)
        place = opened._place
        try:
            async with asyncio.timeout(timeout):
                await opened._introduce(listener)
        except TimeoutError:
            raise CallTimeout(f"{place}: no answer within {timeout:g} s") from None
        except ConnectionClosed as error:
            raise _refused(place, error) from None
        except InvalidStatus as error:
            # No token was shown yet: it is said in the first frame, whose refusal is a close code.
            code = error.response.status_code
            more = ", or something before the server lets nobody through" if code in (401, 403) else ""
            text = f"{place}: no GraphQL WebSocket there (HTTP {code}); is this the address of a rekuest server?"
            raise ProtocolError(text.replace("?", f"{more}?")) from None
        except InvalidMessage as error:
            if isinstance(error.__cause__, EOFError):
                raise ConnectionLost(f"{place}: the server hung up") from None
            raise ProtocolError(f"{place}: no GraphQL WebSocket there ({error})") from None
        except (InvalidHandshake, InvalidURI, ValueError, RecursionError) as error:
            raise ProtocolError(f"{place}: no GraphQL WebSocket there ({error})") from None
        except OSError as error:
            raise Unreachable(f"{place}: no connection ({error.strerror or error}); is the server running?") from None
        return opened

    async def _introduce(self, listener: str | None) -> None:
        socket = await connect(
            self._place,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # Subprotocol is a str
            max_size=MAX_FRAME,
            compression=None,  # for messages as small as these it costs more than it saves
            open_timeout=None,
            close_timeout=CLOSE_WITHIN,
            logger=frames_logger(),
            create_connection=partial(Socket, take=self._receive, gone=self._gone),  # type: ignore[arg-type]  # partial
        )
        assert isinstance(socket, Socket)  # noqa: S101 - as asked for
        try:
            await socket.say(_introduction(self.token, listener))
            answer = await self._first
            if answer is None:
                raise socket.protocol.close_exc
            message = json.loads(answer)
            if not is_object(message) or message.get("type") != "connection_ack":
                raise ProtocolError(f"{self._place}: expected connection_ack, got {str(message)[:80]}")
            self.takes_asides = takes_asides(message.get("payload"))
        except BaseException:
            await socket.close()
            raise
        self._socket = socket

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._asked)

    async def request(
        self,
        document: str,
        variables: Mapping[str, Any],
        *,
        timeout: float,
        extensions: Mapping[str, Any] | None = None,
        aside: Aside = NOTHING,
    ) -> Payload:
        """The ``data`` of a query or mutation. ``extensions`` are the protocol's own, beside the variables;
        ``aside`` is said where it is taken.

        Raises:
            ServerError, AccessDenied: the server answered with errors. ConnectionLost: it broke before the answer.
            CallTimeout: no answer within ``timeout`` seconds. ArgumentError: the variables need too large a frame.
        """
        if aside is not NOTHING and self.takes_asides:
            extensions = {**(extensions or {}), **write_aside(aside)}
        key = str(next(self._ids))
        asked = _Asked(self._loop.create_future(), self._loop.time() + timeout, timeout)
        self._asked[key] = asked
        try:
            await self._start(key, document, variables, extensions, until=asked.until)
            if self._alarm is None:
                self._alarm = self._loop.call_at(asked.until, self._ring)
            return await asked.answer
        except BaseException as error:
            if self._asked.pop(key, None) is None:
                if not asked.answer.cancel() and not asked.answer.cancelled():
                    asked.answer.exception()  # the loss was told there too, and is told once
            else:
                self._tell(key)
            if isinstance(error, TimeoutError) and not isinstance(error, CallTimeout):
                raise CallTimeout(f"{self._place}: the server did not take the request within {timeout:g} s") from None
            raise

    async def listen(self, document: str, variables: Mapping[str, Any], sink: Sink) -> None:
        """Subscribe: ``sink`` gets the ``data`` of each event and, at the end, None or the error that ended it."""
        key = str(next(self._ids))
        self._sinks[key] = sink
        try:
            await self._start(key, document, variables, None)
        except BaseException:
            self._sinks.pop(key, None)
            raise

    async def close(self) -> None:
        """Close the socket; whatever still waits gets ConnectionLost."""
        self._end(ConnectionLost(f"{self._place}: the connection was closed"))
        if self._socket is not None:
            try:
                async with asyncio.timeout(2 * CLOSE_WITHIN):  # what is still to be sent may find no reader
                    await self._socket.close()
            except TimeoutError:
                self._socket.transport.abort()

    # -- sending ------------------------------------------------------------------------------------------------------

    async def _start(
        self,
        key: str,
        document: str,
        variables: Mapping[str, Any],
        extensions: Mapping[str, Any] | None,
        *,
        until: float | None = None,
    ) -> None:
        if self.lost is not None:
            raise _fresh(self.lost)
        payload: Payload = {"query": document, "variables": variables}
        if extensions:
            payload["extensions"] = extensions
        text = _encode({"id": key, "type": "subscribe", "payload": payload})
        if len(text) > MAX_FRAME:  # the server would close the connection that all calls share
            raise ArgumentError("$", f"the arguments need {len(text)} bytes, more than the {MAX_FRAME} allowed")
        assert self._socket is not None  # noqa: S101 - it was opened
        try:
            await self._socket.say(text, until=until)
        except ConnectionClosed as error:
            raise _refused(self._place, error) from None

    def _tell(self, key: str) -> None:
        """Tell the server that nobody waits for this any more."""
        self._mention({"id": key, "type": "complete"})

    def _mention(self, frame: Payload) -> None:
        """Send a frame that nothing follows from, unless the connection is gone."""
        if self.lost is None and self._socket is not None:
            self._socket.mention(_encode(frame))

    def _ring(self) -> None:
        """The oldest request has waited for too long, or was answered; the next one's turn comes."""
        now = self._loop.time()
        self._alarm = None
        for key, asked in list(self._asked.items()):
            if asked.until > now:
                self._alarm = self._loop.call_at(asked.until, self._ring)
                return
            del self._asked[key]
            self._tell(key)
            text = f"{self._place}: no answer within {asked.timeout:g} s; is the token one of this server's?"
            asked.fail(CallTimeout(text))

    # -- receiving ----------------------------------------------------------------------------------------------------

    def _receive(self, text: bytes) -> None:
        """Called by the socket for each frame, which is a message or a bundle of them."""
        if not self._first.done():
            self._first.set_result(text)
            return
        try:
            plain = text.decode()
            frame, end = _decode(plain)
            if end != len(plain) and plain[end:].strip():
                raise ValueError("something follows it")
            if not frame:
                raise ValueError("nothing is in it")
            for message in frame if is_array(frame) else (frame,):
                self._take(message)
        except Exception as error:  # also what a strange event does to who takes it
            self._end(ProtocolError(f"{self._place}: not a GraphQL frame ({error})"))
            if self._socket is not None:
                self._socket.transport.abort()  # a polite end would wait for what is still to be sent

    def _take(self, message: Any) -> None:
        if is_array(message):  # in a bundle, as almost all are
            key, data = message
            if is_object(data):
                self._give(key, data)
            else:
                self._hear(key, {"data": data})
            return
        kind = message["type"]
        if kind == "next":
            self._hear(message["id"], message["payload"])
        elif kind == "error":
            self._hear(message["id"], {"errors": message["payload"]})
            self._sinks.pop(message["id"], None)
        elif kind == "complete":
            self._complete(message["id"])
        elif kind == "ping":
            self._mention({"type": "pong"})

    def _hear(self, key: str, payload: Any) -> None:
        try:
            data = data_of(self._place, payload)
        except RekuestError as refusal:
            if (asked := self._asked.pop(key, None)) is not None:
                asked.fail(refusal)
            elif (sink := self._sinks.get(key)) is not None:
                sink(None, refusal)
        else:
            self._give(key, data)

    def _give(self, key: str, data: Payload) -> None:
        if (asked := self._asked.pop(key, None)) is not None:
            asked.give(data)
        elif (sink := self._sinks.get(key)) is not None:
            sink(data, None)

    def _complete(self, key: str) -> None:
        asked = self._asked.pop(key, None)
        if asked is not None:
            asked.fail(ProtocolError(f"{self._place}: completed without an answer"))
        elif (sink := self._sinks.pop(key, None)) is not None:
            sink(None, None)

    def _gone(self) -> None:
        """Called by the socket when there will be no more messages."""
        if not self._first.done():
            self._first.set_result(None)
        if self._socket is not None:
            self._end(_refused(self._place, self._socket.protocol.close_exc))

    def _end(self, why: RekuestError) -> None:
        if self.lost is not None:
            return
        self.lost = why
        if self._alarm is not None:
            self._alarm.cancel()
        asked, self._asked = self._asked, {}
        sinks, self._sinks = self._sinks, {}
        for one in asked.values():
            one.fail(_fresh(why))
        for sink in sinks.values():
            sink(None, _fresh(why))
        if self.on_lost is not None:
            self.on_lost()


@dataclass(slots=True)
class _Asked:
    """A request: its answer, and the loop's time by which it has to be there, ``timeout`` seconds after it was sent.

    Whoever asked may have been cancelled in the same turn of the loop: then there is nobody to be told.
    """

    answer: asyncio.Future[Payload]
    until: float
    timeout: float

    def give(self, data: Payload) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def fail(self, error: RekuestError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


_decode = json.JSONDecoder().raw_decode
"""Without the search for an encoding, and for space around it, that `json.loads` makes of bytes."""


def _encode(message: Payload) -> bytes:
    try:
        return to_json(message, inf_nan_mode="constants")
    except ValueError:  # half of a character, say: the standard library has a form for it
        return json.dumps(message).encode()


def _introduction(token: str, listener: str | None) -> bytes:
    """The first frame. We want no past: whoever misses events reads them back."""
    ours: Payload = {ASIDES: True, BUNDLES: True}
    if listener is not None:
        ours[LISTENER] = listener
    return _encode({"type": "connection_init", "payload": {"token": token, "replay": False, **ours}})


def _fresh(lost: RekuestError) -> RekuestError:
    """The same error for one more waiter: an object that is raised twice gathers the tracebacks of both."""
    return type(lost)(*lost.args)


def _refused(place: str, error: ConnectionClosed) -> RekuestError:
    close = error.rcvd
    if close is not None and close.code in (4401, 4403):
        return AccessDenied(f"{place}: the token was refused")
    why = f" ({close.code} {close.reason})".replace(" )", ")") if close is not None else ""
    return ConnectionLost(f"{place}: the connection was lost{why}")
