"""Decisions about tasks, under any order of reports, requests, losses and returns."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rekuest_codegen.errors import ServerError
from rekuest_codegen.server import dispatch, presence, registry
from rekuest_codegen.server.decision import Decision, Dispatch, Happened, Moment, ToldAgent
from rekuest_codegen.server.dispatch import Call, Refused
from rekuest_codegen.server.model import Run
from rekuest_codegen.server.presence import Busy
from rekuest_codegen.server.state import State
from rekuest_codegen.wire.lifecycle import GIVE_AGAIN, LOST_PREFIX, NOT_BEGUN, terminal_kind
from rekuest_codegen.wire.messages import (
    Cancel,
    Cancelled,
    Completed,
    Critical,
    EventAck,
    Interrupt,
    Interrupted,
    Paused,
    Progress,
    Register,
    Report,
    Resumed,
    Started,
    Yield,
)

REPORTS: list[type[Report]] = [Started, Progress, Yield, Paused, Resumed, Completed, Cancelled, Interrupted]
GRACE = 30.0
steps = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.sampled_from(REPORTS), st.integers(0, 2)),
        st.tuples(st.just("critical"), st.none(), st.integers(0, 2)),
        st.tuples(
            st.sampled_from(["lost", "inquired"]), st.sampled_from(["", NOT_BEGUN, GIVE_AGAIN]), st.integers(0, 2)
        ),
        st.tuples(st.just("again"), st.none(), st.integers(0, 5)),
        st.tuples(st.just("ask"), st.sampled_from(sorted(dispatch.ASKS)), st.integers(0, 2)),
        st.tuples(st.just("assign"), st.none() | st.just(3.0), st.integers(0, 2)),
        st.tuples(st.just("overdue"), st.none(), st.integers(0, 2)),
        st.tuples(st.sampled_from(["lose", "return", "restart", "displace", "wait"]), st.none(), st.just(0)),
    ),
    max_size=40,
)


class House:
    """A state, with every decision committed and told at once."""

    def __init__(self, *, idempotent: bool) -> None:
        self.state = State()
        self.now = 0.0
        self.sessions = 0
        self.agent, _ = registry.ensure_agent(self.state, "dev", "calc", self.at)
        definition: dict[str, Any] = {"key": "k", "name": "K", "version": "1", "kind": "GENERATOR"}
        definition["idempotent"] = idempotent
        given: dict[str, Any] = {"name": "calc", "implementations": [{"definition": definition, "interface": "k"}]}
        registry.implement_agent(self.state, "dev", given, self.at)
        self.runs: dict[str, Run] = {}
        self.said: list[Report] = []
        self.register(force=False)

    @property
    def at(self) -> Moment:
        return Moment(self.now, f"{self.now:09.1f}")

    def tell(self, decision: Decision | None) -> None:
        for tell in decision.tells if decision else ():
            if isinstance(tell, Happened):
                self.state.publish(tell.run, tell.event)
            elif isinstance(tell, Dispatch) and not tell.run.phase.terminal:
                self.dispatch(tell.run)

    def dispatch(self, run: Run) -> None:
        if dispatch.late(run, self.at):
            run.sent = False
            self.tell(dispatch.overdue(self.state, run, self.at))
        elif self.state.connected(self.agent.id):
            assert run.asked is None, "the agent would begin it, and know nothing of the request"
            run.sent = True

    def register(self, *, force: bool) -> None:
        message = Register(token="t", session_id=str(self.sessions), force=force)
        try:
            self.tell(presence.register(self.state, "dev", None, message, self.at).decision)
        except Busy:
            assert self.state.connected(self.agent.id)

    def step(self, what: str, choice: Any, index: int) -> None:
        self.now += 1
        run = list(self.runs.values())[index % len(self.runs)] if self.runs else None
        match what:
            case "assign" if self.state.connected(self.agent.id):
                call = Call("dev", {}, node="1", reference=str(index), within=choice)
                made, decision = dispatch.assign(self.state, call, self.at)
                assert self.runs.setdefault(str(index), made) is made
                self.tell(decision)
            case "report" | "critical" if run and self.state.connected(self.agent.id):
                task = str(run.task.id)
                report: Report = Critical(task=task, error="e") if choice is None else choice(task=task)
                self.said.append(report)
                self.tell(dispatch.report(self.state, self.agent.id, report, self.at))
            case "lost" if run and self.state.connected(self.agent.id):
                lost = Critical(task=str(run.task.id), error=f"{LOST_PREFIX}calc was started again{choice}")
                self.said.append(lost)
                self.tell(dispatch.report(self.state, self.agent.id, lost, self.at))
            case "inquired":
                for each in ("lose", "return", "lost"):
                    self.step(each, choice, index)
            case "again" if self.said and self.state.connected(self.agent.id):
                report = self.said[index % len(self.said)]
                if report.terminal or isinstance(report, Yield):
                    self.tell(dispatch.report(self.state, self.agent.id, report, self.at))
            case "ask" if run:
                with suppress(Refused):
                    self.tell(dispatch.ask(self.state, run, choice, self.at))
            case "overdue" if run:
                self.tell(dispatch.overdue(self.state, run, self.at))
            case "lose" if self.state.connected(self.agent.id):
                self.tell(presence.lose(self.state, self.agent.id, self.at))
            case "return":
                self.register(force=False)
            case "restart" | "displace":
                self.sessions += 1
                self.register(force=what == "displace")
            case "wait":
                self.now += GRACE
                self.tell(presence.expire(self.state, self.at, GRACE))
            case _:
                pass


@given(steps, st.booleans())
@example(plan=[("ask", "cancel", 0), ("inquired", NOT_BEGUN, 0)], idempotent=True)
@example(plan=[("assign", 3.0, 2), ("ask", "interrupt", 2), ("inquired", NOT_BEGUN, 2)], idempotent=False)
def test_every_task_ends_once_and_its_events_have_no_gap(plan: list[tuple[str, Any, int]], idempotent: bool) -> None:
    house = House(idempotent=idempotent)
    for step in [("assign", None, 0), ("assign", None, 1), *plan, ("lose", None, 0), ("return", None, 0)]:
        house.step(*step)
        for run in house.runs.values():
            assert run.sent or run.asked is None or run.phase.terminal, "nobody has it, and it does not end"
    assert all(run.sent or run.phase.terminal for run in house.runs.values()), "an agent is there, and it waits"
    yields = {report.id for report in house.said if isinstance(report, Yield)}
    house.step("lose", None, 0)
    house.step("wait", None, 0)
    for run in house.runs.values():
        kinds = [event.what for event in run.events]
        assert [event.number for event in run.events] == list(range(1, len(kinds) + 1))
        assert [terminal_kind(kind) for kind in kinds].count(True) == 1
        assert terminal_kind(kinds[-1])
        told = [event.report for event in run.events if event.what == "YIELD"]
        assert len(told) == len(set(told))
        assert set(told) <= yields
        assert run.starts <= dispatch.MAX_STARTS
    everything = sorted(event.id for run in house.runs.values() for event in run.events)
    assert everything == list(range(1, len(everything) + 1))
    assert not house.state.presence(house.agent.id).runs


@pytest.mark.parametrize(("idempotent", "starts", "kinds"), [(True, 2, ["QUEUED"]), (False, 1, ["CRITICAL"])])
def test_a_task_its_agent_lost_is_queued_again_where_that_does_no_harm(
    idempotent: bool, starts: int, kinds: list[str]
) -> None:
    house = House(idempotent=idempotent)
    house.step("assign", None, 0)
    run = house.runs["0"]
    house.step("lost", "", 0)
    house.step("again", None, 0)
    assert ([event.what for event in run.events], run.starts) == (kinds, starts)
    if idempotent:
        for _ in range(dispatch.MAX_STARTS):
            house.step("lost", "", 0)
        assert [event.what for event in run.events] == ["QUEUED", "QUEUED", "CRITICAL"], "it kills whoever runs it"


@pytest.mark.parametrize("session", ["return", "restart"])
def test_what_was_not_begun_waits_for_the_next_agent(session: str) -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    house.step("lost", NOT_BEGUN, 0)
    run = house.runs["0"]
    assert (run.sent, run.phase.terminal) == (False, False)
    house.step("lose", None, 0)
    house.step(session, None, 0)
    assert (run.sent, run.phase.terminal) == (True, False)


def test_what_never_arrived_is_given_again() -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    run = house.runs["0"]
    for starts in (2, 3):
        house.step("lost", GIVE_AGAIN, 0)
        assert (run.starts, run.phase.terminal) == (starts, False)
    house.step("lost", GIVE_AGAIN, 0)
    assert [event.what for event in run.events] == ["QUEUED", "QUEUED", "CRITICAL"]


def test_what_has_yielded_has_begun_whatever_is_said_of_it() -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    house.step("report", Yield, 0)
    house.step("lost", GIVE_AGAIN, 0)
    assert [event.what for event in house.runs["0"].events] == ["YIELD", "CRITICAL"]


def test_what_is_too_much_for_a_frame_is_refused_or_ends_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    run = house.runs["0"]
    task = str(run.task.id)
    monkeypatch.setattr(dispatch, "MAX_VALUE", 1500)
    for args, text in [({"x": "y" * 1500}, "bytes, more than the 1500 allowed"), ({"x": nested(500)}, "nested deeper")]:
        with pytest.raises(ServerError, match=text):
            dispatch.assign(house.state, Call("dev", args, node="1"), house.at)
    assert list(house.state.runs) == [run.task.id], "nothing is left of it"
    house.tell(dispatch.report(house.state, house.agent.id, Yield(task=task, returns={"x": 1}), house.at))
    big = dispatch.report(house.state, house.agent.id, Yield(task=task, returns={"x": "y" * 1500}), house.at)
    assert big is not None
    house.tell(big)
    assert [type(tell.message) for tell in big.tells if isinstance(tell, ToldAgent)] == [EventAck, Interrupt]
    assert [event.what for event in run.events] == ["YIELD", "CRITICAL"]
    assert "at once, more than the 1500 allowed" in str(run.events[-1].message)


def test_a_loss_that_is_told_at_too_great_length_ends_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    run = house.runs["0"]
    monkeypatch.setattr(dispatch, "MAX_VALUE", 1500)
    lost = Critical(task=str(run.task.id), error=f"{LOST_PREFIX}{'y' * 1500}{NOT_BEGUN}")
    told = dispatch.report(house.state, house.agent.id, lost, house.at)
    assert told is not None
    house.tell(told)
    assert [type(tell.message) for tell in told.tells if isinstance(tell, ToldAgent)] == [EventAck, Interrupt]
    assert [event.what for event in run.events] == ["CRITICAL"]
    assert "at once, more than the 1500 allowed" in str(run.events[-1].message)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(("said", "kept"), [(10**12, 100), (-(2**40), 0), (42, 42), (None, None)])
def test_progress_is_told_as_percent_whatever_an_agent_says(said: int | None, kept: int | None) -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    run = house.runs["0"]
    report = Progress(task=str(run.task.id), progress=said)
    house.tell(dispatch.report(house.state, house.agent.id, report, house.at))
    assert [event.progress for event in run.events] == [kept]


def test_a_value_is_collected_by_whichever_agent_has_it() -> None:
    """Over GraphQL an agent names its values without saying which of the identity's agents it is."""
    house = House(idempotent=False)
    other, _ = registry.ensure_agent(house.state, "dev", "other", house.at)
    registry.ensure_agent(house.state, "somebody", "else", house.at)
    named: dict[str, Any] = {"resourceId": "r", "identifier": "@a/b"}
    drawer, _ = registry.shelve(house.state, "dev", named, house.at)
    told = registry.unshelve(house.state, "dev", drawer.id).tells
    assert [tell.agent for tell in told if isinstance(tell, ToldAgent)] == [house.agent.id, other.id]
    drawer, _ = registry.shelve(house.state, "dev", named, house.at, other)
    told = registry.unshelve(house.state, "dev", drawer.id, other).tells
    assert [tell.agent for tell in told if isinstance(tell, ToldAgent)] == [house.agent.id]


