"""One question to a server and its answer, by GraphQL over HTTP: bounded in time and in size, errors translated.

What comes back is data or one of our errors, and never the token: servers and proxies like to say what they refused.
That holds of every error that leaves the `exchange`, also of those raised over what an answer said.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from rekuest_codegen.api.client.client import Client
from rekuest_codegen.errors import (
    AccessDenied,
    CallTimeout,
    ConfigurationError,
    ConnectionLost,
    DefinitionError,
    Finding,
    ProtocolError,
    RekuestError,
    Unreachable,
)
from rekuest_codegen.shapes import is_object
from rekuest_codegen.wire.answers import data_of
from rekuest_codegen.wire.auth import Auth, Fixed, with_token
from rekuest_codegen.wire.endpoint import Endpoint

MAX_BODY = 128 * 1024 * 1024
"""Bytes of one answer, unpacked; a server that sends more is not listing nodes."""
MAX_TEXT = 200
MAX_LINE = 1000
SHORTEST_SECRET = 6
"""A token shorter than this is part of ordinary words, and taking it out would leave none legible."""

Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def exchange(endpoint: Endpoint, token: str | Auth, timeout: float) -> AsyncGenerator[Ask]:
    """Gives what asks: a document and its variables in, the answer's data out. ``timeout`` bounds each answer.

    Raises:
        ConfigurationError: the token cannot be a token.
    """
    auth = Fixed(token) if isinstance(token, str) else token
    shown: set[str] = set()
    async with _Bounded(timeout=timeout) as http:
        client = Client(url=endpoint.graphql, http_client=cast("Any", http))

        async def ask(document: str, variables: dict[str, Any]) -> dict[str, Any]:
            async def attempt(token: str) -> dict[str, Any]:
                shown.add(token)
                http.headers["Authorization"] = f"Bearer {token}"
                return await _ask(client, endpoint.graphql, timeout, document, variables)

            return await with_token(auth, attempt)

        try:
            yield ask
        except DefinitionError as error:
            told = [(_told(one.where, shown), _told(one.message, shown), one) for one in error.findings]
            findings = [Finding(one.code, where, text, one.severity) for where, text, one in told]
            raise DefinitionError(findings, [_told(node, shown) for node in error.nodes]) from None
        except RekuestError as error:
            error.args = (_told(str(error), shown),)
            raise


async def _ask(client: Client, place: str, timeout: float, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    try:
        async with asyncio.timeout(timeout):
            response = cast("httpx.Response", await client.execute(query=document, variables=variables))
    except (TimeoutError, httpx.TimeoutException):
        raise CallTimeout(f"{place}: no answer within {timeout:g} s") from None
    except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ProxyError, OSError) as error:
        raise Unreachable(f"{place}: no connection ({error}); is the server running?") from None
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ConfigurationError(f"{place}: no such address can be ({error})") from None
    except httpx.HTTPError as error:
        raise ConnectionLost(f"{place}: the answer broke off ({error or type(error).__name__}); try again") from None
    return data_of(place, _payload(place, response))


def _payload(place: str, response: httpx.Response) -> Any:
    status = f"HTTP {response.status_code}"
    if response.status_code in (401, 403):
        raise AccessDenied(f"{place}: the token was refused ({status})")
    if response.is_redirect:
        target = response.headers.get("location", "")[:MAX_TEXT]
        raise ProtocolError(f"{place}: the server sends us on to {target!r} ({status}); give that address instead")
    try:
        payload = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type").split(";")[0][:MAX_TEXT]
        if "json" in kind:
            why = "it nests too deeply" if isinstance(error, RecursionError) else str(error)[:MAX_TEXT]
            raise ProtocolError(
                f"{place}: the answer cannot be read as the JSON it says it is: {why} ({status})"
            ) from None
        raise ProtocolError(
            f"{place}: expected JSON, got {kind} ({status}); is this the address of a rekuest server?"
        ) from None
    if not is_object(payload) or not payload.keys() & {"data", "errors"}:
        got = json.dumps(payload)
        short = got if len(got) <= 60 else f"{got[:60]}…"
        raise ProtocolError(
            f"{place}: expected a GraphQL answer, got {short} ({status}); is this the address of a rekuest server?"
        )
    return payload


class _Bounded(httpx.AsyncClient):
    """A client that reads no more than `MAX_BODY` of an answer."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        options["stream"] = True
        response = await super().send(request, **options)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_BODY:
                    raise ProtocolError(f"{request.url}: the answer is longer than the {MAX_BODY} bytes allowed")
        finally:
            await response.aclose()
        kept = {name: value for name in ("content-type", "location") if (value := response.headers.get(name))}
        return httpx.Response(response.status_code, headers=kept, content=bytes(body), request=request)


def _told(text: str, tokens: Collection[str]) -> str:
    """One line that may be printed: foreign text in it moves no cursor and repeats no token."""
    for token in tokens:
        if len(token) >= SHORTEST_SECRET:
            text = text.replace(token, "<the token>")
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"
