"""What is read by an outline is what is read alone, whatever was read before."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.checks import check_manifest, contents
from fuzz.definitions import seeded
from fuzz.manifests import manifest
from rekuest_codegen.emit import EmitOptions, generate
from rekuest_codegen.ir import read_node
from rekuest_codegen.ir.outlines import Outlines
from rekuest_codegen.ir.recognising import recognise
from rekuest_codegen.ir.records import NodeRecord, canonical, record
from tests.emit.hostile import OPTIONS

PORT: dict[str, Any] = {"key": "image", "kind": "STRUCTURE", "identifier": "@lab/image", "description": "An image."}
NODE: dict[str, Any] = {
    "app": "lab",
    "key": "blur",
    "hash": "h1",
    "name": "Blur",
    "description": "Blur it.\n\nA lot.",
    "args": [PORT, {"key": "mode", "kind": "ENUM", "choices": [{"value": "a", "label": "A", "description": "x"}]}],
    "returns": [{"key": "return0", "kind": "LIST", "children": [{**PORT, "key": "..."}], "description": ""}],
}


def outlines_of(*nodes: dict[str, Any]) -> list[object]:
    outlines = Outlines()
    made = [outlines.read(canonical(node)) for node in nodes]
    assert all(node is not None for node in made)
    return [node.outline for node in made if node is not None]


@given(st.integers(0, 2**64), st.randoms(use_true_random=False), OPTIONS)
def test_an_outline_changes_nothing(seed: int, order: random.Random, options: EmitOptions) -> None:
    alone = [record(read_node(raw)) for raw in seeded(seed)]
    order.shuffle(alone)
    outlines = Outlines()
    shared = [outlines.read(node.text) or node for node in alone]
    assert list(map(contents, shared)) == list(map(contents, alone))
    assert generate(shared, options) == generate(alone, options)
    order.shuffle(shared)
    assert generate(shared, options) == generate(alone, options)


@given(st.integers(0, 2**64))
def test_what_a_stranger_wrote_is_read_either_way_or_refused(seed: int) -> None:
    check_manifest(manifest(random.Random(seed)))


@pytest.mark.parametrize(
    "words",
    [
        {"key": "sharpen", "name": "Sharpen", "hash": "h2", "app": "other"},
        {"description": '"""\\ and "quotes", \u202e, \0, \0' + "1 and half a \ud83d"},
        {"key": 'a key with "quotes"', "description": '","key":"x","kind":"INT"'},
        {"args": [{**PORT, "description": "x" * 1000}, NODE["args"][1]]},
        {"returns": [{**NODE["returns"][0], "children": [{**PORT, "key": "...", "description": "One."}]}]},
    ],
)
def test_other_words_have_the_same_outline(words: dict[str, Any]) -> None:
    told = NODE | words
    first, second, third = outlines_of(NODE, told, NODE)
    assert first is second is third
    read = Outlines().read(canonical(told))
    assert read is not None
    assert contents(read) == contents(record(read_node(told)))


@pytest.mark.parametrize(
    "other",
    [
        {"version": "2"},
        {"kind": "GENERATOR"},
        {"name": None},
        {"args": [{**PORT, "key": "picture"}, NODE["args"][1]]},
        {"args": [{**PORT, "label": "Picture"}, NODE["args"][1]]},
        {"args": [{**PORT, "default": "An image.", "nullable": True}, NODE["args"][1]]},
        {"args": [PORT, {**NODE["args"][1], "choices": [{"value": "a", "label": "B", "description": "x"}]}]},
        {"args": [PORT, {**NODE["args"][1], "choices": [{"value": "a", "label": "A", "description": "y"}]}]},
        {"is_test_for": [{"key": "blur", "hash": "h1"}]},
    ],
)
def test_other_ports_have_an_outline_of_their_own(other: dict[str, Any]) -> None:
    told = {field: value for field, value in (NODE | other).items() if value is not None}
    first, second, third = outlines_of(NODE, told, NODE)
    assert first is third
    assert first is not second


@pytest.mark.parametrize(
    "text",
    [
        canonical(NODE).replace(":", ": "),
        json.dumps(NODE),
        canonical(NODE).replace("Blur it.", "Bl\\u0075r it."),
        canonical(NODE).replace('"app":"lab"', '"app":"lab","app":"lab"'),
        canonical(NODE).replace("Blur it.", "Bl\\u00fcr it.").replace("\\u00fc", "ü"),
    ],
)
def test_what_is_spelled_otherwise_is_read_and_spelled_as_we_do(text: str) -> None:
    outlines = Outlines()
    assert outlines.read(canonical(NODE)) is not None
    read, known = outlines.read(text), recognise(json.loads(text))
    assert read is not None
    assert known is not None
    assert contents(read) == contents(known)
    assert read.text == canonical(json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{", '{"key":"x"', '{"key":1}', canonical(NODE) + "x", "[" * 100_000),
        *(canonical(NODE | {field: ""}) for field in ("app", "hash", "name")),
        *(canonical(NODE | {field: "half \ud83d"}) for field in ("app", "key")),
        canonical(NODE).replace("Blur it.", "Blur \\x it."),
        canonical(NODE).replace("Blur it.", "Blur\n it."),
        canonical(NODE | {"args": [PORT, PORT]}),
    ],
)
def test_what_is_strange_is_left_to_others(text: str) -> None:
    outlines = Outlines()
    assert outlines.read(canonical(NODE)) is not None
    assert outlines.read(text) is None


def test_records_are_equal_by_their_text() -> None:
    one, two = record(read_node(NODE)), Outlines().read(canonical(NODE))
    assert isinstance(two, NodeRecord)
    assert one == two
    assert hash(one) == hash(two)
    assert one != record(read_node(NODE | {"key": "other"}))
    assert one != NODE
