"""Streams over a network that is cut again and again, from a real agent through a real server: every item, once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen import ConnectionState
from rekuest_codegen.runtime import Arguments, remote
from rekuest_codegen.runtime.caller import patience
from rekuest_codegen.runtime.caller.client import Client
from tests.walk.faults import TOKEN, provided, served
from tests.walk.network import Network


class Count(Arguments):
    count: int


def node(key: str) -> Any:
    return remote(app="faulty", key=key, version="1", hash="h", ports="{}", arguments=Count, types={})


async def test_nothing_is_lost_or_doubled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BACKOFF", (0.01, 0.05, 0.1))
    states: list[ConnectionState] = []
    with served(tmp_path) as (_, url), provided(tmp_path, url), Network.to(url) as network:
        async with asyncio.timeout(40), Client(network.url, TOKEN, on_state=states.append) as client:

            async def follow(key: str, count: int) -> list[int]:
                watch = await client.start(node(key), {"count": count})
                items: list[int] = []
                while (item := await watch.next_yield()) is not None:
                    items.append(item["return0"])
                return items

            following = [asyncio.create_task(follow("tick", 30)) for _ in range(4)]
            following += [asyncio.create_task(follow("tick_fast", 3000)) for _ in range(2)]
            for pause in (0.05, 0.1, 0.2, 0.4, 0.8):  # longer and longer, so that a slow machine gets on between two
                await asyncio.sleep(pause)
                network.cut()
            assert await asyncio.gather(*following) == [list(range(30))] * 4 + [list(range(3000))] * 2
            assert states.count(ConnectionState.LOST) >= 3
            assert client._watches == {}
