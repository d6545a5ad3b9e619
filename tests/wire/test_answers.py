"""What an answer says: data, or one error whose kind tells what to do about it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import AccessDenied, NodeNotFound, ProtocolError, RekuestError, ServerError
from rekuest_codegen.wire.answers import MAX_TEXT, data_of

PLACE = "http://127.0.0.1:8000/graphql"
SOMEWHERE = [{"line": 1, "column": 2}]


def refusal(*errors: Any) -> RekuestError:
    with pytest.raises(RekuestError) as caught:
        data_of(PLACE, {"data": None, "errors": list(errors)})
    assert str(caught.value).startswith(f"{PLACE}: ")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("more", [{}, {"errors": None}, {"errors": []}, {"extensions": {"took": 3}}])
def test_data(more: dict[str, Any]) -> None:
    assert data_of(PLACE, {"data": {"actions": []}, **more}) == {"actions": []}


@pytest.mark.parametrize("payload", [None, 5, "text", [], [{"data": {}}], {}, {"detail": "Not Found"}])
def test_no_answer(payload: Any) -> None:
    with pytest.raises(ProtocolError, match="not a GraphQL answer; is this the address of a rekuest server"):
        data_of(PLACE, payload)


@pytest.mark.parametrize("payload", [{"data": None}, {"data": []}, {"data": "x"}, {"errors": None}, {"errors": []}])
def test_an_answer_without_data(payload: Any) -> None:
    with pytest.raises(ProtocolError, match="an answer without data"):
        data_of(PLACE, payload)


@pytest.mark.parametrize(
    "error",
    [
        {"message": "No Authorization header"},
        {"message": "Error decoding token header"},
        {"message": "Signature verification failed", "path": None, "locations": None},
        {"message": "User is not authenticated", "locations": []},
        {"message": "no", "extensions": {"code": "AccessDenied"}},
        {"message": "no", "path": ["actions"], "locations": SOMEWHERE, "extensions": {"code": "AccessDenied"}},
    ],
)
def test_a_refused_token(error: dict[str, Any]) -> None:
    denied = refusal(error)
    assert type(denied) is AccessDenied
    assert str(denied) == f"{PLACE}: the token was refused ({error['message']})"


@pytest.mark.parametrize(
    "error",
    [
        # Each has a word that refusals have, and says where in the document it is.
        {"message": "Field 'needsToken' of required type 'Boolean!' was not provided.", "locations": SOMEWHERE},
        {"message": "Syntax Error: Unexpected token.", "locations": SOMEWHERE},
        {"message": "Cannot query field 'signature' on type 'Action'.", "locations": SOMEWHERE},
        {"message": "the token bucket is empty", "path": ["assign"]},
        {"message": "the disk is full"},
    ],
)
def test_other_errors_are_not_taken_for_a_refused_token(error: dict[str, Any]) -> None:
    failure = refusal(error)
    assert type(failure) is ServerError
    assert str(failure) == f"{PLACE}: {error['message']}"


@pytest.mark.parametrize(
    "error",
    [
        {"message": "No active implementation found for action Slow", "path": ["assign"], "locations": SOMEWHERE},
        {"message": "Action matching query does not exist.", "path": ["action"]},
        {"message": "Agent is not available (not connected, and not a webhook agent)", "path": ["assign"]},
        {"message": "gone", "extensions": {"code": "NodeNotFound"}},
    ],
)
def test_a_node_that_is_not_there(error: dict[str, Any]) -> None:
    assert type(refusal(error)) is NodeNotFound


@pytest.mark.parametrize(
    ("said", "expected"), [(True, True), (False, False), (None, False), (1, False), ("yes", False)]
)
def test_only_a_server_that_says_so_can_be_asked_again(said: Any, expected: bool) -> None:
    """Whatever else the server failed with, the work may have been begun."""
    assert refusal({"message": "busy", "extensions": {"retrySafe": said}}).retry_safe is expected


def test_all_errors_are_told_and_not_without_end() -> None:
    assert str(refusal({"message": "one\ntwo"}, "three", {"code": 4})) == f"{PLACE}: one two; three; {{'code': 4}}"
    assert len(str(refusal(*[{"message": "wrong " * 100}] * 100))) <= len(PLACE) + 2 + MAX_TEXT


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
errors = json_values | st.lists(
    json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(["message", "path", "extensions"], json_values))
)


@given(json_values | st.fixed_dictionaries({}, optional={"data": json_values, "errors": errors}))
def test_any_answer_is_data_or_an_error_of_ours(payload: Any) -> None:
    with suppress(RekuestError):
        assert isinstance(data_of(PLACE, payload), dict)
