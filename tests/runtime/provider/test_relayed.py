"""Calls that functions make in processes of their own are their task's, as those of functions on threads are."""

from __future__ import annotations

import asyncio
import itertools
import pickle
import sys
from collections.abc import Generator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from rekuest_codegen.errors import AgentLost, ArgumentError, CallTimeout, RekuestError, TaskCancelled
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.provider.relayed import WINDOW, Relayed
from rekuest_codegen.runtime.provider.relaying import Relaying
from rekuest_codegen.runtime.provider.tasks import Patience
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Event, Watch
from tests.runtime.caller.test_client import node
from tests.runtime.conftest import agents
from tests.runtime.watching import begin, wait_for


def provider() -> Any:
    return sys.modules["workshop"]


@pytest.fixture
def shop(workshop: Any, monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
    tasks = agents["workshop"].tasks
    monkeypatch.setattr(tasks, "_patience", Patience(grace=5.0, force=0.3))
    provider().said.clear()
    yield workshop
    wait_for(lambda: len(tasks) == 0)


def test_they_are_children_of_its_task_from_wherever_it_calls(shop: Any) -> None:
    assert shop.calls_from_afar("children") == ["own"] * 4


def test_what_comes_back(shop: Any) -> None:
    assert shop.calls_from_afar("results") == [
        "map 210",
        "stream 499500",
        "left [0, 1, 2]",
        "handle 3 ('all done',)",
        "cancelled TaskCancelled: workshop/waits: the task was cancelled",
        "options 2",
        "taken up 2",
    ]
    wait_for(lambda: provider().said.count("ticked") == 1)


def test_what_is_raised_when_one_goes_wrong(shop: Any) -> None:
    node, nowhere, nobody, late = shop.calls_from_afar("errors")
    assert node.startswith("NodeError: workshop/wrong_breakpoint: ")
    assert ": an event loop is running here" in node
    assert nowhere.startswith("NodeNotFound: workshop/nowhere: the server at")
    assert nobody.startswith("NodeNotFound: workshop/plain: no agent 'nobody' provides it")
    assert late.startswith("CallTimeout: workshop/waits: no result within 0.3 s")
    wait_for(lambda: provider().said == ["begun", "left"])


def test_a_stream_is_passed_on_and_left(shop: Any) -> None:
    passed = shop.ticks_from_afar()
    assert list(islice(passed, 20)) == list(range(20))
    passed.close()
    wait_for(lambda: provider().said == ["ticked"])


@pytest.mark.parametrize(("what", "end"), [("cancel", "COMPLETED"), ("interrupt", "INTERRUPTED")])
def test_they_end_with_their_caller(shop: Any, what: str, end: str) -> None:
    """Who is cancelled hears of it by its call, as a thread does; who is interrupted is killed."""
    task = begin(shop._CALLS_FROM_AFAR, {"scene": "waiting"})
    wait_for(lambda: provider().said == ["begun"])
    task.ask(what)
    assert task.end().kind == end
    if end == "COMPLETED":
        over = "TaskCancelled: workshop/waits: the task that called it is over"
        assert task.events[-2].returns == {"return0": [over]}
    wait_for(lambda: provider().said == ["begun", "left"])


# -- both sides in one loop, with what travels pickled between them ---------------------------------------------------


class Piped:
    """A `Relayed` and its `Relaying`; ``travelled`` are the kinds of what the agent's side sent."""

    def __init__(self) -> None:
        self.travelled: list[str] = []
        self.relaying = Relaying(self._to_process)
        self.relayed = Relayed(self._to_agent, itertools.count(1), asyncio.get_running_loop())

    def _to_agent(self, *message: Any) -> None:
        _, *what = pickle.loads(pickle.dumps(message))
        self.relaying.hear(*what)

    def _to_process(self, *message: Any) -> None:
        _, number, kind, value = pickle.loads(pickle.dumps(message))
        self.travelled.append(kind)
        self.relayed.hear(number, kind, value)


class Standing:
    """Serves calls of a test. ``steered`` has what was asked of them."""

    def __init__(self, *raised: Exception) -> None:
        self.raised = list(raised)
        self.steered: list[str] = []
        self.watch = Watch("lab/add", "7", "r", proven=True, lost_after=0.01)
        self.how: Assignment | None = None

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        self.how = how
        if self.raised:
            raise self.raised.pop()
        if remote.key == "slow":
            await asyncio.Event().wait()
        assert (remote.title, args) == ("lab/add", {"x": 1})
        return self.watch

    async def repeatable(self, remote: Remote[Any]) -> bool:
        if self.raised:
            raise self.raised.pop()
        return remote.key == "add"

    async def cancel(self, watch: Watch) -> None:
        self.steered.append("left")

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        self.steered.append(f"{kind} {step}")


def standing(*raised: Exception) -> Standing:
    made = Standing(*raised)
    context.nested.set(Nested(made, None))
    return made


async def settled() -> None:
    for _ in range(1000):
        await asyncio.sleep(0)


async def test_who_does_not_read_gets_no_more_than_a_window() -> None:
    there, piped = standing(), Piped()
    watch = await piped.relayed.start(node(), {"x": 1})
    there.watch.feed([Event(number, "YIELD", returns={"y": number}) for number in range(5000)])
    await settled()
    assert piped.travelled.count("event") == WINDOW
    assert [await watch.next_yield() for _ in range(WINDOW)] == [{"y": number} for number in range(WINDOW)]
    await settled()
    assert piped.travelled.count("event") == 2 * WINDOW
    await piped.relayed.cancel(watch)
    await settled()
    assert (there.steered, piped.relaying._calls) == (["left"], {})


async def test_who_waits_for_the_end_alone_gets_it_behind_many_windows() -> None:
    there, piped = standing(), Piped()
    watch = await piped.relayed.start(node(), {"x": 1})
    waiting = asyncio.create_task(watch.result())
    last = [Event(5000, "YIELD", returns={"y": 1}), Event(5001, "COMPLETED")]
    there.watch.feed([*(Event(number, "PROGRESS", progress=1) for number in range(5000)), *last])
    assert await waiting == {"y": 1}
    assert (piped.relaying._calls, piped.relayed._watches, piped.relayed._waiting) == ({}, {}, {})
    await piped.relayed.steer(watch, "cancel")
    assert there.steered == [], "it is over"


async def test_questions_and_requests() -> None:
    there, piped = standing(), Piped()
    assert await piped.relayed.repeatable(node())
    assert not await piped.relayed.repeatable(replace(node(), key="other"))
    watch = await piped.relayed.start(node(), {"x": 1}, Assignment("r", True, "a", keep=lambda: True))
    assert there.how is not None
    assert there.how[:4] == ("r", True, "a", None)
    await piped.relayed.steer(watch, "resume", step=True)
    assert there.steered == ["resume True"]


async def test_errors_arrive_as_they_are() -> None:
    class Own(Exception):
        """Has no name that the other side could know."""

    lost = AgentLost("gone", node="lab/add", task="7", progress=5, begun=False)
    there, piped = standing(Own("ours"), CallTimeout("late"), ArgumentError("$.x", "is wrong"), lost), Piped()
    with pytest.raises(AgentLost) as caught:
        await piped.relayed.start(node(), {"x": 1})
    assert vars(caught.value) == vars(lost)
    with pytest.raises(ArgumentError, match=r"^\$\.x: is wrong$"):
        await piped.relayed.start(node(), {"x": 1})
    with pytest.raises(CallTimeout, match=r"^late$"):
        await piped.relayed.repeatable(node())
    with pytest.raises(RekuestError, match=r"^Own: ours$"):
        await piped.relayed.start(node(), {"x": 1})
    assert piped.relaying._calls == {}
    watch = await piped.relayed.start(node(), {"x": 1})
    there.watch.feed([Event(1, "DISCONNECTED")])
    with pytest.raises(AgentLost, match=r"the agent is gone for 0\.01 s"):
        await watch.result()
    await piped.relayed.cancel(watch)  # its agent may come back
    await settled()
    assert there.steered == ["left"]


@pytest.mark.parametrize("keep", [True, False])
async def test_who_leaves_before_it_is_begun_says_whether_it_is_to_be_kept(keep: bool) -> None:
    there, piped = standing(), Piped()
    how = Assignment(keep=lambda: keep)
    starting = asyncio.create_task(piped.relayed.start(replace(node(), key="slow"), {"x": 1}, how))
    await settled()
    starting.cancel()
    await asyncio.wait([starting])
    assert there.how is not None
    assert there.how.keep is not None
    assert there.how.keep() is keep
    assert piped.relaying._calls == {}


async def test_after_its_task_nothing_is_called_and_nobody_waits() -> None:
    there, piped = standing(), Piped()
    watch = await piped.relayed.start(node(), {"x": 1})
    starting = asyncio.create_task(piped.relayed.start(replace(node(), key="slow"), {"x": 1}))
    await settled()
    piped.relayed.close()
    over = r"lab/.*: the task that called it is over"
    for waiting in (starting, watch.result(), piped.relayed.repeatable(node())):
        with pytest.raises(TaskCancelled, match=over):
            await waiting
    piped.relaying.close()
    await settled()
    assert (there.steered, piped.relaying._calls) == (["left"], {})


async def test_what_stands_in_for_a_node_does_so_for_processes_too() -> None:
    there, fake, piped = standing(), Standing(), Piped()
    context.stand_in.set(lambda remote: Nested(fake, None) if remote.key == "add" else None)
    await piped.relayed.steer(await piped.relayed.start(node(), {"x": 1}), "pause")
    assert (there.steered, fake.steered) == ([], ["pause False"])


async def test_a_question_that_comes_with_the_end_is_let_go() -> None:
    standing()
    piped = Piped()
    asking = asyncio.create_task(piped.relayed.repeatable(node()))
    await asyncio.sleep(0)
    piped.relaying.close()
    piped.relayed.close()
    with pytest.raises(TaskCancelled):
        await asking
    assert piped.travelled == []
