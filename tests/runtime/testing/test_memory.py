"""Apps served in memory: calls run the app's own functions, through all that an agent does, and without a server."""

from __future__ import annotations

import asyncio
import gc
import importlib
import itertools
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen import easy, submit
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.errors import ArgumentError, CallTimeout, ConfigurationError, NodeError
from rekuest_codegen.runtime import context, options, watch
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.runtime.testing import fake, in_memory, offline
from tests.runtime.conftest import load
from tests.runtime.watching import wait_for


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """The module of tests/runtime/lab.py, which nobody provides; its stubs are in ``stubs``."""
    folder = tmp_path_factory.mktemp("memory")
    module: Any = load(Path(__file__).parents[1] / "lab.py", "lab")
    nodes = [provided.node for provided in provision("lab", module.app.parts).functions]
    write_package(folder / "lab_in_memory", generate(nodes))
    sys.path.insert(0, str(folder))
    module.stubs = importlib.import_module("lab_in_memory.lab")
    yield module
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name == "lab" or name.startswith("lab_in_memory")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def no_server() -> Generator[None]:
    with offline():
        yield
    assert context.stand_in.get() is None


def test_calls_run_the_functions(lab: Any) -> None:
    stubs = lab.stubs
    with in_memory(lab.app):
        assert stubs.add(2) == 3
        assert asyncio.run(stubs.aadd(2, 5)) == 7
        assert tuple(stubs.pair(4)) == (4, "4")
        assert list(stubs.count(4)) == [0, 1, 2, 3]
        kept = stubs.keep("a thing")
        assert stubs.look(kept) == "a thing"
        assert stubs.annotate(stubs.Note(text="x", tags=["a"]), "b") == stubs.Note(text="x", tags=["a", "b"])
        assert stubs.ask(3) == 4
        assert stubs.ask_in_thread(3) == 4 + 3
        assert stubs.parent(1) == 2
    with pytest.raises(ConfigurationError, match="nothing stands in for it"):
        stubs.add(2)


def test_in_a_coroutine(lab: Any) -> None:
    async def test() -> list[int]:
        async with in_memory(lab.app):
            assert await lab.stubs.aadd(1, 1) == 2
            return [item async for item in lab.stubs.atick(3)]

    assert asyncio.run(test()) == [0, 1, 2]


def test_failures_are_those_of_a_server(lab: Any) -> None:
    stubs = lab.stubs
    with in_memory(lab.app):
        with pytest.raises(NodeError, match="lab/fail: ValueError: on purpose"):
            stubs.fail("on purpose")
        with pytest.raises(NodeError, match="returns:"):
            stubs.lie()
        with pytest.raises(NodeError, match="deep 3"):
            stubs.ask_in_vain(3)
        with pytest.raises(ArgumentError, match=r"\$\.x"):
            stubs.add("two")


def test_leaving_cancels(lab: Any) -> None:
    lab.ended.clear()
    lab.closed.clear()
    with in_memory(lab.app):
        with options(timeout=0.2), pytest.raises(CallTimeout):
            lab.stubs.rest(60)
        for _ in lab.stubs.slow_steps(0.01):
            break
        assert lab.closed.wait(10)
    assert lab.ended == ["rest"]


def test_what_runs_ends_with_the_block(lab: Any) -> None:
    lab.ended.clear()

    async def test() -> None:
        async with in_memory(lab.app):
            call = asyncio.create_task(lab.stubs.arest(60))
            await asyncio.sleep(0.1)
        with pytest.raises(NodeError, match="stopped"):
            await asyncio.wait_for(call, 10)

    asyncio.run(test())
    assert lab.ended == ["rest"]


def test_a_flood_waits_for_its_reader(lab: Any) -> None:
    with in_memory(lab.app):
        stream = lab.stubs.count(12_000)
        assert next(stream) == 0
        time.sleep(0.2)
        assert sum(1 for _ in itertools.islice(stream, 11_000)) == 11_000
        stream.close()


def test_a_flood_that_nobody_reads_any_more_runs_to_its_end(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MAX_UNREAD", 10)
    with in_memory(lab.app) as served:
        task = submit(lab.stubs.count, 1000)
        assert next(task.items()) == 0
        del task
        gc.collect()
        wait_for(lambda: not served._served[0]._watches._watches)


def test_fakes_go_before_and_see_calls_from_inside(lab: Any) -> None:
    with in_memory(lab.app), fake(lab.stubs.add, returns=100) as faked:
        assert lab.stubs.ask(1) == 100
        assert lab.stubs.ask_in_thread(2) == 103
    assert [call.arguments["x"] for call in faked.calls] == [1, 2]


served = easy("served")
happened: list[str] = []


class Scale:
    def __init__(self, factor: int) -> None:
        self.factor = factor


@served.service
def scale() -> Generator[Scale]:
    happened.append("opened")
    yield Scale(3)
    happened.append("closed")


@served.register
def scaled(x: int, scale: Scale) -> int:
    """Scale a number."""
    return x * scale.factor


def test_services_are_opened_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [provided.node for provided in provision("served", served.parts).functions]
    write_package(tmp_path / "served_in_memory", generate(nodes))
    monkeypatch.syspath_prepend(tmp_path)
    stubs = importlib.import_module("served_in_memory.served")
    happened.clear()
    serving = in_memory(served)
    with serving:
        assert stubs.scaled(4) == 12
        with pytest.raises(ConfigurationError, match=r"in_memory\(served\) is in use"):
            serving.__enter__()
        assert happened == ["opened"]
    assert happened == ["opened", "closed"]


broken = easy("broken")


@broken.startup
def refuse() -> None:
    raise ValueError("no power")


@broken.register
def work(x: int) -> int:
    """Work."""
    return x


def test_what_cannot_be_opened_is_said_and_closed() -> None:
    serving = in_memory(served, broken)
    happened.clear()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="startup refuse: ValueError: no power"):
            serving.__enter__()
    assert happened == ["opened", "closed"] * 2


def test_no_thread_stays(lab: Any) -> None:
    before = set(threading.enumerate())
    with in_memory(lab.app):
        lab.stubs.block(0.0)
        ours = [thread for thread in threading.enumerate() if thread.name == "rekuest-codegen task"]
        ours = [thread for thread in ours if thread not in before]
        assert ours
    for thread in ours:
        thread.join(5)  # an idle one would stay for ten seconds
    assert not any(thread.is_alive() for thread in ours)
