"""A server's nodes: listed, those wanted asked for, translated and checked. Nothing is dropped silently.

First what there is (ids, hashes, who provides), in as few answers as the server allows, then the bodies of what is
wanted and not known, by their ids: what is defined or removed meanwhile shifts no page, and nobody waits for bodies
that are not needed.
The generated client's typed answers are left alone: a definition that does not fit them deserves better than a
traceback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rekuest_codegen.api.client.operations import ENUMERATE_HASHES_GQL
from rekuest_codegen.api.contracts import LOOK_AT_SERVER, Contract, contract_of, enumeration
from rekuest_codegen.counted import counted
from rekuest_codegen.errors import DefinitionError, Finding, ProtocolError, ServerError, SyncInsideLoopError
from rekuest_codegen.fetch.cache import Definitions
from rekuest_codegen.fetch.exchange import Ask, exchange
from rekuest_codegen.ir import Node
from rekuest_codegen.project import Filters
from rekuest_codegen.project.filters import is_pattern
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.auth import Auth
from rekuest_codegen.wire.definitions import node_from_server
from rekuest_codegen.wire.endpoint import Endpoint

PAGE = 100
"""Bodies in one answer."""
LIST_PAGE = 10_000
"""Ids in one answer; a server may give fewer."""
MAX_NODES = 1_000_000
"""No server has so many; one that keeps listing more is not listing nodes."""

OnPage = Callable[[int, int | None], None]


class Refused(NamedTuple):
    """A node that cannot be expressed, and why."""

    app: str
    key: str
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """``app/key``, as messages name a node."""
        return f"{self.app}/{self.key}" if self.app else self.key


def fetch_nodes(
    url: str,
    token: str | Auth,
    filters: Filters | None = None,
    *,
    on_page: OnPage | None = None,
    timeout: float = 30.0,
    known: Definitions | None = None,
    refused: list[Refused] | None = None,
) -> list[Node]:
    """`afetch_nodes`, waiting. Raises SyncInsideLoopError where an event loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(
            afetch_nodes(url, token, filters, on_page=on_page, timeout=timeout, known=known, refused=refused)
        )
    raise SyncInsideLoopError(
        "an event loop is running here, which a sync call would block: await afetch_nodes instead"
    )


async def afetch_nodes(
    url: str,
    token: str | Auth,
    filters: Filters | None = None,
    *,
    on_page: OnPage | None = None,
    timeout: float = 30.0,
    known: Definitions | None = None,
    refused: list[Refused] | None = None,
) -> list[Node]:
    """All nodes that ``filters`` take, in the order in which they were defined.

    ``on_page`` is told after each page how many nodes are there, and of how many; ``timeout`` bounds each answer, in
    seconds. What is in ``known`` is not asked for, and what was asked for is put there. Nodes that cannot be expressed
    are put into ``refused``; where there is none, they are the end of it.

    Raises:
        DefinitionError: nodes that cannot be expressed, all of them.
        Unreachable, CallTimeout, ConnectionLost, AccessDenied, ServerError, ProtocolError, ConfigurationError
    """
    endpoint, filters = Endpoint.parse(url), filters or Filters()
    async with exchange(endpoint, token, timeout) as ask:
        listed = await _wanted(ask, endpoint, filters)
        found = {key: node for key, raw in listed.items() if known and (node := known.find(raw)) is not None}
        wanted = [key for key in listed if key not in found]
        if on_page is not None and found:
            on_page(len(found), len(listed))
        bodies: dict[str, Mapping[str, Any]] = {}
        documents = [enumeration(contract) for contract in await _contracts(ask)] if wanted else []
        for start in range(0, len(wanted), PAGE):
            chunk = wanted[start : start + PAGE]
            bodies.update(await _bodies(ask, endpoint, documents, chunk))
            if on_page is not None:
                on_page(min(start + PAGE, len(wanted)) + len(found), len(listed))
        missing = set(wanted) - bodies.keys()
        # Removed since it was listed is fine; still listed and not given is not.
        if missing and (kept := missing.intersection(await _wanted(ask, endpoint, filters))):
            few = ", ".join(sorted(kept)[:5])
            raise ProtocolError(
                f"{endpoint.graphql}: {counted(len(kept), 'node')} listed and yet not given (ids {few})"
            )
        read = _translated({key: bodies[key] for key in wanted if key in bodies}, refused)
    if known is not None:
        for key, node in read.items():
            known.keep(node, bodies[key])
        known.tidy()
    return [node for key in listed if (node := found.get(key) or read.get(key)) is not None]


