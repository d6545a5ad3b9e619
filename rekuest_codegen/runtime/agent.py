"""The agent: connects out to a server, registers what it provides, runs the tasks it is given.

The conversation is `wire.conversation.AgentSide`; this is the shell around it: sockets, clock, and one asyncio task
for each task that runs. A lost connection is restored for as long as it takes, under the same session, so that the
server gives running tasks back; what must arrive is kept by the conversation meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, NoReturn
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from rekuest_codegen.errors import (
    AccessDenied,
    ConnectionLost,
    ProtocolError,
    RekuestError,
    ServerError,
    TransportError,
    Unreachable,
)
from rekuest_codegen.runtime import context, provided
from rekuest_codegen.runtime.children import Children
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.provided import Provided
from rekuest_codegen.runtime.registration import Registration, introduce
from rekuest_codegen.runtime.shelf import MemoryShelf
from rekuest_codegen.runtime.threads import DaemonThreads
from rekuest_codegen.wire import conversation, messages
from rekuest_codegen.wire.conversation import AgentSide, Answered, Unreadable
from rekuest_codegen.wire.endpoint import Endpoint

logger = logging.getLogger("rekuest_codegen.provider")

REQUEST_TIMEOUT = 30.0
CONNECT_WITHIN = 10.0
BACKOFF = (0.1, 0.3, 1.0, 2.0, 5.0)
BUSY_WITHIN = 20.0
"""Seconds for which a first registration is tried again while another connection is live: a server needs up to 15 s
to notice that a provider was killed."""
START_WITHIN = 5.0
"""Seconds for which a provider that was just started waits for its server."""
HIGH_WATER = 1000
"""Reports not acknowledged above which a running task waits before it makes another one."""
FLUSH_EVERY = 100
"""Reports after which a running task waits until all were written: a server may acknowledge none."""
FLUSH_WITHIN = 2.0


class Busy(ServerError):
    """Another connection of the same agent is live."""


class Agent:
    """Provides functions at one server. ``serve`` is its life."""

    def __init__(self, url: str, token: str, name: str, functions: Sequence[Provided]) -> None:
        self.name = name
        self._endpoint = Endpoint.parse(url)
        self._token = token
        self._functions = {function.interface: function for function in functions}
        self._registration = Registration.of(name, ((f.interface, f.node) for f in self._functions.values()))
        self._link = Link(self._endpoint, token, timeout=REQUEST_TIMEOUT)
        self._side = AgentSide(token)
        self._shelf = MemoryShelf(self._link)
        self._children = Children(self._link, self._send, lost_after=REQUEST_TIMEOUT)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ending: dict[str, type[messages.Cancelled] | type[messages.Interrupted]] = {}
        self._threads = DaemonThreads("rekuest-codegen task")
        self._background: set[asyncio.Task[None]] = set()
        self._to_write = asyncio.Event()
        self._written = asyncio.Event()
        self._on_ready: Callable[[], None] = lambda: None
        self._been_ready = False
        self._attempt = 0
        self._begun: set[str] = set()
        self._reports = 0
        self._refusal = ""

    async def serve(self, *, on_ready: Callable[[], None] | None = None) -> None:
        """Provide until cancelled; ``on_ready`` is called whenever the server has taken us in.

        Raises:
            AccessDenied, TransportError, ServerError: before the first connection.
            ServerError: another provider displaced this one. AccessDenied: the token is not accepted any more.
        """
        if on_ready is not None:
            self._on_ready = on_ready
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            while True:
                try:
                    await self._connect()
                except (TransportError, ServerError) as error:
                    if not self._passing(error, loop.time() - started):
                        raise
                    trouble = error
                self._side.disconnect()
                pause = BACKOFF[min(self._attempt, len(BACKOFF) - 1)] * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                self._attempt += 1
                level = logging.WARNING if self._been_ready else logging.INFO
                logger.log(level, "%s: %s; connecting again in %.1f s", self.name, trouble, pause)
                await asyncio.sleep(pause)
        finally:
            await self._stop()

    def _passing(self, error: RekuestError, waited: float) -> bool:
        """Whether to try again. At the start a server may still be starting, or not know yet that we were killed."""
        if self._been_ready:
            return isinstance(error, Busy | TransportError) or error.retry_safe
        if isinstance(error, Busy):
            return waited < BUSY_WITHIN
        return isinstance(error, Unreachable) and waited < START_WITHIN

    # -- one connection -----------------------------------------------------------------------------------------

    async def _connect(self) -> NoReturn:
        """Introduce ourselves, connect, and converse until the connection ends; how it ended is the exception."""
        await introduce(self._link, self._registration)
        place = self._endpoint.agi
        try:
            async with connect(
                f"{place}?agent={quote(self.name)}", max_size=messages.MAX_FRAME, open_timeout=CONNECT_WITHIN
            ) as socket:
                await self._converse(socket)
        except ConnectionClosed as error:
            raise self._why(error) from None
        except TimeoutError:
            raise Unreachable(f"{place}: no answer within {CONNECT_WITHIN:g} s") from None
        except InvalidHandshake as error:
            if isinstance(error.__cause__, EOFError):
                raise ConnectionLost(f"{place}: the server hung up") from None
            raise ProtocolError(f"{place}: no agent socket there ({error})") from None
        except OSError as error:
            raise Unreachable(f"{place}: no connection ({error.strerror or error}); is the server running?") from None

    async def _converse(self, socket: ClientConnection) -> NoReturn:
        loop = asyncio.get_running_loop()
        self._side.connect(loop.time())
        self._refusal = ""
        self._to_write.set()
        helpers = [asyncio.create_task(self._write(socket)), asyncio.create_task(self._keep_time(socket))]
        try:
            while True:
                frame = await socket.recv()
                for event in self._side.receive(frame, loop.time()):
                    self._take(event)
                self._to_write.set()
        except asyncio.CancelledError:
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(FLUSH_WITHIN):
                    await self._end_all()
                    for frame in self._side.frames_to_send():
                        await socket.send(frame)
            raise
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    async def _write(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._to_write.wait()
                self._to_write.clear()
                for frame in self._side.frames_to_send():
                    await socket.send(frame)
                self._reports = 0
                self._written.set()

    async def _keep_time(self, socket: ClientConnection) -> None:
        """Close the socket when the server has been silent for too long."""
        loop = asyncio.get_running_loop()
        while (due := self._side.next_timer()) is not None:
            await asyncio.sleep(max(0.0, due - loop.time()))
            self._side.handle_timer(loop.time())
        await socket.close()

    def _why(self, closed: ConnectionClosed) -> RekuestError:
        """What the end of a connection means."""
        place = self._endpoint.agi
        code = closed.rcvd.code if closed.rcvd is not None else None
        reason = self._refusal or (closed.rcvd.reason if closed.rcvd is not None else "")
        if code == conversation.BUSY:
            return Busy(f"{place}: another provider is connected as {self.name!r} with this token")
        if code == conversation.DISPLACED:
            return ServerError(f"{place}: another provider took over as {self.name!r} with this token")
        if code == conversation.MISMATCH and not self._side.ready:
            return AccessDenied(f"{place}: the registration was refused ({reason or 'is the token right?'})")
        if code == conversation.MISMATCH:
            # What the server cannot read it will not read next time either: begin a new session.
            self._side = AgentSide(self._token)
            return ConnectionLost(f"{place}: the server refused what we sent ({reason})")
        if self._side.lost:
            return ConnectionLost(f"{place}: {self._side.lost}")
        return ConnectionLost(
            f"{place}: the connection was lost ({f'{code} {reason}'.strip() if code else 'no close frame'})"
        )

    # -- what the server says -----------------------------------------------------------------------------------

    def _take(self, event: messages.ToAgent | Answered | Unreadable) -> None:
        match event:
            case messages.Assign():
                self._assign(event)
            case messages.Cancel():
                self._end(event.task, messages.Cancelled)
            case messages.Interrupt():
                self._end(event.task, messages.Interrupted)
            case messages.Init():
                self._ready(event)
            case messages.TaskEvent():
                self._children.hear(event)
            case Answered():
                self._children.answer(event)
            case messages.Collect():
                self._shelf.drop(event.drawers)
            case messages.ProtocolErrorMessage():
                self._refusal = event.error
            case _:
                logger.debug("%s: not acted on: %r", self.name, event)

    def _ready(self, init: messages.Init) -> None:
        self._been_ready, self._attempt = True, 0
        for inquiry in init.inquiries:
            if inquiry.task in self._running:
                self._send(messages.Progress(task=inquiry.task, progress=0, message="still running"))
            elif not self._side.reported(inquiry.task):
                self._send(
                    messages.Critical(task=inquiry.task, error="the provider knows nothing of this task any more")
                )
        self._spawn(self._children.read_back())
        self._on_ready()

    def _assign(self, assign: messages.Assign) -> None:
        if assign.task in self._running or self._side.reported(assign.task):
            return  # delivered again after a reconnect
        task = asyncio.create_task(self._run(assign), name=f"task {assign.task}")
        self._running[assign.task] = task
        task.add_done_callback(lambda _: self._over(assign.task))

    def _over(self, task: str) -> None:
        self._running.pop(task, None)
        self._ending.pop(task, None)
        self._begun.discard(task)
        self._children.end(task)

    async def _run(self, assign: messages.Assign) -> None:
        self._begun.add(assign.task)
        function = self._functions.get(assign.interface)
        if function is None:
            error = f"{self.name} does not provide {assign.interface!r}"
            self._send(messages.Critical(task=assign.task, error=error))
            return
        context.nested.set(context.Nested(self._children.of(assign.task), asyncio.get_running_loop()))
        try:
            await provided.run(
                function, assign.task, assign.args, report=self._report, shelf=self._shelf, threads=self._threads
            )
        except asyncio.CancelledError:
            ended = self._ending.pop(assign.task, None)
            if ended is None:
                self._send(messages.Critical(task=assign.task, error="the provider was stopped"))
            else:
                self._send(ended(task=assign.task))

    def _end(self, task: str, kind: type[messages.Cancelled] | type[messages.Interrupted]) -> None:
        running = self._running.get(task)
        if running is None:
            return
        self._ending[task] = kind
        if running.cancel() and task not in self._begun:
            self._send(kind(task=task))  # cancelled before its first step, it will say nothing itself

    # -- what we say --------------------------------------------------------------------------------------------

    def _send(self, message: messages.FromAgent) -> None:
        self._side.send(message)
        self._to_write.set()

    async def _report(self, message: messages.Report) -> None:
        """Send, and wait while too much is under way: a generator runs no faster than its reports leave."""
        self._send(message)
        self._reports += 1
        while self._side.unacknowledged > HIGH_WATER or self._reports >= FLUSH_EVERY:
            self._written.clear()
            await self._written.wait()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _end_all(self) -> None:
        """End what runs; each task reports that the provider was stopped."""
        tasks = [*self._running.values(), *self._background]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _stop(self) -> None:
        await self._end_all()
        self._children.close()
        self._threads.shutdown()
        await self._link.close()
