"""Contract 2 on the agent socket: the table is that of `wire.messages`, and so there is little to adapt.

An agent has registered over GraphQL before it connects, and begins its session without waiting to be welcomed. Only
ends are acknowledged, one by one; a server that acknowledges REGISTER itself says by it that it does so with yields.
"""

from __future__ import annotations

from collections.abc import Sequence

from rekuest_codegen.errors import Finding
from rekuest_codegen.wire.contracts import Declaration
from rekuest_codegen.wire.messages import (
    EventAck,
    FromAgent,
    Init,
    Register,
    SessionInit,
    ToAgent,
    decode_from_agent,
    decode_to_agent,
    encode,
)


class TwoAtServer:
    outlives = False

    def read(self, frame: str | bytes) -> FromAgent | ToAgent | None:
        return decode_from_agent(frame)

    def declared(self, register: Register) -> Declaration | None:
        return None

    def welcome(self, register: Register, init: Init, heard: ToAgent | None, findings: Sequence[Finding]) -> list[str]:
        return [encode(EventAck(event=register.id)), encode(init)]

    def write(self, message: ToAgent) -> str | None:
        return encode(message)

    def acknowledgements(self) -> list[ToAgent]:
        return []


class TwoAtAgent:
    keeps_all = False
    unacknowledged = 0

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def begin(self, session: str, *, fresh: bool) -> None:
        pass

    def connect(self, register: Register, introduction: SessionInit | None) -> list[str]:
        return [encode(register), *([encode(introduction)] if introduction else [])]

    def welcome(self) -> list[str]:
        return []

    def repeats(self, message: str) -> bool:
        return False

    def write(self, message: FromAgent) -> str:
        return encode(message)

    def read(self, frame: str | bytes) -> list[ToAgent]:
        return [decode_to_agent(frame)]