async def _contracts(ask: Ask) -> Sequence[Contract]:
    """The contract the server speaks; where it does not let itself be looked at, those to try."""
    try:
        contract = contract_of(await ask(LOOK_AT_SERVER, {}))
    except ServerError:
        contract = None  # no introspection there
    return [contract] if contract else list(Contract)


async def _wanted(ask: Ask, endpoint: Endpoint, filters: Filters) -> dict[str, Mapping[str, Any]]:
    """What the listing says of the nodes that ``filters`` take, by id, in the order in which they were defined."""
    listed: dict[str, Mapping[str, Any]] = {}
    while True:
        pagination = {"offset": len(listed), "limit": LIST_PAGE}
        page = await _actions(ask, endpoint, ENUMERATE_HASHES_GQL, _for_server(filters), pagination)
        before = len(listed)
        # Also when a page is short: a server may have a limit of its own, and only an empty one is the end.
        listed.update(page)
        if len(listed) == before:
            return {key: raw for key, raw in listed.items() if _takes(filters, raw)}
        if len(listed) > MAX_NODES:
            raise ProtocolError(f"{endpoint.graphql}: listed more than {MAX_NODES} nodes, and goes on")


async def _bodies(
    ask: Ask, endpoint: Endpoint, documents: list[str], wanted: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """The nodes of these ids. ``documents`` is what may be understood; what was not is taken out of it."""
    pagination = {"offset": 0, "limit": len(wanted)}
    while True:
        try:
            page = await _actions(ask, endpoint, documents[0], {"ids": list(wanted)}, pagination)
        except ServerError as error:
            if len(documents) == 1 or "Cannot query field" not in str(error):
                raise
            del documents[0]
        else:
            return {key: raw for key, raw in page.items() if key in wanted}


async def _actions(
    ask: Ask, endpoint: Endpoint, document: str, filters: dict[str, Any], pagination: dict[str, Any]
) -> dict[str, Mapping[str, Any]]:
    answer = await ask(document, {"filters": filters, "pagination": pagination})
    page = answer.get("actions")
    if not is_array(page) or not all(is_object(raw) and isinstance(raw.get("id"), str | int) for raw in page):
        raise ProtocolError(f"{endpoint.graphql}: asked for a list of nodes, and got something else")
    listed: dict[str, Mapping[str, Any]] = {}
    for raw in page:
        if listed.setdefault(str(raw["id"]), raw) != raw:
            raise ProtocolError(f"{endpoint.graphql}: lists two nodes under one id, {str(raw['id'])[:40]!r}")
    return listed


def _translated(bodies: Mapping[str, Mapping[str, Any]], refused: list[Refused] | None) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    found: list[Refused] = []
    for key, raw in bodies.items():
        try:
            nodes[key] = node_from_server(raw)
        except DefinitionError as error:
            found.append(Refused(_text(_at(raw, "app", "identifier")), _text(raw.get("key")), error.findings))
    if refused is not None:
        refused.extend(found)
    elif found:
        raise DefinitionError([finding for one in found for finding in one.findings], [one.title for one in found])
    return nodes


def _for_server(filters: Filters) -> dict[str, Any]:
    """What of ``filters`` a server can do; `_takes` is the rest."""
    alone = len(filters.app) == 1 and not is_pattern(filters.app[0])
    only = {"appIdentifier": filters.app[0]} if alone else {}
    return {**only, **({"search": filters.search} if filters.search else {})}


def _takes(filters: Filters, raw: Mapping[str, Any]) -> bool:
    """Whether a listed node is wanted."""
    if filters.connected and not any(_at(i, "agent", "connected") is True for i in _items(raw, "implementations")):
        return False
    collections, protocols = _names(raw, "collections"), _names(raw, "protocols")
    return filters.takes(_text(_at(raw, "app", "identifier")), _text(raw.get("key")), collections, protocols)


def _names(raw: Mapping[str, Any], field: str) -> list[str]:
    return [_text(_at(item, "name")) for item in _items(raw, field)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _items(raw: Mapping[str, Any], field: str) -> list[Any]:
    value = raw.get(field)
    return value if is_array(value) else []


def _at(raw: Any, *path: str) -> Any:
    for step in path:
        raw = raw.get(step) if is_object(raw) else None
    return raw
