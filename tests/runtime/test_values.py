"""What goes over the wire comes back as it was, for every kind and any nesting; what does not fit says where."""

from __future__ import annotations

import asyncio
import enum
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir import Choice, Port, PortKind, check_node
from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.runtime import AnyReference, Choices, Quantity, Reference
from rekuest_codegen.runtime.values import CODECS, expand_all, returned, shrink_all, values_walk


class Colour(Choices):
    RED = "RED"
    CLASS_ = "class"


class Local(enum.Enum):
    ONE = 1
    TWO = "two"


class Image(Reference, identifier="@lab/image"):
    """An opaque reference."""


class Sample:
    """A structure with a life of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sample) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    async def ashrink(self) -> str:
        await asyncio.sleep(0)
        return f"ref:{self.name}"

    @classmethod
    async def aexpand(cls, value: str) -> Sample:
        await asyncio.sleep(0)
        return cls(value.removeprefix("ref:"))


@dataclass(frozen=True)
class Point:
    x: float
    name: str | None


TYPES = {"@lab/colour": Colour, "@lab/local": Local, "@lab/image": Image, "@lab/sample": Sample, "point": Point}
WALK = values_walk(TYPES)

Pair = tuple[Port, st.SearchStrategy[Any]]


def port(kind: str, **fields: Any) -> Port:
    return Port(key=fields.pop("key", "..."), kind=PortKind(kind), **fields)


def choices(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, label=value) for value in values)


finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
LEAVES: list[Pair] = [
    (port("INT"), st.integers(-(2**63), 2**63 - 1)),
    (port("FLOAT"), finite),
    (port("STRING"), text),
    (port("BOOL"), st.booleans()),
    (port("DATE"), st.datetimes(timezones=st.none() | st.just(UTC))),
    (port("QUANTITY", reference_unit="meter"), st.builds(Quantity, finite, st.sampled_from(["mV", "um ** 2", ""]))),
    (port("ENUM", identifier="@lab/colour", choices=choices("RED", "class")), st.sampled_from(Colour)),
    (port("ENUM", identifier="@lab/local", choices=choices("ONE", "TWO")), st.sampled_from(Local)),
    (port("ENUM", identifier="@literal/a", choices=choices("a", "b")), st.sampled_from(["a", "b"])),
    (port("STRUCTURE", identifier="@lab/image"), st.builds(Image, text)),
    (port("STRUCTURE", identifier="@lab/sample"), st.builds(Sample, text)),
    (port("INTERFACE", identifier="@lab/any"), st.builds(AnyReference, text, st.just("@else/where"))),
    (port("MEMORY_STRUCTURE", identifier="@lab/camera"), st.builds(AnyReference, text, st.just("@lab/camera"))),
    (
        port("MODEL", identifier="point", children=(port("FLOAT", key="x"), port("STRING", key="name", nullable=True))),
        st.builds(Point, finite, st.none() | text),
    ),
]


def lists(pair: Pair) -> Pair:
    return port("LIST", children=(pair[0],)), st.lists(pair[1], max_size=3)


def dicts(pair: Pair) -> Pair:
    return port("DICT", children=(pair[0],)), st.dictionaries(text, pair[1], max_size=3)


def optional(pair: Pair) -> Pair:
    return pair[0].model_copy(update={"nullable": True}), st.none() | pair[1]


pairs = st.recursive(
    st.sampled_from(LEAVES), lambda inner: inner.map(lists) | inner.map(dicts) | inner.map(optional), max_leaves=6
)


@given(st.data())
def test_round_trip(data: st.DataObject) -> None:
    shape, values = data.draw(pairs)
    value = data.draw(values)
    assert not check_node(Node(key="f", args=(shape,)))

    async def there_and_back() -> Any:
        wire = json.loads(json.dumps(await WALK.shrink(shape, value)))
        return await WALK.expand(shape, wire)

    assert asyncio.run(there_and_back()) == value


@given(st.data())
def test_union_round_trip(data: st.DataObject) -> None:
    disjoint = [LEAVES[i] for i in (0, 2, 3, 4, 5, 6, 9, 10, 13)]
    alternatives = data.draw(st.lists(st.sampled_from(disjoint), min_size=1, unique_by=lambda pair: id(pair[0])))
    union = port("UNION", children=tuple(shape for shape, _ in alternatives))
    value = data.draw(st.one_of([values for _, values in alternatives]))

    async def there_and_back() -> Any:
        wire = json.loads(json.dumps(await WALK.shrink(union, value)))
        assert set(wire) == {"__use", "__value"}
        return await WALK.expand(union, wire)

    back = asyncio.run(there_and_back())
    assert back == value
    assert type(back) is type(value)


def test_every_kind_has_a_codec() -> None:
    assert set(CODECS) == set(PortKind)


def shrinks(shape: Port, value: Any) -> Any:
    return asyncio.run(WALK.shrink(shape, value))


def expands(shape: Port, wire: Any) -> Any:
    return asyncio.run(WALK.expand(shape, wire))


INT, FLOAT, STRING = port("INT"), port("FLOAT"), port("STRING")
NESTED = port("LIST", children=(port("DICT", children=(INT,)),))


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        (NESTED, [{}, {"b": "x"}], "$[1]['b']: expected int, got str 'x'"),
        (INT, True, "$: expected int, got bool True"),
        (INT, 2**63, "$: the integer needs more than 64 bits"),
        (FLOAT, math.nan, "$: nan has no form in JSON"),
        (FLOAT, "1", "$: expected float, got str '1'"),
        (STRING, "\ud800", "$: the text holds a lone surrogate, which has no form in JSON"),
        (INT, None, "$: a value is required (INT), got none"),
        (LEAVES[9][0], Sample("x"), "$: expected Image, got Sample"),
        (LEAVES[9][0], AnyReference("1", "@a/b"), "$: expected a reference to @lab/image, got one to @a/b"),
        (LEAVES[8][0], "c", "$: expected 'a' or 'b', got str 'c'"),
        (port("DICT", children=(INT,)), {1: 1}, "$: expected text as keys, got int 1"),
        (port("UNION", children=(INT, STRING)), 1.5, "$: expected int or str, got float 1.5"),
        (port("LIST", children=(STRING,)), "abc", "$: expected list, got str 'abc'"),
    ],
)
def test_shrink_names_the_place(shape: Port, value: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        shrinks(shape, value)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("shape", "wire", "message"),
    [
        (INT, "3", "$: expected int, got str '3'"),
        (port("UNION", children=(INT,)), 3, "$: expected a tagged alternative"),
        (port("UNION", children=(INT,)), {"__use": "0", "__value": 1}, "$: there is no alternative '0', there are 1"),
        (port("UNION", children=(INT,)), {"__use": True, "__value": 1}, "$: there is no alternative True"),
        (LEAVES[9][0], "x" and {"object": 1, "__identifier": "@a/b"}, "$: expected a reference to @lab/image"),
        (LEAVES[13][0], {"x": 1, "name": 3}, "$.name: expected str, got int 3"),
        (LEAVES[6][0], "BLUE", "$: expected 'RED' or 'class'"),
        (port("DATE"), "tomorrow", "$: expected date and time"),
    ],
)
def test_expand_names_the_place(shape: Port, wire: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        expands(shape, wire)
    assert str(caught.value).startswith(message)


def test_null_takes_the_default_tagged_or_not() -> None:
    union = port("UNION", children=(INT, STRING), default="x", nullable=True)
    assert expands(union, None) == "x"
    assert expands(INT.model_copy(update={"default": 3, "nullable": True}), None) == 3
    assert expands(port("LIST", children=(INT,), default=[1], nullable=True), None) == [1]


def test_numbers_for_quantities_are_in_the_reference_unit() -> None:
    metre = port("QUANTITY", reference_unit="meter")
    assert shrinks(metre, 2) == "2 meter"
    assert shrinks(metre, "5 um") == "5 um"
    assert expands(metre, 2.5) == Quantity(2.5, "meter")


def test_int_goes_into_the_float_of_a_union_only_when_there_is_no_int() -> None:
    assert shrinks(port("UNION", children=(FLOAT, INT)), 3) == {"__use": 1, "__value": 3}
    assert shrinks(port("UNION", children=(FLOAT, STRING)), 3) == {"__use": 0, "__value": 3.0}


def test_all_arguments_by_key() -> None:
    ports = (port("INT", key="x"), port("FLOAT", key="the-y", nullable=True, default=1.5))

    async def run() -> tuple[Any, Any]:
        wire = await shrink_all(ports, {"x": 1}, WALK)
        return wire, await expand_all(ports, {**wire, "unknown": 1}, WALK)

    assert asyncio.run(run()) == ({"x": 1, "the-y": None}, {"x": 1, "the-y": 1.5})
    with pytest.raises(ArgumentError, match=r"\$\['the-y'\]: expected float"):
        asyncio.run(shrink_all(ports, {"x": 1, "the-y": "a"}, WALK))


def test_returned() -> None:
    two = (port("INT", key="return0"), port("INT", key="return1"))
    assert returned((), None) == {}
    assert returned(two[:1], (1, 2)) == {"return0": (1, 2)}
    assert returned(two, (1, 2)) == {"return0": 1, "return1": 2}
    with pytest.raises(ArgumentError, match="expected 2 return values, got int 1"):
        returned(two, 1)


def test_moments_keep_their_zone() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert expands(port("DATE"), "2026-01-02T00:00:00Z") == moment
