"""GraphQL over a WebSocket, in both subprotocols: ``graphql-transport-ws`` and the legacy ``graphql-ws``.

Queries, mutations and subscriptions run side by side on one connection. Own code rather than ariadne's handlers,
because three things are needed that they do not give: a refused token is said at once, documents come out of the
cache, and a client that stops reading is let go instead of being buffered for.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from graphql import GraphQLError, OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect

from rekuest_codegen.server.documents import Documents, GraphQLErrors, Request, format_error
from rekuest_codegen.server.feeds import TooSlow
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.model import Json, is_object
from rekuest_codegen.server.outbox import Outbox
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.asides import ASIDES, NOTHING, read_aside, read_listener, takes_asides
from rekuest_codegen.wire.bundles import takes_bundles
from rekuest_codegen.wire.messages import MAX_FRAME
from rekuest_codegen.wire.tracing import read_carrier

INIT_WITHIN = 10.0
CLOSE_WITHIN = 1.0
"""Seconds for which a socket that is full is waited for, to say why the connection ends."""
MAX_OPERATIONS = 1024
"""Operations under way on one connection."""

INVALID = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
NO_SUBPROTOCOL = 4406
NO_INIT = 4408
EXISTS = 4409
TWICE = 4429
SLOW = 1013
FAILED = 1011

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of a subprotocol."""

    name: str
    begin: str
    end: str
    data: str
    legacy: bool


DIALECTS = {
    dialect.name: dialect
    for dialect in [
        Dialect("graphql-transport-ws", "subscribe", "complete", "next", legacy=False),
        Dialect("graphql-ws", "start", "stop", "data", legacy=True),
    ]
}


