"""Arguments from callers of any make: a precise error, and the function never sees what does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from rekuest_codegen.api.client.operations import UNSHELVE_MEMORY_DRAWER_GQL
from rekuest_codegen.errors import NodeError
from rekuest_codegen.runtime import context, portal
from tests.runtime.conftest import agents
from tests.runtime.watching import begin


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ({"x": "5"}, "$.x: expected int, got str '5'"),
        ({"x": True}, "$.x: expected int, got bool True"),
        ({"x": 2.5}, "$.x: expected int, got float 2.5"),
        ({"x": None}, "$.x: a value is required (INT), got none"),
        ({}, "$.x: a value is required (INT), got none"),
        ({"x": 0}, "$.x: expected at least 1, got int 0"),
        ({"x": 10}, "$.x: expected at most 9, got int 10"),
        ({"x": 5, "name": "abcd"}, "$.name: expected at most 3 items or characters, got 4"),
        ({"x": 5, "name": ["abc"]}, "$.name: expected str, got list ['abc']"),
        ({"x": 5, "nome": "a"}, "$.nome: there is no such argument; expected x, name"),
    ],
)
def test_what_does_not_fit(workshop: Any, wire: dict[str, Any], text: str) -> None:
    end = (task := begin(workshop._BOUNDED, wire)).end()
    assert (end.kind, end.message) == ("FAILED", f"arguments: {text}")
    assert "YIELD" not in task.kinds


@pytest.mark.parametrize("wire", [{"x": 1}, {"x": 9, "name": "a"}, {"x": 9, "name": None}])
def test_what_fits(workshop: Any, wire: dict[str, Any]) -> None:
    assert begin(workshop._BOUNDED, wire).end().kind == "COMPLETED"


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ({"regions": {"a": {"sides": [9, 0]}}}, "$.regions['a'].sides[1]: expected at least 1, got int 0"),
        ({"regions": {"a b": {"sides": [10]}}}, "$.regions['a b'].sides[0]: expected at most 9, got int 10"),
        ({"regions": {"a": {"sides": [1], "zoom": 0.1}}}, "$.regions['a'].zoom: expected at least 0.5, got float 0.1"),
        ({"regions": {}, "either": {"__use": 0, "__value": 0}}, "$.either: expected at least 1, got int 0"),
        ({"regions": {}, "tags": ["ab", "abc"]}, "$.tags[1]: expected at most 2 items or characters, got 3"),
    ],
)
def test_what_does_not_fit_within(workshop: Any, wire: dict[str, Any], text: str) -> None:
    end = (task := begin(workshop._BOUNDED_WITHIN, wire)).end()
    assert (end.kind, end.message) == ("FAILED", f"arguments: {text}")
    assert "YIELD" not in task.kinds


@pytest.mark.parametrize(
    "wire",
    [
        {"regions": {"a": {"sides": [1, 9], "zoom": None}, "b": {"sides": []}}},
        {"regions": {}, "either": {"__use": 1, "__value": "0"}, "tags": ["", "ab"]},
        {"regions": {}, "either": None, "tags": None},
    ],
)
def test_what_fits_within(workshop: Any, wire: dict[str, Any]) -> None:
    assert begin(workshop._BOUNDED_WITHIN, wire).end().kind == "COMPLETED"


def test_a_memory_structure_comes_back_as_the_object_it_was(workshop: Any) -> None:
    camera = workshop.open_camera()
    assert workshop.snap(camera) == "eye"


def test_a_drawer_is_collected(workshop: Any) -> None:
    """Unshelved at the server, the object leaves the shelf of its agent."""
    camera = workshop.open_camera()
    shelf = agents["workshop"]._shelf
    before = len(shelf)

    async def unshelve() -> None:
        client = await context.default_client()
        await client._link.request(UNSHELVE_MEMORY_DRAWER_GQL, {"input": {"id": camera.object}}, again=False)

    portal.start(unshelve).result(10)
    with pytest.raises(NodeError, match="on this agent's shelf; it is gone"):
        workshop.snap(camera)
    assert len(shelf) == before - 1


def test_a_drawer_that_is_gone(workshop: Any) -> None:
    port = workshop._SNAP.contract.args[0]
    end = begin(workshop._SNAP, {"camera": {"__identifier": port.identifier, "object": "999999"}}).end()
    assert end.kind == "FAILED"
    assert "is gone" in str(end.message)


def test_arguments_that_are_deeper_than_a_stack(workshop: Any) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    end = begin(workshop._BOUNDED, {"x": deep}).end()
    assert (end.kind, end.message) == ("FAILED", "arguments: $.x: expected int, got list")