def test_what_nobody_has_ends_at_once_when_asked_to() -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    house.step("lost", NOT_BEGUN, 0)
    house.step("ask", "cancel", 0)
    run = house.runs["0"]
    assert [event.what for event in run.events] == ["QUEUED", "CANCELLING", "CANCELLED"]
    house.step("lose", None, 0)
    house.step("return", None, 0)
    assert not run.sent


@pytest.mark.parametrize(("asked", "end"), [("cancel", "CANCELLED"), ("interrupt", "INTERRUPTED")])
def test_what_never_arrived_and_is_not_wanted_any_more(asked: str, end: str) -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    house.step("ask", asked, 0)
    house.step("lost", GIVE_AGAIN, 0)
    assert house.runs["0"].events[-1].what == end


@pytest.mark.parametrize("within", [None, 3.0])
@pytest.mark.parametrize("said", [NOT_BEGUN, GIVE_AGAIN])
def test_what_was_asked_to_end_and_not_begun_is_given_to_nobody(said: str, within: float | None) -> None:
    house = House(idempotent=True)
    house.step("assign", within, 0)
    for what in ("ask", "lose", "return"):
        house.step(what, "cancel", 0)
    house.step("lost", said, 0)
    assert kinds(house) == ["CANCELLING", "DISCONNECTED", "CANCELLED"]


