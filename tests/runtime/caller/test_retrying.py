"""Tries: whatever goes wrong in whatever order, what is not safe to repeat is not repeated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from rekuest_codegen import options
from rekuest_codegen.errors import (
    AccessDenied,
    ArgumentError,
    CallTimeout,
    ConnectionLost,
    NodeError,
    NodeNotFound,
    ProtocolError,
    RekuestError,
    ServerError,
    TaskCancelled,
    Unreachable,
)
from rekuest_codegen.runtime import Arguments, Remote, remote
from rekuest_codegen.runtime.caller import retrying
from rekuest_codegen.runtime.caller.attempts import Attempt
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller.terms import Assignment, Options, Reference, changed
from rekuest_codegen.runtime.testing import fake
from rekuest_codegen.runtime.watch import Event, Watch
from tests.runtime.scripted import COMPLETED, scripted, yields


class NoArgs(Arguments): ...


NODE: Remote[Any] = remote(app="lab", key="add", version="1", hash="h", ports="{}", arguments=NoArgs, types={})


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "FIRST_PAUSE", 0.0)


def busy() -> RekuestError:
    error = ServerError("busy")
    error.retry_safe = True
    return error


BEFORE: dict[str, Any] = {
    "unreachable": lambda: Unreachable("no"),
    "nobody": lambda: NodeNotFound("nobody"),
    "busy": busy,
    "no answer": lambda: CallTimeout("no answer"),
    "broke": lambda: ConnectionLost("broke"),
    "refused": lambda: AccessDenied("no"),
    "wrong": lambda: ServerError("wrong"),
    "too large": lambda: ArgumentError("$", "too large"),
}
"""What may come of assigning; of those with no answer, the task may have been begun."""
AFTER: dict[str, Event | RekuestError] = {
    "lost": Event(2, "CRITICAL", message="agent lost: lab went away; it may have done the work, or not"),
    "not begun": Event(2, "CRITICAL", message="agent lost: lab stopped; the task was not begun"),
    "raised": Event(2, "CRITICAL", message="no"),
    "cancelled": Event(2, "CANCELLED"),
    "broke later": ConnectionLost("broke later; the task may have run"),
}
"""What may come of a task that was assigned."""
OUTCOMES = [*BEFORE, *AFTER, "done"]
NEVER_AGAIN = {"refused", "wrong", "too large", "raised", "cancelled"}
UNKNOWN = {"no answer", "broke", "lost", "broke later"}


@dataclass
class Scene:
    """A caller to whom happens what is written; ``ledger`` has the references under which work may have been done."""

    outcomes: list[str]
    idempotent: bool
    ledger: list[str] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        assert how is not None
        outcome = self.outcomes[len(self.happened)] if len(self.happened) < len(self.outcomes) else "done"
        self.happened.append(outcome)
        self.assignments.append(how)
        if outcome in UNKNOWN or outcome == "done":
            self.ledger.append(str(how.reference))
        if outcome in BEFORE:
            raise BEFORE[outcome]()
        watch = Watch(remote.title, "1", str(how.reference), proven=True, lost_after=1.0)
        said = AFTER.get(outcome)
        if isinstance(said, RekuestError):
            watch.fail(said)
        elif said is not None:
            watch.feed([said])
        else:
            watch.feed([Event(1, "YIELD", returns={"return0": 1}), Event(2, "COMPLETED")])
        return watch

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return self.idempotent

    async def cancel(self, watch: Watch) -> None: ...

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None: ...


async def attempt(scene: Scene, terms: Options) -> str:
    call = Attempt(scene, NODE, {}, terms)
    try:
        await call.result()
    except RekuestError as error:
        return type(error).__name__
    return "done"


@given(st.lists(st.sampled_from(OUTCOMES), max_size=6), st.integers(0, 5), st.booleans(), st.none() | st.just("key"))
def test_what_is_not_safe_is_never_repeated(
    outcomes: list[str], retries: int, idempotent: bool, reference: str | None
) -> None:
    scene = Scene(outcomes, idempotent)
    terms = changed(Options(), retries=retries, reference=Reference(reference) if reference else None, keep=True)
    ended = asyncio.run(attempt(scene, terms))
    event(ended)
    earlier, last = scene.happened[:-1], scene.happened[-1]
    assert len(scene.happened) <= retries + 1
    assert not NEVER_AGAIN & set(earlier)
    assert "done" not in earlier
    if not idempotent:
        assert not UNKNOWN & set(earlier)
        assert len(scene.ledger) <= 1
    # It gives up early only where another try is not safe.
    if ended != "done" and len(scene.happened) <= retries:
        assert last in NEVER_AGAIN or (last in UNKNOWN and not idempotent)
    # One key; another one only after a task that is over and lost.
    keys = [str(one.reference) for one in scene.assignments]
    assert reference is None or keys[0] == reference
    lost = 0
    for key, before in zip(keys, ["", *earlier], strict=True):
        lost += before in ("lost", "not begun")
        assert key == (keys[0] if not lost else f"{keys[0]}~{lost + 1}")
    assert [one.known for one in scene.assignments] == [reference is not None, *[True] * (len(keys) - 1)]


@given(st.lists(st.sampled_from([name for name in OUTCOMES if name not in NEVER_AGAIN]), min_size=1, max_size=4))
def test_a_safe_call_comes_through(outcomes: list[str]) -> None:
    scene = Scene(outcomes, idempotent=True)
    assert asyncio.run(attempt(scene, changed(Options(), retries=len(outcomes)))) == "done"


def test_pauses_grow_differ_and_end_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def failing() -> str:
        return await attempt(Scene(["nobody"] * 20, False), changed(Options(), retries=20))

    monkeypatch.setattr(retrying, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr("rekuest_codegen.runtime.caller.retrying.asyncio.sleep", sleep)
    assert asyncio.run(failing()) == "done"
    assert len(slept) == 20
    for count, pause in enumerate(slept):
        assert min(0.1 * 2**count, 5.0) / 2 <= pause <= min(0.1 * 2**count, 5.0)
    assert len(set(slept)) > 15
    slept.clear()

    async def late() -> str:
        return await attempt(Scene(["nobody"] * 9, False), changed(Options(), retries=9, timeout=0.01))

    assert asyncio.run(late()) == "NodeNotFound"  # what is wrong, and not that there was no time
    assert slept == []


async def test_nothing_is_begun_again_once_something_was_given() -> None:
    class Breaking(Scene):
        async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
            watch = Watch(remote.title, "1", "r", proven=True, lost_after=1.0)
            watch.feed([Event(1, "YIELD", returns={"return0": 1})])
            watch.fail(ConnectionLost("broke"))
            self.happened.append("broke")
            return watch

    scene = Breaking([], idempotent=True)
    call = Attempt(scene, NODE, {}, changed(Options(), retries=5))
    assert await call.next_yield() == {"return0": 1}
    with pytest.raises(ConnectionLost):
        await call.next_yield()
    assert scene.happened == ["broke"]


def test_calls_and_streams_are_tried_again(lab: Any) -> None:
    given = iter([NodeNotFound("nobody"), Unreachable("no"), None])

    def unsteady(x: int, y: int) -> int:
        if (error := next(given)) is not None:
            raise error
        return x + y

    with fake(lab.add, side_effect=unsteady), options(retries=2):
        assert lab.add(1, 2) == 3
    with fake(lab.add, raises=NodeNotFound("nobody")) as faked, options(retries=2), pytest.raises(NodeNotFound):
        lab.add(1)
    assert len(faked.calls) == 3
    for error in (ValueError("no"), TaskCancelled("no"), ProtocolError("no"), ConnectionLost("may have run")):
        with fake(lab.add, raises=error) as faked, options(retries=2), pytest.raises(RekuestError) as caught:
            lab.add(1)
        assert len(faked.calls) == 1, caught.value
        assert isinstance(caught.value, NodeError | type(error))
    with fake(lab.count, yields=[1, Unreachable("no")]) as counted, options(retries=2):
        numbers = lab.count(3)
        assert next(numbers) == 1
        with pytest.raises(Unreachable):
            next(numbers)
    assert len(counted.calls) == 1


async def test_a_task_is_looked_for_before_it_is_assigned_again() -> None:
    """A server as the real one, which takes the same reference twice for two tasks."""
    async with scripted(lambda _: [*yields(7), COMPLETED]) as server, Client(server.url, "token") as client:
        how = Assignment("key", known=True)
        first = await client.start(NODE, {}, how)
        assert (await first.result())["return0"] == 7
        assert server.requests.count("assign") == 1
        server.on_request = _listed(server)
        again = await client.start(NODE, {}, how)
        assert (await again.result())["return0"] == 7
        assert again.task == first.task
        assert server.requests.count("assign") == 1


def _listed(server: Any) -> Any:
    async def answer(name: str, socket: Any, variables: dict[str, Any]) -> bool:
        if name != "tasks" or "filters" not in variables:
            return False
        action = {"key": "add", "app": {"identifier": "lab"}}
        found = {"id": variables["filters"]["ids"][0], "reference": "key", "action": action}
        payload = {"data": {"tasks": [found]}}
        await socket.send(json.dumps({"type": "next", "id": server.answering, "payload": payload}))
        return True

    return answer
