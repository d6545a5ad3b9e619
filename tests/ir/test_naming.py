"""Names: nothing lost, nothing twice, and the same whatever the order."""

from __future__ import annotations

import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.ir.naming import (
    BUILTINS,
    CLASS,
    FOUND,
    FUNCTION,
    KEYWORDS,
    LIMIT,
    MODULE,
    PARAMETER,
    SOFT_KEYWORDS,
    Style,
    assign,
    last_segment,
    width,
    with_async,
)
from tests.emit.hostile import KEYS

WORDS = KEYWORDS | SOFT_KEYWORDS | BUILTINS
WIRE = st.lists(KEYS, unique=True, max_size=12)


def named(wires: list[str], style: Style = PARAMETER) -> dict[str, str]:
    return assign({wire: [wire] for wire in wires}, style=style, reserved=KEYWORDS)


@given(WIRE, st.sampled_from([FUNCTION, PARAMETER, CLASS, MODULE]))
def test_every_wire_name_gets_a_name_of_its_own(wires: list[str], style: Style) -> None:
    names = named(wires, style)
    assert list(names) == wires
    assert len({style.fold(name) for name in names.values()}) == len(wires)
    for name in names.values():
        assert name.isidentifier()
        assert name not in KEYWORDS
        assert not name.startswith("_")
        assert width(name) <= LIMIT
        assert name == unicodedata.normalize("NFKC", name)


@given(WIRE, st.randoms(use_true_random=False))
def test_the_order_has_no_say(wires: list[str], random: Random) -> None:
    names = named(wires, FUNCTION)
    shuffled = list(wires)
    random.shuffle(shuffled)
    assert named(shuffled, FUNCTION) == names


@given(WIRE)
def test_no_async_form_takes_the_name_of_another(wires: list[str]) -> None:
    names = assign({wire: [wire] for wire in wires}, style=FUNCTION, reserved=WORDS, family=with_async)
    forms = [form for name in names.values() for form in with_async(name)]
    assert len(set(forms)) == 2 * len(wires)
    assert not set(forms) & WORDS


@given(WIRE)
def test_one_name_more_takes_none_away(wires: list[str]) -> None:
    """A name that stands for itself is not taken over by one that would have to be bent to it."""
    before = named(wires)
    kept = {wire: name for wire, name in before.items() if wire == name}
    after = named([*wires, *(f"{wire} " for wire in wires)])
    assert {wire: after[wire] for wire in kept} == kept


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("add", "add"),
        ("add-one", "add_one"),
        ("class", "class_"),
        ("_private", "private"),
        ("__init__", "init"),
        ("add_", "add_"),
        ("3d", "arg_3d"),
        ("größe", "größe"),
        ("ﬁle", "file"),
        ("e\u0301", "é"),
        ("画像", "画像"),
        ("שלום", "arg_"),
        ("id", "id"),
    ],
)
def test_a_lone_parameter(wire: str, name: str) -> None:
    assert named([wire])[wire].startswith(name)


def test_an_exact_name_wins_over_a_bent_one() -> None:
    assert named(["add one", "add_one"])["add_one"] == "add_one"
    assert named(["add one", "add_one"])["add one"].startswith("add_one_")


def test_bent_names_that_meet_all_give_way() -> None:
    names = named(["add one", "add-one"])
    assert all(name.startswith("add_one_") for name in names.values())


def test_a_node_called_like_the_async_form_of_another() -> None:
    names = assign({key: [key] for key in ("aadd", "add", "wait")}, style=FUNCTION, reserved=WORDS, family=with_async)
    assert names == {"aadd": "aadd_", "add": "add", "wait": "wait_"}


def test_module_names_differ_by_more_than_case() -> None:
    names = named(["Lab", "lab", "LAB", "con", "../lab"], MODULE)
    assert names["lab"] == "lab"
    assert len({name.casefold() for name in names.values()}) == 5
    assert all(name.isascii() and name == name.lower() for name in names.values())


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("test", "app_test_"),
        ("test-lab", "app_test_lab"),
        ("testing", "app_testing"),
        ("lab_test", "lab_test_"),
        ("Lab Tests", "lab_tests_"),
        ("conftest", "conftest_"),
        ("latest", "latest"),
        ("contest", "contest"),
    ],
)
def test_no_module_is_called_as_tests_are(wire: str, name: str) -> None:
    assert assign({wire: [wire]}, style=MODULE, reserved=FOUND) == {wire: name}


def test_the_newer_rank_goes_first() -> None:
    wishes = {"old": ["Image"], "new": ["Image"]}
    assert assign(wishes, style=CLASS, rank={"old": 1})["new"] == "Image"


def test_a_longer_wish_is_granted_when_the_short_one_is_contested() -> None:
    wishes = {identifier: [last_segment(identifier), identifier] for identifier in ("@lab/image", "@other/image")}
    assert assign(wishes, style=CLASS) == {"@lab/image": "LabImage", "@other/image": "OtherImage"}
