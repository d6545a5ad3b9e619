"""The loop of sync calls ends, whatever is left in it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from rekuest_codegen import options
from rekuest_codegen.errors import SyncInsideLoopError
from rekuest_codegen.runtime import portal


@pytest.fixture(autouse=True)
def closed() -> None:
    portal.close()


def test_a_hook_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "CLOSE_WITHIN", 0.2)
    left: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            left.append("hook")

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            left.append("work")

    portal.start(work)
    portal.on_close(hang)
    loop = portal.loop()
    portal.close()
    assert left == ["work", "hook"]
    assert loop.is_closed()
    assert "rekuest-codegen" not in {thread.name for thread in threading.enumerate()}
    assert portal.block(asyncio.sleep, 0, instead="") is None


def test_the_loop_does_not_wait_for_itself() -> None:
    """Whatever the options say of loops that may be blocked."""

    async def inside() -> None:
        portal.block(asyncio.sleep, 0, instead="the other form")

    with options(blocking=True), pytest.raises(SyncInsideLoopError, match="the other form"):
        portal.block(inside, instead="")


def test_a_hook_that_raises_leaves_no_thread() -> None:
    async def fail() -> None:
        raise ValueError("of the hook")

    loop = portal.loop()
    portal.on_close(fail)
    with pytest.raises(ValueError, match="of the hook"):
        portal.close()
    assert loop.is_closed()
    assert "rekuest-codegen" not in {thread.name for thread in threading.enumerate()}
