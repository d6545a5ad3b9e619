"""The client against what a real rekuest-server 2.2 once sent: as it came, late, out of order, and cut.

The recordings are no part of the project: ``REKUEST_REFERENCE`` names the folder they are in. Each task of one is
played to a call of ours: the answer to its assignment and what the subscription brought, payload by payload.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from rekuest_codegen.errors import AgentLost, NodeError, RekuestError, TaskCancelled
from rekuest_codegen.runtime.caller import assigning, patience
from rekuest_codegen.runtime.caller import client as calling
from rekuest_codegen.runtime.caller.client import Client
from tests.runtime.caller.test_client import node
from tests.runtime.scripted import Scripted, scripted

REFERENCE = Path(os.environ.get("REKUEST_REFERENCE") or Path(__file__).parents[4] / "shared" / "reference")
WIRE = REFERENCE / "server-2.2" / "wire"
ANSWER = None
"""Stands for the answer to the assignment, among the payloads."""
Item = dict[str, Any] | None
FIELDS = ("id", "task", "kind", "returns", "message", "progress")
SCENARIOS = (
    *("02-call-plain", "03-stream-generator", "04-error", "05-cancel", "06b-agent-killed-midtask-restarted"),
    *("06c-agent-killed-midtask-not-restarted", "07-arguments", "08-nested-call-over-agi", "09-lifecycle"),
)


def recorded(name: str) -> dict[str, list[Item]]:
    """By task, what came for it in the order in which it came: payloads of `mytasks`, and the answer."""
    path = WIRE / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not there; REKUEST_REFERENCE names its folder")
    tasks: dict[str, list[Item]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        frame = json.loads(line)
        if frame["kind"] == "http" and (assign := ((frame.get("response") or {}).get("data") or {}).get("assign")):
            tasks.setdefault(str(assign["id"]), []).append(ANSWER)
        if frame["kind"] != "ws" or frame["path"] != "/graphql" or frame["dir"] != "s>c":
            continue
        change = ((frame["data"].get("payload") or {}).get("data") or {}).get("mytasks")
        if change and (event := change["event"]):  # what the operation of ours asks for, of what theirs did
            payload = {"event": {key: event[key] for key in FIELDS}}
            tasks.setdefault(str(event["task"]), []).append(payload)
        elif change and change["create"]:
            tasks.setdefault(str(change["create"]["id"]), []).append({"event": None})
    return {task: items for task, items in tasks.items() if ANSWER in items and len(items) > 1}


def outcome_of(items: list[Item]) -> tuple[list[Any], str]:
    """What its caller should get to see."""
    events = [item["event"] for item in items if item and item["event"]]
    ends = {"COMPLETED": "done", "CRITICAL": "NodeError", "FAILED": "NodeError"}
    ends |= {"CANCELLED": "TaskCancelled", "INTERRUPTED": "TaskCancelled"}
    end = next((ends[event["kind"]] for event in events if event["kind"] in ends), "AgentLost")
    return [event["returns"] for event in events if event["kind"] == "YIELD"], end


@dataclass
class Player:
    """Plays recorded tasks to whoever assigns; which one, its first argument says."""

    tasks: dict[str, list[Item]]
    pause: Callable[[], float] = lambda: 0.0
    cut_after: int | None = None
    dead_until: int = 0
    """How many events come before the subscription delivers, as the real one does when it is new."""
    played: int = 0
    playing: set[asyncio.Task[None]] = field(default_factory=set)

    async def on_request(self, name: str, socket: ServerConnection, variables: dict[str, Any]) -> bool:
        if name != "assign":
            return False
        given = variables["input"]
        task = given["args"]["x"]
        server.references[given["reference"]] = task
        work = asyncio.create_task(self.play(task, socket, server.answering))
        self.playing.add(work)
        work.add_done_callback(self.playing.discard)
        return True

    async def play(self, task: str, socket: ServerConnection, key: str) -> None:
        for item in self.tasks[task]:
            await asyncio.sleep(self.pause())
            if item is ANSWER:
                with suppress(ConnectionClosed):
                    payload = {"data": {"assign": {"id": task}}}
                    await socket.send(json.dumps({"type": "next", "id": key, "payload": payload}))
                    await socket.send(json.dumps({"type": "complete", "id": key}))
            else:
                event = item["event"]
                if event:
                    server.events.setdefault(task, []).append(event)
                if self.played >= self.dead_until:
                    for subscriber, subscription in list(server.subscribers):
                        frame = {"type": "next", "id": subscription, "payload": {"data": {"mytasks": item}}}
                        with suppress(ConnectionClosed):
                            await subscriber.send(json.dumps(frame))
            self.played += 1
            if self.played == self.cut_after:
                for open_ in list(server.connections):
                    open_.transport.abort()


server: Scripted


@asynccontextmanager
async def playing(player: Player) -> AsyncGenerator[Client]:
    global server
    async with scripted(lambda _: [], on_request=player.on_request) as server:
        async with asyncio.timeout(30), Client(server.url, "token", lost_after=0.25) as client:
            yield client
        for work in list(player.playing):
            work.cancel()


async def seen(client: Client, task: str) -> tuple[list[Any], str]:
    found: list[Any] = []
    numbers: list[int] = []
    try:
        watch = await client.start(node(), {"x": task})
        while (event := await watch.next_event()).kind not in ("COMPLETED",):
            numbers.append(event.number)
            if event.kind == "YIELD":
                found.append(event.returns)
            elif event.kind in ("CRITICAL", "FAILED", "CANCELLED", "INTERRUPTED"):
                raise watch.outcome(event)
        assert numbers == sorted(set(numbers))
    except AgentLost:
        await client.cancel(watch)  # as a call does: should the agent come back, it is not to go on
        assert server.cancelled == [task]
        return found, "AgentLost"
    except (NodeError, TaskCancelled) as error:
        return found, type(error).__name__
    except RekuestError as error:
        return found, repr(error)
    return found, "done"


async def check(player: Player) -> None:
    async with playing(player) as client:
        found = await asyncio.gather(*(seen(client, task) for task in player.tasks))
        expected = [outcome_of(items) for items in player.tasks.values()]
        assert found == expected
        assert client._watches == {}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BACKOFF", (0.0, 0.01, 0.05))
    monkeypatch.setattr(calling, "SWEEPS", (0.1, 0.2, 0.5))
    monkeypatch.setattr(assigning, "LOOK_AGAIN", (0.0, 0.02))


@pytest.mark.parametrize("name", SCENARIOS)
async def test_as_it_came(name: str) -> None:
    tasks = recorded(name)
    assert tasks
    await check(Player(tasks))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("seed", range(2))
async def test_late_and_out_of_order(name: str, seed: int) -> None:
    """Each frame late by its own time; the answer, which comes by another road, anywhere among them."""
    chance = random.Random(f"{name} {seed}")
    tasks: dict[str, list[Item]] = {}
    for task, items in recorded(name).items():
        others: list[Item] = [item for item in items if item is not ANSWER]
        others.insert(chance.randrange(len(others) + 1), ANSWER)
        tasks[task] = others
    await check(Player(tasks, pause=lambda: chance.choice((0.0, 0.0, 0.001, 0.01))))


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_subscription_that_is_not_live_yet(name: str) -> None:
    tasks = recorded(name)
    for dead in (1, 3, 1000):
        await check(Player(tasks, dead_until=dead))


@pytest.mark.parametrize("name", SCENARIOS)
async def test_cut(name: str) -> None:
    """The connection breaks after a frame, each frame in turn; of those that have many, every so many."""
    tasks = recorded(name)
    frames = sum(map(len, tasks.values()))
    for cut in range(1, frames + 1, max(1, frames // 12)):
        await check(Player(tasks, cut_after=cut, pause=lambda: 0.001))
