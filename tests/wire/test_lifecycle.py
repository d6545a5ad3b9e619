"""The table of a task's life: it closes, ends are ends, and a request is not an outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.wire.lifecycle import (
    EVENT_KINDS,
    LIVE,
    TERMINAL,
    TRANSITIONS,
    IllegalTransition,
    State,
    advance,
    terminal_kind,
)
from rekuest_codegen.wire.messages import BARE_EVENTS, REPORTS, event_kind, task_event, type_of


def test_every_state_has_its_row_and_leads_to_known_states() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {state for row in TRANSITIONS.values() for state in row.values()} <= set(State)


@pytest.mark.parametrize("state", sorted(TERMINAL))
@pytest.mark.parametrize("event", sorted(EVENT_KINDS))
def test_nothing_follows_an_end(state: State, event: str) -> None:
    with pytest.raises(IllegalTransition, match=f"{event} cannot follow {state}"):
        advance(state, event)


@pytest.mark.parametrize("state", sorted(LIVE))
def test_every_live_task_can_end_in_every_way_and_lose_its_agent(state: State) -> None:
    for end in TERMINAL:
        assert advance(state, str(end)) is end
        assert terminal_kind(str(end))
    if state is not State.DISCONNECTED:
        assert advance(state, "DISCONNECTED") is State.DISCONNECTED


@given(st.lists(st.sampled_from(sorted(EVENT_KINDS))))
def test_any_order_of_events_ends_at_most_once(events: list[str]) -> None:
    state, ends = State.QUEUED, 0
    for event in events:
        try:
            state = advance(state, event)
        except IllegalTransition:
            continue
        ends += terminal_kind(event)
    assert ends == int(state.terminal)


def test_every_report_and_every_event_has_its_frames() -> None:
    assert {type_of(report(task="1", **fields)) for report, fields in _filled()} <= EVENT_KINDS
    for kind in EVENT_KINDS:
        assert event_kind(task_event(kind, task="1", event="2", seq=2, error="e", message="m")) == kind
    assert set(BARE_EVENTS) < EVENT_KINDS


def _filled() -> list[tuple[type, dict[str, str]]]:
    needed = {"FAILED": {"error": "e"}, "CRITICAL": {"error": "e"}, "LOG": {"message": "m"}}
    return [(report, needed.get(str(report.__struct_config__.tag), {})) for report in REPORTS]
