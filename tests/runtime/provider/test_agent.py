"""What an agent makes of what a server says, without a server."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from rekuest_codegen import App
from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime.provider.agent import Agent
from rekuest_codegen.runtime.provider.tasks import _Running
from rekuest_codegen.wire.conversation import MISMATCH
from rekuest_codegen.wire.messages import (
    Assign,
    AssignRequest,
    AssignResponse,
    CancelRequest,
    Failed,
    FromAgent,
    Init,
    Inquiry,
    Paused,
    Progress,
    decode_from_agent,
    encode,
)

app = App("alone", url="http://127.0.0.1:9", token="t")
ASSIGN = Assign(interface="f", task="7", args={}, user="u", org="o", action="a", implementation="1")


@app.register
def f() -> int:
    return 1


@pytest.fixture
def agent() -> Agent:
    made = app.agent()
    made._side.connect(0.0)
    made._side.frames_to_send()
    return made


@pytest.mark.parametrize("args", ["null", r'{"x": "\ud800"}', '{"x": %s}' % ("[" * 500 + "]" * 500)])
def test_an_assignment_that_cannot_be_read_fails(agent: Agent, args: str) -> None:
    frame = encode(ASSIGN).replace('"args":{}', f'"args":{args}')
    for event in agent._side.receive(frame, 1.0):
        agent._take(event)
    (report,) = agent._side.retained("7")
    assert isinstance(report, Failed)
    assert report.error.startswith("the task cannot be read: ")


async def test_a_task_that_is_paused_is_known_as_such_after_a_loss(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = _Running(ASSIGN, frozenset())
    agent.tasks._running["7"] = running
    said: list[FromAgent] = []
    monkeypatch.setattr(agent._outbox, "send", said.append)
    for kind in ("PAUSED", "PROGRESS", "RESUMED"):
        agent.tasks._say(running, kind, {})
        agent._take(Init(agent="1", inquiries=[Inquiry(task="7")]))
    assert [type(one) for one in said] == [Paused, Paused, Progress]


async def test_who_waits_for_an_answer_hears_that_none_will_come_in_a_new_session(agent: Agent) -> None:
    waiting: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    agent._children._answers["r"] = waiting  # type: ignore[assignment]  # it is looked at, not answered
    agent._take(agent._side.receive(encode(Init(agent="1")), 1.0)[0])
    before = agent._side.session_id
    assert isinstance(agent._why(ConnectionClosedError(Close(MISMATCH, "what is that?"), None)), ConnectionLost)
    assert agent._side.session_id != before
    with pytest.raises(ConnectionLost, match="refused"):
        await asyncio.wait_for(waiting, 5)


@pytest.mark.parametrize("late", [False, True])
async def test_a_called_task_is_taken_back_when_its_caller_leaves_before_or_as_the_answer_comes(
    agent: Agent, late: bool
) -> None:
    agent._take(agent._side.receive(encode(Init(agent="1")), 1.0)[0])
    await asyncio.sleep(0)  # what it called before is looked after
    children = agent._children
    children._actions["lab", "g"] = "5"
    remote: Any = SimpleNamespace(app="lab", key="g", title="lab/g")
    calling = asyncio.ensure_future(children.start(remote, {}, "7"))
    await asyncio.sleep(0)
    (request,) = [one for one in map(decode_from_agent, agent._side.frames_to_send()) if isinstance(one, AssignRequest)]
    answer = encode(AssignResponse(request=request.id, reference=request.reference, task="8"))
    if not late:
        calling.cancel()
        await asyncio.wait([calling])
    agent._take(agent._side.receive(answer, 1.0)[0])
    if late:
        assert children.caller_of("8") == "7"
        calling.cancel()
        await asyncio.wait([calling])
    (taken_back,) = map(decode_from_agent, agent._side.frames_to_send())
    assert isinstance(taken_back, CancelRequest)
    assert taken_back.task == "8"
