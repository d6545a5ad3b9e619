"""The two ends of an agent socket, run against each other with no socket and a clock that is a number."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.wire.conversation import (
    HEARTBEAT,
    MAX_SEEN,
    MAX_WAITING,
    AgentSide,
    Answered,
    Unreadable,
)
from rekuest_codegen.wire.messages import (
    MAX_FRAME,
    MAX_NESTING,
    Assign,
    AssignRequest,
    AssignResponse,
    BadFrame,
    Cancel,
    CancelRequest,
    Completed,
    ControlResponse,
    EventAck,
    Failed,
    FromAgent,
    Heartbeat,
    HeartbeatAnswer,
    Init,
    Progress,
    ProtocolErrorMessage,
    Register,
    Report,
    SessionInit,
    Unsendable,
    Yield,
    decode_from_agent,
    decode_to_agent,
    encode,
    task_event,
)
from rekuest_codegen.wire.server_side import ServerSide


def from_agent(side: AgentSide) -> list[FromAgent]:
    return [decode_from_agent(frame) for frame in side.frames_to_send()]


def registered(now: float = 0.0) -> ServerSide:
    server = ServerSide(now)
    assert isinstance(server.receive(encode(Register(token="t", session_id="s")), now)[0], Register)
    server.accept("1", ["7"], now)
    server.frames_to_send()
    return server


def connected(*, acknowledging: bool = True) -> AgentSide:
    agent = AgentSide("t")
    reconnect(agent, acknowledging=acknowledging)
    return agent


def reconnect(agent: AgentSide, *, acknowledging: bool = True) -> None:
    """Connect, without the frames of the introduction; leaves what follows INIT to be read."""
    agent.connect(0)
    register = from_agent(agent)[0]
    if acknowledging:
        agent.receive(encode(EventAck(event=register.id)), 0)
    agent.receive(encode(Init(agent="1")), 0)


# -- the server's side -------------------------------------------------------------------------------------------


def test_registration_is_surfaced_and_answered_with_the_inquiries() -> None:
    server = ServerSide(0)
    register = Register(token="secret", session_id="s", force=True)
    assert server.receive(encode(register), 1) == [register]
    server.accept("3", ["7", "8"], 1)
    acknowledgement, init = [decode_to_agent(frame) for frame in server.frames_to_send()]
    assert isinstance(acknowledgement, EventAck)
    assert acknowledgement.event == register.id
    assert isinstance(init, Init)
    assert (init.agent, [inquiry.task for inquiry in init.inquiries]) == ("3", ["7", "8"])


def test_registration_must_come_in_time() -> None:
    server = ServerSide(0, register_within=10)
    server.handle_timer(9.9)
    assert server.closing is None
    assert server.next_timer() == 10
    server.handle_timer(10)
    assert server.closing is not None
    assert server.closing.code == 3003
    assert server.next_timer() is None


@pytest.mark.parametrize(
    ("frame", "code", "explained"),
    [
        ("not json", 3002, False),
        (b"\xff\xfe", 3002, False),
        ('{"type": "NOPE"}', 3003, True),
        ('{"type": []}', 3003, True),
        ("[]", 3003, True),
        ("[" * 100_000, 3003, True),
        ('{"type": "REGISTER", "token": "t", "colour": "n10"}', 3003, True),
        ('{"type": "YIELD"}', 3003, True),
        ('{"type": "PROGRESS", "task": "1"}', 3003, False),
    ],
)
def test_first_frame_that_is_no_registration_closes(frame: str | bytes, code: int, explained: bool) -> None:
    server = ServerSide(0)
    assert server.receive(frame, 0) == []
    assert server.closing is not None
    assert server.closing.code == code
    sent = [decode_to_agent(text) for text in server.frames_to_send()]
    assert [type(message) for message in sent] == ([ProtocolErrorMessage] if explained else [])


def test_second_registration_closes() -> None:
    server = registered()
    assert server.receive(encode(Register(token="t")), 0) == []
    assert server.closing is not None
    assert server.closing.code == 3003


def test_nothing_is_received_or_sent_after_the_close() -> None:
    server = registered()
    server.close(4005, "displaced")
    server.close(3001, "later")
    assert server.receive(encode(Progress(task="1")), 1) == []
    server.send(Cancel(task="1"))
    server.handle_timer(1000)
    assert server.frames_to_send() == []
    assert server.closing is not None
    assert server.closing.code == 4005


def test_heartbeat_every_interval_while_answered() -> None:
    server = registered()
    for beat in range(1, 4):
        now = beat * HEARTBEAT
        server.handle_timer(now - 0.1)
        assert server.frames_to_send() == []
        server.handle_timer(now)
        assert [type(decode_to_agent(frame)) for frame in server.frames_to_send()] == [Heartbeat]
        assert server.receive(encode(HeartbeatAnswer()), now) == []
    assert server.closing is None


def test_unanswered_heartbeat_closes_and_any_frame_is_a_sign_of_life() -> None:
    server = registered()
    server.handle_timer(10)
    assert server.receive(encode(Progress(task="1")), 14) != []
    server.handle_timer(15)
    assert server.closing is None
    server.handle_timer(24)
    server.handle_timer(28.9)
    assert server.closing is None
    server.handle_timer(29)
    assert server.closing is not None
    assert server.closing.code == 3001


# -- the agent's side --------------------------------------------------------------------------------------------


def test_new_session_introduces_itself_at_once_and_an_old_one_only_registers() -> None:
    agent = AgentSide("secret", force=True)
    agent.connect(0)
    register, init = from_agent(agent)
    assert isinstance(register, Register)
    assert (register.token, register.force, register.session_id) == ("secret", True, agent.session_id)
    assert isinstance(init, SessionInit)
    assert init.session_id == agent.session_id
    agent.connect(1)
    assert [type(message) for message in from_agent(agent)] == [Register, SessionInit]
    agent.receive(encode(Init(agent="1")), 1)
    agent.disconnect()
    agent.connect(2)
    assert [type(message) for message in from_agent(agent)] == [Register]


def test_heartbeat_is_answered_at_once() -> None:
    agent = connected()
    assert agent.receive(encode(Heartbeat()), 1) == []
    assert [type(message) for message in from_agent(agent)] == [HeartbeatAnswer]


def test_silent_server_is_given_up_after_three_heartbeats() -> None:
    agent = connected()
    agent.receive(encode(Heartbeat()), 10)
    assert agent.next_timer() == 40
    agent.handle_timer(39.9)
    assert agent.lost is None
    agent.handle_timer(40)
    assert agent.lost is not None
    assert agent.next_timer() is None
    assert not agent.ready


def test_messages_wait_for_init_and_then_go_in_order() -> None:
    agent = AgentSide("t")
    agent.send(Progress(task="1", progress=1))
    agent.send(Yield(task="1", returns={}))
    agent.connect(0)
    agent.send(AssignRequest(reference="r"))
    agent.send(Completed(task="1"))
    assert [type(message) for message in from_agent(agent)] == [Register, SessionInit]
    agent.receive(encode(Init(agent="1")), 0)
    sent = from_agent(agent)
    assert [type(message) for message in sent] == [Progress, Yield, AssignRequest, Completed]
    assert [message.seq for message in sent if isinstance(message, Report)] == [1, 2, 3]


def test_what_waits_is_bounded() -> None:
    agent = AgentSide("t")
    for _ in range(MAX_WAITING + 50):
        agent.send(Progress(task="1"))
    agent.send(Completed(task="1"))
    reconnect(agent)
    sent = from_agent(agent)
    assert len(sent) == MAX_WAITING + 1
    assert isinstance(sent[-1], Completed)


def test_unacknowledged_reports_are_repeated_as_they_were() -> None:
    agent = connected()
    one, two, end = Yield(task="1", returns={"a": 1}), Yield(task="1", returns={"a": 2}), Completed(task="1")
    for report in (one, two, end):
        agent.send(report)
    first = from_agent(agent)
    agent.receive(encode(EventAck(event=one.id)), 0)
    reconnect(agent)
    assert from_agent(agent) == first[1:]
    assert agent.reported("1")
    agent.receive(encode(EventAck(event=end.id)), 0)
    assert agent.unacknowledged == 0
    assert not agent.reported("1")
    reconnect(agent)
    assert from_agent(agent) == []


def test_what_is_unacknowledged_is_counted_by_task() -> None:
    agent = connected()
    first, second, end = Yield(task="1", returns={"a": 1}), Yield(task="1", returns={"a": 2}), Completed(task="1")
    other = Yield(task="2", returns={})
    for report in (first, second, end, other):
        agent.send(report)
    sizes = [len(frame) for frame in agent.frames_to_send()]
    assert agent.unacknowledged_of("1") == (3, sum(sizes[:3]))
    assert agent.unacknowledged_of("2") == (1, sizes[3])
    agent.receive(encode(EventAck(event=first.id)), 0)
    assert agent.unacknowledged_of("1") == (2, sum(sizes[1:3]))
    agent.receive(encode(EventAck(event=end.id)), 0)  # everything before it has arrived
    assert agent.unacknowledged_of("1") == (0, 0)
    agent.begin()
    assert agent.unacknowledged_of("2") == (0, 0)


def test_where_yields_are_not_acknowledged_only_a_lone_one_is_repeated_with_its_end() -> None:
    agent = connected(acknowledging=False)
    lone, end = Yield(task="1", returns={}), Completed(task="1")
    agent.send(lone)
    from_agent(agent)
    reconnect(agent, acknowledging=False)
    assert from_agent(agent) == []
    agent.send(end)
    for number in range(3):
        agent.send(Yield(task="2", returns={"a": number}))
    agent.send(Completed(task="2"))
    from_agent(agent)
    reconnect(agent, acknowledging=False)
    repeated = from_agent(agent)
    assert [(type(message), message.task) for message in repeated if isinstance(message, Report)] == [
        (Yield, "1"),
        (Completed, "1"),
        (Completed, "2"),
    ]


def test_yields_made_while_away_are_sent_once_even_where_they_are_not_acknowledged() -> None:
    agent = connected(acknowledging=False)
    agent.disconnect()
    for number in range(3):
        agent.send(Yield(task="2", returns={"a": number}))
    reconnect(agent, acknowledging=False)
    assert len(from_agent(agent)) == 3
    reconnect(agent, acknowledging=False)
    assert from_agent(agent) == []
    assert agent.unacknowledged == 0


def test_answers_find_their_requests_and_open_requests_are_repeated() -> None:
    agent = connected()
    assign, cancel = AssignRequest(reference="r", action="1"), CancelRequest(task="9")
    agent.send(assign)
    agent.send(cancel)
    from_agent(agent)
    reconnect(agent)
    assert from_agent(agent) == [assign, cancel]
    answer = AssignResponse(request=assign.id, reference="r", task="12")
    assert agent.receive(encode(answer), 0) == [Answered(assign, answer)]
    assert agent.receive(encode(answer), 0) == []
    refusal = ControlResponse(request=cancel.id, accepted=False)
    agent.forget(cancel.id)
    assert agent.receive(encode(refusal), 0) == []


def test_repeated_task_events_are_surfaced_once() -> None:
    agent = connected()
    event = task_event("YIELD", task="12", event="5", seq=5, returns={"return0": 1})
    assert agent.receive(encode(event), 0) == [event]
    assert agent.receive(encode(event), 0) == []
    assert agent.receive(encode(task_event("COMPLETED", task="12", event="6", seq=6)), 0) != []


def test_of_many_tasks_those_that_are_silent_the_longest_are_forgotten() -> None:
    agent = connected()
    busy = [task_event("PROGRESS", task="0", event=str(number), seq=number, progress=1) for number in range(2)]
    assert agent.receive(encode(busy[0]), 0) == [busy[0]]
    for number in range(1, 2 * MAX_SEEN):
        event = task_event("COMPLETED", task=str(number), event="1", seq=1)
        assert agent.receive(encode(event), 0) == [event]
        agent.receive(encode(busy[0]), 0)
    assert agent.receive(encode(busy[0]), 0) == []
    assert agent.receive(encode(busy[1]), 0) == [busy[1]]
    forgotten = task_event("COMPLETED", task="1", event="1", seq=1)
    assert agent.receive(encode(forgotten), 0) == [forgotten]


@pytest.mark.parametrize("ready", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        Yield(task="1", returns={"a": "x" * MAX_FRAME}),
        Yield(task="1", returns={"a": "\ud800"}),
        Failed(task="1", error="\ud800"),
        AssignRequest(reference="r", args={"\ud800": 1}),
    ],
    ids=["too-large", "surrogate", "surrogate-in-the-end", "request"],
)
def test_what_has_no_frame_is_refused_and_nothing_is_kept_of_it(message: FromAgent, ready: bool) -> None:
    agent = connected()
    if not ready:
        agent.disconnect()
    agent.send(Yield(task="1", returns={}))
    with pytest.raises(Unsendable):
        agent.send(message)
    agent.send(Failed(task="1", error="returns: too large"))
    if not ready:
        reconnect(agent)
    first = from_agent(agent)
    assert [(type(report), report.seq) for report in first if isinstance(report, Report)] == [(Yield, 1), (Failed, 2)]
    reconnect(agent)
    assert from_agent(agent) == first


def test_unknown_frames_are_skipped_and_unknown_fields_ignored() -> None:
    agent = connected()
    for frame in ("not json", '{"type": []}', '{"type": "SHELVE"}', "[" * 100_000):
        assert isinstance(agent.receive(frame, 0)[0], Unreadable)
    fields = json.loads(
        encode(Assign(interface="add", task="1", args={}, user="u", org="o", action="h", implementation="2"))
    )
    assert isinstance(agent.receive(json.dumps({**fields, "pos": 4}), 0)[0], Assign)


# -- properties --------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TYPES = ["REGISTER", "YIELD", "INIT", "EVENT_ACK", "HEARTBEAT", "ASSIGN_RESPONSE", "COMPLETED_EVENT", "ASSIGN", "X"]
FIELDS = ["id", "task", "seq", "token", "event", "request", "reference", "returns", "agent", "inquiries", "args"]
messages = st.builds(
    lambda kind, fields: json.dumps({"type": kind, **fields}),
    st.sampled_from(TYPES) | json_values,
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=3) | json_values, max_size=5),
)
frames = st.text() | st.binary() | json_values.map(json.dumps) | messages


@given(st.lists(frames, max_size=8), st.booleans())
def test_no_frame_crashes_a_side(received: list[str | bytes], registers: bool) -> None:
    server = registered() if registers else ServerSide(0)
    agent = connected()
    for frame in received:
        server.receive(frame, 1)
        agent.receive(frame, 1)
    server.frames_to_send()
    agent.frames_to_send()


class Store:
    """What a server keeps: reports once each, by message id, in the order of their arrival."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}

    def take(self, message: FromAgent, server: ServerSide) -> None:
        if isinstance(message, Register):
            server.accept("1", [], 0)
        elif isinstance(message, Yield | Completed):
            self.reports.setdefault(message.id, message)
            server.send(EventAck(event=message.id, task=message.task, seq=message.seq))


