"""Values given in wire form: what the library would send goes as it is, and nothing goes that it would not send."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir import Port
from rekuest_codegen.runtime.values import values_walk
from rekuest_codegen.runtime.values.given import sendable
from tests.runtime.test_values import TYPES, port
from tests.runtime.test_values_nested import SHAPES

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def sent(shape: Port, wire: Any) -> Any:
    named = shape.model_copy(update={"key": "given"})
    return asyncio.run(sendable([named], {"given": wire}))["given"]


@settings(max_examples=100)
@given(st.data())
def test_what_a_program_sends_is_sent_as_it_is(data: st.DataObject) -> None:
    shape, values = data.draw(SHAPES)
    wire = asyncio.run(values_walk(TYPES).shrink(shape, data.draw(values)))
    assert sent(shape, wire) == wire


@settings(max_examples=150)
@given(st.data(), ANYTHING)
def test_whatever_is_given_can_be_sent_or_is_refused(data: st.DataObject, wire: Any) -> None:
    shape, _ = data.draw(SHAPES)
    try:
        found = sent(shape, wire)
    except ArgumentError:
        pass
    else:
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
        assert sent(shape, found) == found


@pytest.mark.parametrize(
    ("shape", "wire", "problem"),
    [
        (port("FLOAT"), math.nan, "$.given: nan has no form in JSON"),
        (port("FLOAT"), 10**400, "$.given: the number is too large for a float"),
        (port("INT"), 2**63, "$.given: the integer needs more than 64 bits"),
        (port("INT"), 1e300, "$.given: the integer needs more than 64 bits"),
        (port("LIST", children=(port("STRING"),)), ["a", "\ud800"], "$.given[1]: the text holds a lone surrogate"),
        (port("DICT", children=(port("INT"),)), {"\ud800": 1}, "$.given['\\ud800']: the text holds a lone surrogate"),
        (port("STRUCTURE", identifier="@a/b"), {"object": "\udfff"}, "$.given: the text holds a lone surrogate"),
        (
            port("UNION", children=(port("INT"), port("FLOAT"))),
            {"__use": 1, "__value": math.inf},
            "$.given: inf has",
        ),
    ],
)
def test_what_json_has_no_form_for(shape: Port, wire: Any, problem: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        sent(shape, wire)
    assert str(caught.value).startswith(problem)


def test_an_alternative_stays_the_one_that_was_said() -> None:
    shape = port("UNION", children=(port("FLOAT", key="0"), port("INT", key="1")))
    assert [sent(shape, {"__use": use, "__value": 5}) for use in (0, 1)] == [
        {"__use": 0, "__value": 5.0},
        {"__use": 1, "__value": 5},
    ]


def test_what_is_not_given_is_left_to_the_agent() -> None:
    ports = [port("INT", key="x"), port("INT", key="y", default=7, nullable=True)]
    assert asyncio.run(sendable(ports, {"x": 1})) == {"x": 1, "y": None}
