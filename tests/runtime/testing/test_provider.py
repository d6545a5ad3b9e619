"""Registered functions run through the whole serialisation, without a server: the kit for the tests of providers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.errors import ArgumentError, ConfigurationError, NodeError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider.register import App
from rekuest_codegen.runtime.testing import provider
from rekuest_codegen.runtime.testing.provider import Local, call_local
from tests.runtime.conftest import load


@pytest.fixture(scope="module")
def shop() -> Generator[Any]:
    """The module tests/runtime/workshop.py, which nobody provides."""
    folder = str(Path(__file__).parents[1])
    sys.path.insert(0, folder)  # functions in processes of their own import their module
    yield load(Path(__file__).parents[1] / "workshop.py", "workshop")
    sys.path.remove(folder)
    del sys.modules["workshop"]
    portal.close()


def test_a_function_is_called(shop: Any) -> None:
    assert provider.call_local(shop.plain, 41) == 42
    assert call_local(shop.plain, x=41) == 42
    assert call_local(shop.torrent, 3) == [0, 1, 2]
    assert call_local(shop.logged, "text") is None


def test_what_it_asks_for_is_handed_in(shop: Any) -> None:
    assert call_local(shop.whole, 2.0).startswith("3 COM1 True True True")
    assert call_local(shop.Counter.bump, by=3) == 3
    assert call_local(shop.other.reset) == 0


def test_objects_are_kept_between_the_calls_of_one_provider(shop: Any) -> None:
    with Local(shop.app, handed=[shop.Stage(x=4.0)]) as local:
        assert local.call(shop.look) == 4.0
        assert local.call(shop.Counter.bump, 2) == 2
        assert local.call(shop.Counter.bump, 2) == 4
        camera = local.call(shop.open_camera)
        assert isinstance(camera, shop.Camera)
        assert local.call(shop.snap, camera) == "eye"


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda shop: call_local(shop.plain, "x"), ArgumentError, r"\$\.x: expected int, got str 'x'"),
        (lambda shop: call_local(shop.plain), ConfigurationError, "missing a required argument: 'x'"),
        (lambda shop: call_local(shop.plain, 1, 2), ConfigurationError, "too many positional"),
        (lambda shop: call_local(shop.bounded, 0), NodeError, r"arguments: \$\.x: expected at least 1, got int 0"),
        (lambda shop: call_local(len), ConfigurationError, "len is not registered with any app"),
    ],
)
def test_how_it_fails(shop: Any, call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call(shop)


def test_the_cause_is_what_the_function_raised(shop: Any) -> None:
    with Local(shop.app) as local:
        ran = local.run(shop.wrong_breakpoint)
        assert (ran.end, ran.values) == ("CRITICAL", ())
        assert "abreakpoint" in str(ran.cause)
        with pytest.raises(NodeError) as caught:
            local.call(shop.wrong_breakpoint)
        assert "abreakpoint" in str(caught.value.__cause__)


def test_what_was_said_on_the_way(shop: Any) -> None:
    with Local(shop.app) as local:
        ran = local.run(shop.steps, 2)
    assert ran.progress == ((0, "step 0"), (50, "step 1"))
    assert ran.logs == (("WARN", "all done"),)
    assert (ran.args, ran.returns, ran.values) == ({"number": 2}, ({"return0": 2},), (2,))


def test_callers_of_another_make(shop: Any) -> None:
    with Local(shop.app) as local:
        ran = local.run_wire(shop.plain, {"x": "1", "z": 2})
    assert (ran.end, ran.error) == ("FAILED", "arguments: $.z: there is no such argument; expected x")


async def test_in_a_coroutine(shop: Any) -> None:
    async with Local(shop.app) as local:
        assert (await local.arun(shop.flood, 3)).values == (3,)


def test_the_fixture(shop: Any, rekuest_provider: Callable[..., Local]) -> None:
    local = rekuest_provider(shop.app)
    assert local.call(shop.plain, 1) == 2
    assert local.call(shop.apart, 1)[1] == 2


def test_functions_registered_without_an_app() -> None:
    from rekuest_codegen.runtime.provider import register

    assert App("kit") in register.apps()
    assert register.without_app() == ()
