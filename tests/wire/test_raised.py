"""What is told of an exception is read as it was, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.wire.messages import Critical, encode
from rekuest_codegen.wire.raised import ALLOWED, HEAD, MAX_TEXT, MAX_TRACEBACK, Raised, read, tell, text_of


class Jammed(Exception): ...


def fail(depth: int) -> None:
    if depth:
        fail_again(depth - 1)
    raise Jammed("the shutter")


def fail_again(depth: int) -> None:
    fail(depth)


def raised(depth: int) -> Jammed:
    try:
        fail(depth)
    except Jammed as error:
        return error
    raise AssertionError


def test_the_type_alone_unless_the_provider_allows_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOWED, raising=False)
    assert tell(ValueError("no"), "no") == "ValueError: no"
    assert read(tell(raised(1), "the shutter"), "the shutter") == Raised(f"{__name__}.Jammed", None)


@pytest.mark.parametrize("depth", [1, 300])
def test_a_traceback_of_any_length(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, "1")
    told = read(tell(raised(depth), "the shutter"), "the shutter")
    assert told is not None
    assert told.traceback is not None
    assert told.traceback.startswith(HEAD)
    assert 'raise Jammed("the shutter")' in told.traceback
    assert len(told.traceback) < MAX_TRACEBACK + 100


@given(st.text())
def test_whatever_was_logged_is_never_an_error(text: str) -> None:
    assert read(text, "the shutter") is None or text.endswith(": the shutter")
    assert read(None, text) is None


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no"), "no"),
        (ValueError(), "ValueError"),
        (ValueError("no \udcff.tif"), "no ?.tif"),
        (ValueError("x" * MAX_TEXT), "x" * MAX_TEXT),
        (ValueError("x" * (MAX_TEXT + 2)), f"{'x' * MAX_TEXT} [... 2 more characters]"),
        (Silent(), "Silent, which cannot say more (RuntimeError)"),
    ],
)
def test_what_an_exception_says_can_be_sent(error: Exception, text: str) -> None:
    assert text_of(error) == text
    assert tell(error, text_of(error)).endswith(f": {text}")
    encode(Critical(task="1", error=text_of(error)))
