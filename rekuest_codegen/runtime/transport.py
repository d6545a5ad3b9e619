"""GraphQL over one WebSocket (graphql-transport-ws): queries, mutations and subscriptions, multiplexed.

One socket carries everything a caller says, so nothing waits for a second connection, and importing HTTP is left to
those who need it. A `Connection` is one socket's life; whoever wants another one after a loss opens another one.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
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
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.answers import data_of
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

    def __init__(self, socket: ClientConnection, endpoint: Endpoint, token: str) -> None:
        self.token = token
        self._socket = socket
        self._endpoint = endpoint
        self._ids = itertools.count(1)
        self._sinks: dict[str, Sink] = {}
        self._asking = 0
        self._reader = asyncio.create_task(self._read(), name="rekuest-codegen reader")
        self.lost: RekuestError | None = None

    @classmethod
    async def open(cls, endpoint: Endpoint, token: str, *, timeout: float) -> Connection:
        """Connect and introduce ourselves.

        Raises:
            Unreachable: no connection. AccessDenied: the token is refused. CallTimeout: no answer within ``timeout``.
            ProtocolError: what answers does not speak the protocol.
        """
        place = endpoint.graphql_ws
        try:
            async with asyncio.timeout(timeout):
                socket = await connect(
                    place,
                    subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # Subprotocol is a str
                    max_size=MAX_FRAME,
                    open_timeout=None,
                    close_timeout=CLOSE_WITHIN,
                    logger=frames_logger(),
                )
                try:
                    await socket.send(_introduction(token))
                    answer = json.loads(await socket.recv())
                    if not is_object(answer) or answer.get("type") != "connection_ack":
                        raise ProtocolError(f"{place}: expected connection_ack, got {str(answer)[:80]}")
                except BaseException:
                    await socket.close()
                    raise
        except TimeoutError:
            raise CallTimeout(f"{place}: no answer within {timeout:g} s") from None
        except ConnectionClosed as error:
            raise _refused(place, error) from None
        except InvalidStatus as error:
            code = error.response.status_code
            if code in (401, 403):
                raise AccessDenied(f"{place}: the token was refused (HTTP {code})") from None
            raise ProtocolError(f"{place}: no GraphQL WebSocket there (HTTP {code})") from None
        except InvalidMessage as error:
            if isinstance(error.__cause__, EOFError):
                raise ConnectionLost(f"{place}: the server hung up") from None
            raise ProtocolError(f"{place}: no GraphQL WebSocket there ({error})") from None
        except (InvalidHandshake, InvalidURI, ValueError) as error:
            raise ProtocolError(f"{place}: no GraphQL WebSocket there ({error})") from None
        except OSError as error:
            raise Unreachable(f"{place}: no connection ({error.strerror or error}); is the server running?") from None
        return cls(socket, endpoint, token)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._asking > 0

    async def request(
        self,
        document: str,
        variables: Mapping[str, Any],
        *,
        timeout: float,
        extensions: Mapping[str, str] | None = None,
    ) -> Payload:
        """The ``data`` of a query or mutation. ``extensions`` are the protocol's own, beside the variables.

        Raises:
            ServerError, AccessDenied: the server answered with errors. ConnectionLost: it broke before the answer.
            CallTimeout: no answer within ``timeout`` seconds. ArgumentError: the variables need too large a frame.
        """
        future: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()

        def sink(payload: Payload | None, error: RekuestError | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            elif payload is not None:
                future.set_result(payload)
            else:
                future.set_exception(ProtocolError(f"{self._endpoint.graphql_ws}: completed without an answer"))

        try:
            key = await self._start(document, variables, sink, extensions)
        except BaseException:
            if not future.cancel():
                future.exception()  # the loss was told to the sink too, and is told once
            raise
        self._asking += 1
        try:
            async with asyncio.timeout(timeout):
                payload = await future
        except TimeoutError:
            text = f"{self._endpoint.graphql_ws}: no answer within {timeout:g} s; is the token one of this server's?"
            raise CallTimeout(text) from None
        finally:
            self._asking -= 1
            await self._stop(key)
        return data_of(self._endpoint.graphql_ws, payload)

    async def listen(self, document: str, variables: Mapping[str, Any], sink: Sink) -> None:
        """Subscribe: ``sink`` gets the ``data`` of each event and, at the end, None or the error that ended it."""

        def forward(payload: Payload | None, error: RekuestError | None) -> None:
            if payload is not None:
                try:
                    payload = data_of(self._endpoint.graphql_ws, payload)
                except RekuestError as refusal:
                    payload, error = None, refusal
            sink(payload, error)

        await self._start(document, variables, forward)

    async def close(self) -> None:
        """Close the socket; whatever still waits gets ConnectionLost."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def _start(
        self, document: str, variables: Mapping[str, Any], sink: Sink, extensions: Mapping[str, str] | None = None
    ) -> str:
        if self.lost is not None:
            raise _fresh(self.lost)
        key = str(next(self._ids))
        self._sinks[key] = sink
        try:
            payload: Payload = {"query": document, "variables": variables}
            if extensions:
                payload["extensions"] = extensions
            await self._send({"id": key, "type": "subscribe", "payload": payload})
        except BaseException:
            self._sinks.pop(key, None)
            raise
        return key

    async def _stop(self, key: str) -> None:
        """Tell the server that we stopped listening, if it did not tell us that it stopped talking."""
        if self._sinks.pop(key, None) is not None and self.lost is None:
            with suppress(ConnectionLost):
                await self._send({"id": key, "type": "complete"})

    async def _send(self, frame: Payload) -> None:
        text = json.dumps(frame)
        if len(text) > MAX_FRAME:  # it is ASCII; the server would close the connection that all calls share
            raise ArgumentError("$", f"the arguments need {len(text)} bytes, more than the {MAX_FRAME} allowed")
        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise self._loss(error) from None

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                await self._receive(frame)
            self.lost = ConnectionLost(f"{self._endpoint.graphql_ws}: the server closed the connection")
        except ConnectionClosed as error:
            self.lost = self._loss(error)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self.lost = ProtocolError(f"{self._endpoint.graphql_ws}: not a GraphQL frame ({error})")
            await self._socket.close()
        finally:
            lost = self.lost = self.lost or ConnectionLost(f"{self._endpoint.graphql_ws}: the connection was closed")
            sinks = list(self._sinks.values())
            self._sinks.clear()
            for sink in sinks:
                sink(None, _fresh(lost))

    async def _receive(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        kind = message["type"]
        if kind == "ping":
            await self._send({"type": "pong"})
        elif kind == "next" and (sink := self._sinks.get(message["id"])):
            sink(message["payload"], None)
        elif kind == "error" and (sink := self._sinks.pop(message["id"], None)):
            sink({"errors": message["payload"]}, None)
        elif kind == "complete" and (sink := self._sinks.pop(message["id"], None)):
            sink(None, None)

    def _loss(self, error: ConnectionClosed) -> RekuestError:
        return _refused(self._endpoint.graphql_ws, error)


def _introduction(token: str) -> str:
    """The first frame. We want no past: whoever misses events reads them back."""
    return json.dumps({"type": "connection_init", "payload": {"token": token, "replay": False}})


def _fresh(lost: RekuestError) -> RekuestError:
    """The same error for one more waiter: an object that is raised twice gathers the tracebacks of both."""
    return type(lost)(*lost.args)


def _refused(place: str, error: ConnectionClosed) -> RekuestError:
    close = error.rcvd
    if close is not None and close.code in (4401, 4403):
        return AccessDenied(f"{place}: the token was refused")
    why = f" ({close.code} {close.reason})".replace(" )", ")") if close is not None else ""
    return ConnectionLost(f"{place}: the connection was lost{why}")
