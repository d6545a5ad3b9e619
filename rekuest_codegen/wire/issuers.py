"""What an issuer of tokens publishes about itself, and one bounded exchange with it.

Callers ask it for tokens (`runtime.auth`), the embedded server for the keys that its tokens are signed with. Secrets
and keys go over https only, save to this machine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rekuest_codegen.errors import CallTimeout, ConfigurationError, ProtocolError, Unreachable
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.endpoint import Endpoint

if TYPE_CHECKING:
    import httpx

TIMEOUT = 30.0
MAX_BODY = 1024 * 1024
DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def safe_address(url: str, what: str) -> str:
    """``url``, if secrets may go there.

    Raises:
        ConfigurationError: it is neither https nor on this machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if host and "@" not in url and (parts.scheme == "https" or (parts.scheme == "http" and Endpoint(url).is_loopback)):
        return url
    shown = url if "@" not in url else "with an '@'"
    raise ConfigurationError(f"{what} {shown!r}: expected an https address (http only on this machine)")


async def published(issuer: str) -> dict[str, str]:
    """The addresses that ``issuer`` publishes, by their names in OpenID Connect Discovery and RFC 8414.

    Raises:
        ConfigurationError: there is no issuer. ProtocolError: it is another one. TransportError.
    """
    status = 0
    for document in DOCUMENTS:
        status, found = await exchange("GET", issuer + document, {}, None)
        if status == 200 and is_object(found):
            if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
                raise ProtocolError(f"{issuer}: what is published there is of another issuer")
            return {key: value for key, value in found.items() if isinstance(value, str)}
    if status >= 500:
        raise Unreachable(f"{issuer}: the issuer of tokens is out of order (HTTP {status})")
    raise ConfigurationError(f"{issuer}: no issuer of tokens there; {DOCUMENTS[0]} gives HTTP {status}")


async def exchange(method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, object]:
    """Status and JSON of one answer; what is no JSON is None.

    Raises:
        Unreachable, CallTimeout: no answer. ProtocolError: it is too long.
    """
    import httpx

    try:
        async with (
            asyncio.timeout(TIMEOUT),
            httpx.AsyncClient(timeout=TIMEOUT) as http,
            http.stream(method, url, headers=dict(headers), content=body) as response,
        ):
            return response.status_code, _json(await _read(response))
    except (TimeoutError, httpx.TimeoutException):
        raise CallTimeout(f"{url}: no answer within {TIMEOUT:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(f"{url}: no connection ({error or type(error).__name__})") from None


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
