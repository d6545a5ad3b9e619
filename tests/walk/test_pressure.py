"""An agent under pressure answers its heartbeat: many callers, a long queue, a flood of reports, all at once.

Bounded, for every run; the long one is a benchmark. A server made of frames shows what the embedded one hides: how
soon heartbeats are answered while 10,000 tasks wait, and that one that is slow is not overrun.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from rekuest_codegen import connect
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.scan import scan
from tests.walk.faults import PROVIDER, TOKEN, Caller, provided, served

SECONDS = 2.5
CALLERS = 32
QUEUED = 1_000


@contextmanager
def stubs(folder: Path, url: str) -> Generator[Any]:
    """The generated functions of the provider in ``folder``, in this process."""
    result = scan([folder / "faulty.py"])
    assert not result.errors, result.errors
    write_package(folder / "pressure_stubs", generate([found.node for found in result.nodes]))
    sys.path.insert(0, str(folder))
    connect(url, TOKEN)
    try:
        yield importlib.import_module("pressure_stubs.faulty")
    finally:
        portal.close()
        context._configured = None
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.startswith("pressure_stubs")]:
            del sys.modules[name]


def test_callers_a_queue_and_a_flood_cost_no_heartbeat(tmp_path: Path) -> None:
    with (
        served(tmp_path, heartbeat=1.5) as (_, url),
        provided(tmp_path, url, silence=4.5),
        stubs(tmp_path, url) as faulty,
    ):
        caller = Caller(url)
        witness = caller.assign("work", seconds=60.0)
        flood = caller.assign("flood", seconds=SECONDS)

        def keep_calling(number: int) -> int:
            calls, until = 0, time.monotonic() + SECONDS
            while time.monotonic() < until:
                assert faulty.quick(number) == number + 1
                calls += 1
            return calls

        with concurrent.futures.ThreadPoolExecutor(CALLERS + 1) as pool:
            queued = pool.submit(caller.assign_many, "in_line", QUEUED, x=1)
            calls = sum(pool.map(keep_calling, range(CALLERS)))
            last = queued.result(60)[-1]
        assert caller.until(last)[-1]["kind"] == "COMPLETED", "one at a time, so all before it as well"
        assert calls > CALLERS
        assert caller.until(flood)[-1]["kind"] == "COMPLETED"
        assert [event["kind"] for event in caller.events(witness)] == ["PROGRESS"], "it was never disconnected"
        caller.cancel(witness)
        assert caller.until(witness)[-1]["kind"] == "CANCELLED"


class Frames:
    """A server made of frames: it registers whoever comes, hands out tasks, and times the answers to its heartbeats.

    ``rate`` is how many frames a second it takes in, one after the other; None takes them as they come, and
    acknowledges yields too.
    """

    def __init__(self, assigns: Sequence[tuple[str, dict[str, Any]]], *, rate: float | None, beat: float) -> None:
        self._assigns = assigns
        self._rate = rate
        self._beat = beat
        self._asked: list[float] = []
        self.answered: list[float] = []
        self.ended: dict[str, str] = {}
        self.reports = 0
        self.done = asyncio.Event()

    async def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        if socket.request.path.startswith("/graphql"):
            await self._graphql(socket)
        else:
            await self._agent(socket)

    async def _graphql(self, socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "connection_ack"}))
        async for frame in socket:
            asked = json.loads(frame)
            if asked["type"] == "subscribe":
                data = {"ensureAgent": {"id": "1", "hash": ""}, "implementAgent": {"id": "1", "hash": ""}}
                await socket.send(json.dumps({"type": "next", "id": asked["id"], "payload": {"data": data}}))
                await socket.send(json.dumps({"type": "complete", "id": asked["id"]}))

    async def _agent(self, socket: ServerConnection) -> None:
        register = json.loads(await socket.recv())
        if self._rate is None:
            await socket.send(json.dumps({"type": "EVENT_ACK", "id": "0", "event": register["id"]}))
        await socket.send(json.dumps({"type": "INIT", "id": "1", "agent": "1", "inquiries": []}))
        giving = asyncio.create_task(self._give(socket))
        beating = asyncio.create_task(self._beats(socket))
        try:
            async for frame in socket:
                await self._take(socket, json.loads(frame))
        finally:
            giving.cancel()
            beating.cancel()

    async def _give(self, socket: ServerConnection) -> None:
        for number, (interface, args) in enumerate(self._assigns):
            assign = {"type": "ASSIGN", "id": str(number), "interface": interface, "task": str(number), "args": args}
            common = {"user": "u", "org": "o", "action": "a", "implementation": "i"}
            await socket.send(json.dumps({**assign, **common}))

    async def _beats(self, socket: ServerConnection) -> None:
        while True:
            await asyncio.sleep(self._beat)
            self._asked.append(time.monotonic())
            await socket.send(json.dumps({"type": "HEARTBEAT", "id": "h"}))

    async def _take(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        if self._rate is not None:
            await asyncio.sleep(1 / self._rate)
        kind = message["type"]
        if kind == "HEARTBEAT_ANSWER":
            self.answered.append(time.monotonic() - self._asked.pop(0))
        elif "task" in message:
            self.reports += 1
            terminal = kind in ("COMPLETED", "CRITICAL", "FAILED")
            if terminal:
                self.ended[message["task"]] = kind
            if terminal or (kind == "YIELD" and self._rate is None):
                ack = {"type": "EVENT_ACK", "id": "e", "event": message["id"], "task": message["task"]}
                await socket.send(json.dumps(ack))
        if len(self.ended) == len(self._assigns):
            self.done.set()


async def against(frames: Frames, folder: Path, seconds: float) -> None:
    """A provider process against such a server, until every task has ended or the time is over."""
    (folder / "faulty.py").write_text(PROVIDER, encoding="utf-8")
    async with serve(frames.handle, "127.0.0.1", 0, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        settings = {"REKUEST_URL": f"http://127.0.0.1:{port}", "REKUEST_TOKEN": "t", "LEDGER": str(folder / "ledger")}
        environment = {**os.environ, **settings, "SILENCE": "30"}
        provider = await asyncio.create_subprocess_exec(
            sys.executable, "faulty.py", "0.1", env=environment, cwd=folder, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await frames.done.wait()
        finally:
            provider.kill()
            await provider.wait()


async def test_ten_thousand_tasks_wait_and_heartbeats_are_answered(tmp_path: Path) -> None:
    assigns: list[tuple[str, dict[str, Any]]] = [("flood", {"seconds": 1.0}), *[("in_line", {"x": 1})] * 10_000]
    frames = Frames(assigns, rate=None, beat=0.1)
    await against(frames, tmp_path, 45)
    assert set(frames.ended.values()) == {"COMPLETED"}
    assert len(frames.ended) == 10_001
    assert max(frames.answered) < 2.5, "the real server waits for five seconds"


async def test_a_slow_server_is_not_overrun(tmp_path: Path) -> None:
    """It takes in forty reports a second, acknowledges ends only, and has its heartbeat's answer behind them."""
    work: list[tuple[str, dict[str, Any]]] = [("tick_fast", {"count": 1000}), ("flood", {"seconds": 60.0})]
    frames = Frames([*work, *[("quick", {"x": 1})] * 200], rate=40.0, beat=1.0)
    await against(frames, tmp_path, 5)
    assert frames.reports > 60
    assert frames.answered
    assert max(frames.answered) < 4.0, "the real server waits for five seconds"
