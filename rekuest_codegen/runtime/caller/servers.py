"""A server that calls go to, of which a process may have several: its address, its tokens, and its connection.

Which server a call goes to is settled where the call is made: that of a ``with using(server)`` block, else the one
that the function's package was connected to, else the one that `connect` or the environment named. One connection, in
the portal's loop, serves all callers; event loops that call much may have one of their own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Self
from weakref import WeakSet

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.link import ConnectionState

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials
    from rekuest_codegen.runtime.caller.client import Client
    from rekuest_codegen.runtime.context import Nested

_all: WeakSet[Server] = WeakSet()
RESTED = 10.0
"""Seconds without a call after which a server that is not to be called any more is left; a call that is tried again
pauses for less."""
LOOK_EVERY = 0.5


class _Own:
    """A loop's own connection, and how many blocks it is open for."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.blocks = 0


class Server:
    """One server. Nothing is opened before the first call, or `check`; the connection is restored when it is lost,
    and closed when the process ends, or when its ``with`` block is left. Use it from any thread and any event loop."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        auth: Credentials | None = None,
        profile: str | None = None,
    ) -> None:
        """As `connect`, which also makes it the one that calls go to.

        Raises:
            ConfigurationError: neither arguments nor profile nor environment say where it is, or what the token is.
        """
        from rekuest_codegen.runtime.context import told

        self.url, self._credentials = told(url, token, auth=auth, profile=profile)
        self._client: Client | None = None
        self._own: dict[asyncio.AbstractEventLoop, _Own] = {}
        self._forget_hook: Callable[[], None] | None = None
        self._retiring = False
        self._listeners: list[Callable[[ConnectionState], None]] = []
        _all.add(self)

    def __repr__(self) -> str:
        return f"<server {self.url}: {self.state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    @property
    def settings(self) -> tuple[str, Credentials]:
        """Its address, and what gives the tokens for it."""
        return self.url, self._credentials

    @property
    def state(self) -> ConnectionState:
        """How the connection stands that a call from here would go over."""
        own = self._own_here()
        client = self._client if own is None else own.client
        return client.state if client is not None else ConnectionState.IDLE

    def on_state(self, function: Callable[[ConnectionState], None]) -> Callable[[], None]:
        """Call ``function`` with each state that a connection to it comes to, in the thread that runs the connection:
        it has to be quick. Gives what ends that."""
        self._listeners.append(function)

        def forget() -> None:
            if function in self._listeners:
                self._listeners.remove(function)

        return forget

    async def acheck(self, timeout: float | None = None) -> None:
        """Connect, unless that is done.

        Raises:
            Unreachable, AccessDenied, CallTimeout, ConnectionLost, ProtocolError: it cannot be; at once, without
            trying again.
        """
        own = self._own_here()
        if own is not None:
            await own.client.connected(timeout)
        else:
            await portal.there(self._check, timeout)

    def check(self, timeout: float | None = None) -> None:
        """`acheck`, waiting."""
        portal.block(self._check, timeout, instead="server.acheck()")

    async def aclose(self) -> None:
        """Close the connection: what waits for an answer gets ConnectionLost. The next call opens a new one."""
        await portal.there(self._close)

    def close(self) -> None:
        """`aclose`, waiting."""
        portal.block(self._close, instead="server.aclose()")

    def retire(self) -> None:
        """Another one took its place: its connection is closed once nobody waits for anything on it any more."""
        if self._client is not None and not self._retiring and not portal.ended:
            self._retiring = True
            portal.start(self._close_when_rested)

    def using(self) -> AbstractContextManager[None]:
        """``with server.using():`` all calls in the block go here."""
        from rekuest_codegen.runtime.context import using

        return using(self)

    @asynccontextmanager
    async def in_this_loop(self) -> AsyncGenerator[None]:
        """``async with server.in_this_loop():`` while the block is open, what is called on this server in this event
        loop, by whichever of its tasks, goes over a connection of the loop's own.

        That saves each call the way to the thread that runs the connection of all, a quarter of what it costs its
        caller. In return the loop must not be kept from running: the connection is served by nobody else. When the
        block is left, calls and streams that are not over are cancelled; tasks of handles run on.

        Raises:
            ConfigurationError: the loop is not one of asyncio.
        """
        if portal.in_trio():
            raise ConfigurationError("server.in_this_loop() is for asyncio; from trio call without it")
        loop = asyncio.get_running_loop()
        if (own := self._own.get(loop)) is None:
            from rekuest_codegen.runtime.caller.client import Client

            client = Client(self.url, self._credentials, on_state=self._changed)
            own = self._own[loop] = _Own(client)
        own.blocks += 1
        try:
            yield
        finally:
            own.blocks -= 1
            if not own.blocks:
                del self._own[loop]
                await own.client.wind_up()

    def place(self) -> Nested | Server:
        """Where what is called here goes: to this loop's own connection, if it has one, else to that of all."""
        own = self._own_here()
        if own is None:
            return self
        from rekuest_codegen.runtime.context import Nested

        return Nested(own.client, asyncio.get_running_loop())

    def _own_here(self) -> _Own | None:
        return self._own.get(asyncio.get_running_loop()) if self._own and portal.loop_runs_here() else None

    # -- in the portal's loop ----------------------------------------------------------------------------------------

    async def client(self) -> Client:
        """What makes the calls; to be used in the portal's loop."""
        if self._client is None:
            from rekuest_codegen.runtime.caller.client import Client

            self._forget_hook = portal.on_close(self._close)
            self._client = Client(self.url, self._credentials, on_state=self._changed)
        return self._client

    async def _check(self, timeout: float | None) -> None:
        await (await self.client()).connected(timeout)

    async def _close(self) -> None:
        closing, self._client = self._client, None
        if self._forget_hook is not None:
            self._forget_hook()
            self._forget_hook = None
        if closing is not None:
            await closing.close()

    async def _close_when_rested(self) -> None:
        clock = asyncio.get_running_loop().time
        since = clock()
        try:
            while (client := self._client) is not None:
                if not client.idle:
                    since = clock()
                elif clock() - since >= RESTED:
                    await self._close()
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._retiring = False

    def _changed(self, state: ConnectionState) -> None:
        for listener in list(self._listeners):
            try:
                listener(state)
            except Exception as error:  # theirs; the connection, which others need too, goes on
                import logging

                logging.getLogger(__name__).error("on_state: %r raised %r", listener, error)


def _forget_after_fork() -> None:
    """The parent's connections are the parent's: a forked child begins with none, and does not close them."""
    for server in list(_all):
        server._client = None  # pyright: ignore[reportPrivateUsage] - of this module
        server._own.clear()  # pyright: ignore[reportPrivateUsage] - of this module
        server._retiring = False  # pyright: ignore[reportPrivateUsage] - of this module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
