"""States that others watch: what is told of them, when, and that it is what they are."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel

from rekuest_codegen.errors import ArgumentError, ConfigurationError
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.provider import states
from rekuest_codegen.runtime.provider.observed import observe, view
from rekuest_codegen.runtime.testing.memory import Drawers
from rekuest_codegen.wire.conversation import AgentSide

CHECKOUT = """query($id: ID!) { checkout(state: $id) { value globalRevision } state(id: $id) { interface definition {
  name ports { key kind } } agent { name } } }"""
WATCH = """subscription($id: ID!) { watchState(stateId: $id) {
  ... on StateSnapshotEvent { value globalRevision }
  ... on StatePatchEvent { op path value globalRevision }
} }"""


def ask(document: str, **variables: Any) -> dict[str, Any]:
    async def send() -> dict[str, Any]:
        client = await context.default_client()
        return dict(await client._link.request(document, variables, again=True))

    return portal.start(send).result(10)


def state_id(name: str) -> str:
    states = ask("query { states { id interface } }")["states"]
    return next(str(one["id"]) for one in states if one["interface"] == name)


def test_states_are_registered_with_their_fields_and_shown_from_the_start(workshop: Any) -> None:
    answer = ask(CHECKOUT, id=state_id("lamp"))
    assert answer["checkout"]["value"] == {"on": True}
    assert answer["state"]["definition"] == {"name": "lamp", "ports": [{"key": "on", "kind": "BOOL"}]}
    assert answer["state"]["agent"] == {"name": "workshop"}


def test_changes_are_published_as_patches(workshop: Any) -> None:
    key = state_id("Stage")
    seen: list[Any] = []
    arrived = threading.Event()

    done = threading.Event()

    def take(payload: Any, error: Any) -> None:
        if payload is not None:
            change = payload["watchState"]
            seen.append(change)
            arrived.set()
            if change.get("path") == "/moving" and change["value"] is False:
                done.set()

    async def watch() -> None:
        client = await context.default_client()
        connection = await client._link.connected()
        await connection.listen(WATCH, {"id": key}, take)

    portal.start(watch).result(10)
    assert arrived.wait(10), "the snapshot comes first"
    assert workshop.move(8.0) == 8.0
    assert done.wait(10)
    snapshot, *patches = seen
    assert "op" not in snapshot
    assert len({patch["path"] for patch in patches}) == 2
    assert len(patches) < 20, "changes are gathered for a moment"
    value = dict(snapshot["value"])
    for patch in patches:
        assert patch["op"] == "replace"
        value[patch["path"][1:]] = patch["value"]
    assert (value["x"], value["moving"]) == (8.0, False)
    revisions = [one["globalRevision"] for one in seen]
    assert revisions == sorted(set(revisions))


def test_what_lists_and_dicts_hold_is_told_too(workshop: Any) -> None:
    before = workshop.mark(7)
    workshop.mark(8)
    key = state_id("Stage")

    async def settled() -> Any:
        async with asyncio.timeout(10):
            client = await context.default_client()
            while True:
                answer = await client._link.request(CHECKOUT, {"id": key}, again=True)
                value = answer["checkout"]["value"]
                if value["marks"] == [*before, 8] and value["names"] == {"last": 8}:
                    return value
                await asyncio.sleep(0.02)

    assert portal.start(settled).result(11)


# -- observing -------------------------------------------------------------------------------------------------------


@dataclass
class Plain:
    x: int = 0
    items: list[Any] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    other: int = 0

    def double(self) -> None:
        self.x *= 2


@dataclass(slots=True)
class Slotted:
    x: int = 0
    items: list[Any] = field(default_factory=list)


class Model(BaseModel):
    x: int = 0
    items: list[Any] = []


def test_an_observed_object_is_what_it_was() -> None:
    heard: list[str] = []
    thing = observe(Plain(items=[1]), ["x", "items", "table"], heard.append)
    thing.double()
    thing.x = 3
    thing.other = 1
    assert heard == ["x", "x"]
    assert isinstance(thing, Plain)
    assert thing.items == [1]
    assert type(thing).__name__ == "Plain"
    assert dataclasses.asdict(thing) == {"x": 3, "items": [1], "table": {}, "other": 1}
    assert json.loads(json.dumps(thing.items)) == [1]


@pytest.mark.parametrize("make", [Slotted, Model])
def test_classes_of_every_make_are_observed(make: Any) -> None:
    heard: list[str] = []
    thing = observe(make(), ["x", "items"], heard.append)
    thing.x = 5
    thing.items.append(1)
    assert (thing.x, thing.items, heard) == (5, [1], ["x", "items"])


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.items.append(1),
        lambda it: it.items.extend([1]),
        lambda it: it.items.insert(0, 1),
        lambda it: it.items.pop(),
        lambda it: it.items.remove(5),
        lambda it: it.items.sort(),
        lambda it: it.items.reverse(),
        lambda it: it.items.clear(),
        lambda it: it.items.__setitem__(0, 3),
        lambda it: it.items.__delitem__(0),
        lambda it: it.items[1].append(3),
        lambda it: it.items.__imul__(2),
    ],
)
def test_every_way_to_change_a_list(change: Any) -> None:
    heard: list[str] = []
    thing = observe(Plain(items=[5, [6]]), ["items"], heard.append)
    with suppress(TypeError):  # a number and a list cannot be sorted; it may have been changed all the same
        change(thing)
    assert set(heard) == {"items"}


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.table.__setitem__("b", 1),
        lambda it: it.table.__delitem__("a"),
        lambda it: it.table.update(b=1),
        lambda it: it.table.setdefault("b", []).append(1),
        lambda it: it.table.pop("a"),
        lambda it: it.table.popitem(),
        lambda it: it.table.clear(),
        lambda it: it.table["a"]["deep"].append(1),
    ],
)
def test_every_way_to_change_a_dict(change: Any) -> None:
    heard: list[str] = []
    thing = observe(Plain(table={"a": {"deep": []}}), ["table"], heard.append)
    change(thing)
    assert set(heard) == {"table"}


def test_copies_are_not_observed() -> None:
    heard: list[str] = []
    thing = observe(Plain(items=[[1]], table={"a": [1]}), ["items", "table"], heard.append)
    makers: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
    for made in makers:
        assert type(made(thing.items)) is list
        assert type(made(thing.table)) is dict
    copy.deepcopy(thing.items).append(2)
    assert heard == []


def test_a_frozen_class_cannot_be_a_state() -> None:
    @dataclass(frozen=True)
    class Frozen:
        items: list[int] = field(default_factory=list)

    with pytest.raises(ConfigurationError, match="state Frozen: its objects cannot be observed"):
        observe(Frozen(), ["items"], lambda name: None)


def test_a_view_is_of_the_class_and_cannot_be_set() -> None:
    thing = Plain(items=[1])
    seen = view(thing)
    assert isinstance(seen, Plain)
    thing.x = 9
    assert seen.x == 9
    seen.items.append(2)
    assert thing.items == [1]
    with pytest.raises(AttributeError, match=r"asked for as ReadOnly\[Plain\]"):
        seen.x = 1


@dataclass
class Logbook:
    day: str = ""
    page: str = ""


async def test_what_is_too_large_to_be_told_is_not_and_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(states, "MOST", 100)
    ports = tuple(Port(key=key, kind=PortKind.STRING) for key in ("day", "page"))
    side = AgentSide("t")
    side.ready = True
    told: list[Any] = []
    all_states = states.States([states.StateSchema("log", Logbook, ports, {})], side, told.append)
    book = Logbook()
    await all_states.begin({Logbook: book}, Drawers())
    for page, day in [("x" * 200, "monday"), ("short", "x" * 95), ("", "x" * 95)]:
        book.page, book.day = page, day
        await all_states.settle()
    assert [(one.path, one.value[:6]) for one in told] == [
        ("/day", "monday"),
        ("/page", "short"),
        ("/page", ""),
        ("/day", "xxxxxx"),
    ]
    assert "state log: page was not told: $.page: 202 bytes; all states together have at most 100" in caplog.text
    mistakes: list[tuple[Any, str]] = [
        ("x" * 99, r"state log: \$\.day: 101 bytes; all states together have at most 100"),
        (5, r"state log: \$\.day: expected"),
    ]
    for day, text in mistakes:
        with pytest.raises(ArgumentError, match=text):
            await states.States([states.StateSchema("log", Logbook, ports, {})], side, told.append).begin(
                {Logbook: Logbook(day=day)}, Drawers()
            )
