"""A connection that is there when it is needed: opened at first use, opened anew after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.wire.endpoint import Endpoint


class Link:
    """GraphQL requests to one server. ``on_open`` is awaited with each new connection, before its first use."""

    def __init__(
        self,
        endpoint: Endpoint,
        token: str,
        *,
        timeout: float,
        on_open: Callable[[Connection], Awaitable[None]] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._token = token
        self._timeout = timeout
        self._on_open = on_open
        self._opening = asyncio.Lock()
        self._connection: Connection | None = None

    async def connected(self) -> Connection:
        """The live connection.

        Raises:
            What `Connection.open` raises.
        """
        async with self._opening:
            if self._connection is None or self._connection.lost is not None:
                connection = await Connection.open(self.endpoint, self._token, timeout=self._timeout)
                try:
                    if self._on_open is not None:
                        await self._on_open(connection)
                except BaseException:
                    await connection.close()
                    raise
                self._connection = connection
            return self._connection

    async def request(self, document: str, variables: Mapping[str, Any], *, again: bool) -> Payload:
        """The data of a query or mutation. ``again``: send it once more if the connection breaks under it.

        Raises:
            What `Connection.open` and `Connection.request` raise.
        """
        for last in (False, True):
            try:
                connection = await self.connected()
                return await connection.request(document, variables, timeout=self._timeout)
            except ConnectionLost:
                if last or not again:
                    raise
        raise AssertionError("the loop returns or raises")

    async def close(self) -> None:
        """Close the connection, one that is being opened too; a request after this opens a new one."""
        async with self._opening:
            if self._connection is not None:
                await self._connection.close()
