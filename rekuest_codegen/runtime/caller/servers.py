"""A server that calls go to, of which a process may have several: its address, its tokens, and one connection.

Which server a call goes to is settled where the call is made: that of a ``with using(server)`` block, else the one
that the function's package was connected to, else the one that `connect` or the environment named.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from weakref import WeakSet

from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.link import ConnectionState

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials
    from rekuest_codegen.runtime.caller.client import Client

_all: WeakSet[Server] = WeakSet()
RESTED = 10.0
"""Seconds without a call after which a server that is not to be called any more is left; a call that is tried again
pauses for less."""
LOOK_EVERY = 0.5


class Server:
    """One server. Nothing is opened before the first call, or `check`; the connection is restored when it is lost,
    and closed when the process ends. Use it from any thread and any event loop."""

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
        self._forget_hook: Callable[[], None] | None = None
        self._retiring = False
        self._listeners: list[Callable[[ConnectionState], None]] = []
        _all.add(self)

    def __repr__(self) -> str:
        return f"<server {self.url}: {self.state}>"

    @property
    def settings(self) -> tuple[str, Credentials]:
        """Its address, and what gives the tokens for it."""
        return self.url, self._credentials

    @property
    def state(self) -> ConnectionState:
        """How its connection stands."""
        client = self._client
        return client.state if client is not None else ConnectionState.IDLE

    def on_state(self, function: Callable[[ConnectionState], None]) -> Callable[[], None]:
        """Call ``function`` with each state that the connection comes to, in the thread that runs all connections: it
        has to be quick. Gives what ends that."""
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

    # -- in the portal's loop ----------------------------------------------------------------------------------------

    async def client(self) -> Client:
        """What makes the calls; to be used in the portal's loop."""
        from rekuest_codegen.runtime.caller.client import Client

        if self._client is None:
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
        server._client = None  # pyright: ignore[reportPrivateUsage]
        server._retiring = False  # pyright: ignore[reportPrivateUsage]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