class _Close(Exception):
    """The connection ends here."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class GraphQLWebSocket:
    """The endpoint: one `_Session` a connection."""

    def __init__(self, hub: Hub, documents: Documents, tokens: Tokens) -> None:
        self._hub = hub
        self._documents = documents
        self._tokens = tokens

    async def __call__(self, socket: WebSocket) -> None:
        offered: list[str] = socket.scope.get("subprotocols", [])
        dialect = next((DIALECTS[name] for name in offered if name in DIALECTS), None)
        await socket.accept(dialect.name if dialect else None)
        if dialect is None:
            await socket.close(NO_SUBPROTOCOL, "speak graphql-transport-ws or graphql-ws")
            return
        await _Session(socket, dialect, self._hub, self._documents, self._tokens).run()


class _Session:
    def __init__(self, socket: WebSocket, dialect: Dialect, hub: Hub, documents: Documents, tokens: Tokens) -> None:
        self._socket = socket
        self._dialect = dialect
        self._hub = hub
        self._documents = documents
        self._tokens = tokens
        self._running: dict[str, asyncio.Task[None]] = {}
        self._outbox = Outbox(socket)
        self._takes_asides = False
        self._ended: asyncio.Future[_Close | None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        served = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        try:
            await asyncio.wait([*served, self._ended], return_when=asyncio.FIRST_COMPLETED)
            close = next(one.result() for one in (self._ended, *served) if one.done())
            if close is not None:
                with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                    async with asyncio.timeout(CLOSE_WITHIN):
                        await self._socket.close(close.code, close.reason[:120])
        finally:
            self._outbox.quiet()
            tasks = [*served, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self) -> _Close | None:
        """Send until the client has left (None) or has to."""
        try:
            await self._outbox.send()
        except TooSlow as error:
            return _Close(SLOW, str(error))
        return None

    async def _read(self) -> _Close | None:
        """Serve until the client leaves (None) or has to."""
        try:
            first = await self._introduced()
            given = _payload(first)
            replay = given.get("replay") is not False
            asker = Asker(self._identify(first), self._hub, replay=replay, listener=read_listener(given))
            while True:
                self._take(await self._receive(), asker)
        except TooSlow as error:
            return _Close(SLOW, str(error))
        except WebSocketDisconnect:
            return None
        except _Close as close:
            return close

    async def _introduced(self) -> Json:
        try:
            async with asyncio.timeout(INIT_WITHIN):
                return await self._receive()
        except TimeoutError:
            raise _Close(NO_INIT, "no connection_init in time") from None

    async def _receive(self) -> Json:
        event = await self._socket.receive()
        if event["type"] != "websocket.receive":
            raise WebSocketDisconnect(event.get("code", 1005))
        frame: str | bytes = event.get("text") or event.get("bytes") or ""
        if len(frame) > MAX_FRAME:
            raise _Close(1009, f"a frame has at most {MAX_FRAME} bytes")
        try:
            message: object = msgspec.json.decode(frame)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise _Close(INVALID, "not JSON") from None
        if not is_object(message) or not isinstance(message.get("type"), str):
            raise _Close(INVALID, "expected an object with a type")
        return message

    def _identify(self, message: Json) -> str:
        if message["type"] != "connection_init":
            raise _Close(UNAUTHORIZED, "Unauthorized: connection_init comes first")
        given = _payload(message)
        header = given.get("Authorization", given.get("authorization"))
        identity = self._tokens.identity(given.get("token"))
        if identity is None and isinstance(header, str):
            identity = self._tokens.bearer(header)
        if identity is None:
            if self._dialect.legacy:
                self._outbox.put({"type": "connection_error", "payload": {"message": "The token was refused"}})
            raise _Close(FORBIDDEN, "Forbidden: the token was refused")
        self._takes_asides = takes_asides(given) and not self._dialect.legacy
        taken = {"payload": {ASIDES: True}} if self._takes_asides else {}
        self._outbox.put({"type": "connection_ack", **taken})
        self._outbox.bundles = takes_bundles(given) and not self._dialect.legacy
        return identity

    def _take(self, message: Json, asker: Asker) -> None:
        kind, dialect = message["type"], self._dialect
        if kind == dialect.begin:
            self._begin(_key(message), message.get("payload"), asker)
        elif kind == dialect.end:
            if task := self._running.pop(_key(message), None):
                task.cancel()
                if dialect.legacy:
                    self._outbox.put({"type": "complete", "id": message["id"]})
        elif kind == "ping" and not dialect.legacy:
            self._outbox.put({"type": "pong"})
        elif kind == "pong" and not dialect.legacy:
            pass
        elif kind == "connection_init":
            raise _Close(TWICE, "Too many initialisation requests")
        elif kind == "connection_terminate" and dialect.legacy:
            raise _Close(1000, "")
        else:
            raise _Close(INVALID, f"a message of type {kind[:40]!r} is not expected")

    def _begin(self, key: str, payload: Any, asker: Asker) -> None:
        if key in self._running:
            raise _Close(EXISTS, f"Subscriber for {key[:60]} already exists")
        if len(self._running) >= MAX_OPERATIONS:
            raise _Close(SLOW, f"more than {MAX_OPERATIONS} operations at once")
        self._running[key] = asyncio.create_task(self._operate(key, payload, asker))

    async def _operate(self, key: str, payload: Any, asker: Asker) -> None:
        try:
            await self._perform(key, payload, asker)
        except TooSlow as error:
            self._end(_Close(SLOW, str(error)))
        except Exception:
            # Nobody awaits this task: what is our own mistake is told here, and to the client without the inside of it.
            _log.exception("an operation failed")
            self._end(_Close(FAILED, "The server failed on this request."))
        finally:
            self._forget(key)

    async def _perform(self, key: str, payload: Any, asker: Asker) -> None:
        """Do what is asked for, and put what comes of it into the outbox.

        Raises:
            TooSlow: the client takes less than there is.
        """
        held = False
        last: list[Json] = [{"type": "complete", "id": key}]
        try:
            request = Request.read(payload)
            if self._documents.kind(request) is OperationType.SUBSCRIPTION:
                stream = self._documents.stream(request, asker)
                try:
                    async for response in stream:
                        self._outbox.put({"type": self._dialect.data, "id": key, "payload": response})
                        await self._outbox.room()
                finally:
                    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
            else:
                trace = read_carrier(request.extensions)
                aside = read_aside(request.extensions) if self._takes_asides else NOTHING
                if trace or aside.within is not None:
                    asker = replace(asker, trace=trace or None, within=aside.within)
                response = await self._documents.answer(request, asker)
                held = aside.awaited and not response.get("errors")
                answer: Json = {"type": self._dialect.data, "id": key, "payload": response}
                last = [answer] if self._outbox.bundles else [answer, *last]
        except (GraphQLError, GraphQLErrors) as error:
            errors = error.errors if isinstance(error, GraphQLErrors) else [error]
            formatted = [format_error(item) for item in errors]
            last = [{"type": "error", "id": key, "payload": formatted[0] if self._dialect.legacy else formatted}]
        self._forget(key)  # before the client is told so, and uses the key again
        self._outbox.put(*last, held=held)

    def _forget(self, key: str) -> None:
        if self._running.get(key) is asyncio.current_task():
            del self._running[key]

    def _end(self, close: _Close) -> None:
        if not self._ended.done():
            self._ended.set_result(close)


def _payload(message: Json) -> Json:
    payload: object = message.get("payload")
    return payload if is_object(payload) else {}


def _key(message: Json) -> str:
    key = message.get("id")
    if not isinstance(key, str) or not key:
        raise _Close(INVALID, "expected an id")
    return key
