"""What tasks say leaves in rounds: everybody's turn comes, and a flood keeps nobody waiting."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=12, deadline=None)
@given(
    floods=st.integers(1, 30),
    quiet=st.integers(1, 5),
    taken=st.integers(1, 60),
    size=st.sampled_from([1, 1, 50_000]),
)
def test_who_has_few_reports_under_way_is_not_behind_those_who_have_many(
    floods: int, quiet: int, taken: int, size: int
) -> None:
    """However many floods there are, however slowly the server takes them in, and however large they are: who says
    little says it at its own pace, or as often as the floods. The room is bounded in any case."""
    asyncio.run(_simulated(floods, quiet, taken, "x" * size))


async def _simulated(floods: int, quiet: int, taken: int, text: str) -> None:
    side = connected()
    out = Outbox(side, lambda: None)
    out.open()
    made: Counter[str] = Counter()

    async def report(task: str, pause: bool) -> None:
        while True:
            await out.report(Yield(task=task, returns={"return0": text}))
            made[task] += 1
            if pause:
                await asyncio.sleep(0)

    loud = [f"loud {number}" for number in range(floods)]
    low = [f"low {number}" for number in range(quiet)]
    works = [asyncio.create_task(report(task, task in low)) for task in (*loud, *low)]
    sent: deque[str] = deque()
    most_bytes = 0
    steps, pace = 40, 4
    for _ in range(steps):
        for _ in range(pace):
            await asyncio.sleep(0)
        most_bytes = max(most_bytes, side.unacknowledged_bytes)
        assert side.unacknowledged <= outbox.HIGH_WATER + floods + quiet
        assert all(side.unacknowledged_of(task)[0] <= outbox.OWN_WATER + 1 for task in loud)
        sent += [json.loads(frame)["id"] for frame in side.frames_to_send()]
        out.written()
        for _ in range(min(taken, len(sent))):
            side.receive(encode(EventAck(event=sent.popleft())), 0.0)
    for work in works:
        work.cancel()
    await asyncio.wait(works)
    assert most_bytes <= outbox.HIGH_BYTES + (floods + quiet + 1) * (len(text) + 1_000)
    own_pace = steps * pace - 2 * pace
    share = max(made[task] for task in loud) // 2 - outbox.OWN_WATER
    assert all(made[task] >= min(own_pace, share) for task in low), made


async def test_a_flood_does_not_hold_up_who_has_nothing_under_way() -> None:
    side = connected()
    out = Outbox(side, lambda: None)
    out.open()
    loud = asyncio.create_task(_yields(out, "loud", 10_000))
    for _ in range(20):
        await asyncio.sleep(0)
        side.frames_to_send()
        out.written()  # and nothing is acknowledged
    assert side.unacknowledged_of("loud")[0] == outbox.OWN_WATER + 1
    async with asyncio.timeout(5):
        await _yields(out, "quiet", 20)
    loud.cancel()
    await asyncio.wait([loud])


async def _yields(out: Outbox, task: str, times: int) -> None:
    for number in range(times):
        await out.report(Yield(task=task, returns={"return0": number}))
