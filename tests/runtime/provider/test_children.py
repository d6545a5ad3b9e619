"""A call from inside of a task: its caller goes before it knows which task came of it, or reads more slowly than that
task says things."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from rekuest_codegen.errors import ConnectionLost, ServerError, TaskCancelled
from rekuest_codegen.runtime import operations
from rekuest_codegen.runtime import watch as watching
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.runtime.watch import Watch
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.conversation import Answered
from rekuest_codegen.wire.endpoint import Endpoint
from tests.runtime.caller.test_client import node


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("answered", ["before", "after"])
async def test_its_task_is_cancelled_unless_it_is_to_be_kept(keep: bool, answered: str) -> None:
    sent: list[messages.FromAgent] = []
    children = Children(cast("Any", None), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"
    how = Assignment(keep=lambda: True) if keep else None
    calling = asyncio.create_task(children.start(node(), {"x": 1}, "parent", how))
    await asyncio.sleep(0)
    (request,) = sent
    assert isinstance(request, messages.AssignRequest)
    answer = Answered(request, messages.AssignResponse(request=request.id, reference=request.reference, task="7"))
    if answered == "before":  # who waits has not heard of it when it is cancelled
        children.answer(answer)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    if answered == "after":
        children.answer(answer)
    assert [one.task for one in sent if isinstance(one, messages.CancelRequest)] == ([] if keep else ["7"])
    assert children._abandoned == set()
    assert children._answers == {}


class Told:
    """A server that can be asked what became of one task, or else fails."""

    def __init__(self) -> None:
        self.endpoint = Endpoint.parse("http://127.0.0.1:1")
        self.events: list[dict[str, Any]] = []
        self.fails = False

    async def request(self, document: str, variables: dict[str, Any], *, again: bool) -> dict[str, Any]:
        if self.fails:
            raise ServerError("out of order")
        page = variables["pagination"]
        events = self.events[page["offset"] : page["offset"] + page["limit"]]
        return {"task": {"reference": "r", "agent": None, "events": events}}


async def _called(server: Told) -> tuple[Children, Watch]:
    sent: list[messages.FromAgent] = []
    children = Children(cast("Any", server), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"
    calling = asyncio.create_task(children.start(node(), {"x": 1}, "parent", Assignment(reference="r")))
    await asyncio.sleep(0)
    (request,) = sent
    assert isinstance(request, messages.AssignRequest)
    children.answer(Answered(request, messages.AssignResponse(request=request.id, reference="r", task="7")))
    return children, await calling


def _say(server: Told, children: Children, kind: str, number: int) -> None:
    returns = {"return0": number} if kind == "YIELD" else None
    server.events.append({"id": str(number), "kind": kind, "returns": returns})
    children.hear(messages.task_event(kind, task="7", event=str(number), seq=number, returns=returns))


async def test_a_caller_that_reads_slowly_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_UNREAD", 10)
    monkeypatch.setattr(operations, "MAX_UNREAD", 10)
    monkeypatch.setattr(operations, "LOOK_AGAIN", 0.001)
    server = Told()
    children, watch = await _called(server)
    for number in range(50):
        _say(server, children, "YIELD", number)
    items = []
    async with asyncio.timeout(20):
        while (item := await watch.next_yield()) is not None:
            items.append(item["return0"])
            if len(items) == 40:
                _say(server, children, "YIELD", 50)
                _say(server, children, "COMPLETED", 51)
    assert items == list(range(51))
    assert children._watches == {}
    await asyncio.sleep(0)
    assert children._catching_up == {}


async def test_two_calls_with_one_reference_have_one_task() -> None:
    """The second hears what was told before it came; only the last one that leaves ends the task."""
    sent: list[messages.FromAgent] = []
    server = Told()
    children = Children(cast("Any", server), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"

    async def called(parent: str) -> Watch:
        calling = asyncio.create_task(children.start(node(), {"x": 1}, parent, Assignment(reference="r", known=True)))
        await asyncio.sleep(0)
        request = sent.pop()
        assert isinstance(request, messages.AssignRequest)
        children.answer(Answered(request, messages.AssignResponse(request=request.id, reference="r", task="7")))
        return await calling

    async with asyncio.timeout(20):
        first = await called("parent")
        _say(server, children, "YIELD", 1)
        second, third, fourth = await called("parent"), await called("parent"), await called("other")
        _say(server, children, "YIELD", 2)
        for watch in (first, second, third, fourth):
            assert [await watch.next_yield() for _ in range(2)] == [{"return0": 1}, {"return0": 2}]
        await children.cancel(first)
        await children.cancel(second)
        children.end("parent", cancelled=False)
        assert sent == []
        with pytest.raises(TaskCancelled, match="the task that called it is over"):
            await third.next_event()
        children.end("other", cancelled=False)
        assert sent == [messages.CancelRequest(id=sent[0].id, task="7")]
    assert (children._watches, children._parent_of, children._parents) == ({}, {}, {})


@pytest.mark.parametrize("gone", ["cancelled", "failed"])
async def test_who_leaves_while_it_reads_back_leaves_nothing_behind(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the one who is left after it is the last, and ends the task."""
    sent: list[messages.FromAgent] = []
    children = Children(cast("Any", Told()), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"
    reading = asyncio.Event()

    async def read_back(*_: object) -> None:
        reading.set()
        if gone == "failed":
            raise ServerError("out of order")
        await asyncio.Event().wait()

    async def called() -> asyncio.Task[Watch]:
        how = Assignment(reference="r", known=len(sent) > 0)
        calling = asyncio.create_task(children.start(node(), {"x": 1}, "parent", how))
        await asyncio.sleep(0)
        request = sent[-1]
        assert isinstance(request, messages.AssignRequest)
        children.answer(Answered(request, messages.AssignResponse(request=request.id, reference="r", task="7")))
        return calling

    async with asyncio.timeout(20):
        first = await (await called())
        monkeypatch.setattr(operations, "read_back", read_back)
        second = await called()
        await reading.wait()
        second.cancel()
        with pytest.raises((asyncio.CancelledError, ServerError)):
            await second
        assert children._watches == {"7": [first]}
        await children.cancel(first)
    assert sent[2:] == [messages.CancelRequest(id=sent[-1].id, task="7")]
    assert (children._watches, children._parent_of) == ({}, {})


async def test_who_is_next_with_a_reference_has_the_task_of_who_left() -> None:
    """Though the answer names it only then; and when the next one leaves so too, it is ended."""
    sent: list[messages.FromAgent] = []
    server = Told()
    children = Children(cast("Any", server), sent.append, lost_after=1.0)
    children._actions["lab", "add"] = "1"

    def answer(request: messages.FromAgent) -> None:
        assert isinstance(request, messages.AssignRequest)
        children.answer(Answered(request, messages.AssignResponse(request=request.id, reference="r", task="7")))

    def call() -> asyncio.Task[Watch]:
        return asyncio.create_task(children.start(node(), {"x": 1}, "parent", Assignment(reference="r", known=True)))

    async with asyncio.timeout(20):
        first, second, third = call(), call(), call()
        for leaving in (first, third):
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        await asyncio.sleep(0)
        assert len(sent) == 2  # the first's, and that of the second, whose turn it is
        answer(sent[0])
        assert len(sent) == 2
        answer(sent[1])
        await children.cancel(await second)
        assert [one.task for one in sent if isinstance(one, messages.CancelRequest)] == ["7"]
    assert children._turns._turns == {}


async def test_a_caller_that_reads_slowly_is_told_what_cannot_be_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_UNREAD", 10)
    monkeypatch.setattr(operations, "MAX_UNREAD", 10)
    monkeypatch.setattr(operations, "LOOK_AGAIN", 0.001)
    monkeypatch.setattr(operations, "PAUSES", (0.001, 0.001))
    server = Told()
    server.fails = True
    children, watch = await _called(server)
    for number in range(11):
        _say(server, children, "YIELD", number)
    async with asyncio.timeout(20):
        assert [await watch.next_yield() for _ in range(10)] == [{"return0": number} for number in range(10)]
        with pytest.raises(ConnectionLost, match="cannot be read back: out of order"):
            await watch.next_yield()


async def test_who_does_not_wait_any_more_is_not_read_back_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MAX_UNREAD", 10)
    server = Told()
    children, watch = await _called(server)
    for number in range(11):
        _say(server, children, "YIELD", number)
    (work,) = children._catching_up.values()
    await children.cancel(watch)
    await asyncio.wait([work], timeout=20)
    assert work.done()
