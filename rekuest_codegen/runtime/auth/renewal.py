"""A token that ends, and is renewed before it does: by one of those who need it, while the others wait for it.

Whoever asks may do so from any thread and any event loop, so what they share is a future of threads. A renewal that
fails while the old token is still good is tried again later; one that is cancelled is taken over by who waited.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from rekuest_codegen.errors import ConfigurationError, RekuestError, TransportError
from rekuest_codegen.wire.auth import Secret

MARGIN = 60.0
"""Seconds before its end at which a token is renewed; a fifth of its life, if that is less."""
AGAIN_AFTER = 5.0
"""Seconds between two renewals that a refusal asks for, and after one that failed while the token was still good."""
ASK_EVERY = 2 * MARGIN
"""Seconds for which a token is taken to be good whose end nobody knows, and which costs little to ask for again."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, the seconds it is good for (None: nobody said), and what renews it, if something does."""

    token: str = field(repr=False)
    lifetime: float | None = None
    refresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Held:
    grant: Grant
    renew_at: float
    ends_at: float


class Renewal:
    """Holds a grant. ``fetch`` gets the next one; it is given the last one and whether that was refused."""

    def __init__(
        self, fetch: Callable[[Grant | None, bool], Awaitable[Grant]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._flight: tuple[int, Future[None]] | None = None
        self._held: _Held | None = None
        self._refusal_at = float("-inf")

    async def token(self, refused: str | None) -> str:
        """The token, renewed if it ends soon or is ``refused``.

        Raises:
            What ``fetch`` raises, if there is no good token without it.
        """
        while True:
            with self._lock:
                held = self._held
                if held is not None and not self._to_renew(held, refused):
                    return Secret(held.grant.token)
                if self._flight is not None and self._flight[0] == os.getpid():
                    flight, mine = self._flight[1], False
                else:  # a forked child does not wait for what its parent began
                    flight, mine = Future[None](), True
                    flight.set_running_or_notify_cancel()  # nobody who waits can cancel it for the others
                    self._flight = (os.getpid(), flight)
            if mine:
                return await self._renew(held, refused, flight)
            await asyncio.wrap_future(flight)

    def _to_renew(self, held: _Held, refused: str | None) -> bool:
        now = self._clock()
        if refused == held.grant.token:
            return now - self._refusal_at > AGAIN_AFTER
        return now >= held.renew_at

    async def _renew(self, held: _Held | None, refused: str | None, flight: Future[None]) -> str:
        is_refused = held is not None and refused == held.grant.token
        renewed: _Held | None = None
        failure: RekuestError | None = None
        try:
            renewed = await self._next(held, is_refused)
            return Secret(renewed.grant.token)
        except RekuestError as error:
            failure = error
            raise
        finally:
            with self._lock:
                self._flight = None
                self._held = renewed or self._held
                if is_refused:
                    self._refusal_at = self._clock()
            if failure is not None:
                flight.set_exception(failure)
            else:
                flight.set_result(None)  # when we were cancelled too: who waited looks again, and takes over

    async def _next(self, held: _Held | None, is_refused: bool) -> _Held:
        try:
            return self._hold(await self._fetch(held.grant if held is not None else None, is_refused))
        except TransportError:
            now = self._clock()
            if held is None or is_refused or now >= held.ends_at:
                raise
            return _Held(held.grant, min(now + AGAIN_AFTER, held.ends_at), held.ends_at)

    def _hold(self, grant: Grant) -> _Held:
        if not grant.token:
            raise ConfigurationError("auth: the token that was given is empty")
        now = self._clock()
        if grant.lifetime is None:
            return _Held(grant, float("inf"), float("inf"))
        return _Held(grant, now + grant.lifetime - min(MARGIN, grant.lifetime / 5), now + grant.lifetime)
