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
from rekuest_codegen.server.feeds import LINGER, TooSlow
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.model import Json, is_object
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.asides import ASIDES, read_aside, takes_asides
from rekuest_codegen.wire.messages import MAX_FRAME
from rekuest_codegen.wire.tracing import read_carrier

INIT_WITHIN = 10.0
SEND_WITHIN = 30.0
"""Seconds a client may leave its socket full before it is let go."""
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
_encoder = msgspec.json.Encoder()


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
        self._sending = asyncio.Lock()
        self._held: list[str] = []
        """What goes with whatever is sent next."""
        self._alarm: asyncio.TimerHandle | None = None
        self._late: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[_Close] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        reader = asyncio.create_task(self._read())
        try:
            waiting: list[asyncio.Future[Any]] = [reader, self._ended]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            close = self._ended.result() if self._ended.done() else reader.result()
            if close is not None:
                with suppress(RuntimeError, WebSocketDisconnect):
                    await self._socket.close(close.code, close.reason[:120])
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
            tasks = [reader, *self._running.values(), *self._late]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> _Close | None:
        """Serve until the client leaves (None) or has to."""
        try:
            async with asyncio.timeout(INIT_WITHIN):
                first = await self._receive()
            asker = Asker(await self._identify(first), self._hub, replay=_payload(first).get("replay") is not False)
            while True:
                await self._take(await self._receive(), asker)
        except TimeoutError:
            return _Close(NO_INIT, "no connection_init in time")
        except WebSocketDisconnect:
            return None
        except _Close as close:
            return close

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

    async def _identify(self, message: Json) -> str:
        if message["type"] != "connection_init":
            raise _Close(UNAUTHORIZED, "Unauthorized: connection_init comes first")
        given = _payload(message)
        header = given.get("Authorization", given.get("authorization"))
        identity = self._tokens.identity(given.get("token"))
        if identity is None and isinstance(header, str):
            identity = self._tokens.bearer(header)
        if identity is None:
            if self._dialect.legacy:
                await self._send({"type": "connection_error", "payload": {"message": "The token was refused"}})
            raise _Close(FORBIDDEN, "Forbidden: the token was refused")
        if takes_asides(given) and not self._dialect.legacy:
            await self._send({"type": "connection_ack", "payload": {ASIDES: True}})
        else:
            await self._send({"type": "connection_ack"})
        return identity

    async def _take(self, message: Json, asker: Asker) -> None:
        kind, dialect = message["type"], self._dialect
        if kind == dialect.begin:
            self._begin(_key(message), message.get("payload"), asker)
        elif kind == dialect.end:
            if task := self._running.pop(_key(message), None):
                task.cancel()
                if dialect.legacy:
                    await self._send({"type": "complete", "id": message["id"]})
        elif kind == "ping" and not dialect.legacy:
            await self._send({"type": "pong"})
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
            request = Request.read(payload)
            if self._documents.kind(request) is OperationType.SUBSCRIPTION:
                stream = self._documents.stream(request, asker)
                try:
                    async for response in stream:
                        await self._send({"type": self._dialect.data, "id": key, "payload": response})
                finally:
                    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
            else:
                trace, aside = read_carrier(request.extensions), read_aside(request.extensions)
                if trace or aside.within is not None:
                    asker = replace(asker, trace=trace or None, within=aside.within)
                response = await self._documents.answer(request, asker)
                self._forget(key)
                data = {"type": self._dialect.data, "id": key, "payload": response}
                held = aside.awaited and not response.get("errors")
                await self._send(data, {"type": "complete", "id": key}, held=held)
                return
            self._forget(key)
            await self._send({"type": "complete", "id": key})
        except (GraphQLError, GraphQLErrors) as error:
            errors = error.errors if isinstance(error, GraphQLErrors) else [error]
            formatted = [format_error(item) for item in errors]
            self._forget(key)
            await self._send(
                {"type": "error", "id": key, "payload": formatted[0] if self._dialect.legacy else formatted}
            )
        except TooSlow as error:
            self._end(_Close(SLOW, str(error)))
        except TimeoutError:
            self._end(_Close(SLOW, "the client does not read"))
        except WebSocketDisconnect:
            pass  # the client has left; the reader ends the session
        except Exception:
            # Nobody awaits this task: what is our own mistake is told here, and to the client without the inside of it.
            _log.exception("an operation failed")
            self._end(_Close(FAILED, "The server failed on this request."))
        finally:
            self._forget(key)

    def _forget(self, key: str) -> None:
        if self._running.get(key) is asyncio.current_task():
            del self._running[key]

    def _end(self, close: _Close) -> None:
        if not self._ended.done():
            self._ended.set_result(close)

    async def _send(self, *messages: Json, held: bool = False) -> None:
        """Send ``messages``; if ``held``, with what is sent next, or after a while.

        Raises:
            TimeoutError: the client does not read. WebSocketDisconnect: it has left.
        """
        self._held += [_encoder.encode(message).decode() for message in messages]
        if held:
            if self._alarm is None:
                self._alarm = asyncio.get_running_loop().call_later(LINGER, self._let_go)
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        texts, self._held = self._held, []
        async with asyncio.timeout(SEND_WITHIN), self._sending:
            try:
                for text in texts:
                    await self._socket.send({"type": "websocket.send", "text": text})
            except RuntimeError:  # starlette's word for a socket that is closed already
                raise WebSocketDisconnect(1006) from None

    def _let_go(self) -> None:
        """Nothing was sent for a while that the held could go with."""
        work = asyncio.create_task(self._send_held())
        self._late.add(work)
        work.add_done_callback(self._late.discard)

    async def _send_held(self) -> None:
        try:
            await self._send()
        except TimeoutError:
            self._end(_Close(SLOW, "the client does not read"))
        except WebSocketDisconnect:
            pass  # the reader ends the session


def _payload(message: Json) -> Json:
    payload: object = message.get("payload")
    return payload if is_object(payload) else {}


def _key(message: Json) -> str:
    key = message.get("id")
    if not isinstance(key, str) or not key:
        raise _Close(INVALID, "expected an id")
    return key
