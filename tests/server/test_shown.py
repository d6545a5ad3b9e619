"""States at the server: what agents register and tell of them, and what strangers send in their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rekuest_codegen.errors import NodeNotFound
from rekuest_codegen.server import registry
from rekuest_codegen.server import shown as shown_module
from rekuest_codegen.server.decision import Moment
from rekuest_codegen.server.model import pack, unpack
from rekuest_codegen.server.shown import MAX_BYTES, find_state, read_states, take
from rekuest_codegen.server.state import State
from rekuest_codegen.wire.messages import SessionInit, StatePatch, StateSnapshot

AT = Moment(1.0, "2026-01-01T00:00:00+00:00")
STAGE = {
    "interface": "stage",
    "definition": {"name": "Stage", "ports": [{"key": "x", "kind": "FLOAT"}, {"key": "log", "kind": "LIST"}]},
}
STAGE["definition"]["ports"][1]["children"] = [{"key": "...", "kind": "INT"}]  # type: ignore[index]  # a nested literal


@pytest.fixture
def state() -> State:
    made = State()
    registry.ensure_agent(made, "me", "lab", AT)
    registry.implement_agent(made, "me", {"name": "lab", "states": [STAGE], "hash": "h"}, AT)
    take(made, 1, SessionInit(session_id="s", states={"stage": {"x": 1.0, "log": [1, 2]}}), AT)
    return made


def patch(op: str, path: str, value: Any = None, *, name: str = "stage", revision: int = 5) -> StatePatch:
    return StatePatch(session_id="s", global_rev=revision, state_name=name, ts=0, op=op, path=path, value=value)


def test_the_session_begins_with_the_values(state: State) -> None:
    shown = find_state(state, "1.stage")
    assert (shown.value, shown.revision, shown.session) == ({"x": 1.0, "log": [1, 2]}, 0, "s")


@pytest.mark.parametrize(
    ("op", "path", "value", "expected"),
    [
        ("replace", "/x", 2.5, {"x": 2.5, "log": [1, 2]}),
        ("replace", "/log/1", 9, {"x": 1.0, "log": [1, 9]}),
        ("add", "/log/-", 3, {"x": 1.0, "log": [1, 2, 3]}),
        ("add", "/log/0", 0, {"x": 1.0, "log": [0, 1, 2]}),
        ("remove", "/log/0", None, {"x": 1.0, "log": [2]}),
        ("add", "/a~1b", 1, {"x": 1.0, "log": [1, 2], "a/b": 1}),
    ],
)
def test_patches_are_applied(state: State, op: str, path: str, value: Any, expected: Any) -> None:
    (change,) = take(state, 1, patch(op, path, value), AT)
    assert (change.op, change.path, change.value, change.revision) == (op, path, value, 5)
    shown = find_state(state, "1.stage")
    assert shown.value == expected
    assert abs(shown.size - len(json.dumps(expected, separators=(",", ":")))) <= 2


def test_what_was_told_before_stays_what_it_was_and_what_did_not_change_is_shared(state: State) -> None:
    """A large state costs no more than a small one, however often it changes."""
    before = find_state(state, "1.stage").value
    take(state, 1, patch("replace", "/x", 2.0), AT)
    after = find_state(state, "1.stage").value
    assert after["log"] is before["log"]
    take(state, 1, patch("add", "/log/-", 3), AT)
    assert (before, after) == ({"x": 1.0, "log": [1, 2]}, {"x": 2.0, "log": [1, 2]})


def test_many_small_patches_make_no_state_larger_than_it_may_be(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_module, "MAX_BYTES", 200)
    taken = [bool(take(state, 1, patch("add", path), AT)) for n in range(50) for path in (f"/key{n}", "/log/-")]
    assert 5 < taken.count(True) < 40
    assert len(json.dumps(find_state(state, "1.stage").value, separators=(",", ":"))) < 260


@pytest.mark.parametrize(
    "message",
    [
        patch("replace", "/log/7", 1),
        patch("replace", "/x/deep", 1),
        patch("replace", "/nowhere/deep", 1),
        patch("remove", "/nowhere"),
        patch("remove", "/log/x"),
        patch("move", "/x", 1),
        patch("replace", "", 1),
        patch("replace", "/log/²", 1),
        patch("replace", "/x", 1, name="nobody"),
        patch("replace", "/x", "y" * (MAX_BYTES + 1)),
        StateSnapshot(session_id="s", global_rev=1, snapshots={"stage": 5, "nobody": {}}),
    ],
)
def test_what_does_not_fit_changes_nothing(state: State, message: Any) -> None:
    assert take(state, 1, message, AT) == []
    assert find_state(state, "1.stage").value == {"x": 1.0, "log": [1, 2]}


def test_a_new_registration_keeps_the_value(state: State) -> None:
    registry.implement_agent(state, "me", {"name": "lab", "states": [STAGE], "hash": "h2"}, AT)
    assert find_state(state, "1.stage").value == {"x": 1.0, "log": [1, 2]}


def test_the_definition_is_kept_with_the_agent(state: State) -> None:
    agent = unpack("agents", pack(state.agents[1]))
    assert agent == state.agents[1]
    assert state.agents[1].states[0]["ports"][1]["children"][0]["kind"] == "INT"


@pytest.mark.parametrize("key", ["", "1", "1.nobody", "2.stage", "x.stage", "²"])
def test_states_that_are_not_there(state: State, key: str) -> None:
    with pytest.raises(NodeNotFound):
        find_state(state, key)


@pytest.mark.parametrize("given", [[5], [{"interface": 1}], [{"interface": "a", "definition": {"ports": [{}]}}]])
def test_states_that_cannot_be_expressed(given: Any) -> None:
    states, findings = read_states("lab", given)
    assert (states, len(findings) > 0) == ([], True)
