"""One issuer of tokens, as a client of it: the questions that OAuth2 asks there, and what the answers mean.

The protocol (bodies, client authentication) is authlib's, the transport `wire.issuers`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from rekuest_codegen.errors import AccessDenied, ConfigurationError, MissingExtraError, ProtocolError, Unreachable
from rekuest_codegen.runtime.auth.renewal import Grant
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.auth import Secret
from rekuest_codegen.wire.issuers import exchange, published, safe_address

SECRETS = frozenset(["access_token", "refresh_token", "id_token", "device_code"])
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
MAX_LIFETIME = 10 * 365 * 86400.0
MAX_TEXT = 200


class Pending(Exception):
    """The user has not decided yet; ``slower`` when we asked too often."""

    def __init__(self, *, slower: bool) -> None:
        super().__init__()
        self.slower = slower


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to an issuer. Without a secret we are a public client."""

    id: str
    secret: str | None = field(default=None, repr=False)


class Issuer:
    """Asks the issuer at ``url`` as ``client``; ``url`` is what its tokens name as their issuer."""

    def __init__(self, url: str, client: Client) -> None:
        """Raises ConfigurationError: the address is none, or not safe for secrets."""
        self.url = safe_address(url.rstrip("/"), "issuer")
        self.client = client
        self._addresses: Mapping[str, str] | None = None

    async def grant(self, kind: str, **fields: str) -> Grant:
        """Ask the token endpoint for a grant of ``kind``.

        Raises:
            Pending: the user has not decided yet. AccessDenied: no. TransportError, ProtocolError, MissingExtraError.
        """
        address = await self._address("token_endpoint")
        answer = await self._asked(address, {"grant_type": kind, **fields})
        token, lifetime, refresh = answer.get("access_token"), answer.get("expires_in"), answer.get("refresh_token")
        if not isinstance(token, str) or str(answer.get("token_type", "")).lower() != "bearer":
            raise ProtocolError(f"{self.url}: expected a bearer token, got {answer.get('token_type', 'none')!r:.40}")
        return Grant(token, _seconds(lifetime), refresh if isinstance(refresh, str) else None)

    async def device(self, **fields: str) -> dict[str, Any]:
        """Begin a device flow: codes, address, interval.

        Raises:
            ConfigurationError: the issuer knows no device flow. The rest as `grant`.
        """
        return await self._asked(await self._address("device_authorization_endpoint"), fields)

    async def _address(self, name: str) -> str:
        if self._addresses is None:
            self._addresses = await published(self.url)
        address = self._addresses.get(name)
        if address is None:
            raise ConfigurationError(f"{self.url}: this issuer has no {name}, so it cannot be asked that way")
        return safe_address(address, name)

    async def _asked(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        try:
            authlib: Any = importlib.import_module("authlib.oauth2.auth")  # it has no types
        except ModuleNotFoundError:
            raise MissingExtraError("OAuth2", "auth") from None
        method = "none" if self.client.secret is None else "client_secret_basic"
        proof = authlib.ClientAuth(self.client.id, self.client.secret, auth_method=method)
        url, headers, body = proof.prepare("POST", url, dict(FORM), urlencode(fields))
        status, answer = await exchange("POST", url, headers, body)
        del headers, body  # they hold secrets, and a traceback may be printed with its local variables
        if status >= 500:
            raise Unreachable(f"{self.url}: the issuer of tokens is out of order (HTTP {status})")
        if not is_object(answer):
            raise ProtocolError(f"{url}: expected JSON (HTTP {status}); is this an issuer of tokens?")
        error = answer.get("error")
        if error in ("authorization_pending", "slow_down"):
            raise Pending(slower=error == "slow_down")
        if error is not None or status >= 400:
            said = ": ".join(str(text) for key in ("error", "error_description") if (text := answer.get(key)))
            why = _line(said, fields) or f"HTTP {status}"
            if error == "invalid_client":
                secret = "" if self.client.secret is None else ", or its secret is wrong"
                why = f"it is not known there{secret} ({why})"
            raise AccessDenied(f"{self.url}: no token for client {self.client.id!r}: {why}")
        return {key: _hidden(value) if key in SECRETS else value for key, value in answer.items()}


def _hidden(value: Any) -> Any:
    return Secret(value) if isinstance(value, str) else value


def _seconds(lifetime: object) -> float | None:
    """Seconds until the token ends; some issuers send the number as text."""
    try:
        seconds = float(lifetime)  # type: ignore[arg-type]  # whatever has no float is no number of seconds
    except (TypeError, ValueError):
        return None
    return seconds if 0 < seconds < MAX_LIFETIME else None


def _line(text: str, asked: Mapping[str, str]) -> str:
    """What an issuer said, as one short line that repeats nothing secret of what it was asked."""
    for name, value in asked.items():
        if name in SECRETS and value:
            text = text.replace(value, "<secret>")
    return "".join(char if char.isprintable() else " " for char in text).strip()[:MAX_TEXT]
