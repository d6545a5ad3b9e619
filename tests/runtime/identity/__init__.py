"""A real issuer of tokens (authlib's server part, on flask) in a process of its own, and what tests ask of it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.processes import running


@dataclass(frozen=True)
class Issuer:
    """A running issuer. Clients: ``robot``/``robot-secret`` (client credentials), ``desk`` (device flow, public)."""

    url: str

    def set(self, **settings: Any) -> None:
        """``lifetime`` of tokens and of device codes in seconds, ``up`` whether it answers, ``refreshes`` or not."""
        httpx.post(f"{self.url}/test/settings", json=settings).raise_for_status()

    def decide(self, code: str, *, allowed: bool) -> None:
        httpx.post(f"{self.url}/test/decide", json={"code": code, "allowed": allowed}).raise_for_status()

    def seen(self) -> dict[str, int]:
        """How often each grant was asked for, and how often a device code was asked about."""
        counts: dict[str, int] = httpx.get(f"{self.url}/test/seen").json()
        return counts

    def secrets(self) -> list[str]:
        """Every token, refresh token and device code that was given out."""
        given: list[str] = httpx.get(f"{self.url}/test/secrets").json()
        return given


@contextmanager
def issuing() -> Generator[Issuer]:
    with running([sys.executable, "-m", "tests.runtime.identity.server"], until="issuer at ") as (_, line):
        yield Issuer(line.split()[-1])
