"""A server's nodes: listed page by page, translated, and checked. Nothing is dropped silently.

HTTP by the client that ariadne-codegen generates; its typed answers are left alone, because a definition that does
not fit them deserves better than a traceback.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

from rekuest_codegen.api.client.client import Client
from rekuest_codegen.api.contracts import LOOK_AT_SERVER, contract_of, enumeration
from rekuest_codegen.errors import (
    AccessDenied,
    CallTimeout,
    ConnectionLost,
    DefinitionError,
    Finding,
    ProtocolError,
    ServerError,
    Unreachable,
)
from rekuest_codegen.ir import Node
from rekuest_codegen.ir.shapes import is_object
from rekuest_codegen.wire.answers import data_of
from rekuest_codegen.wire.definitions import node_from_server
from rekuest_codegen.wire.endpoint import Endpoint

PAGE = 100
MAX_BODY = 256 * 1024 * 1024
"""Bytes of one page; a server that sends more is not listing nodes."""

OnPage = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which nodes: of these apps, of these keys, found by this text, provided by a connected agent."""

    app: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    search: str | None = None
    connected: bool = False

    def takes(self, raw: Mapping[str, Any]) -> bool:
        """Whether a listed node is wanted. The server is asked for as little as it can filter; this is the rest."""
        return (
            (not self.app or _at(raw, "app", "identifier") in self.app)
            and (not self.key or raw.get("key") in self.key)
            and (not self.connected or any(_at(i, "agent", "connected") for i in raw.get("implementations") or ()))
        )

    def for_server(self) -> dict[str, Any]:
        only = {"appIdentifier": self.app[0]} if len(self.app) == 1 else {}
        return {**only, **({"search": self.search} if self.search else {})}


def fetch_nodes(
    url: str, token: str, filters: Filters | None = None, *, on_page: OnPage | None = None, timeout: float = 30.0
) -> list[Node]:
    """All nodes that ``filters`` take, in the order in which they were defined.

    ``on_page`` is told after each page how many nodes were listed; ``timeout`` bounds each answer, in seconds.

    Raises:
        DefinitionError: nodes that cannot be expressed, all of them.
        Unreachable, CallTimeout, ConnectionLost, AccessDenied, ServerError, ProtocolError, ConfigurationError
    """
    return asyncio.run(_fetch(Endpoint.parse(url), token, filters or Filters(), on_page, timeout))


async def _fetch(
    endpoint: Endpoint, token: str, filters: Filters, on_page: OnPage | None, timeout: float
) -> list[Node]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=timeout) as http:
        client = Client(url=endpoint.graphql, http_client=cast("Any", http))
        document = enumeration(contract_of(await _look(endpoint, client, timeout)))
        listed: dict[str, Mapping[str, Any]] = {}
        while True:
            pagination = {"offset": len(listed), "limit": PAGE}
            variables = {"filters": filters.for_server(), "pagination": pagination}
            page: list[Any] = (await _ask(endpoint, client, document, variables, timeout)).get("actions") or []
            before = len(listed)
            # What is listed may change between two pages; an id counts once.
            listed.update({str(raw.get("id")): raw for raw in page})
            if on_page is not None:
                on_page(len(listed), None)
            if len(page) < PAGE or len(listed) == before:
                break
    return _translated(raw for raw in listed.values() if filters.takes(raw))


async def _look(endpoint: Endpoint, client: Client, timeout: float) -> dict[str, Any]:
    try:
        return await _ask(endpoint, client, LOOK_AT_SERVER, {}, timeout)
    except ServerError:
        return {}  # no introspection there


async def _ask(
    endpoint: Endpoint, client: Client, document: str, variables: dict[str, Any], timeout: float
) -> dict[str, Any]:
    place = endpoint.graphql
    try:
        async with asyncio.timeout(timeout):
            response = cast("httpx.Response", await client.execute(query=document, variables=variables))
    except (TimeoutError, httpx.TimeoutException):
        raise CallTimeout(f"{place}: no answer within {timeout:g} s") from None
    except (httpx.ConnectError, httpx.UnsupportedProtocol) as error:
        raise Unreachable(f"{place}: no connection ({error}); is the server running?") from None
    except httpx.HTTPError as error:
        raise ConnectionLost(f"{place}: the answer broke off ({error or type(error).__name__})") from None
    if response.status_code in (401, 403):
        raise AccessDenied(f"{place}: the token was refused (HTTP {response.status_code})")
    kind = response.headers.get("content-type", "no content type").split(";")[0]
    try:
        payload = json.loads(response.content)
    except (ValueError, RecursionError):
        got = f"{kind} (HTTP {response.status_code})"
        raise ProtocolError(f"{place}: expected JSON, got {got}; is this the address of a rekuest server?") from None
    return data_of(place, payload)


def _translated(listed: Any) -> list[Node]:
    nodes: list[Node] = []
    findings: list[Finding] = []
    for raw in listed:
        try:
            nodes.append(node_from_server(raw))
        except DefinitionError as error:
            findings.extend(error.findings)
    if findings:
        raise DefinitionError(findings)
    return nodes


def _at(raw: Any, *path: str) -> Any:
    for step in path:
        raw = raw.get(step) if is_object(raw) else None
    return raw
