"""The server's end of an agent's socket, without I/O: frames and the clock go in, frames, messages and timers come out.

`ServerSide` is one connection: call `receive` for each frame and `handle_timer` when `next_timer` is due, then write
what `frames_to_send` returns. ``now`` is any clock that only goes forward. It decides nothing about tasks; which
contract is spoken it sees in the first frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import Finding
from rekuest_codegen.wire.contracts import AtServer, Declaration, at_server, spoken_in
from rekuest_codegen.wire.conversation import (
    ANSWER_WITHIN,
    HEARTBEAT,
    INVALID_JSON,
    MISMATCH,
    NO_HEARTBEAT,
    REGISTER_WITHIN,
    TRY_AGAIN,
)
from rekuest_codegen.wire.messages import (
    BadFrame,
    FromAgent,
    Heartbeat,
    HeartbeatAnswer,
    Init,
    Inquiry,
    NotJSON,
    ProtocolErrorMessage,
    Register,
    ToAgent,
    encode,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Close:
    """The connection is over: send what is left, then close the socket with ``code``."""

    code: int
    reason: str


class ServerSide:
    """One connection of an agent, from the accepted socket to its close.

    ``receive`` gives the REGISTER first; answer it with `accept` or `close` before the next frame is received.
    """

    def __init__(
        self,
        now: float,
        *,
        register_within: float = REGISTER_WITHIN,
        heartbeat: float = HEARTBEAT,
        answer_within: float = ANSWER_WITHIN,
        contracts: Collection[Contract] = frozenset(Contract),
    ) -> None:
        self._heartbeat = heartbeat
        self._answer_within = answer_within
        self._contracts = contracts
        self._adapter: AtServer | None = None
        self._out: list[str] = []
        self._registering = True
        self._accepted = False
        self._unanswered = False
        self._register: Register | None = None
        self._timer: float = now + register_within
        self.closing: Close | None = None

    def receive(self, frame: str | bytes, now: float) -> list[FromAgent]:
        """What the agent said. Empty when it was only a heartbeat's answer, or when it ends the connection."""
        if self.closing:
            return []
        try:
            message = self._speaking(frame).read(frame)
        except NotJSON as error:
            self.close(INVALID_JSON, f"not JSON: {error}")
            return []
        except BadFrame as error:
            self.close(MISMATCH, "not a message of this protocol", error=str(error))
            return []
        if self._unanswered:
            self._beat(now)
        if isinstance(message, Register):
            if not self._registering:
                self.close(MISMATCH, "registered twice", error="REGISTER: this connection is registered already")
                return []
            self._registering = False
            self._register = message
        elif message is not None and not self._accepted:
            self.close(MISMATCH, f"{type_of(message)} before REGISTER")
            return []
        if isinstance(message, ToAgent):
            self.send(message)
            return []
        return [] if message is None or isinstance(message, HeartbeatAnswer) else [message]

    def declared(self) -> Declaration | None:
        """What the agent declared in its REGISTER, where that is done there."""
        return None if self._adapter is None or self._register is None else self._adapter.declared(self._register)

    def accept(
        self,
        agent: str,
        inquiries: Iterable[str],
        now: float,
        *,
        trace: bool = False,
        heard: ToAgent | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Answer REGISTER with INIT: welcome ``agent``, and what about the tasks in ``inquiries``? ``trace`` says to an
        agent that asked that its requests may carry a trace context; ``heard`` is what the connections before it have
        acknowledged, ``findings`` what there is to say of what it declares.
        """
        if self.closing or self._adapter is None or self._register is None:
            return
        self._accepted = True
        self._beat(now)
        welcome = Init(agent=agent, inquiries=[Inquiry(task=task) for task in inquiries])
        if trace:
            welcome.trace = True
        self._out += self._adapter.welcome(self._register, welcome, heard, findings)

    def send(self, message: ToAgent) -> None:
        if self.closing or self._adapter is None:
            return
        if (frame := self._adapter.write(message)) is not None:
            self._out.append(frame)

    @property
    def forgives_unknown(self) -> bool:
        """Whether a report of a task that is not known is no reason to end the connection."""
        return self._adapter is not None and self._adapter.outlives

    def acknowledgements(self) -> list[ToAgent]:
        """What acknowledges all that was received up to now, where that is done at once; send it when it is durable."""
        return [] if self._adapter is None else self._adapter.acknowledgements()

    def close(self, code: int, reason: str, *, error: str | None = None) -> None:
        """End the connection; ``error``, if any, goes out first as a PROTOCOL_ERROR. Only the first close counts."""
        if self.closing:
            return
        if error is not None:
            self._out.append(encode(ProtocolErrorMessage(error=error[:1000])))
        self.closing = Close(code, reason)

    def handle_timer(self, now: float) -> None:
        """Send the heartbeat that is due, or close because what was awaited did not come."""
        if self.closing or now < self._timer:
            return
        if self._registering:
            self.close(MISMATCH, "no REGISTER in time")
        elif not self._accepted:
            self.close(TRY_AGAIN, "the server is not ready; try again later")
        elif self._unanswered:
            self.close(NO_HEARTBEAT, "the heartbeat was not answered")
        else:
            self._out.append(encode(Heartbeat()))
            self._unanswered = True
            self._timer = now + self._answer_within

    def next_timer(self) -> float | None:
        return None if self.closing else self._timer

    def frames_to_send(self) -> list[str]:
        frames, self._out = self._out, []
        return frames

    def _speaking(self, frame: str | bytes) -> AtServer:
        """The adapter of the contract that the agent's first frame shows it to speak."""
        if self._adapter is None:
            contract = spoken_in(frame)
            if contract not in self._contracts:
                raise BadFrame(f"this server does not speak contract {contract.value} with agents")
            self._adapter = at_server(contract)
        return self._adapter

    def _beat(self, now: float) -> None:
        """The agent is alive (any frame says so): the next heartbeat is a full interval away."""
        self._unanswered = False
        self._timer = now + self._heartbeat
