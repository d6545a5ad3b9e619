"""Both ends of a contract 10 socket, run against each other with no socket; frames are looked at as JSON."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import Finding
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.contracts import spoken_in
from rekuest_codegen.wire.contracts import ten_messages as ten
from rekuest_codegen.wire.conversation import AgentSide
from rekuest_codegen.wire.messages import encode
from rekuest_codegen.wire.server_side import ServerSide

DECLARED = {"name": "lab", "hash": "h", "implementations": [], "states": [], "locks": [], "bloks": []}
NUMBERS = {"pos": 1, "journal_session": "s"}


def register(**more: Any) -> str:
    return json.dumps({"type": "REGISTER", "id": "r", "token": "t", "session_id": "s", **DECLARED, **more})


def served(heard: Any = None, findings: list[Finding] | None = None) -> ServerSide:
    server = ServerSide(0)
    (message,) = server.receive(register(), 0)
    assert isinstance(message, messages.Register)
    server.accept("1", ["7"], 0, heard=heard, findings=findings or [])
    return server


def said(side: ServerSide | AgentSide) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in side.frames_to_send()]


def declaring(session: str | None = None) -> AgentSide:
    agent = AgentSide("t", session_id=session)
    agent.speak(Contract.TEN, DECLARED)
    return agent


def welcomed(agent: AgentSide) -> None:
    agent.connect(0)
    agent.frames_to_send()
    agent.receive(encode(ten.Welcome(agent="1")), 0)


@pytest.mark.parametrize(
    ("frame", "contract"),
    [
        ('{"type": "REGISTER", "token": "t", "session_id": "s", "force": true, "id": "1"}', Contract.TWO),
        ('{"type": "REGISTER", "token": "t", "features": []}', Contract.TEN),
        ('{"type": "REGISTER", "token": "t", "colour": 1}', Contract.TWO),
        (register(), Contract.TEN),
        ("no json", Contract.TWO),
        ("[1]", Contract.TWO),
        (b"\xff", Contract.TWO),
    ],
)
def test_the_first_frame_shows_what_is_spoken(frame: str | bytes, contract: Contract) -> None:
    assert spoken_in(frame) is contract


# -- at the server -----------------------------------------------------------------------------------------------


def test_init_says_what_there_is_to_say_of_the_declaration() -> None:
    server = served(findings=[Finding("no-child", "lab/add: args.a", "a list has one child")])
    (init,) = said(server)
    assert (init["type"], init["agent"], init["inquiries"], init["hash"]) == ("INIT", "1", [{"task": "7"}], "h")
    assert init["diagnostics"] == [
        {"level": "WARNING", "code": "no-child", "message": "a list has one child", "path": "lab/add: args.a"}
    ]


@pytest.mark.parametrize("served_only", [Contract.TWO, Contract.TEN])
def test_a_server_of_one_generation_refuses_the_other(served_only: Contract) -> None:
    frames = {Contract.TWO: register(), Contract.TEN: encode(messages.Register(token="t"))}
    server = ServerSide(0, contracts=[served_only])
    assert server.receive(frames[served_only], 0) == []
    assert server.closing is not None
    assert server.closing.code == 3003
    assert "does not speak contract" in said(server)[0]["error"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"implementations": [{}]},
        {"implementations": [{"definition": {"key": "a", "name": "A", "version": "1"}}]},
        {"implementations": [{"definition": {"key": "a", "name": "A", "version": "1", "kind": "FUNCTION", "x": 1}}]},
        {"implementations": [{"definition": {"key": "a", "name": "A", "version": "1", "kind": "LOOP"}}]},
        {"states": [{"interface": "stage", "definition": {"name": "Stage"}}]},
        {"locks": [{"key": "stage"}]},
        {"features": None},
        {"name": 1},
    ],
)
def test_declarations_are_read_strictly(wrong: dict[str, Any]) -> None:
    server = ServerSide(0)
    assert server.receive(register(**wrong), 0) == []
    assert server.closing is not None
    assert server.closing.code == 3003
    assert [frame["type"] for frame in said(server)] == ["PROTOCOL_ERROR"]


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "LOG", "task": "1", "message": "m", "level": "LOUD"},
        {"type": "YIELD", "task": "1", "pos": "1"},
        {"type": "YIELD", "task": "1", "colour": 1},
        {"type": "STATE_PATCH", "session_id": "s", "global_rev": 1, "state_name": "x", "ts": 1.0, "op": "add",
         "path": "/a"},
        {"type": "SESSION_INIT", "session_id": "s"},
        {"type": "HELD", "task": "1", "prompt": {}},
    ],
)  # fmt: skip
def test_frames_are_read_strictly(frame: dict[str, Any]) -> None:
    server = served()
    said(server)
    assert server.receive(json.dumps(frame), 0) == []
    assert server.closing is not None
    assert server.closing.code == 3003


def test_what_is_numbered_is_taken_once_and_acknowledged_together() -> None:
    server = served()
    first, second = ({"type": "PROGRESS", "task": "1", "journal_session": "s", "pos": pos} for pos in (1, 2))
    assert [len(server.receive(json.dumps(frame), 0)) for frame in (first, second, first)] == [1, 1, 0]
    (known,) = server.acknowledgements()
    assert encode(known) == encode(ten.JournalAck(id=known.id, journal_session="s", pos=2))
    assert server.acknowledgements() == []
    later = served(heard=known)
    assert [len(later.receive(json.dumps({**first, "pos": pos}), 0)) for pos in (1, 2, 3)] == [0, 0, 1]


def test_an_end_is_acknowledged_before_what_follows_from_it() -> None:
    server = served()
    said(server)
    end = {"type": "CRITICAL", "id": "e", "task": "1", "error": "agent lost: x", "journal_session": "s", "pos": 5}
    server.receive(json.dumps(end), 0)
    server.send(messages.EventAck(event="e"))
    server.send(messages.EventAck(event="e"))
    server.send(messages.Cancel(task="2"))
    assert [(frame["type"], frame.get("pos")) for frame in said(server)] == [("JOURNAL_ACK", 5), ("CANCEL", None)]


def test_a_journal_of_a_session_before_is_acknowledged_and_not_taken() -> None:
    server = served()
    old = {"type": "COMPLETED", "task": "1", "journal_session": "before", "pos": 9}
    assert server.receive(json.dumps(old), 0) == []
    assert len(server.receive(json.dumps({**old, "journal_session": "s", "pos": 1}), 0)) == 1
    told = [json.loads(encode(one)) for one in server.acknowledgements()]
    assert [(one["journal_session"], one["pos"]) for one in told] == [("before", 9), ("s", 1)]


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (messages.EventAck(event="e"), None),
        (messages.DisconnectedEvent(task="1", event="2", seq=2), None),
        (messages.Cancel(task="1"), {"type": "CANCEL", "task": "1"}),
        (messages.CriticalEvent(task="1", event="2", seq=2, error="boom"), {"type": "CRITICAL_EVENT", "error": "boom"}),
        (
            messages.CriticalEvent(task="1", event="2", seq=2, error="agent lost: lab went away"),
            {"type": "LOST_EVENT", "reason": "lab went away", "started": True},
        ),
        (
            messages.CriticalEvent(task="1", event="2", seq=2, error="agent lost: lab left; the task was not begun"),
            {"type": "LOST_EVENT", "reason": "lab left", "started": False},
        ),
    ],
)
def test_what_the_server_says_in_these_words(message: messages.ToAgent, sent: dict[str, Any] | None) -> None:
    server = served()
    said(server)
    server.send(message)
    frames = said(server)
    assert [{name: frame[name] for name in sent or {}} for frame in frames] == ([] if sent is None else [sent])


@pytest.mark.parametrize(
    ("frame", "taken"),
    [
        ({"type": "HELD", "task": "1", "prompt": {"title": "sure?"}}, messages.Paused),
        ({"type": "INFORM", "task": "1", "message": "look", "blok": {}}, messages.Log),
        ({"type": "EFFECT", "task": "1", "effect": "NOW", "value": 1.0}, None),
        ({"type": "PAUSED", "task": "1", "details": {}}, messages.Paused),
        ({"type": "ASSIGN_REQUEST", "action": "1"}, messages.AssignRequest),
    ],
)
def test_what_contract_2_has_no_word_for(frame: dict[str, Any], taken: type[Any] | None) -> None:
    server = served()
    assert [isinstance(message, taken or object) for message in server.receive(json.dumps(frame), 0)] == (
        [] if taken is None else [True]
    )
    assert server.closing is None


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (
            {
                "type": "ASSIGN_REQUEST",
                "id": "q",
                "state_requires": [{"state": "a", "path": "b", "operator": "EXISTS"}],
            },
            "ASSIGN_RESPONSE",
        ),
        (
            {"type": "STATE_REVISION_REQUEST", "id": "q", "parent": "1", "dependency": "d", "state": "s"},
            "STATE_REVISION_RESPONSE",
        ),
    ],
)
def test_what_cannot_be_done_is_answered(frame: dict[str, Any], answer: str) -> None:
    server = served()
    said(server)
    assert server.receive(json.dumps(frame), 0) == []
    (told,) = said(server)
    assert (told["type"], told["request"]) == (answer, "q")
    assert told["error"]


# -- at the agent ------------------------------------------------------------------------------------------------


def test_register_declares_and_nothing_else_is_said_before_init() -> None:
    agent = declaring()
    agent.connect(0)
    agent.send(messages.Progress(task="1"))
    (first,) = said(agent)
    assert (first["type"], first["name"], first["hash"], first["features"]) == ("REGISTER", "lab", "h", [])
    agent.receive(encode(ten.Welcome(agent="1", diagnostics=[ten.Diagnostic(code="c", message="m")])), 0)
    assert agent.complaints == ["c: m"]
    assert [(frame["type"], frame["pos"]) for frame in said(agent)] == [("SESSION_INIT", 1), ("PROGRESS", 2)]


def test_frames_are_numbered_and_steps_of_tasks_counted() -> None:
    agent = declaring()
    welcomed(agent)
    said(agent)
    for report in (messages.Started(task="1"), messages.Started(task="2"), messages.Completed(task="1")):
        agent.send(report)
    agent.send(messages.HeartbeatAnswer())
    frames = said(agent)
    assert [(frame.get("pos"), frame.get("task_step"), frame.get("seq")) for frame in frames] == [
        (2, 1, 1), (3, 1, 2), (4, 2, 3), (None, None, None),
    ]  # fmt: skip
    assert {frame["journal_session"] for frame in frames[:3]} == {agent.session_id}


def test_what_is_not_acknowledged_is_sent_again_as_it_was() -> None:
    agent = declaring()
    welcomed(agent)
    introduction = said(agent)[0]
    agent.send(messages.Yield(task="1", returns={"return0": 1}))
    agent.send(messages.Completed(task="1"))
    sent = said(agent)
    agent.receive(encode(ten.JournalAck(journal_session="other", pos=99)), 0)
    agent.receive(encode(ten.JournalAck(journal_session=agent.session_id, pos=2)), 0)
    agent.disconnect()
    agent.send(messages.Yield(task="2", returns={}))
    welcomed(agent)
    again = said(agent)
    assert introduction["pos"] == 1
    assert again[0] == sent[1]
    assert [(frame["type"], frame["pos"]) for frame in again[1:]] == [("YIELD", 4)]
    agent.receive(encode(ten.JournalAck(journal_session=agent.session_id, pos=4)), 0)
    assert agent.unacknowledged == 0


def test_a_later_process_counts_on_from_a_higher_number() -> None:
    agent = declaring()
    welcomed(agent)
    end = messages.Completed(task="1")
    agent.send(end)
    frames = said(agent)
    later = declaring(agent.session_id)
    later.restore([end])
    welcomed(later)
    _, repeated = said(later)
    assert (repeated["id"], repeated["journal_session"]) == (end.id, agent.session_id)
    assert repeated["pos"] > frames[-1]["pos"]


def test_what_is_said_of_called_tasks_is_read_in_words_of_contract_2() -> None:
    agent = declaring()
    welcomed(agent)

    def heard(message: messages.TaskEvent) -> Any:
        (event,) = agent.receive(encode(message), 0)
        return event

    lost = heard(ten.LostEvent(task="1", event="1", seq=1, reason="lab went away", started=False))
    assert lost.error == "agent lost: lab went away; the task was not begun"
    assert messages.type_of(heard(ten.HeldEvent(task="1", event="2", seq=2))) == "PAUSED_EVENT"
    assert heard(ten.DeniedEvent(task="1", event="3", seq=3, answer="no")).message == "denied: no"


def test_a_server_that_was_exchanged_is_spoken_with_in_its_own_contract() -> None:
    agent = AgentSide("t")
    agent.connect(0)
    assert [frame["type"] for frame in said(agent)] == ["REGISTER", "SESSION_INIT"]
    agent.receive(encode(messages.Init(agent="1")), 0)
    agent.send(messages.Completed(task="1"))
    said(agent)
    agent.speak(Contract.TEN, DECLARED)
    welcomed(agent)
    assert [(frame["type"], frame["pos"]) for frame in said(agent)] == [("COMPLETED", 1)]


# -- together ----------------------------------------------------------------------------------------------------

steps = st.lists(st.sampled_from(["yield", "complete", "up", "down", "up", "down", "cut", "progress"]), max_size=60)


@given(steps)
def test_no_report_is_lost_doubled_or_out_of_order_however_often_the_connection_is_cut(plan: list[str]) -> None:
    agent, server = declaring(), ServerSide(0)
    up: deque[str] = deque()
    down: deque[str] = deque()
    told: list[str] = []
    stored: list[str] = []
    heard: messages.ToAgent | None = None
    task = 1

    def pump(direction: str) -> None:
        nonlocal heard
        up.extend(agent.frames_to_send())
        down.extend(server.frames_to_send())
        if direction == "up" and up:
            for message in server.receive(up.popleft(), 0):
                if isinstance(message, messages.Register):
                    server.accept("1", [], 0, heard=heard)
                elif isinstance(message, messages.Yield | messages.Completed):
                    stored.append(message.id)
            for one in server.acknowledgements():
                heard = one
                server.send(one)
        elif direction == "down" and down:
            agent.receive(down.popleft(), 0)

    def cut() -> None:
        nonlocal server
        up.clear()
        down.clear()
        agent.disconnect()
        server = ServerSide(0)
        agent.connect(0)

    cut()
    for step in plan:
        if step == "cut":
            cut()
        elif step in ("up", "down"):
            pump(step)
        else:
            report: messages.Report = messages.Progress(task=str(task))
            if step == "yield":
                report = messages.Yield(task=str(task), returns={})
            elif step == "complete":
                report = messages.Completed(task=str(task))
                task += 1
            agent.send(report)
            if step != "progress":
                told.append(report.id)
    cut()
    for _ in range(4 * len(plan) + 12):
        pump("up")
        pump("down")
    assert stored == told
    assert agent.unacknowledged == 0
    assert server.closing is None
