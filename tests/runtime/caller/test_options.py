"""What ``with options(...)`` says: refused when it makes no sense, nested, and there in all that a call starts."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen import amap, options, submit
from rekuest_codegen import map as map_nodes
from rekuest_codegen.errors import CallTimeout, ConfigurationError, NodeNotFound, ProtocolError
from rekuest_codegen.runtime.caller.terms import NO_OPTIONS, Assignment, Options, in_force
from rekuest_codegen.runtime.context import Nested, nested
from rekuest_codegen.runtime.testing import fake
from rekuest_codegen.wire.asides import NOTHING

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "timeout": st.none() | st.floats(0.001, 1e6) | st.integers(1, 1000),
    "retries": st.integers(0, 100),
    "agent": st.none() | st.sampled_from(["lab", "lab-2", "17"]),
    "implementation": st.none() | st.sampled_from(["add", "3"]),
    "reference": st.none() | st.sampled_from(["one", "two"]),
    "progress": st.booleans(),
    "keep": st.booleans(),
    "blocking": st.none() | st.booleans(),
}


def said(found: Options) -> dict[str, Any]:
    values = {name: value for name, value in found._asdict().items() if name != "plain"}
    return {**values, "reference": values["reference"] and values["reference"].text}


@given(st.lists(st.fixed_dictionaries({}, optional=VALUES), max_size=5))
def test_blocks_nest_and_add_up(blocks: list[dict[str, Any]]) -> None:
    expected = said(NO_OPTIONS)
    with ExitStack() as stack:
        for block in blocks:
            stack.enter_context(options(**block))
            expected |= block
            found = in_force.get()
            assert said(found) == expected
            costs = {name: value for name, value in expected.items() if name not in ("timeout", "blocking")}
            assert found.plain is (costs == {name: said(NO_OPTIONS)[name] for name in costs})
    assert in_force.get() is NO_OPTIONS


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"timeout": 0}, "timeout 0: expected seconds above 0, or None"),
        ({"timeout": True}, "timeout True: expected seconds above 0, or None"),
        ({"timeout": float("nan")}, "timeout nan: expected seconds above 0, or None"),
        ({"retries": -1}, "retries -1: expected a number of further tries, from 0 to 100"),
        ({"retries": 1.5}, "retries 1.5: expected a number of further tries, from 0 to 100"),
        ({"agent": ""}, "agent '': expected a text without space around it, or None"),
        ({"implementation": 7}, "implementation 7: expected a text without space around it, or None"),
        ({"reference": " a"}, "reference ' a': expected a text without space around it, or None"),
        ({"progress": 1}, "progress 1: expected True or False"),
        ({"keep": None}, "keep None: expected True or False"),
        ({"blocking": "yes"}, "blocking 'yes': expected True, False or None"),
    ],
)
def test_what_makes_no_sense_is_refused_at_entry(wrong: dict[str, Any], line: str) -> None:
    with pytest.raises(ConfigurationError) as caught, options(**wrong):
        raise AssertionError("the block was entered")
    assert str(caught.value) == line
    assert in_force.get() is NO_OPTIONS


async def test_tasks_and_to_thread_have_them_and_others_do_not() -> None:
    async def look() -> Options:
        return in_force.get()

    with options(timeout=3):
        task = asyncio.create_task(look())
        assert (await asyncio.to_thread(in_force.get)).timeout == 3
        outside: list[Options] = []
        thread = threading.Thread(target=lambda: outside.append(in_force.get()))
        thread.start()
        thread.join()
    assert (await task).timeout == 3
    assert outside == [NO_OPTIONS]


async def test_a_stream_and_a_map_keep_what_held_when_they_were_made(lab: Any) -> None:
    with options(timeout=0.05, agent="lab"):
        frames = lab.atick(2, 0.3)
        sums = amap(lab.arest, [30.0])
    with pytest.raises(CallTimeout):
        await anext(frames)
    with pytest.raises(CallTimeout):
        await anext(sums)


def test_an_agent_is_chosen_by_name_or_id_and_an_implementation_by_interface(lab: Any) -> None:
    ways: list[dict[str, Any]] = [
        {"agent": "lab"},
        {"implementation": "add"},
        {"agent": "lab", "implementation": "add"},
    ]
    for chosen in ways:
        with options(**chosen):
            assert lab.add(1) == 2
            assert list(map_nodes(lab.add, [1, 2])) == [2, 3]
            assert submit(lab.add, 4).result(timeout=20) == 5
    with options(agent="lab"):
        assert list(lab.count(2)) == [0, 1]


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        ({"agent": "attic"}, "lab/add: no agent 'attic' provides it; there are lab"),
        ({"implementation": "sub"}, r"lab/add: no implementation 'sub'; there are add \(\d+\)"),
        (
            {"agent": "lab", "implementation": "sub"},
            r"lab/add: no implementation 'sub' of agent 'lab'; there are add \(\d+\)",
        ),
    ],
)
def test_who_is_not_there_is_one_line(lab: Any, chosen: dict[str, Any], line: str) -> None:
    with options(**chosen), pytest.raises(NodeNotFound, match=f"^{line}$"):
        lab.add(1)


def test_a_task_may_choose_for_its_children(lab: Any) -> None:
    with options(agent="lab"):
        assert lab.ask_in_thread(2) == 6  # the options are this process's; its children are chosen by the server


def test_a_reference_takes_up_what_was_called_before(lab: Any, reference: str) -> None:
    with options(reference=reference):
        first = submit(lab.keep, reference)
    assert first.result(timeout=20).object == reference
    with options(reference=reference):
        assert lab.keep("something else").object == reference
    with options(reference=reference):
        assert submit(lab.keep, "something else").id == first.id


async def test_a_reference_names_one_call(lab: Any, reference: str) -> None:
    with options(reference=reference):
        assert await lab.aadd(1) == 2
        with pytest.raises(ConfigurationError, match="names one call, and this block makes another one"):
            await lab.aadd(1)
        with pytest.raises(ConfigurationError, match="names one call, and a map makes many"):
            map_nodes(lab.add, [1])
    with options(reference=reference), pytest.raises(ConfigurationError, match=r"is one of lab/add"):
        await lab.atick(1).__anext__()


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> str:
    return f"of {request.node.name}"


async def test_what_is_left_runs_on_when_it_is_to_be_kept(lab: Any, reference: str) -> None:
    with options(reference=reference, keep=True):
        calling = asyncio.create_task(lab.arest(0.3))
    with options(reference=reference):
        found = None
        while found is None:
            await asyncio.sleep(0.02)
            found = await _running(lab, reference)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    with options(reference=reference):
        assert await lab.arest(99.0) == "rested"


async def _running(lab: Any, reference: str) -> str | None:
    from rekuest_codegen.runtime import context, portal

    async def find() -> str | None:
        client = await context.default_client()
        return await client._assignments.find(reference)

    return await portal.hop(find)


async def test_a_deadline_ends_what_would_be_kept(lab: Any) -> None:
    import lab as provided  # type: ignore[import-not-found]  # loaded by the fixture

    provided.ended.clear()
    with options(timeout=0.3, keep=True), pytest.raises(CallTimeout):
        await lab.arest(30.0)
    for _ in range(500):
        if provided.ended:
            break
        await asyncio.sleep(0.01)
    assert provided.ended == ["rest"]


def test_fakes_take_options_as_servers_do(lab: Any) -> None:
    with fake(lab.add, returns=7), options(retries=2, agent="anybody", progress=True, reference="here"):
        assert lab.add(1) == 7


@pytest.mark.parametrize(
    ("said", "within"),
    [
        ({}, None),
        ({"timeout": 5}, 5),
        ({"timeout": 5, "retries": 1}, 5),
        ({"retries": 1}, None),
        ({"timeout": 5, "keep": True}, None),
        ({"timeout": 5, "reference": "taken up again"}, None),
    ],
)
async def test_how_long_a_call_is_waited_for_travels_with_it(
    lab: Any, said: dict[str, Any], within: float | None
) -> None:
    """Unless it is to outlive who makes it. Of a stream there is nothing to say: its timeout begins with each item."""
    told: list[Assignment | None] = []

    class Silent:
        async def start(self, remote: Any, args: Any, how: Assignment | None = None) -> Any:
            told.append(how)
            raise ProtocolError("heard")

    token = nested.set(Nested(Silent(), None))  # type: ignore[arg-type]  # of a caller it has what is used
    try:
        with options(**said), pytest.raises(ProtocolError):
            await lab.aadd(1)
        with options(**said), pytest.raises(ProtocolError):
            await anext(lab.acount(1))
    finally:
        nested.reset(token)
    assert told[0] is not None
    assert told[0].aside.awaited is ("keep" not in said)
    assert told[0].aside.within == (None if within is None else pytest.approx(within, abs=0.5))
    assert told[1] is None or told[1].aside == NOTHING
