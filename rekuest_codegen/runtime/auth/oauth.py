"""OAuth2: tokens for a program (client credentials) and for the person at it (device flow).

Both renew their token before it ends, and when a server refuses it. Nothing is asked before the first token is needed.
A token is kept between runs only when that was asked for (``cache=True``).
"""

from __future__ import annotations

import asyncio
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rekuest_codegen.errors import AccessDenied, CallTimeout, ConfigurationError, MissingExtraError, ProtocolError
from rekuest_codegen.runtime.auth.cache import TokenFile
from rekuest_codegen.runtime.auth.issuer import Client, Issuer, Pending
from rekuest_codegen.runtime.auth.renewal import Grant, Renewal
from rekuest_codegen.wire.auth import Secret

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
INTERVAL = 5.0
"""Seconds between two questions whether the user has decided, where the issuer names none; also what is added each
time it says that we ask too often."""
MAX_INTERVAL = 60.0
WORTH_KEEPING = 10.0
"""Seconds that a token must have left to be taken from a file."""


class _OAuth(ABC):
    """What both have in common: an issuer, what is asked of it, and where the answer is kept."""

    kind = ""

    def __init__(self, issuer: Issuer, fields: dict[str, str], file: TokenFile | None) -> None:
        self._issuer = issuer
        self._fields = fields
        self._file = file
        self._renewal = Renewal(self._next)

    async def token(self, *, refused: str | None = None) -> str:
        return await self._renewal.token(refused)

    async def _next(self, last: Grant | None, refused: bool) -> Grant:
        if self._file is None:
            return await self._refreshed(last) or await self._new()
        kept = await asyncio.to_thread(self._file.read)
        if kept is not None and (last is None or kept.token != last.token):
            if kept.lifetime is None or kept.lifetime > WORTH_KEEPING:
                return kept  # of an earlier run, or of another process meanwhile
            last = kept
        grant = await self._refreshed(last) or await self._new()
        await asyncio.to_thread(self._file.write, grant)
        return grant

    async def _refreshed(self, last: Grant | None) -> Grant | None:
        if last is None or last.refresh is None:
            return None
        try:
            grant = await self._issuer.grant("refresh_token", refresh_token=last.refresh)
        except AccessDenied:
            return None  # it ended too: begin anew
        return grant if grant.refresh is not None else Grant(grant.token, grant.lifetime, last.refresh)

    @abstractmethod
    async def _new(self) -> Grant:
        """A grant that nothing of before is needed for."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, _OAuth) and self._meant() == other._meant()

    def __hash__(self) -> int:
        return hash(self._meant())

    def _meant(self) -> tuple[Any, ...]:
        return self._issuer.url, self._issuer.client, *sorted(self._fields.items())

    def __repr__(self) -> str:
        return f"{self.kind}({self._issuer.url!r}, {self._issuer.client.id!r})"


class ClientCredentials(_OAuth):
    """Tokens for a program that has a secret of its own."""

    kind = "client_credentials"

    async def _new(self) -> Grant:
        try:
            return await self._issuer.grant("client_credentials", **self._fields)
        except Pending:
            raise ProtocolError(f"{self._issuer.url}: the issuer waits for a user where there is none") from None


class DeviceFlow(_OAuth):
    """Tokens for the person who reads a code here and types it in elsewhere."""

    kind = "device_flow"

    def __init__(
        self,
        issuer: Issuer,
        fields: dict[str, str],
        file: TokenFile | None,
        show: Callable[[str], None],
        within: float,
    ) -> None:
        super().__init__(issuer, fields, file)
        self._show = show
        self._within = within

    async def _new(self) -> Grant:
        begun = await self._issuer.device(**self._fields)
        code, place = begun.get("device_code"), begun.get("verification_uri")
        if not isinstance(code, str) or not isinstance(place, str):
            raise ProtocolError(f"{self._issuer.url}: the answer has no device code")
        self._show(f"To log in, open {_plain(place)} and enter the code {_plain(begun.get('user_code'))}")
        within = min(self._within, _number(begun.get("expires_in"), self._within))
        try:
            async with asyncio.timeout(within):
                return await self._decided(code, _number(begun.get("interval"), INTERVAL))
        except TimeoutError as error:
            if isinstance(error, CallTimeout):
                raise
            raise AccessDenied(f"{self._issuer.url}: nobody entered the code within {within:g} s") from None

    async def _decided(self, code: str, interval: float) -> Grant:
        while True:
            await asyncio.sleep(min(interval, MAX_INTERVAL))
            try:
                return await self._issuer.grant(DEVICE, device_code=code)
            except Pending as pending:
                interval += INTERVAL if pending.slower else 0.0


def client_credentials(
    issuer: str,
    client_id: str,
    client_secret: str,
    *,
    scope: str | None = None,
    audience: str | None = None,
    cache: bool = False,
) -> ClientCredentials:
    """Tokens that ``issuer`` (an address; its endpoints are discovered) gives to a program with a secret.

    Raises:
        ConfigurationError: the address is none, or not https; the secret is empty.
        MissingExtraError: ``cache`` without the extra ``auth``.
    """
    if not client_secret:
        raise ConfigurationError("client_credentials: the secret is empty")
    asked = Issuer(issuer, Client(client_id, Secret(client_secret)))
    fields = _fields(scope=scope, audience=audience)
    return ClientCredentials(asked, fields, _file(cache, "client_credentials", asked, fields))


def device_flow(
    issuer: str,
    client_id: str,
    client_secret: str | None = None,
    *,
    scope: str | None = None,
    audience: str | None = None,
    cache: bool = False,
    show: Callable[[str], None] | None = None,
    within: float = 600.0,
) -> DeviceFlow:
    """Tokens that ``issuer`` gives to a person, who is shown an address and a code once and has ``within`` seconds.

    ``show`` takes that line; without it, it is printed to stderr. Scope ``offline_access`` makes many issuers give a
    token that renews itself without asking again.

    Raises:
        ConfigurationError: the address is none, or not https. MissingExtraError: ``cache`` without the extra ``auth``.
    """
    asked = Issuer(issuer, Client(client_id, None if client_secret is None else Secret(client_secret)))
    fields = _fields(scope=scope, audience=audience)
    return DeviceFlow(asked, fields, _file(cache, "device_flow", asked, fields), show or _print, within)


def _fields(**given: str | None) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _file(cache: bool, kind: str, issuer: Issuer, fields: dict[str, str]) -> TokenFile | None:
    if not cache:
        return None
    try:
        from platformdirs import user_state_path
    except ModuleNotFoundError:
        raise MissingExtraError("a token cache", "auth") from None
    folder = Path(user_state_path("rekuest-codegen", appauthor=False)) / "tokens"
    return TokenFile(folder, [kind, issuer.url, issuer.client.id, *(f"{key}={fields[key]}" for key in sorted(fields))])


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _plain(text: Any) -> str:
    """Foreign text as it may be printed."""
    return "".join(char for char in str(text) if char.isprintable())[:300]


def _number(given: Any, otherwise: float) -> float:
    return float(given) if isinstance(given, int | float) and given > 0 else otherwise
