"""A network that fails as it is told to."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


class Network:
    """A way to a server that can be cut, frozen, and blocked in one direction; in a thread of its own.

    ``delay`` is the longest time, in seconds, that what it carries takes; how long differs from piece to piece.
    """

    def __init__(self, url: str) -> None:
        self._host, _, port = url.removeprefix("http://").rpartition(":")
        self._port = int(port)
        self._loop = asyncio.new_event_loop()
        self._pairs: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.up = True
        self.down = True
        self.url = ""
        self.delay = 0.0
        self.broken = 0
        self._chance = random.Random(1)
        self._more: int | None = None

    @classmethod
    @contextmanager
    def to(cls, url: str) -> Generator[Network]:
        network = cls(url)
        thread = threading.Thread(target=network._loop.run_forever, daemon=True)
        thread.start()
        server = network._call(network._listen())
        try:
            yield network
        finally:
            network._call(network._close(server))
            network._loop.call_soon_threadsafe(network._loop.stop)
            thread.join(10)
            network._loop.close()

    def let(self, *, up: bool = True, down: bool = True) -> None:
        """What goes through from now on: to the server, and from it. What does not is swallowed."""
        self.up, self.down = up, down

    def cut_within(self, size: int) -> None:
        """Let ``size`` more bytes go to the server, then break every connection; ``broken`` counts."""
        self._more = size

    def cut(self) -> None:
        """Break every connection there is, as a network does."""
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for pair in self._pairs:
            for writer in pair:
                writer.transport.abort()
        self._pairs.clear()

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        self._abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there_reader, there_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        self._pairs.append((writer, there_writer))
        await asyncio.gather(
            self._pass(reader, there_writer, lambda: self.up, upward=True),
            self._pass(there_reader, writer, lambda: self.down),
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, open_now: Any, *, upward: bool = False
    ) -> None:
        try:
            while data := await reader.read(65536):
                if self.delay:
                    await asyncio.sleep(self._chance.uniform(0.0, self.delay))
                if upward and self._more is not None and len(data) > self._more:
                    writer.write(data[: self._more])
                    await writer.drain()
                    self._more = None
                    self.broken += 1
                    self._abort()
                    return
                if open_now():
                    writer.write(data)
                    await writer.drain()
            writer.close()
        except OSError:
            writer.transport.abort()
