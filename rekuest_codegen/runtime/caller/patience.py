"""How long, and how often, a connection that is lost is tried for: with pauses that grow, also from loss to loss."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rekuest_codegen.errors import ConnectionLost, TransportError
from rekuest_codegen.jitter import jittered
from rekuest_codegen.runtime.link import Link

BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts; the last one repeats."""
STEADY = 10.0
"""Seconds without a loss after which the next one counts as the first."""

T = TypeVar("T")


class Patience:
    """What needs ``link`` is tried for ``within`` seconds."""

    def __init__(self, link: Link, within: float) -> None:
        self._link = link
        self._within = within
        self._losses = 0
        self._lost_at = -math.inf

    async def through(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """``attempt()``, again and again while the connection is lost, for as long as we reconnect.

        Raises:
            ConnectionLost: it did not come back, or was closed here. What else ``attempt`` raises.
        """
        return await self._through(attempt, 0)

    async def after_loss(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """`through`, for what was lost just now: at once, or after a pause when it was not the first time lately. A
        server that takes us in and drops us again and again is not asked without end, as fast as it answers."""
        now = asyncio.get_running_loop().time()
        self._losses = self._losses + 1 if now - self._lost_at < STEADY else 0
        self._lost_at = now
        if self._losses:
            await asyncio.sleep(_pause(self._losses - 1))
        return await self._through(attempt, self._losses)

    async def _through(self, attempt: Callable[[], Awaitable[T]], failed: int) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._within
        for count in itertools.count(failed):
            try:
                return await attempt()
            except TransportError as error:
                if self._link.closed:
                    raise
                pause = _pause(count)
                if loop.time() + pause > deadline:
                    raise ConnectionLost(f"{error}; tried again for {self._within:g} s") from None
                await asyncio.sleep(pause)
        raise AssertionError("the loop returns or raises")


def _pause(count: int) -> float:
    return jittered(BACKOFF[min(count, len(BACKOFF) - 1)])
