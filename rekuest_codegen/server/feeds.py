"""What subscribers wait for: a bounded queue each, filled by the hub and emptied at the subscriber's own pace.

A subscriber that falls too far behind is let go rather than waited for: it can come back and be told again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Container, Iterable
from functools import partial
from typing import Any

MAX_ITEMS = 20_000
MAX_BYTES = 64 * 1024 * 1024
LINGER = 0.005
"""Seconds for which what may wait does, so that what follows it goes with it."""
SLICE = 32
"""Items taken in a row before the others get their turn; taking what is there already waits for nothing."""


class TooSlow(Exception):
    """The subscriber did not keep up."""


class Feed(AsyncIterator[Any]):
    """One subscriber's queue: iterate it, and `aclose` it in the end. `put` never blocks. A ``listener`` has a
    name, and gets what is for it."""

    def __init__(self, feeds: Feeds, topic: str, first: Iterable[Any] = (), *, listener: str | None = None) -> None:
        self.listener = listener
        self._items: deque[tuple[Any, int]] = deque((item, 0) for item in first)
        self._limit = len(self._items) + MAX_ITEMS
        self._bytes = 0
        self._taken = 0
        self._arrived = asyncio.Event()
        self._overflowed = False
        self._alarm: asyncio.TimerHandle | None = None
        self._leave = partial(feeds.remove, topic, self)
        feeds.add(topic, self)

    def put(self, item: Any, size: int = 0, *, waits: bool = False) -> None:
        """Add ``item``; one that ``waits`` wakes the subscriber only after a while, unless another one does."""
        if self._overflowed:
            return
        if len(self._items) >= self._limit or self._bytes + size > MAX_BYTES:
            self._overflowed = True
            self._items.clear()
        else:
            self._items.append((item, size))
            self._bytes += size
        if not waits or self._overflowed:
            self._wake()
        elif self._alarm is None and not self._arrived.is_set():
            self._alarm = asyncio.get_running_loop().call_later(LINGER, self._wake)

    def _wake(self) -> None:
        self._quiet()
        self._arrived.set()

    def _quiet(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def __anext__(self) -> Any:
        """Raises TooSlow when the subscriber fell behind."""
        self._taken += 1
        if self._taken % SLICE == 0:
            await asyncio.sleep(0)
        while not self._items:
            if self._overflowed:
                raise TooSlow("the subscriber is too slow; subscribe again")
            self._arrived.clear()
            await self._arrived.wait()
        item, size = self._items.popleft()
        self._bytes -= size
        return item

    async def aclose(self) -> None:
        self._quiet()
        self._leave()


class Feeds:
    """All subscribers of a kind, by topic."""

    def __init__(self) -> None:
        self._feeds: dict[str, set[Feed]] = {}

    def add(self, topic: str, feed: Feed) -> None:
        self._feeds.setdefault(topic, set()).add(feed)

    def remove(self, topic: str, feed: Feed) -> None:
        feeds = self._feeds.get(topic)
        if feeds is not None:
            feeds.discard(feed)
            if not feeds:
                del self._feeds[topic]

    def put(
        self, topic: str, item: Any, size: int = 0, *, waits: bool = False, to: Container[str] | None = None
    ) -> None:
        """Tell all subscribers; of the listeners that have names those it is ``to``, if that is said."""
        for feed in self._feeds.get(topic, ()):
            if to is None or feed.listener is None or feed.listener in to:
                feed.put(item, size, waits=waits)
