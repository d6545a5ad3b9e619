"""Deadlines that callers told: who is gone when one passes has its task ended, and what waits is not begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller.terms import awaited_for
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.types import Arguments
from rekuest_codegen.server import deadlines
from rekuest_codegen.wire.asides import MAX_WITHIN, read_aside
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN
from rekuest_codegen.wire.messages import Assign, Cancel, Cancelled, Critical
from tests.server.conftest import WAIT, Agent

pytestmark = pytest.mark.anyio
Make = Callable[..., Any]
REST: Remote[Any] = Remote("lab", "rest", "1", "", "{}", Arguments, {})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "LATE", 0.05)


async def test_a_caller_that_is_gone_has_its_task_ended(
    url: str, provide: Make, define: Make, agent_at: Callable[..., Agent], caller_at: Make
) -> None:
    provide(url, "lab", define("rest"))
    async with agent_at(url) as agent, caller_at(url) as other:
        events = await other.watch()
        async with Client(url, "secret") as client:
            watch = await client.start(REST, {"x": 1}, awaited_for(0.2))
            assert isinstance(await agent.next(), Assign)
        cancelling = await agent.next()
        assert isinstance(cancelling, Cancel)
        await agent.send(Cancelled(task=cancelling.task))
        assert [event["kind"] for event in await events.of(watch.task, until="CANCELLED")] == [
            "CANCELLING",
            "CANCELLED",
        ]


async def test_what_ends_in_time_is_left_alone(
    url: str, provide: Make, define: Make, agent_at: Callable[..., Agent]
) -> None:
    provide(url, "lab", define("add"))
    remote: Remote[Any] = Remote("lab", "add", "1", "", "{}", Arguments, {})
    async with agent_at(url) as agent, Client(url, "secret") as client, asyncio.timeout(WAIT):
        watch = await client.start(remote, {"x": 1}, awaited_for(0.2))
        assert await watch.result() == {"return0": 2}
        await asyncio.sleep(0.4)
        assert agent.received.empty()


async def test_what_waits_for_an_agent_past_its_deadline_is_not_begun(
    url: str, provide: Make, define: Make, agent_at: Callable[..., Agent], caller_at: Make
) -> None:
    provide(url, "lab", define("rest"))
    async with Client(url, "secret") as client, caller_at(url) as other:
        events = await other.watch()
        async with agent_at(url) as agent:
            watch = await client.start(REST, {"x": 1}, awaited_for(0.2))
            task = await agent.next()
            await agent.send(Critical(task=task.task, error=f"{LOST_PREFIX}lab is stopping{NOT_BEGUN}"))
            await agent.acknowledged()
        told = await events.of(watch.task, until="CANCELLED")
        assert [event["kind"] for event in told if event["kind"] != "DISCONNECTED"] == [
            "QUEUED",
            "CANCELLING",
            "CANCELLED",
        ]
        async with agent_at(url) as agent:
            await asyncio.sleep(0.1)
            assert agent.received.empty()


@pytest.mark.parametrize(
    ("given", "within"),
    [
        (5, 5),
        (0.5, 0.5),
        (0, None),
        (-1, None),
        (True, None),
        ("5", None),
        (2 * MAX_WITHIN, None),
        (float("nan"), None),
    ],
)
def test_seconds_that_make_no_sense_are_none(given: Any, within: float | None) -> None:
    assert read_aside({"asides": {"within": given}}).within == within
