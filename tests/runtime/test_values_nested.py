"""Values of generated shapes: lists, dicts, models and unions in each other. What travels comes back as it was; what
does not fit is named by its place."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir import Port, PortKind
from rekuest_codegen.runtime.values import values_walk
from rekuest_codegen.runtime.values.walk import ROOT
from tests.runtime.test_values import LEAVES, TYPES, port, text

_numbers = itertools.count()
Shape = tuple[Port, st.SearchStrategy[Any]]
APART = {"INT": "number", "FLOAT": "number", "STRING": "text", "ENUM": "text"}
"""Kinds whose values may be one another's; a union of them has no one way back."""


def lists(inner: Shape) -> Shape:
    return port("LIST", children=(inner[0],)), st.lists(inner[1], max_size=3)


def dicts(inner: Shape) -> Shape:
    return port("DICT", children=(inner[0],)), st.dictionaries(text, inner[1], max_size=3)


def optional(inner: Shape) -> Shape:
    return inner[0].model_copy(update={"nullable": True}), st.none() | inner[1]


def models(inner: list[Shape]) -> Shape:
    """A model of its own class, one field for each shape."""
    name = f"model-{next(_numbers)}"
    fields = [f"field{index}" for index in range(len(inner))]
    cls = dataclasses.make_dataclass(name.replace("-", ""), fields, frozen=True)
    TYPES[name] = cls
    children = tuple(shape.model_copy(update={"key": key}) for key, (shape, _) in zip(fields, inner, strict=True))
    return port("MODEL", identifier=name, children=children), st.builds(cls, *(values for _, values in inner))


def unions(inner: list[Shape]) -> Shape:
    """A union of those that are told apart by their values."""
    apart = {APART.get(shape.kind, shape.identifier or shape.kind): (shape, values) for shape, values in inner}
    children = [
        (shape.model_copy(update={"nullable": False, "key": str(n)}), values.filter(lambda v: v is not None))
        for n, (shape, values) in enumerate(apart.values())
    ]
    return port("UNION", children=tuple(shape for shape, _ in children)), st.one_of([values for _, values in children])


SHAPES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map(lists),
        inner.map(dicts),
        inner.map(optional),
        st.lists(inner, min_size=1, max_size=3).map(models),
        # A union within a union is flattened where definitions are made, so there is none here.
        st.lists(inner.filter(lambda shape: shape[0].kind is not PortKind.UNION), min_size=1, max_size=3).map(unions),
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.data())
def test_what_travels_comes_back(data: st.DataObject) -> None:
    shape, values = data.draw(SHAPES)
    value = data.draw(values)

    async def there_and_back() -> Any:
        walk = values_walk(TYPES)
        wire = json.loads(json.dumps(await walk.shrink(shape, value), allow_nan=False))
        return await walk.expand(shape, wire)

    assert asyncio.run(there_and_back()) == value


class Wrong:
    """Fits nowhere."""


def spoil(shape: Port, value: Any, place: str, data: st.DataObject) -> tuple[Any, str]:
    """``value`` with something that fits nowhere somewhere in it, and where."""
    if shape.kind is PortKind.LIST and value:
        index = data.draw(st.integers(0, len(value) - 1))
        item, where = spoil(shape.item, value[index], f"{place}[{index}]", data)
        return [*value[:index], item, *value[index + 1 :]], where
    if shape.kind is PortKind.DICT and value:
        key = data.draw(st.sampled_from(sorted(value)))
        item, where = spoil(shape.item, value[key], f"{place}[{key!r}]", data)
        return {**value, key: item}, where
    if shape.kind is PortKind.MODEL and dataclasses.is_dataclass(value) and not isinstance(value, type):
        child = data.draw(st.sampled_from(shape.children))
        item, where = spoil(child, getattr(value, child.key), f"{place}.{child.key}", data)
        return dataclasses.replace(value, **{child.key: item}), where
    return Wrong(), place


@settings(max_examples=150)
@given(st.data())
def test_what_does_not_fit_is_named_by_its_place(data: st.DataObject) -> None:
    shape, values = data.draw(SHAPES)
    value, place = spoil(shape, data.draw(values), "$", data)
    with pytest.raises(ArgumentError) as caught:
        asyncio.run(values_walk(TYPES).shrink(shape, value, ROOT))
    assert caught.value.path == place


@settings(max_examples=150)
@given(
    st.data(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | text,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    ),
)
def test_whatever_a_stranger_sends_fits_or_is_refused(data: st.DataObject, wire: Any) -> None:
    """No other error, whatever JSON comes for whatever shape."""
    shape, _ = data.draw(SHAPES)
    with suppress(ArgumentError):
        asyncio.run(values_walk(TYPES).expand(shape, wire))
