"""What is known is not asked for again; and nothing in the cache can make a node of what the server does not list."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.cachedir import cache_folder
from rekuest_codegen.fetch import Definitions, fetch_nodes, shelf
from rekuest_codegen.fetch.shelf import Shelf
from rekuest_codegen.ir import Node, definition_hash
from rekuest_codegen.wire.definitions import hashed_by_contract_2, node_from_server
from tests.fetch.conftest import TOKEN, Listing, Respond, action

At = Callable[[Respond], str]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REKUEST_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def of_contract_2(node: Node) -> str:
    return hashlib.sha256(hashed_by_contract_2(node).encode()).hexdigest()


WIDGET = {"__typename": "SliderAssignWidget", "kind": "SLIDER", "min": 0, "max": 1, "followValue": None}
FULL = {"key": "x", "kind": "INT", "nullable": True, "default": 3, "label": None, "children": None, "widget": WIDGET}


def hashed(raw: dict[str, Any], by: Callable[[Node], str]) -> dict[str, Any]:
    """A listed node with everything that a server lists, and a hash over it as that server takes it."""
    flags = dict.fromkeys(("stateful", "pure", "idempotent", "isDev"), False)
    full = {**flags, "collections": [], "protocols": [], "isTestFor": [], "portGroups": [], "description": "It."}
    full |= {**raw, "args": [FULL]}
    return {**full, "hash": by(node_from_server(full))}


BY = pytest.mark.parametrize("by", [definition_hash, of_contract_2])


def fetched(url: str, known: Definitions | None) -> list[Node]:
    return fetch_nodes(url, TOKEN, timeout=10, known=known)


@BY
def test_a_second_pull_asks_for_no_bodies(at: At, by: Callable[[Node], str]) -> None:
    server = Listing([hashed(action(f"f{number}"), by) for number in range(5)])
    url = at(server)
    first = fetched(url, Definitions())
    assert len(server.bodies) == 1
    server.asked.clear()
    assert fetched(url, Definitions()) == first
    assert server.bodies == []
    assert not [request for request in server.asked if "LookAtServer" in request["query"]]
    server.actions.append(hashed(action("new"), by))
    assert [node.key for node in fetched(url, Definitions())] == ["f0", "f1", "f2", "f3", "f4", "new"]
    assert [request["variables"]["filters"]["ids"] for request in server.bodies] == [["lab/new"]]


@BY
def test_known_across_projects_and_servers(at: At, by: Callable[[Node], str]) -> None:
    """The same definition elsewhere, of another app: who provides it is taken from the listing, and so are flags."""
    fetched(at(Listing([hashed(action("f"), by)])), Definitions())
    other = hashed(action("f", "other"), by)
    other |= {"pure": True, "isDev": True, "protocols": [{"name": "predicate"}]}
    server = Listing([other])
    (node,) = fetched(at(server), Definitions())
    assert server.bodies == []
    assert node == node_from_server(other)
    assert (node.app, node.pure, node.is_dev, node.protocols) == ("other", True, True, ("predicate",))


def test_words_for_no_description(at: At) -> None:
    """Contract 2 hashes a missing description as missing, and lists it as `No description`."""

    def bare(node: Node) -> str:
        return of_contract_2(node.model_copy(update={"description": None}))

    server = Listing([hashed(action("f", description="No description"), bare)])
    url = at(server)
    assert fetched(url, Definitions()) == fetched(url, Definitions())
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "h"},
        {"hash": "0" * 64},
        {"hash": None},
        {"hash": "../../../../etc/passwd"},
        {"portGroups": [{"key": "g", "ports": ["x"]}]},
    ],
)
def test_what_cannot_be_proved_is_fetched_every_time(at: At, change: dict[str, Any], cache: Path) -> None:
    listed = hashed(action("f"), of_contract_2) | change
    server = Listing([listed])
    url = at(server)
    assert fetched(url, Definitions()) == fetched(url, Definitions())
    assert len(server.bodies) == 2
    if "hash" in change:
        assert not list(cache.rglob("*"))


@pytest.mark.parametrize("field", ["key", "name", "version", "stateful"])
def test_a_foreign_hash_gives_no_foreign_body(at: At, field: str) -> None:
    """A node that is listed under the hash of another: what the listing says tells them apart."""
    known = hashed(action("f"), of_contract_2)
    fetched(at(Listing([known])), Definitions())
    liar = {**known, field: not known[field] if field == "stateful" else "another"}
    server = Listing([liar])
    assert fetched(at(server), Definitions()) == [node_from_server(liar)]
    assert len(server.bodies) == 1


def test_a_changed_definition_is_fetched(at: At) -> None:
    server = Listing([hashed(action("f"), of_contract_2)])
    url = at(server)
    fetched(url, Definitions())
    server.actions = [hashed(action("f", description="Changed."), of_contract_2)]
    (node,) = fetched(url, Definitions())
    assert node.description == "Changed."


# -- the files are nobody's ------------------------------------------------------------------------------------------


def files(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def forged(path: Path) -> bytes:
    """The same node with another default, as somebody would write it who wants us to generate it."""
    raw = json.loads(path.read_bytes())
    raw["args"][0]["default"] = 666
    return json.dumps(raw, sort_keys=True).encode()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(forged(path)),
        lambda path: path.write_bytes(path.read_bytes()[:50]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"\xff" * 100),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
        a_pipe,
        lambda path: path.write_bytes(b"x" * (shelf.MAX_ENTRY + 1)),
    ],
)
def test_a_broken_cache_is_never_an_error(at: At, cache: Path, spoil: Callable[[Path], Any]) -> None:
    server = Listing([hashed(action("f"), of_contract_2)])
    url = at(server)
    expected = fetched(url, None)
    fetched(url, Definitions())
    (path,) = files(cache)
    spoil(path)
    server.asked.clear()
    assert fetched(url, Definitions()) == expected
    assert len(server.bodies) == 1


def test_a_cache_that_cannot_be_written(at: At, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    url = at(Listing([hashed(action("f"), of_contract_2)]))
    assert fetched(url, Definitions()) == fetched(url, None)
    assert cache.read_text() == "a file where the folder should be"


def test_no_cache_and_a_cache_only_read(at: At, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = at(Listing([hashed(action("f"), of_contract_2)]))
    fetched(url, Definitions(writable=False))
    monkeypatch.setenv("REKUEST_CACHE_DIR", "")
    fetched(url, Definitions())
    assert not cache.exists()


def test_size_is_bounded(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MAX_DRAWER", 1000)
    kept = Shelf("definitions")
    names = ["ab" + f"{number:062x}" for number in range(20)]
    for number, name in enumerate(names):
        kept.put(name, b"x" * 100)
        os.utime(cache / "definitions" / "ab" / name[2:], ns=(number, number))
    kept.tidy()
    assert [kept.take(name) is not None for name in names] == [False] * 10 + [True] * 10
    kept.put(names[0], b"x" * (shelf.MAX_ENTRY + 1))
    assert kept.take(names[0]) is None


def test_what_cannot_be_checked_is_taken_from_a_private_folder_only(cache: Path) -> None:
    kept, key = Shelf("frozen", private=True), "ab" + "0" * 62
    kept.put(key, b"content")
    folder = cache / "frozen" / "ab"
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert kept.take(key) == b"content"
    for mode in (0o770, 0o707):
        folder.chmod(mode)
        assert kept.take(key) is None


@given(st.text())
def test_a_name_is_never_a_path(name: str) -> None:
    kept = Shelf("definitions")
    if not (len(name) == 64 and set(name) <= set("0123456789abcdef")):
        assert kept._place(name) is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"REKUEST_CACHE_DIR": "/some/where"}, "/some/where"),
        ({"REKUEST_CACHE_DIR": ""}, None),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/rekuest-codegen"),
        ({"XDG_CACHE_HOME": "relative"}, None),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/me"}, "/home/me/.cache/rekuest-codegen"),
    ],
)
def test_where_the_cache_is(environment: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REKUEST_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == (Path(expected) if expected else None)