def test_what_is_late_when_it_is_given_again_ends_as_it_was_asked_to() -> None:
    """It is asked to end between the decision to give it again and the giving: what is told is told late."""
    house = House(idempotent=True)
    house.step("assign", 3.0, 0)
    run = house.runs["0"]
    lost = Critical(task=str(run.task.id), error=f"{LOST_PREFIX}calc{GIVE_AGAIN}")
    given_again = dispatch.report(house.state, house.agent.id, lost, house.at)
    house.step("ask", "interrupt", 0)
    house.now += 3
    house.tell(given_again)
    assert (run.sent, run.phase) == (False, "INTERRUPTED")


def kinds(house: House) -> list[str]:
    return [event.what for event in house.runs["0"].events]


def test_whose_caller_stopped_waiting_is_ended() -> None:
    house = House(idempotent=False)
    house.step("assign", 3.0, 0)
    run = house.runs["0"]
    assert [dispatch.late(run, Moment(house.now + after, "")) for after in (0.0, 2.9, 3.0)] == [False, False, True]
    decision = dispatch.overdue(house.state, run, house.at)
    assert decision is not None
    (said,) = [tell.message for tell in decision.tells if isinstance(tell, ToldAgent)]
    assert isinstance(said, Cancel)
    assert said.task == str(run.task.id)
    house.tell(decision)
    assert kinds(house) == ["CANCELLING"]
    assert dispatch.overdue(house.state, run, house.at) is None  # once
    house.step("report", Cancelled, 0)
    assert dispatch.overdue(house.state, run, house.at) is None


def test_what_nobody_has_when_its_caller_stops_waiting_is_never_begun() -> None:
    house = House(idempotent=False)
    house.step("assign", 3.0, 0)
    house.step("lost", NOT_BEGUN, 0)
    house.step("overdue", None, 0)
    assert kinds(house) == ["QUEUED", "CANCELLING", "CANCELLED"]
    house.step("lose", None, 0)
    house.step("return", None, 0)
    assert not house.runs["0"].sent


def test_who_said_nothing_waits_for_ever() -> None:
    house = House(idempotent=False)
    house.step("assign", None, 0)
    assert not dispatch.late(house.runs["0"], Moment(1e9, ""))
