"""What is wrong in an argument is said with one place and in the same words, whoever finds it: pydantic before a call,
the walk that sends, a model by itself. Integers and truths of numpy's are what they are."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Annotated, Any, Literal

import numpy
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir import Port, PortKind
from rekuest_codegen.runtime import Arguments, Model, Quantity, Reference, Remote, remote
from rekuest_codegen.runtime.values import shrink_all, values_walk
from rekuest_codegen.runtime.values.wording import unlike
from tests.runtime.test_values import Colour, choices, port, text

_numbers = itertools.count()
LIST: Any = list
DICT: Any = dict


class Image(Reference, identifier="@lab/image"):
    """An opaque reference."""


TYPES: dict[str, type[Any]] = {"@lab/image": Image, "@lab/colour": Colour}
Shape = tuple[Port, Any, st.SearchStrategy[Any]]
"""A port, the annotation that generated code has for it, and values."""
KEYS = text | st.sampled_from(["a.b", "1", "int", "str", "list[int]", "x[0]", "field0", "[key]"])
LEAVES: list[Shape] = [
    (port("INT"), int, st.integers(-(2**63), 2**63 - 1)),
    (port("STRING"), str, text),
    (port("BOOL"), bool, st.booleans()),
    (port("QUANTITY"), Quantity, st.just(Quantity(5.0, "mV"))),
    (port("ENUM", identifier="@literal/a", choices=choices("a", "b")), Literal["a", "b"], st.sampled_from("ab")),
    (port("ENUM", identifier="@lab/colour", choices=choices("RED", "class")), Colour, st.sampled_from(Colour)),
    (port("STRUCTURE", identifier="@lab/image"), Image, st.builds(Image, text)),
]
APART = {"INT": "number", "BOOL": "number", "STRING": "text", "ENUM": "text"}


def lists(inner: Shape) -> Shape:
    return port("LIST", children=(inner[0],)), LIST[inner[1]], st.lists(inner[2], max_size=3)


def dicts(inner: Shape) -> Shape:
    values = st.dictionaries(KEYS, inner[2], max_size=3)
    return port("DICT", children=(inner[0],)), DICT[str, inner[1]], values


def optional(inner: Shape) -> Shape:
    return inner[0].model_copy(update={"nullable": True}), inner[1] | None, st.none() | inner[2]


def models(inner: list[Shape]) -> Shape:
    """A model, whose values are given as mappings: an object of it is right as a whole."""
    name = f"Model{next(_numbers)}"
    keys = [f"field{index}" for index in range(len(inner))]
    fields: Any = {key: (shape[1], ...) for key, shape in zip(keys, inner, strict=True)}
    TYPES[name] = create_model(name, __base__=Model, **fields)
    children = tuple(shape[0].model_copy(update={"key": key}) for key, shape in zip(keys, inner, strict=True))
    values = st.fixed_dictionaries({key: shape[2] for key, shape in zip(keys, inner, strict=True)})
    return port("MODEL", identifier=name, children=children), TYPES[name], values


def unions(inner: list[Shape]) -> Shape:
    apart = {APART.get(shape[0].kind, shape[0].identifier or shape[0].kind): shape for shape in inner}
    members = [(shape.model_copy(update={"nullable": False}), kind, values) for shape, kind, values in apart.values()]
    children = tuple(member[0].model_copy(update={"key": str(index)}) for index, member in enumerate(members))
    annotation: Any = members[0][1]
    for _, kind, _ in members[1:]:
        annotation = annotation | kind
    values = st.one_of([values.filter(lambda value: value is not None) for _, _, values in members])
    return port("UNION", children=children), annotation, values


SHAPES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map(lists),
        inner.map(dicts),
        inner.map(optional),
        st.lists(inner, min_size=1, max_size=3).map(models),
        st.lists(inner.filter(lambda shape: shape[0].kind is not PortKind.UNION), min_size=1, max_size=3).map(unions),
    ),
    max_leaves=8,
)


class Wrong:
    """Fits nowhere."""


def spoil(shape: Port, value: Any, place: str, data: st.DataObject) -> tuple[Any, str]:
    """``value`` with something that fits nowhere somewhere in it, and where; in a union, within what is meant."""
    if shape.kind is PortKind.UNION:
        kinds = [PortKind.LIST] if isinstance(value, list) else [PortKind.DICT, PortKind.MODEL]
        meant = [child for child in shape.children if child.kind in kinds]
        if len(meant) != 1 or not isinstance(value, list | dict):
            return Wrong(), place
        inside, where = spoil(meant[0], value, place, data)
        return (Wrong() if inside is None else inside), where
    if shape.kind is PortKind.LIST and value:
        index = data.draw(st.integers(0, len(value) - 1))
        item, where = spoil(shape.item, value[index], f"{place}[{index}]", data)
        return [*value[:index], item, *value[index + 1 :]], where
    if shape.kind is PortKind.DICT and value:
        key = data.draw(st.sampled_from(sorted(value)))
        item, where = spoil(shape.item, value[key], f"{place}[{key!r}]", data)
        return {**value, key: item}, where
    if shape.kind is PortKind.MODEL and isinstance(value, dict) and data.draw(st.booleans()):
        child = data.draw(st.sampled_from(shape.children))
        item, where = spoil(child, value[child.key], f"{place}.{child.key}", data)
        return {**value, child.key: item}, where
    return (Wrong() if data.draw(st.booleans()) or shape.nullable else None), place


def node(cls: type[Arguments], *args: Port, names: dict[str, str] | None = None) -> Remote[Any]:
    ports = {"args": [one.model_dump(mode="json", exclude_none=True) for one in args], "names": names or {}}
    text = json.dumps(ports)
    return remote(app="lab", key="do", version="1", hash="", ports=text, arguments=cls, types=TYPES)


@settings(max_examples=200)
@given(st.data())
def test_the_place_and_the_words_are_the_same_whoever_finds_it(data: st.DataObject) -> None:
    shape, annotation, values = data.draw(SHAPES)
    value = data.draw(values)
    shape = shape.model_copy(update={"key": "x"})
    fields: Any = {"x": (annotation, ...)}
    cls = create_model("DoArgs", __base__=Arguments, **fields)
    here = node(cls, shape)
    assert here.check({"x": value}) == {"x": value}
    spoilt, place = spoil(shape, value, "$.x", data)
    with pytest.raises(ArgumentError) as before:
        here.check({"x": spoilt})
    assert before.value.path == place
    with pytest.raises(ArgumentError) as sending:
        asyncio.run(shrink_all((shape,), {"x": spoilt}, values_walk(TYPES)))
    assert (sending.value.path, sending.value.problem) == (place, before.value.problem)
    with pytest.raises(ArgumentError) as by_itself:
        cls(**{"x": spoilt})  # noqa: PIE804 - type checkers know of no x
    assert by_itself.value.path == place


class Pack(Model):
    main: int
    class_: list[int] = Field(default=[], validation_alias="class")


class DoArgs(Arguments):
    x: int | str | None = None
    level: Annotated[int, Field(gt=3)] | str | None = None
    parts: list[int] | dict[str, int] | None = None
    many: dict[str, list[int]] | None = None
    pack: Pack | None = None
    class_: int | None = None
    flag: bool | None = None
    thing: Image | int | None = None
    size: Annotated[list[int], Field(max_length=2)] | None = None


LOOSE_PACK: Any = Pack
LOOSE_ARGS: Any = DoArgs
"""For what type checkers would not let pass."""
INT = port("INT")
INTS = port("LIST", children=(INT,))
PACK = port(
    "MODEL", key="pack", identifier="Pack", children=(port("INT", key="main"), INTS.model_copy(update={"key": "class"}))
)
DO = node(
    DoArgs,
    port("UNION", key="x", nullable=True, children=(INT, port("STRING"))),
    port("UNION", key="level", nullable=True, children=(INT, port("STRING"))),
    port("UNION", key="parts", nullable=True, children=(INTS, port("DICT", children=(INT,)))),
    port("DICT", key="many", nullable=True, children=(INTS,)),
    PACK,
    port("INT", key="class", nullable=True),
    port("BOOL", key="flag", nullable=True),
    port("UNION", key="thing", nullable=True, children=(LEAVES[6][0], INT)),
    INTS.model_copy(update={"key": "size"}),
    names={"class_": "class"},
)
TYPES["Pack"] = Pack


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": 1.5}, "$.x: expected int or str, got float 1.5"),
        ({"thing": "a"}, "$.thing: expected Image or int, got str 'a'"),
        ({"level": 2}, "$.level: expected more than 3, got int 2"),
        ({"size": [1, 2, 3]}, "$.size: expected at most 2 items or characters, got 3"),
        ({"parts": [1, "a"]}, "$.parts[1]: expected int, got str 'a'"),
        ({"parts": {"int": "a"}}, "$.parts['int']: expected int, got str 'a'"),
        ({"parts": "a"}, "$.parts: expected list[int] or dict[str, int], got str 'a'"),
        ({"many": {"a.b": [1, "a"]}}, "$.many['a.b'][1]: expected int, got str 'a'"),
        ({"many": {"b": [1, "a"], "c": ["d"]}}, "$.many['b'][1]: expected int, got str 'a' (and 1 more)"),
        ({"many": {1: [1]}}, "$.many: expected text as keys, got int 1"),
        ({"many": ({},)}, "$.many: expected dict, got tuple ({},)"),
        ({"pack": {"main": 1, "class": ["a"]}}, "$.pack.class[0]: expected int, got str 'a'"),
        ({"pack": {"main": 1, "class_": ["a"]}}, "$.pack.class[0]: expected int, got str 'a'"),
        ({"pack": {"class": []}}, "$.pack.main: a value is required (INT), got none"),
        ({"class_": "a"}, "$.class: expected int, got str 'a'"),
        ({"flag": 1}, "$.flag: expected bool, got int 1"),
        ({"nope": 1}, "$.nope: there is no such argument; expected x, level, parts"),
    ],
)  # fmt: skip
def test_what_does_not_fit(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        DO.check(given)
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is None


def test_a_model_by_itself_says_it_like_a_call() -> None:
    with pytest.raises(ArgumentError, match=r"^\$\.class\[1\]: expected int, got str 'a'$"):
        LOOSE_PACK(main=1, class_=[1, "a"])
    with pytest.raises(ArgumentError, match=r"^\$\.main: a value is required \(INT\), got none$"):
        LOOSE_PACK()
    with pytest.raises(ArgumentError, match=r"^\$\.pack\.main: expected int, got str 'a'$"):
        LOOSE_ARGS(pack={"main": "a"})


def test_a_model_given_by_the_names_of_its_class_is_sent_whole() -> None:
    wire = asyncio.run(shrink_all((PACK,), {"pack": {"main": 1, "class_": [2]}}, values_walk(TYPES)))
    assert wire["pack"] == {"main": 1, "class": [2], "__identifier": "Pack"}


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"x": numpy.int64(3)}, {"x": 3}),
        ({"class_": numpy.uint8(3)}, {"class": 3}),
        ({"parts": [numpy.int32(1), 2]}, {"parts": [1, 2]}),
        ({"parts": {"a": numpy.int32(1)}}, {"parts": {"a": 1}}),
        ({"pack": {"main": numpy.int64(1), "class_": [numpy.int64(2)]}}, {"pack": {"main": 1, "class_": [2]}}),
        ({"flag": numpy.True_, "x": "text"}, {"flag": True, "x": "text"}),
        ({"level": numpy.int64(5)}, {"level": 5}),
    ],
)
def test_numbers_of_numpys_are_ints(given: dict[str, Any], plain: dict[str, Any]) -> None:
    checked = DO.check(given)
    assert checked == plain
    assert json.loads(json.dumps(checked)) == plain  # numpy's own have no form in JSON


def test_a_model_takes_numbers_of_numpys() -> None:
    pack = LOOSE_PACK(main=numpy.int64(1), class_=[numpy.int64(2)])
    assert (type(pack.main), type(pack.class_[0])) == (int, int)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"class_": True}, "expected int, got bool True"),
        ({"class_": numpy.True_}, "expected int, got bool"),
        ({"class_": numpy.float64(3.0)}, "expected int, got float64"),
        ({"class_": numpy.array([1, 2])}, "expected int, got ndarray"),
        ({"flag": numpy.int64(1)}, "expected bool, got int64"),
        ({"level": numpy.int64(2)}, "expected more than 3, got int 2"),
    ],
)
def test_and_what_is_no_int_is_still_none(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        DO.check(given)


@pytest.mark.parametrize(
    ("children", "value", "use"),
    [
        ((INT, port("STRING")), numpy.int64(3), 0),
        ((port("FLOAT"), port("STRING")), numpy.float32(0.5), 0),
        ((port("STRING"), port("BOOL")), numpy.False_, 1),
        ((INT, port("FLOAT")), 3, 0),
        ((INT, port("FLOAT")), 3.0, 1),
    ],
)
def test_numbers_of_numpys_choose_an_alternative(children: tuple[Port, ...], value: Any, use: int) -> None:
    union = port("UNION", key="x", children=children)
    wire = asyncio.run(shrink_all((union,), {"x": value}, values_walk({})))
    assert json.loads(json.dumps(wire)) == {
        "x": {"__use": use, "__value": value.item() if hasattr(value, "item") else value}
    }


def test_what_is_long_or_cannot_be_shown_is_known_by_its_type() -> None:
    class Rude:
        def __repr__(self) -> str:
            raise RuntimeError

    class Lines:
        def __repr__(self) -> str:
            return "a\nb"

    for value, shown in (("x" * 10_000, "str"), (list(range(100_000)), "list"), (Lines(), "Lines")):
        with pytest.raises(ArgumentError) as caught:
            DO.check({"flag": value})
        assert str(caught.value) == f"$.flag: expected bool, got {shown}"
    with pytest.raises(ArgumentError, match=r"expected bool, got Rude"):
        DO.check({"flag": Rude()})
    assert unlike("pandas.DataFrame or a reference to one", polars.DataFrame()).endswith("got polars.DataFrame")
    with pytest.raises(ArgumentError, match=r"expected Image or int, got tests\.Image"):
        DO.check({"thing": type("Image", (), {"__module__": "tests.elsewhere"})()})
