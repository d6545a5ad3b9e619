"""The agents' WebSocket, ``/agi``: frames and a real clock for `wire.conversation`, verdicts and tasks from the hub.

An agent that sends more than it may is read more slowly, which its own socket then feels; one that does not read
what it is sent is let go. Neither costs the others anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine
from contextlib import suppress

from msgspec import UNSET
from starlette.websockets import WebSocket, WebSocketDisconnect

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import NodeNotFound, ServerError
from rekuest_codegen.server.dispatch import Call, Refused, UnknownTask, find_run
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.model import Agent
from rekuest_codegen.server.presence import Busy, Welcome
from rekuest_codegen.server.tokens import Tokens
from rekuest_codegen.wire.contracts.ten_messages import Shelve, Shelved, Unshelve, Unshelved
from rekuest_codegen.wire.conversation import BUSY, DISPLACED, MISMATCH, TRY_AGAIN
from rekuest_codegen.wire.messages import (
    Assign,
    AssignRequest,
    AssignResponse,
    CancelRequest,
    ControlResponse,
    FromAgent,
    InterruptRequest,
    PauseRequest,
    ProbeRequest,
    ProbeResponse,
    Register,
    Report,
    ResumeRequest,
    SessionInit,
    StatePatch,
    StateSnapshot,
    ToAgent,
)
from rekuest_codegen.wire.server_side import ServerSide
from rekuest_codegen.wire.tracing import ASKED, read_carrier

SEND_WITHIN = 30.0
MAX_UNSENT = 20_000
"""Messages for an agent that does not read them."""
RATE = 5_000
"""Frames a second that an agent may send for long; BURST of them at once."""
BURST = 10_000
FAIR = 32
"""Frames of one agent after which the others get their turn."""

ControlRequest = CancelRequest | InterruptRequest | PauseRequest | ResumeRequest
_CONTROLS: dict[type[FromAgent], str] = {
    CancelRequest: "cancel",
    InterruptRequest: "interrupt",
    PauseRequest: "pause",
    ResumeRequest: "resume",
}


class AgentWebSocket:
    """The endpoint: one `_Connection` each."""

    def __init__(
        self, hub: Hub, tokens: Tokens, *, heartbeat: float, answer_within: float, contracts: Collection[Contract]
    ) -> None:
        self._hub = hub
        self._tokens = tokens
        self._heartbeat = heartbeat
        self._answer_within = answer_within
        self._contracts = contracts

    async def __call__(self, socket: WebSocket) -> None:
        await socket.accept()
        side = ServerSide(
            time.monotonic(),
            heartbeat=self._heartbeat,
            answer_within=self._answer_within,
            contracts=self._contracts,
        )
        await _Connection(socket, side, self._hub, self._tokens).run()


class _Connection:
    """One connection; the hub's `Link` to its agent once it has registered."""

    def __init__(self, socket: WebSocket, side: ServerSide, hub: Hub, tokens: Tokens) -> None:
        self._socket = socket
        self._side = side
        self._hub = hub
        self._tokens = tokens
        self._traced = socket.query_params.get(ASKED) == "1"
        self._agent: Agent | None = None
        self._owner = ""
        self._unsent = 0
        self._wake = asyncio.Event()
        self._welcomed = asyncio.Event()
        self._acknowledging = False
        self._requests: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        reader = asyncio.create_task(self._read())
        writer = asyncio.create_task(self._write())
        try:
            await asyncio.wait([reader, writer], return_when=asyncio.FIRST_COMPLETED)
            if self._side.closing is not None and not writer.done():
                await asyncio.wait([writer], timeout=SEND_WITHIN)
        finally:
            if self._agent is not None:
                self._hub.lose(self._agent.id, self)
            tasks = [reader, writer, *self._requests]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            close = self._side.closing
            if close is not None:
                with suppress(RuntimeError, WebSocketDisconnect):
                    await self._socket.close(close.code, close.reason[:120])

    # -- what the hub says ---------------------------------------------------------------------------------------

    def welcome(self, welcome: Welcome) -> None:
        self._side.accept(
            str(welcome.agent.id),
            welcome.inquiries,
            time.monotonic(),
            trace=self._traced,
            heard=welcome.heard,
            findings=welcome.findings,
        )
        self._welcomed.set()
        self._wake.set()

    def tell(self, message: ToAgent) -> None:
        self._unsent += 1
        if self._unsent > MAX_UNSENT:
            self._side.close(TRY_AGAIN, "the agent does not read")
        if isinstance(message, Assign) and not self._traced:
            message.trace = UNSET  # a field that it did not ask for
        self._side.send(message)
        self._wake.set()

    def displace(self) -> None:
        self._side.close(DISPLACED, "another connection has taken over")
        self._wake.set()

    # -- the socket ----------------------------------------------------------------------------------------------

    async def _write(self) -> None:
        """Send what there is, and keep the timers, until the conversation is over."""
        while True:
            due = self._side.next_timer()
            if due is not None and not self._wake.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, due - time.monotonic())):
                        await self._wake.wait()
            self._wake.clear()
            self._side.handle_timer(time.monotonic())
            self._unsent = 0
            try:
                for frame in self._side.frames_to_send():
                    async with asyncio.timeout(SEND_WITHIN):
                        await self._socket.send({"type": "websocket.send", "text": frame})
            except (TimeoutError, RuntimeError, WebSocketDisconnect):
                return
            if self._side.closing is not None and not self._wake.is_set():
                return

    async def _read(self) -> None:
        """Take frames, at the pace they may come in, until the agent leaves or has to."""
        allowance, since, taken = float(BURST), time.monotonic(), 0
        while self._side.closing is None:
            event = await self._socket.receive()
            if event["type"] != "websocket.receive":
                return
            frame: str | bytes = event.get("text") or event.get("bytes") or ""
            for message in self._side.receive(frame, time.monotonic()):
                self._take(message)
            self._wake.set()
            self._acknowledge()
            if self._agent is not None and not self._welcomed.is_set():
                await self._welcomed.wait()  # the writer ends the connection when this takes too long
            taken += 1
            allowance -= 1
            if taken % FAIR == 0:
                await self._hub.room()
                await asyncio.sleep(0)
                now = time.monotonic()
                allowance, since = min(BURST, allowance + (now - since) * RATE), now
                if allowance < 0:
                    await asyncio.sleep(-allowance / RATE)

    def _take(self, message: FromAgent) -> None:
        if isinstance(message, Register):
            self._register(message)
            return
        if self._agent is None or not self._hub.current(self._agent.id, self):
            return  # displaced: what it says no longer counts
        if isinstance(message, Report):
            try:
                self._hub.report(self._agent.id, message)
            except UnknownTask as error:
                if not self._side.forgives_unknown:
                    self._side.close(MISMATCH, str(error), error=str(error))
        elif isinstance(message, SessionInit | StateSnapshot | StatePatch):
            self._hub.show(self._agent.id, message)
        elif isinstance(message, AssignRequest):
            self._start(self._assign(self._agent, message))
        elif isinstance(message, CancelRequest | InterruptRequest | PauseRequest | ResumeRequest):
            self._start(self._control(self._agent, message))
        elif isinstance(message, Shelve):
            self._start(self._shelve(self._agent, message))
        elif isinstance(message, Unshelve):
            self._start(self._unshelve(self._agent, message))
        elif isinstance(message, ProbeRequest):
            self.tell(ProbeResponse(request=message.id, error="this server does not probe"))

    def _acknowledge(self) -> None:
        """Acknowledge what was taken, once for all that came at once."""
        if self._agent is not None and not self._acknowledging:
            self._acknowledging = True
            asyncio.get_running_loop().call_soon(self._acknowledge_now, self._agent.id)

    def _acknowledge_now(self, agent: int) -> None:
        self._acknowledging = False
        if (said := self._side.acknowledgements()) and self._hub.current(agent, self):
            self._hub.acknowledge(agent, said, self)

    def _register(self, message: Register) -> None:
        owner = self._tokens.identity(message.token)
        if owner is None:
            self._side.close(MISMATCH, "the token was refused", error="The token was refused")
            return
        self._owner = owner
        name = self._socket.query_params.get("agent")
        try:
            self._agent = self._hub.register(owner, name, message, self, self._side.declared())
        except Busy as error:
            self._side.close(BUSY, "another connection is live", error=str(error))
        except ServerError as error:
            self._side.close(MISMATCH, str(error), error=str(error))

    # -- what agents ask for -------------------------------------------------------------------------------------

    def _start(self, request: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(request)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _assign(self, agent: Agent, message: AssignRequest) -> None:
        call = Call(
            caller=self._owner,
            caller_agent=agent.id,
            args=message.args,
            reference=message.reference,
            node=message.action,
            implementation=message.implementation,
            hash=message.action_hash,
            agent=message.agent,
            interface=message.interface,
            parent=message.parent,
            capture=bool(message.capture),
            step=message.step,
            trace=read_carrier(message.trace),
        )
        answer = AssignResponse(request=message.id, reference=message.reference)
        try:
            run, answer.created = await self._hub.assign(call)
            answer.task = str(run.task.id)
        except (NodeNotFound, ServerError) as error:
            answer.created, answer.error = False, str(error)
        self.tell(answer)

    async def _control(self, agent: Agent, message: ControlRequest) -> None:
        answer = ControlResponse(request=message.id, accepted=True, task=message.task)
        try:
            run = find_run(self._hub.state, self._owner, message.task, caller_agent=agent.id)
            await self._hub.ask(run, _CONTROLS[type(message)], step=getattr(message, "step", False))
        except (NodeNotFound, Refused, ServerError) as error:
            answer.accepted, answer.error = False, str(error)
        self.tell(answer)

    async def _shelve(self, agent: Agent, message: Shelve) -> None:
        wanted = {"resourceId": message.resource_id}
        wanted |= {name: getattr(message, name) for name in ("identifier", "label", "description")}
        answer = Shelved(ref=message.ref)
        try:
            answer.drawer = str((await self._hub.shelve(self._owner, wanted, agent)).id)
        except ServerError as error:
            answer.error = str(error)
        self.tell(answer)

    async def _unshelve(self, agent: Agent, message: Unshelve) -> None:
        answer = Unshelved(ref=message.ref)
        try:
            await self._hub.unshelve(self._owner, message.drawer, agent)
        except (NodeNotFound, ServerError) as error:
            answer.error = str(error)
        self.tell(answer)
