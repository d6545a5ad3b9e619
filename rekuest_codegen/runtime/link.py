"""A connection that is there when it is needed: opened at first use, opened anew after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from rekuest_codegen.errors import AccessDenied, ConnectionLost
from rekuest_codegen.runtime.auth import Credentials, auth_of
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.wire.asides import NOTHING, Aside
from rekuest_codegen.wire.auth import Fixed, token_of, with_token
from rekuest_codegen.wire.endpoint import Endpoint


class ConnectionState(StrEnum):
    """How a connection stands."""

    IDLE = "idle"
    """There is none: nothing was called yet, or it was closed."""
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    """It broke, or could not be made. It is made anew at once while tasks are under way, else by the next call."""


class Link:
    """GraphQL requests to one server. ``on_open`` is awaited with each new connection, before its first use; under
    the name ``listener``, if there is one, a server of ours knows them all as one.

    A token that was renewed opens a new connection as soon as nobody waits for an answer on the old one; a token that
    is refused does so at once, and what was refused with it is asked again.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        token: Credentials,
        *,
        timeout: float,
        on_open: Callable[[Connection], Awaitable[None]] | None = None,
        on_state: Callable[[ConnectionState], None] | None = None,
        listener: str | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._listener = listener
        self._auth = auth_of(token, endpoint)
        self._fixed = isinstance(self._auth, Fixed)
        self._timeout = timeout
        self._on_open = on_open
        self._opening = asyncio.Lock()
        self._connection: Connection | None = None
        self._on_state = on_state
        self.state = ConnectionState.IDLE
        self.closed = False
        """Whether it was closed for good."""
        self._making: asyncio.Timeout | None = None
        """Ends the opening that is under way."""

    @property
    def busy(self) -> bool:
        """Whether somebody waits for it, or for an answer on it."""
        return self._opening.locked() or (self._connection is not None and self._connection.busy)

    async def connected(self) -> Connection:
        """The live connection.

        Raises:
            What `Connection.open` raises. ConnectionLost: this was closed.
        """
        current = self._connection
        if (
            current is not None
            and current.lost is None
            and (current.busy or self._fixed)
            and not self._opening.locked()
        ):
            return current
        async with self._opening:
            if self.closed:
                raise self._why_closed
            current = self._connection
            if current is not None and current.lost is None:
                if current.busy or await token_of(self._auth) == current.token:
                    return current
                await self._drop()
            self._come_to(ConnectionState.CONNECTING)
            try:
                async with asyncio.timeout(None) as self._making:
                    connection = await self._make()
            except BaseException as error:
                self._come_to(ConnectionState.LOST)
                if self.closed and isinstance(error, TimeoutError):
                    raise self._why_closed from None
                raise
            finally:
                self._making = None
            self._connection = connection
            self._come_to(ConnectionState.CONNECTED if connection.lost is None else ConnectionState.LOST)
            connection.on_lost = partial(self._lost, connection)
            return connection

    async def _make(self) -> Connection:
        connection = await with_token(self._auth, self._open)
        try:
            if self._on_open is not None:
                await self._on_open(connection)
        except BaseException:
            await connection.close()
            raise
        return connection

    @property
    def _why_closed(self) -> ConnectionLost:
        return ConnectionLost(f"{self.endpoint.base}: its client is closed; nothing was sent")

    def _lost(self, connection: Connection) -> None:
        if connection is self._connection:
            self._come_to(ConnectionState.LOST)

    def _come_to(self, state: ConnectionState) -> None:
        if state is not self.state:
            self.state = state
            if self._on_state is not None:
                self._on_state(state)

    async def _open(self, token: str) -> Connection:
        return await Connection.open(self.endpoint, token, timeout=self._timeout, listener=self._listener)

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def request(
        self,
        document: str,
        variables: Mapping[str, Any],
        *,
        again: bool,
        extensions: Mapping[str, Any] | None = None,
        aside: Aside = NOTHING,
    ) -> Payload:
        """The data of a query or mutation. ``again``: send it once more if the connection breaks under it.

        Raises:
            What `Connection.open` and `Connection.request` raise.
        """
        for last in (False, True):
            connection: Connection | None = None
            try:
                connection = await self.connected()
                return await connection.request(
                    document, variables, timeout=self._timeout, extensions=extensions, aside=aside
                )
            except ConnectionLost:
                if last or not again or self.closed:
                    raise
            except AccessDenied:
                if last or connection is None or not await self._renew(connection):
                    raise
        raise AssertionError("the loop returns or raises")

    async def _renew(self, refused: Connection) -> bool:
        """Leave a connection whose token was refused; False when there is no other token."""
        async with self._opening:
            if self._connection is not refused:
                return True  # another request was quicker
            if await token_of(self._auth, refused=refused.token) == refused.token:
                return False
            await self._drop()
            return True

    async def leave(self) -> None:
        """Close the connection, one that is being opened too; a request after this opens a new one."""
        async with self._opening:
            await self._drop()
            self._come_to(ConnectionState.IDLE)

    async def close(self) -> None:
        """`leave`, for good: who waits for a connection gets ConnectionLost."""
        self.closed = True
        making, self._making = self._making, None
        if making is not None:
            making.reschedule(asyncio.get_running_loop().time())
        await self.leave()
