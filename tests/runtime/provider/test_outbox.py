"""What tasks say leaves in rounds: everybody's turn comes, and a flood keeps nobody waiting."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque

import pytest

from rekuest_codegen.runtime.provider import outbox
from rekuest_codegen.runtime.provider.outbox import Outbox
from rekuest_codegen.wire.conversation import AgentSide
from rekuest_codegen.wire.messages import EventAck, Init, Log, Yield, encode


def connected() -> AgentSide:
    side = AgentSide("t")
    side.connect(0.0)
    side.receive(encode(EventAck(event=side._register)), 0.0)  # it acknowledges yields too, and is not spared
    side.receive(encode(Init(agent="1", inquiries=[])), 0.0)
    side.frames_to_send()
    return side


async def test_a_round_is_short_and_everybody_has_a_turn() -> None:
    side = connected()
    out = Outbox(side, lambda: None)
    for number in range(400):
        out.say(Log(task="loud", message=str(number), level="INFO"))
    for task in range(30):
        out.say(Log(task=str(task), message="0", level="INFO"))
    out.open()
    out._say_round()
    said = [json.loads(frame) for frame in side.frames_to_send()]
    heard = Counter(one["task"] for one in said)
    assert [one["message"] for one in said if one["task"] == "loud"] == [str(n) for n in range(heard["loud"])]
    assert set(heard) == {"loud", *map(str, range(30))}
    assert 1 < heard["loud"] <= outbox.OF_A_TASK
    assert len(said) <= outbox.A_ROUND
    out.say_all("loud")
    assert len(side.frames_to_send()) == 400 - heard["loud"], "before it ends, all of it is said"


async def test_a_flood_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that yields without a pause is not to hold up its parent, which passes on what it yields, for good."""
    monkeypatch.setattr(outbox, "HIGH_WATER", 4)
    side = connected()
    out = Outbox(side, lambda: None)
    out.open()

    async def report(task: str, times: int) -> None:
        for number in range(times):
            await out.report(Yield(task=task, returns={"return0": number}))

    loud = asyncio.create_task(report("loud", 10_000))
    await asyncio.sleep(0)
    quiet = asyncio.create_task(report("quiet", 3))
    sent: deque[str] = deque()
    for _ in range(50):
        await asyncio.sleep(0)
        sent += [json.loads(frame)["id"] for frame in side.frames_to_send()]
        out.written()
        for _ in range(3):
            await asyncio.sleep(0)
        if len(sent) > 2:
            side.receive(encode(EventAck(event=sent.popleft())), 0.0)
    assert quiet.done()
    assert not loud.done()
    loud.cancel()
    await asyncio.wait([loud])


async def test_who_reports_while_another_waits_for_room_waits_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "HIGH_WATER", 1)
    side = connected()
    out = Outbox(side, lambda: None)
    out.open()
    first = asyncio.gather(*(out.report(Yield(task="first", returns={"return0": number})) for number in range(3)))
    await asyncio.sleep(0)
    for frame in side.frames_to_send():
        side.receive(encode(EventAck(event=json.loads(frame)["id"])), 0.0)
    assert not out._full()
    late = asyncio.create_task(out.report(Yield(task="late", returns={"return0": 0})))
    await asyncio.sleep(0)
    assert (first.done(), late.done()) == (False, False)
    out.written()
    async with asyncio.timeout(5):
        await asyncio.gather(first, late)
