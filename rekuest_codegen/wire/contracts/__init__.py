"""The contracts of the agent socket: each one is a table of messages and a small adapter for either end.

Everything above deals in the messages of `wire.messages`, which are contract 2's. An adapter turns frames into them
and back, for one connection (`AtServer`) or one session (`AtAgent`); what its contract has no word for is left out
there and nowhere else. Which one is spoken is seen: a server looks at REGISTER (`spoken_in`), an agent at the server
(`api.contracts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import Finding
from rekuest_codegen.wire.messages import FromAgent, Init, Register, SessionInit, ToAgent

DECLARING = frozenset(
    ["name", "description", "hash", "implementations", "states", "locks", "bloks", "assets", "supervisor", "features"]
)
"""The fields of REGISTER that only contract 10 has."""
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What an agent declares in REGISTER: as it would otherwise have registered it, but in snake case."""

    name: str | None
    hash: str | None
    implementations: Sequence[Mapping[str, Any]] = ()
    states: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Finding] = ()
    """What of it is taken and has no effect."""


class AtServer(Protocol):
    """One connection of an agent, as its server speaks with it."""

    outlives: bool
    """Whether agents repeat what they reported of tasks that this server may never have had."""

    def read(self, frame: str | bytes) -> FromAgent | ToAgent | None:
        """The message in a frame, or what is answered at once; None when there is nothing to do about it.

        Raises:
            NotJSON, BadFrame: it is no message of this contract.
        """
        ...

    def declared(self, register: Register) -> Declaration | None:
        """What is declared in REGISTER, where that is done there."""
        ...

    def welcome(self, register: Register, init: Init, heard: ToAgent | None, findings: Sequence[Finding]) -> list[str]:
        """The frames that answer REGISTER. ``heard`` is the last of the `acknowledgements` of the connections before,
        ``findings`` what there is to say of the declaration."""
        ...

    def write(self, message: ToAgent) -> str | None:
        """The frame of a message, if this contract has such a message."""
        ...

    def acknowledgements(self) -> list[ToAgent]:
        """What acknowledges all that was read and not acknowledged yet; to be sent once it is durable."""
        ...


class AtAgent(Protocol):
    """One session of an agent, over as many connections as it takes."""

    keeps_all: bool
    """Whether the server acknowledges every report, and knows each of them again when it is repeated."""
    complaints: list[str]
    """What the server said of the declaration, a line each."""

    @property
    def unacknowledged(self) -> int:
        """How many frames the adapter keeps."""
        ...

    def begin(self, session: str, *, fresh: bool) -> None:
        """A session begins; one that is not ``fresh`` was begun by an earlier process."""
        ...

    def connect(self, register: Register, introduction: SessionInit | None) -> list[str]:
        """What is sent on a new connection before the server has answered."""
        ...

    def welcome(self) -> list[str]:
        """What is sent when the server has answered, before anything else."""
        ...

    def repeats(self, message: str) -> bool:
        """Whether the adapter itself sends the message with this id again after a loss."""
        ...

    def write(self, message: FromAgent) -> str:
        """The frame of a message that is sent now.

        Raises:
            Unsendable: it has none.
        """
        ...

    def read(self, frame: str | bytes) -> list[ToAgent]:
        """The messages in a frame.

        Raises:
            NotJSON, BadFrame: there is none in it that we know.
        """
        ...


def spoken_in(frame: str | bytes) -> Contract:
    """The contract of an agent whose first frame this is: contract 10 declares in REGISTER what contract 2 has
    declared before. What is no object at all is contract 2's to refuse."""
    try:
        said = _object.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Contract.TWO
    return Contract.TEN if said.keys() & DECLARING else Contract.TWO


def at_server(contract: Contract) -> AtServer:
    """An adapter for a connection on which ``contract`` is spoken."""
    from rekuest_codegen.wire.contracts import ten, two

    return two.TwoAtServer() if contract is Contract.TWO else ten.TenAtServer()


def at_agent(contract: Contract, declared: Mapping[str, Any]) -> AtAgent:
    """An adapter for an agent's session; ``declared`` is what the agent provides, in the words of ``contract``."""
    from rekuest_codegen.wire.contracts import ten, two

    return two.TwoAtAgent() if contract is Contract.TWO else ten.TenAtAgent(declared)
