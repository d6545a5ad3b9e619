"""Reading back, by several at once: each that is through has everything that there was when it began."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from rekuest_codegen.runtime import operations
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.watch import Watch
from rekuest_codegen.wire.endpoint import Endpoint


class Pages:
    """A server of one task with ``total`` events. The second page waits, for whoever asked for it first."""

    endpoint = Endpoint.parse("http://127.0.0.1:9")

    def __init__(self, total: int) -> None:
        self.events = [{"id": str(number), "kind": "YIELD", "returns": {}} for number in range(total)]
        self.slow = True
        self.go_on = asyncio.Event()

    async def request(self, document: str, variables: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
        offset, limit = variables["pagination"]["offset"], variables["pagination"]["limit"]
        answer = {"task": {"reference": "r", "events": self.events[offset : offset + limit]}}
        await asyncio.sleep(0)
        if offset and self.slow:
            self.slow = False
            await self.go_on.wait()
        return answer


async def test_one_that_finds_a_page_known_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "EVENTS", 10)
    pages = Pages(45)
    watch = Watch("lab/add", "1", "r", proven=False, lost_after=1.0)
    link = cast("Link", pages)
    async with asyncio.timeout(10):
        quick = asyncio.create_task(operations.read_back(link, watch))
        late = asyncio.create_task(operations.read_back(link, watch))
        await late
        assert watch.taken == 45
        pages.go_on.set()
        await quick
    assert watch.taken == 45


async def test_a_server_that_gives_the_same_page_for_ever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "EVENTS", 10)

    class Stuck(Pages):
        async def request(self, document: str, variables: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
            return {"task": {"reference": "r", "events": self.events[:10]}}

    watch = Watch("lab/add", "1", "r", proven=False, lost_after=1.0)
    async with asyncio.timeout(10):
        await operations.read_back(cast("Link", Stuck(45)), watch)
    assert watch.taken == 10
