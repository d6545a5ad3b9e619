"""Generic models: each of their types is a model of its own, and a value comes back as what it was sent as."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen import connect
from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.fetch import fetch_nodes
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.testing.provider import call_local
from rekuest_codegen.server import serving
from tests.runtime.conftest import load, providing

SHOP = '''
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from rekuest_codegen import easy, model

app = easy("generics")
T = TypeVar("T")


@model
@dataclass
class Box(Generic[T]):
    held: T
    label: str = "none"


@model
class Crate(BaseModel, Generic[T]):
    boxes: list[Box[T]]


@app.register()
def turn(box: Box[int]) -> Box[str]:
    """Its text."""
    assert type(box.held) is int
    return Box(str(box.held), box.label)


@app.register()
def which(box: Box[int] | Box[str] | Crate[str]) -> Box[int] | Box[str] | Crate[int]:
    """One of them, as the other."""
    if isinstance(box, Crate):
        return Crate[int](boxes=[Box(len(one.held)) for one in box.boxes])
    return Box(str(box.held)) if isinstance(box.held, int) else Box(len(box.held))


@app.register()
def pack(crate: Crate[Box[int | None]]) -> Crate[Box[int | None]]:
    """What it was given."""
    return crate


@app.register()
def wrong() -> Box[int]:
    """Not what it says."""
    return Box("text")
'''


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    path = tmp_path_factory.mktemp("generics") / "generic_shop.py"
    path.write_text(SHOP, encoding="utf-8")
    yield load(path, "generic_shop")
    del sys.modules["generic_shop"]
    portal.close()


def test_values_come_back_as_what_they_were(shop: Any) -> None:
    box, crate = shop.Box, shop.Crate
    assert call_local(shop.turn, box(3, "three")) == box("3", "three")
    assert call_local(shop.which, box(3)) == box("3")
    assert call_local(shop.which, box("abc")) == box(3)
    assert call_local(shop.which, crate[str](boxes=[box("abc")])) == crate(boxes=[box(3)])
    packed = crate(boxes=[box(box(1)), box(box(None), "empty")])
    assert call_local(shop.pack, packed) == packed


def test_one_of_another_type_is_refused(shop: Any) -> None:
    with pytest.raises(ArgumentError, match=r"\$\.box\.held: expected int, got str 'x'"):
        call_local(shop.turn, shop.Box("x"))
    with pytest.raises(ArgumentError, match=r"expected @generic_shop/box-int, .*box-str or .*crate-str, got Box"):
        call_local(shop.which, shop.Box(1.5))


def test_their_stubs_tell_them_apart(shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    with serving(token="generics") as server, providing(shop.app, server):
        connect(server.url, server.token)
        write_package(tmp_path / "generic_stubs", generate(fetch_nodes(server.url, server.token)))
        stubs = importlib.import_module("generic_stubs.generics")
        assert stubs.turn(stubs.BoxInt(held=3)) == stubs.BoxStr(held="3", label="none")
        assert stubs.which(stubs.BoxStr(held="abc")) == stubs.BoxInt(held=3, label="none")
        given = stubs.CrateBoxOptionalInt(boxes=[stubs.BoxBoxOptionalInt(held=stubs.BoxOptionalInt(held=None))])
        assert stubs.pack(given).boxes[0].held.held is None
    for name in [name for name in sys.modules if name.startswith("generic_stubs")]:
        del sys.modules[name]
