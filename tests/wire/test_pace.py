"""The pace toward a server that acknowledges ends only: it is never further behind than a heartbeat may wait."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.wire.conversation import AgentSide
from rekuest_codegen.wire.messages import Completed, EventAck, Heartbeat, Init, Yield, encode
from rekuest_codegen.wire.pace import AHEAD, RATE, Pace

SERVER = 40.0
"""Reports a second that the real server was seen to take in."""


@given(st.lists(st.tuples(st.floats(0, 0.5), st.booleans()), max_size=300))
def test_the_line_at_the_real_server_stays_short(plan: list[tuple[float, bool]]) -> None:
    pace, now, line, at = Pace(), 0.0, 0.0, 0.0
    for pause, end in plan:
        now += pause
        now += pace.wait(now)
        line, at = max(0.0, line - (now - at) * SERVER) + 1, now
        pace.sent(now, end=str(now) if end else None)
        assert line / SERVER < 5, "the answer to a heartbeat waits behind this"


def test_a_burst_goes_at_once_then_at_the_rate() -> None:
    pace = Pace()
    for _ in range(AHEAD):
        assert pace.wait(0.0) == 0
        pace.sent(0.0)
    assert pace.wait(0.0) == 1 / RATE
    assert pace.wait(10.0) == 0


def test_an_acknowledged_end_says_that_all_before_it_arrived() -> None:
    pace = Pace()
    for number in range(AHEAD):
        pace.sent(0.0, end="e" if number == AHEAD - 3 else None)
    assert pace.wait(0.0) > 0
    pace.acknowledged("e")
    for _ in range(AHEAD - 2):
        assert pace.wait(0.0) == 0
        pace.sent(0.0)
    assert pace.wait(0.0) > 0


def connected(*, acknowledging: bool) -> AgentSide:
    side = AgentSide("t")
    side.connect(0.0)
    if acknowledging:
        side.receive(encode(EventAck(event=side._register)), 0.0)
    side.receive(encode(Init(agent="1")), 0.0)
    side.frames_to_send()
    return side


def test_only_a_server_that_does_not_acknowledge_yields_is_waited_for() -> None:
    slow, quick = connected(acknowledging=False), connected(acknowledging=True)
    for side in (slow, quick):
        for _ in range(2 * AHEAD):
            side.turn(0.0)
            side.send(Yield(task="1", returns={}))
    assert slow.turn(0.0) > 1
    assert quick.turn(0.0) == 0
    slow.disconnect()
    assert slow.turn(0.0) == 0, "nothing is under way"


def test_a_heartbeat_is_answered_before_all_else() -> None:
    side = connected(acknowledging=True)
    for _ in range(100):
        side.send(Yield(task="1", returns={}))
    side.receive(encode(Heartbeat()), 1.0)
    assert "HEARTBEAT_ANSWER" in side.frames_to_send(1)[0]
    assert len(side.frames_to_send(60)) == 60
    assert len(side.frames_to_send()) == 40


def test_a_session_can_be_taken_up_by_another_process() -> None:
    before = connected(acknowledging=True)
    before.send(Yield(task="1", returns={"return0": 1}))
    before.send(Completed(task="1"))
    left = before.retained("1")
    after = AgentSide("t", session_id=before.session_id)
    after.restore(left)
    assert after.reported("1")
    assert after.unacknowledged_bytes > 0
    after.connect(0.0)
    after.receive(encode(EventAck(event=after._register)), 0.0)
    after.receive(encode(Init(agent="1")), 0.0)
    sent = after.frames_to_send()[2:]
    assert [report.id in frame for report, frame in zip(left, sent, strict=True)] == [True, True]
    for report in left:
        after.receive(encode(EventAck(event=report.id)), 0.0)
    assert (after.unacknowledged, after.unacknowledged_bytes, after.reported("1")) == (0, 0, False)
    assert after.take_acknowledged() == [report.id for report in left]
    after.send(Completed(task="2"))
    assert after.retained("2")[0].seq == 3, "numbered on"
