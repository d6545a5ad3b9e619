"""One issuer of tokens: its endpoints, as it publishes them, and the questions that OAuth2 asks there.

The protocol (bodies, client authentication, what an answer means) is authlib's; what is here is the transport below
it, bounded in time and size, and the translation of what goes wrong. Secrets go over https only, save to this machine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rekuest_codegen.errors import (
    AccessDenied,
    CallTimeout,
    ConfigurationError,
    MissingExtraError,
    ProtocolError,
    Unreachable,
)
from rekuest_codegen.runtime.auth.renewal import Grant
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.auth import Secret
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

TIMEOUT = 30.0
MAX_BODY = 1024 * 1024
DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
SECRETS = frozenset(["access_token", "refresh_token", "id_token", "device_code"])
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}


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
        self.url = _safe(url.rstrip("/"), "issuer")
        self.client = client
        self._endpoints: Mapping[str, str] | None = None

    async def grant(self, kind: str, **fields: str) -> Grant:
        """Ask the token endpoint for a grant of ``kind``.

        Raises:
            Pending: the user has not decided yet. AccessDenied: no. TransportError, ProtocolError, MissingExtraError.
        """
        endpoint = await self._endpoint("token_endpoint")
        answer = await self._asked(endpoint, {"grant_type": kind, **fields})
        token, lifetime, refresh = answer.get("access_token"), answer.get("expires_in"), answer.get("refresh_token")
        if not isinstance(token, str) or str(answer.get("token_type", "")).lower() != "bearer":
            raise ProtocolError(f"{self.url}: expected a bearer token, got {answer.get('token_type', 'none')!r:.40}")
        return Grant(token, _seconds(lifetime), refresh if isinstance(refresh, str) else None)

    async def device(self, **fields: str) -> dict[str, Any]:
        """Begin a device flow: codes, address, interval.

        Raises:
            ConfigurationError: the issuer knows no device flow. The rest as `grant`.
        """
        return await self._asked(await self._endpoint("device_authorization_endpoint"), fields)

    async def _endpoint(self, name: str) -> str:
        if self._endpoints is None:
            self._endpoints = await self._discovered()
        address = self._endpoints.get(name)
        if address is None:
            raise ConfigurationError(f"{self.url}: this issuer has no {name}, so it cannot be asked that way")
        return _safe(address, name)

    async def _discovered(self) -> dict[str, str]:
        for document in DOCUMENTS:
            status, found = await self._exchange("GET", self.url + document, {}, None)
            if status == 200 and is_object(found):
                if found.get("issuer") != self.url and found.get("issuer") != f"{self.url}/":
                    raise ProtocolError(
                        f"{self.url}: what is published there is of issuer {found.get('issuer')!r:.100}"
                    )
                return {key: value for key, value in found.items() if isinstance(value, str)}
        raise ConfigurationError(f"{self.url}: no issuer there; {DOCUMENTS[0]} gives HTTP {status}")

    async def _asked(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        authlib = _authlib()
        method = "none" if self.client.secret is None else "client_secret_basic"
        body = authlib.urls.url_encode(list(fields.items()))
        prove = authlib.auth.ClientAuth(self.client.id, self.client.secret, auth_method=method)
        url, headers, body = prove.prepare("POST", url, dict(FORM), body)
        status, answer = await self._exchange("POST", url, headers, body)
        del headers, body  # they hold secrets, and a traceback may be printed with its local variables
        if not is_object(answer):
            raise ProtocolError(f"{url}: expected JSON (HTTP {status}); is this an issuer of tokens?")
        error = answer.get("error")
        if error in ("authorization_pending", "slow_down"):
            raise Pending(slower=error == "slow_down")
        if error is not None or status >= 400:
            said = " ".join(str(answer.get(key, "")) for key in ("error", "error_description")).strip()
            raise AccessDenied(f"{self.url}: no token for client {self.client.id!r}: {_line(said) or f'HTTP {status}'}")
        return {
            key: Secret(value) if key in SECRETS and isinstance(value, str) else value for key, value in answer.items()
        }

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, object]:
        """Status and JSON of one answer; what is no JSON is None."""
        import httpx

        try:
            async with (
                asyncio.timeout(TIMEOUT),
                httpx.AsyncClient(timeout=TIMEOUT) as http,
                http.stream(method, url, headers=dict(headers), content=body) as response,
            ):
                return response.status_code, _json(await _read(response))
        except (TimeoutError, httpx.TimeoutException):
            raise CallTimeout(f"{self.url}: no answer within {TIMEOUT:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"{self.url}: no connection ({error or type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class _Authlib:
    auth: Any
    urls: Any


def _authlib() -> _Authlib:
    try:
        from authlib.common import urls
        from authlib.oauth2 import auth
    except ModuleNotFoundError:
        raise MissingExtraError("OAuth2", "auth") from None
    return _Authlib(auth, urls)


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BODY:
            raise ProtocolError(f"{response.url}: the answer is longer than the {MAX_BODY} bytes allowed")
    return bytes(body)


def _json(body: bytes) -> object:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def _seconds(lifetime: object) -> float | None:
    """Seconds until the token ends; some issuers send the number as text."""
    try:
        seconds = float(lifetime)  # type: ignore[arg-type]  # whatever has no float is no number of seconds
    except (TypeError, ValueError):
        return None
    return seconds if 0 < seconds < 10 * 365 * 86400 else None


def _safe(url: str, what: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname and Endpoint(url).is_loopback:
        return url
    raise ConfigurationError(f"{what} {url!r}: expected an https address (http only on this machine)")


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:200]