steps = st.lists(st.sampled_from(["yield", "complete", "up", "down", "up", "down", "cut", "progress"]), max_size=60)


@given(steps)
def test_no_yield_is_lost_doubled_or_out_of_order_however_often_the_connection_is_cut(plan: list[str]) -> None:
    store, agent, server = Store(), AgentSide("t"), ServerSide(0)
    up: deque[str] = deque()
    down: deque[str] = deque()
    said: list[str] = []
    task = 1

    def pump(direction: str) -> None:
        up.extend(agent.frames_to_send())
        down.extend(server.frames_to_send())
        if direction == "up" and up:
            for message in server.receive(up.popleft(), 0):
                store.take(message, server)
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
            report: Report = Progress(task=str(task))
            if step == "yield":
                report = Yield(task=str(task), returns={})
            elif step == "complete":
                report = Completed(task=str(task))
                task += 1
            agent.send(report)
            if step != "progress":
                said.append(report.id)
    cut()
    for _ in range(4 * len(plan) + 12):
        pump("up")
        pump("down")
    assert list(store.reports) == said
    assert agent.unacknowledged == 0
    assert server.closing is None
    seqs = [report.seq or 0 for report in store.reports.values()]
    assert seqs == sorted(seqs)


def test_a_frame_that_nests_too_deep_is_none() -> None:
    """Whoever reads it next may be deeper in its own calls, or another make."""
    for depth, fits in [(MAX_NESTING - 2, True), (MAX_NESTING, False), (100_000, False)]:
        frame = '{"type": "YIELD", "id": "1", "task": "1", "returns": {"x": %s}}' % ("[" * depth + "]" * depth)
        if fits:
            assert isinstance(decode_from_agent(frame), Yield)
            continue
        with pytest.raises(BadFrame, match="nested too deep"):
            decode_from_agent(frame)
    wide: Any
    for wide in ([[]] * 1000, [{"y": [1]}] * 1000, "[{" * 1000):
        assert isinstance(decode_from_agent(encode(Yield(task="1", returns={"x": wide}))), Yield)


def test_data_that_opens_little_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []

    def look(values: object, limit: int) -> bool:
        looked.append(values)
        return False

    monkeypatch.setattr("rekuest_codegen.wire.messages.nests_deeper", look)
    flat = encode(Yield(task="1", returns={"x": list(range(10_000))}))
    for frame in (flat, flat.encode()):
        assert isinstance(decode_from_agent(frame), Yield)
    assert looked == []
    decode_from_agent(encode(Yield(task="1", returns={"x": [{}] * MAX_NESTING})))
    assert len(looked) == 1
