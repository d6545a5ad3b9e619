"""The agent: connects out to a server, registers what it provides, runs the tasks it is given.

The conversation is `wire.conversation.AgentSide`, the tasks are `tasks.Tasks`; this is the shell around them: sockets,
clock, and the journal. A lost connection is restored for as long as it takes, under the same session, so that the
server gives running tasks back; what must arrive is kept by the conversation meanwhile, and by the journal for the
next process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from rekuest_codegen.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    ProtocolError,
    RekuestError,
    ServerError,
    TransportError,
    Unreachable,
)
from rekuest_codegen.jitter import jittered
from rekuest_codegen.runtime.auth import Credentials, auth_of
from rekuest_codegen.runtime.auth.silence import frames_logger
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.provider import inheritance
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.runtime.provider.gathering import GatheringConnection
from rekuest_codegen.runtime.provider.handover import Handover
from rekuest_codegen.runtime.provider.holdings import Holdings
from rekuest_codegen.runtime.provider.outbox import Outbox
from rekuest_codegen.runtime.provider.parts import Parts
from rekuest_codegen.runtime.provider.processes import Processes
from rekuest_codegen.runtime.provider.registration import Registration, meet
from rekuest_codegen.runtime.provider.shelf import MemoryShelf
from rekuest_codegen.runtime.provider.sources import Provision
from rekuest_codegen.runtime.provider.states import States
from rekuest_codegen.runtime.provider.tasks import Patience, Tasks
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.wire import conversation, messages
from rekuest_codegen.wire.auth import with_token
from rekuest_codegen.wire.conversation import AgentSide, Answered, Unreadable
from rekuest_codegen.wire.definitions import Terms
from rekuest_codegen.wire.endpoint import Endpoint
from rekuest_codegen.wire.lifecycle import GIVE_AGAIN, LOST_PREFIX
from rekuest_codegen.wire.tracing import ASKED

logger = logging.getLogger("rekuest_codegen.provider")

REQUEST_TIMEOUT = 30.0
CONNECT_WITHIN = 10.0
BACKOFF = (0.1, 0.3, 1.0, 2.0, 5.0)
BUSY_WITHIN = 20.0
"""Seconds for which a first registration is tried again while another connection is live: a server needs up to 15 s
to notice that a provider was killed."""
START_WITHIN = 5.0
"""Seconds for which a provider that was just started waits for its server."""
FLUSH_WITHIN = 2.0
LATE = 0.5
"""Seconds by which a timer is late when this process had no time for its loop."""
SLICE = 50
"""Frames written in a row before it is looked whether the server wants to know if we live."""


class Busy(ServerError):
    """Another connection of the same agent is live."""


class Agent:
    """Provides an app's functions at one server. ``serve`` is its life; ``parts`` are what it hands to them."""

    def __init__(
        self,
        url: str,
        token: Credentials,
        name: str,
        provision: Provision,
        *,
        parts: Parts | None = None,
        concurrency: int | None = None,
        journal: Path | None = None,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
    ) -> None:
        self.name = name
        self._endpoint = Endpoint.parse(url)
        self._auth = auth_of(token, self._endpoint)
        self._registration = registration_of(name, provision)
        self._link = Link(self._endpoint, self._auth, timeout=REQUEST_TIMEOUT)
        self._to_write, self._heard = asyncio.Event(), asyncio.Event()
        self._side = AgentSide("", states=lambda: self._states.values())
        self._handover = Handover(name, self._side, journal, lambda: self.tasks)
        self._outbox = Outbox(self._side, self._to_write.set, on_end=self._handover.ended)
        self._shelf = MemoryShelf(self._link)
        self._children = Children(self._link, self._outbox.send, lost_after=REQUEST_TIMEOUT)
        self._threads = DaemonThreads("rekuest-codegen task")
        self._processes = Processes(self._threads)
        self._holdings = Holdings(parts or Parts(), self._threads, owners=provision.owners)
        self._wanted = [one for function in provision.functions for one in function.injected.values()]
        self._states = States(provision.states, self._side, self._outbox.send)
        self.tasks = Tasks(
            name,
            provision.functions,
            outbox=self._outbox,
            children=self._children,
            holdings=self._holdings,
            shelf=self._shelf,
            threads=self._threads,
            processes=self._processes,
            concurrency=concurrency,
            patience=patience,
            on_begin=self._handover.begins,
        )
        self._background: set[asyncio.Task[None]] = set()
        self._on_ready: Callable[[], None] = lambda: None
        self._been_ready = False
        self._attempt = 0
        self._refusal = ""

    async def serve(self, *, on_ready: Callable[[], None] | None = None) -> None:
        """Provide until cancelled; ``on_ready`` is called whenever the server has taken us in.

        Raises:
            ConfigurationError: what is handed in could not be made; before the first connection, what is configured is
                wrong.
            ArgumentError: what a state is at the start does not fit its fields, or is too large to be told.
            AccessDenied, TransportError, ServerError: before the first connection.
            ServerError: another provider displaced this one. AccessDenied: the token is not accepted any more.
        """
        if on_ready is not None:
            self._on_ready = on_ready
        loop = asyncio.get_running_loop()
        started = loop.time()
        inheritance.install()
        self._outbox.open()
        try:
            await self._holdings.make()
            self._holdings.check(self._wanted)
            await self._states.begin(self._holdings.objects, self._shelf)
            self._handover.open()
            while True:
                try:
                    await self._connect()
                except (TransportError, ServerError, ConfigurationError) as error:
                    if not self._passing(error, loop.time() - started):
                        raise
                    trouble = error
                self._side.disconnect()
                self._handover.settle()
                pause = jittered(BACKOFF[min(self._attempt, len(BACKOFF) - 1)])
                self._attempt += 1
                level = logging.WARNING if self._been_ready else logging.INFO
                logger.log(level, "%s: %s; connecting again in %.1f s", self.name, trouble, pause)
                await asyncio.sleep(pause)
        finally:
            await self._stop()

    async def drain(self, within: float) -> None:
        """Begin no more tasks, and wait until those that run have ended, at most ``within`` seconds."""
        self.tasks.refuse("is being stopped")
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.tasks.quiet()
                while self._side.ready and self._side.unacknowledged:
                    self._heard.clear()
                    await self._heard.wait()

    def _passing(self, error: RekuestError, waited: float) -> bool:
        """Whether to try again. At the start a server may still be starting, or not know yet that we were killed."""
        if self._been_ready:  # what is configured was right once: a file of a token is being written anew, say
            return isinstance(error, Busy | TransportError | ConfigurationError) or error.retry_safe
        if isinstance(error, Busy):
            return waited < BUSY_WITHIN
        return isinstance(error, Unreachable) and waited < START_WITHIN

    # -- one connection -----------------------------------------------------------------------------------------

    async def _connect(self) -> NoReturn:
        """Introduce ourselves, connect, and converse until the connection ends; how it ended is the exception."""
        contract, declared = await meet(self._link, self._registration)
        self._side.speak(contract, declared)
        await with_token(self._auth, self._connect_as)
        raise AssertionError("a connection ends with an error")

    async def _connect_as(self, token: str) -> NoReturn:
        self._side.token = str(token)
        place = self._endpoint.agi
        try:
            async with connect(
                f"{place}?agent={quote(self.name)}&{ASKED}=1",
                max_size=messages.MAX_FRAME,
                open_timeout=CONNECT_WITHIN,
                create_connection=GatheringConnection,
                ping_interval=None,  # there is a heartbeat, and a server that is slow answers no ping either
                logger=frames_logger(),
            ) as socket:
                assert isinstance(socket, GatheringConnection)  # noqa: S101 - as asked for
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

    async def _converse(self, socket: GatheringConnection) -> NoReturn:
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
                self._handover.heard()
                if self._side.has_frames or self._outbox.holds_up:
                    self._to_write.set()
                self._heard.set()
        except asyncio.CancelledError:
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(FLUSH_WITHIN):
                    await self._end_all()
                    self._handover.settle()
                    for frame in self._side.frames_to_send():
                        await socket.send(frame)
                    while self._side.unacknowledged:
                        self._side.receive(await socket.recv(), loop.time())
            raise
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    async def _write(self, socket: GatheringConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._to_write.wait()
                self._to_write.clear()
                while frames := self._side.frames_to_send(SLICE):
                    with socket.gathered():
                        for frame in frames:
                            await socket.send(frame)
                self._outbox.written()

    async def _keep_time(self, socket: ClientConnection) -> None:
        """Close the socket when the server has been silent for too long."""
        loop = asyncio.get_running_loop()
        while (due := self._side.next_timer()) is not None:
            await asyncio.sleep(max(0.0, due - loop.time()))
            if loop.time() - due > LATE:
                await asyncio.sleep(LATE)  # it was we who were silent: what has come meanwhile is read first
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
            self._side.begin()
            self._handover.begin()
            self._children.forget("the server refused what was sent before")
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
                if not self._side.reported(event.task):
                    self.tasks.begin(event)
            case messages.Cancel() | messages.Interrupt():
                if event.task in self.tasks:
                    kind = messages.Cancelled if isinstance(event, messages.Cancel) else messages.Interrupted
                    self.tasks.end(event.task, kind)
                elif not self._side.reported(event.task):
                    self._outbox.send(messages.Critical(task=event.task, error=self._fate(event.task)))
            case messages.Pause():
                self.tasks.pause(event.task)
            case messages.Resume():
                self.tasks.resume(event.task, step=event.step)
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
            case Unreadable(task=str(task)) if task not in self.tasks and not self._side.reported(task):
                self._outbox.send(messages.Failed(task=task, error=f"the task cannot be read: {event.reason}"))
            case _:
                logger.debug("%s: not acted on: %r", self.name, event)

    def _ready(self, init: messages.Init) -> None:
        for complaint in self._side.complaints:
            logger.warning("%s: the server says of what is provided: %s", self.name, complaint)
        self._children.traced = init.trace is True
        for inquiry in init.inquiries:
            if inquiry.task in self.tasks:
                self.tasks.confirm(inquiry.task)
            elif not self._side.reported(inquiry.task):
                # Had it arrived at this process, it would run, or its end be on its way.
                error = self._fate(inquiry.task, surely_not=self._been_ready)
                self._outbox.send(messages.Critical(task=inquiry.task, error=error))
        if self._been_ready:
            self._states.tell_all()
        else:
            self._holdings.run_backgrounds()
        self._been_ready, self._attempt = True, 0
        self._spawn(self._children.read_back())
        self._on_ready()

    def _fate(self, task: str, *, surely_not: bool = False) -> str:
        """What is to be said of a task that the server thinks is here, and that is not."""
        if surely_not:
            return f"{LOST_PREFIX}{self.name} never got it{GIVE_AGAIN}"
        begun = GIVE_AGAIN if self._handover.surely_not_begun(task) else "; it may have done the work, or not"
        return f"{LOST_PREFIX}{self.name} was started again{begun}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # -- the end ---------------------------------------------------------------------------------------------------

    async def _end_all(self) -> None:
        """End what runs; each task reports that the provider was stopped."""
        await self.tasks.end_all()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _stop(self) -> None:
        await self._end_all()
        self._children.close()
        await self._holdings.leave()
        self._processes.close()
        self._threads.shutdown()
        self._handover.close()
        await self._link.close()


def registration_of(name: str, provision: Provision) -> Registration:
    """What the server is told of an app."""
    terms = {
        one.interface: Terms(
            locks=one.options.locks,
            manipulates=one.options.manipulates,
            effects=one.options.effects.value,
        )
        for one in provision.functions
    }
    functions = [(one.interface, one.node) for one in provision.functions]
    return Registration.of(
        name, functions, terms=terms, states=[(one.interface, one.ports) for one in provision.states]
    )
