"""What the runtime really sends, document and variables, is what both printed contracts take.

Validating a document says nothing of its variables, so they are recorded: a provider and a caller at work with an
embedded server, one answer lost on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from rekuest_codegen.api.client import operations
from rekuest_codegen.api.contracts import Contract, enumeration
from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.fetch import Filters, afetch_nodes
from rekuest_codegen.fetch import listing as listing_module
from rekuest_codegen.runtime import Arguments, Remote, remote
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.server import serving
from tests.api.provider import app

Schemas = Callable[[str], GraphQLSchema]
Sent = list[tuple[str, dict[str, Any]]]
WITHIN = 30.0
LEFT_OUT = ("cached", "log", "ephemeral")
"""Flags of a call that the server's printed contract requires and the server does not: no real client sends them."""


class NoArguments(Arguments):
    pass


def node(key: str) -> Remote[Any]:
    return remote(app="variables", key=key, version="1", hash="h", ports="{}", arguments=NoArguments, types={})


def recording(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What goes out from here on. The answer to the first assignment is lost, once the server has it."""
    sent: Sent = []
    lost: list[bool] = []
    request, listen = Connection.request, Connection.listen

    async def noted_request(self: Connection, document: str, variables: Mapping[str, Any], **options: Any) -> Payload:
        sent.append((document, dict(variables)))
        answer = await request(self, document, variables, **options)
        if document == operations.ASSIGN_GQL and not lost:
            lost.append(True)
            raise ConnectionLost("the answer was lost")
        return answer

    async def noted_listen(self: Connection, document: str, variables: Mapping[str, Any], sink: Any) -> None:
        sent.append((document, dict(variables)))
        await listen(self, document, variables, sink)

    actions = listing_module._actions

    async def noted_actions(
        ask: Any, endpoint: Any, document: str, filters: dict[str, Any], pagination: dict[str, Any]
    ) -> Any:
        sent.append((document, {"filters": filters, "pagination": pagination}))
        return await actions(ask, endpoint, document, filters, pagination)

    monkeypatch.setattr(Connection, "request", noted_request)
    monkeypatch.setattr(Connection, "listen", noted_listen)
    monkeypatch.setattr(listing_module, "_actions", noted_actions)
    return sent


@asynccontextmanager
async def providing(url: str, token: str) -> AsyncIterator[None]:
    ready = asyncio.Event()
    running = asyncio.create_task(app.arun(url=url, token=token, on_ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        assert not running.done(), running.exception()
        yield
    finally:
        waiting.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def everything() -> None:
    with serving(token="a-token-of-this-test") as server:
        async with (
            asyncio.timeout(WITHIN),
            providing(server.url, server.token),
            Client(server.url, server.token) as our,
        ):
            worked = await our.start(node("work"), {"x": 1, "level": None, "modes": ["FAST"]})
            assert await worked.result() == {"return0": {"x": 1.5}}
            assert (await (await our.start(node("open_camera"), {})).result())["return0"]["object"]
            await our.cancel(await our.start(node("wait"), {"seconds": 60.0}))
            filters = Filters(app=("variables",), search="wo", connected=True)
            assert [found.key for found in await afetch_nodes(server.url, server.token, filters)] == ["work"]


def problems(schema: GraphQLSchema, document: str, variables: dict[str, Any]) -> list[str]:
    (operation,) = (one for one in parse(document).definitions if isinstance(one, OperationDefinitionNode))
    found = get_variable_values(schema, operation.variable_definitions, variables)
    return [error.message for error in found] if isinstance(found, list) else []


@pytest.fixture(scope="module")
def sent() -> Sent:
    with pytest.MonkeyPatch.context() as monkeypatch:
        noted = recording(monkeypatch)
        asyncio.run(everything())
    return noted


def test_all_that_the_runtime_sends_is_recorded(sent: Sent) -> None:
    names = {name for name in operations.__all__ if getattr(operations, name) in {document for document, _ in sent}}
    assert names >= {
        "ENSURE_AGENT_GQL",
        "IMPLEMENT_AGENT_GQL",
        "ENUMERATE_HASHES_GQL",
        "ASSIGN_GQL",
        "FIND_TASK_GQL",
        "TASK_EVENTS_GQL",
        "MY_TASKS_GQL",
        "CANCEL_GQL",
        "SHELVE_IN_MEMORY_DRAWER_GQL",
    }
    assert enumeration(Contract.TWO) in {document for document, _ in sent}


@pytest.mark.parametrize("name", ["own", "next", "server"])
def test_variables_are_what_the_contract_takes(name: str, sent: Sent, schema: Schemas) -> None:
    known = schema(name)
    for document, variables in sent:
        refused = problems(known, document, variables)
        if name == "server" and document == operations.ASSIGN_GQL:
            refused = [text for text in refused if not any(f"Field '{flag}' of" in text for flag in LEFT_OUT)]
        assert refused == []


def test_what_enumerates_has_variables_that_contract_10_takes_too(sent: Sent, schema: Schemas) -> None:
    enumerating = [variables for document, variables in sent if document == enumeration(Contract.TWO)]
    listing = [variables for document, variables in sent if document == operations.ENUMERATE_HASHES_GQL]
    assert enumerating
    assert listing
    for variables in enumerating:
        assert problems(schema("ten"), enumeration(Contract.TEN), variables) == []
    for variables in listing:
        assert problems(schema("ten"), operations.ENUMERATE_HASHES_GQL, variables) == []
