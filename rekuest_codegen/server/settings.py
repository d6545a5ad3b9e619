"""How an embedded server is set up, and what is refused before it starts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.tokens import new_token
from rekuest_codegen.wire.conversation import ANSWER_WITHIN, HEARTBEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """``token`` is made up when none is given; with ``token_file`` the file's tokens count instead. With ``issuer``
    the tokens that it issues for ``audience`` are let in too, and none is made up.

    ``db`` is the SQLite file, None keeps everything in memory. ``grace`` is how many seconds a lost agent may take to
    come back to its tasks. ``contract`` makes the server one of that generation; without it, it speaks both.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: str = ""
    token_file: Path | None = None
    issuer: str | None = None
    audience: str | None = None
    db: Path | None = None
    durability: Literal["normal", "full"] = "normal"
    grace: float = 30.0
    heartbeat: float = HEARTBEAT
    answer_within: float = ANSWER_WITHIN
    contract: Contract | None = None
    made_up: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        if (self.issuer is None) != (self.audience is None):
            raise ConfigurationError("issuer and audience go together: which of its tokens are meant for this server?")
        if not self.token and self.token_file is None and self.issuer is None:
            if not is_loopback(self.host):
                raise ConfigurationError(
                    f"host {self.host}: others can reach this address, so choose a token "
                    "(REKUEST_TOKEN or --token-file)"
                )
            object.__setattr__(self, "token", new_token())
            object.__setattr__(self, "made_up", True)
        if not 0 <= self.port <= 65535:
            raise ConfigurationError(f"port {self.port}: expected a number from 0 to 65535")
        for name in ("grace", "heartbeat", "answer_within"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} {getattr(self, name)}: expected more than 0 seconds")

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """What is spoken with clients and agents."""
        return tuple(Contract) if self.contract is None else (self.contract,)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
