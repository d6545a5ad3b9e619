"""What is fetched: all that is wanted, once, in order, whatever happens to the listing meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rekuest_codegen.errors import DefinitionError, ProtocolError, ServerError
from rekuest_codegen.fetch import Filters, fetch_nodes, listing
from tests.fetch.conftest import TOKEN, Listing, Reply, Respond, action, data, refused

At = Callable[[Respond], str]


def keys(url: str, filters: Filters | None = None) -> list[str]:
    return [node.title for node in fetch_nodes(url, TOKEN, filters, timeout=10)]


def test_nothing_there(at: At) -> None:
    assert keys(at(Listing([]))) == []


def test_two_nodes_of_one_id(at: At) -> None:
    both = [{**action("f"), "id": 1}, {**action("g"), "id": "1"}]
    with pytest.raises(ProtocolError, match="lists two nodes under one id, '1'"):
        keys(at(Listing(both)))


@pytest.mark.parametrize("limit", [1, 7, 100, 10_000])
def test_all_pages_in_order(limit: int, at: At) -> None:
    """A server may give less than it was asked for; that is no reason to stop."""
    server = Listing([action(f"f{number}") for number in range(23)], limit=limit)
    assert keys(at(server)) == [f"lab/f{number}" for number in range(23)]


def test_pages_of_bodies_and_their_progress(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 10)
    server = Listing([action(f"f{number}") for number in range(23)])
    steps: list[tuple[int, int | None]] = []
    nodes = fetch_nodes(at(server), TOKEN, on_page=lambda done, total: steps.append((done, total)))
    assert len(nodes) == 23
    assert steps == [(10, 23), (20, 23), (23, 23)]
    assert [len(request["variables"]["filters"]["ids"]) for request in server.bodies] == [10, 10, 3]


def test_a_server_that_lists_the_same_again_and_again(at: At) -> None:
    server = Listing([action("f"), action("g"), action("f")])

    def ignoring(request: dict[str, Any]) -> Reply:
        if "variables" in request and "pagination" in request["variables"]:
            request["variables"]["pagination"]["offset"] = 0
        return server(request)

    assert keys(at(ignoring)) == ["lab/f", "lab/g"]


def test_a_server_that_never_stops_listing(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_NODES", 50)

    def endless(request: dict[str, Any]) -> Reply:
        start = request["variables"].get("pagination", {"offset": 0})["offset"]
        return data({"actions": [action(f"f{start + number}") for number in range(10)], "__type": None})

    with pytest.raises(ProtocolError, match="listed more than 50 nodes"):
        keys(at(endless))


def test_defined_and_removed_meanwhile(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """What moves in the listing while bodies are fetched is neither lost nor doubled; what is gone is gone."""
    monkeypatch.setattr(listing, "PAGE", 2)
    server = Listing([action(f"f{number}") for number in range(6)])

    def moving(request: dict[str, Any]) -> Reply:
        if len(server.bodies) == 1:
            first, second, *rest = server.actions[:]
            if second["key"] == "f1":
                server.actions = [*rest[:-1], first, action("new")]
        return server(request)

    assert keys(at(moving)) == [f"lab/f{number}" for number in range(5)]


def test_listed_and_not_given(at: At) -> None:
    server = Listing([action("f"), action("g")])

    def keeping(request: dict[str, Any]) -> Reply:
        if "EnumerateNodes" in request["query"]:
            return data({"actions": [action("f")]})
        return server(request)

    with pytest.raises(ProtocolError, match=r"1 node listed and yet not given \(ids lab/g\)"):
        keys(at(keeping))


def test_given_and_not_asked_for(at: At) -> None:
    server = Listing([action("f"), action("g")])

    def ignoring(request: dict[str, Any]) -> Reply:
        if "EnumerateNodes" in request["query"]:
            return data({"actions": server.actions})
        return server(request)

    assert keys(at(ignoring), Filters(key=("g",))) == ["lab/g"]


# -- filters ---------------------------------------------------------------------------------------------------------

PROVIDED = [{"agent": {"connected": False}}, {"agent": {"connected": True}}]
SHELF = [
    action("one", "a"),
    action("two", "a", implementations=PROVIDED),
    action("two", "b", implementations=PROVIDED[:1]),
    action("three", "c", implementations=None),
]


@pytest.mark.parametrize(
    ("filters", "expected", "sent"),
    [
        (Filters(), ["a/one", "a/two", "b/two", "c/three"], {}),
        (Filters(app=("a",)), ["a/one", "a/two"], {"appIdentifier": "a"}),
        (Filters(app=("a", "c")), ["a/one", "a/two", "c/three"], {}),
        (Filters(key=("two",)), ["a/two", "b/two"], {}),
        (Filters(key=("tw",)), [], {}),
        (Filters(app=("b",), key=("two", "one")), ["b/two"], {"appIdentifier": "b"}),
        (Filters(connected=True), ["a/two"], {}),
        (Filters(search="x", connected=True, app=("a",)), ["a/two"], {"search": "x", "appIdentifier": "a"}),
    ],
)
def test_filters(filters: Filters, expected: list[str], sent: dict[str, str], at: At) -> None:
    """The server is asked for what it can filter, the rest is done here, and no body is asked for in vain."""
    server = Listing(SHELF)
    assert keys(at(server), filters) == expected
    asked = [request["variables"]["filters"] for request in server.asked if "EnumerateHashes" in request["query"]]
    assert asked[0] == sent
    assert [len(request["variables"]["filters"]["ids"]) for request in server.bodies] == (
        [len(expected)] * bool(expected)
    )


# -- contracts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "spoken"),
    [
        ({"__type": {"fields": [{"name": "function"}]}}, ["function"]),
        ({"__type": {"fields": [{"name": "call"}, {"name": "callJson"}]}}, ["callJson"]),
        ({"__type": None}, ["function", "callJson"]),
        (None, ["function", "callJson"]),
    ],
)
def test_the_contract_is_found_by_looking(look: Any, spoken: list[str], at: At) -> None:
    """What cannot be looked at is asked in one contract and, not understood, in the other."""
    server = Listing([action("f")])

    def speaking(request: dict[str, Any]) -> Reply:
        if "LookAtServer" in request["query"]:
            return refused("introspection is disabled", path=["__type"]) if look is None else data(look)
        reply = server(request)
        wrong = "EnumerateNodes" in request["query"] and spoken[-1] not in request["query"]
        return refused(f"Cannot query field '{spoken[0]}' on type 'Validator'.", locations=[]) if wrong else reply

    assert keys(at(speaking)) == ["lab/f"]
    words = ["callJson" if "callJson" in request["query"] else "function" for request in server.bodies]
    assert words == spoken


def test_a_server_that_understands_neither(at: At) -> None:
    server = Listing([action("f")])

    def deaf(request: dict[str, Any]) -> Reply:
        if "EnumerateNodes" in request["query"]:
            return refused("Cannot query field 'args' on type 'Action'.", locations=[])
        return data({"__type": None}) if "LookAtServer" in request["query"] else server(request)

    with pytest.raises(ServerError, match="Cannot query field 'args'"):
        keys(at(deaf))


# -- findings --------------------------------------------------------------------------------------------------------


def test_all_findings_of_all_nodes(at: At) -> None:
    hologram = [{"key": "x", "kind": "HOLOGRAM", "nullable": False}]
    listless = [{"key": "y", "kind": "LIST", "nullable": False, "children": []}, {"key": "z", "kind": "ENUM"}]
    server = Listing([action("f", args=hologram), action("ok"), action("g", args=listless)])
    with pytest.raises(DefinitionError) as caught:
        keys(at(server))
    assert [(finding.code, finding.where) for finding in caught.value.findings] == [
        ("unknown-kind", "lab/f: args.0.kind"),
        ("no-child", "lab/g: args.y"),
        ("no-choices", "lab/g: args.z"),
    ]
