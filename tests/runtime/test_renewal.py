"""A token is renewed before it ends and when it is refused, once for all who ask, whoever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from rekuest_codegen.errors import AccessDenied, Unreachable
from rekuest_codegen.runtime.auth.renewal import AGAIN_AFTER, MARGIN, Grant, Renewal

WITHIN = 10.0


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Gives token-1, token-2, …; ``before`` is awaited in each fetch, and may raise."""

    def __init__(self, lifetime: float | None = 300.0, before: Callable[[], object] = lambda: None) -> None:
        self.lifetime = lifetime
        self.before = before
        self.asked: list[tuple[str | None, bool]] = []
        self.running = 0

    async def __call__(self, last: Grant | None, refused: bool) -> Grant:
        self.asked.append((last.token if last is not None else None, refused))
        self.running += 1
        assert self.running == 1, "two fetches at once"
        try:
            await asyncio.sleep(0.01)
            self.before()
        finally:
            self.running -= 1
        return Grant(f"token-{len(self.asked)}", self.lifetime)


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    source, clock = Source(), Clock()
    renewal = Renewal(source, clock=clock)
    assert [await renewal.token(None) for _ in range(3)] == ["token-1"] * 3
    clock.now += 300 - MARGIN - 0.1
    assert await renewal.token(None) == "token-1"
    clock.now += 0.2
    assert await renewal.token(None) == "token-2"
    assert source.asked == [(None, False), ("token-1", False)]


async def test_a_short_life_has_a_short_margin() -> None:
    clock = Clock()
    renewal = Renewal(Source(lifetime=10), clock=clock)
    await renewal.token(None)
    clock.now += 7.9
    assert await renewal.token(None) == "token-1"
    clock.now += 0.2
    assert await renewal.token(None) == "token-2"


async def test_a_token_without_an_end_is_kept() -> None:
    clock = Clock()
    renewal = Renewal(Source(lifetime=None), clock=clock)
    await renewal.token(None)
    clock.now += 1e9
    assert await renewal.token(None) == "token-1"


async def test_a_refused_token_is_renewed_once_in_a_while() -> None:
    source, clock = Source(), Clock()
    renewal = Renewal(source, clock=clock)
    first = await renewal.token(None)
    second = await renewal.token(first)
    assert (first, second) == ("token-1", "token-2")
    assert await renewal.token(first) == second  # somebody was slow to hear of it
    assert await renewal.token(second) == second  # it is not the token that is wrong
    clock.now += AGAIN_AFTER + 1
    assert await renewal.token(second) == "token-3"
    assert source.asked[1:] == [("token-1", True), ("token-2", True)]


async def test_an_issuer_that_is_down_does_no_harm_while_the_token_is_good() -> None:
    clock, source = Clock(), Source()
    renewal = Renewal(source, clock=clock)
    await renewal.token(None)

    def down() -> None:
        raise Unreachable("gone")

    source.before = down
    clock.now += 300 - MARGIN + 1
    assert await renewal.token(None) == "token-1"
    assert await renewal.token(None) == "token-1"
    assert len(source.asked) == 2, "asked again at once"
    clock.now += AGAIN_AFTER + 1
    assert await renewal.token(None) == "token-1"
    assert len(source.asked) == 3
    with pytest.raises(Unreachable):
        await renewal.token("token-1")
    clock.now += MARGIN
    with pytest.raises(Unreachable):
        await renewal.token(None)


async def test_many_who_ask_cause_one_fetch() -> None:
    source = Source()
    renewal = Renewal(source)
    assert set(await asyncio.gather(*(renewal.token(None) for _ in range(100)))) == {"token-1"}
    assert len(source.asked) == 1


def test_many_loops_cause_one_fetch() -> None:
    source = Source()
    renewal = Renewal(source)
    found: list[str] = []
    together = threading.Barrier(20)

    def ask() -> None:
        together.wait(WITHIN)
        found.append(asyncio.run(asyncio.wait_for(renewal.token(None), WITHIN)))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN)
    assert found == ["token-1"] * 20
    assert len(source.asked) == 1


async def test_who_is_cancelled_takes_nobody_along() -> None:
    source = Source()
    renewal = Renewal(source)
    first, second, third = (asyncio.create_task(renewal.token(None)) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()  # it was the one that fetched
    second.cancel()
    assert await asyncio.wait_for(third, WITHIN) == "token-2"
    for task in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_refusal_is_told_to_all_who_wait() -> None:
    def refuse() -> None:
        raise AccessDenied("no")

    renewal = Renewal(Source(before=refuse))
    told = await asyncio.gather(*(renewal.token(None) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [AccessDenied] * 3


async def test_an_error_of_another_kind_ends_nobody_elses_wait() -> None:
    def fail() -> None:
        raise KeyError("a mistake")

    renewal = Renewal(Source(before=fail))
    told = await asyncio.wait_for(
        asyncio.gather(*(renewal.token(None) for _ in range(3)), return_exceptions=True), WITHIN
    )
    assert [type(one) for one in told] == [KeyError] * 3
