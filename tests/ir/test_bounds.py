"""Bounds survive being written as contract 2's function, and only known forms are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.ir import Node, Port, PortKind, Validator
from rekuest_codegen.ir.bounds import Bounds, as_function, bounds_of
from rekuest_codegen.wire.definitions import implement_input

numbers = st.integers(-(10**9), 10**9) | st.sampled_from([0.5, -7.25, 1000.125])
sizes = st.integers(0, 10**6)
comparisons = st.builds(lambda name, bound: {name: bound}, st.sampled_from(["gt", "ge", "lt", "le"]), numbers)
lengths = st.dictionaries(st.sampled_from(["min_length", "max_length"]), sizes, min_size=1)


@given(comparisons | lengths)
def test_written_and_read(bounds: Bounds) -> None:
    assert bounds_of(Validator.model_validate({"function": as_function(bounds)})) == bounds


@pytest.mark.parametrize("bounds", [{}, {"gt": 1, "lt": 2}, {"gt": 1, "min_length": 2}, {"multiple_of": 2}])
def test_what_has_no_form(bounds: Bounds) -> None:
    assert as_function(bounds) is None


def test_a_call_is_registered_as_the_function_of_contract_2() -> None:
    call = {"operation": "gte", "arguments": [{"key": "a", "value_path": "value"}, {"key": "b", "value_literal": 3}]}
    other = {"operation": "eq", "arguments": []}
    validators = tuple(Validator.model_validate({"call": given, "error_message": "no"}) for given in (call, other))
    node = Node(key="f", args=(Port(key="x", kind=PortKind.INT, validators=validators),))
    (registered,) = implement_input([("f", node)])["implementations"]
    (kept,) = registered["definition"]["args"][0]["validators"]
    assert kept["function"] == "(x) => x >= 3"
    assert kept["errorMessage"] == "no"
