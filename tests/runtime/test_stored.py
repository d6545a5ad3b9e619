"""Arrays, frames, bytes and files as arguments and returns: from a caller, through a server, to a provider and back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rekuest_codegen.errors import ArgumentError, NodeError, ProtocolError
from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.objects import File, Store, afetch, fetch, lazily, settings
from rekuest_codegen.runtime.objects.kinds import NDArray
from rekuest_codegen.runtime.types import AnyReference, Reference
from rekuest_codegen.runtime.values import values_walk
from rekuest_codegen.runtime.values.adapters import adapt
from tests.runtime.conftest import stubbed

LIMIT = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("objects")


@pytest.fixture(autouse=True)
def _used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_used", Store(folder.as_uri(), inline=LIMIT))


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    with stubbed("atelier", tmp_path_factory.mktemp("atelier")) as stubs:
        yield stubs


def count(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_arrays(atelier: Any, folder: Path) -> None:
    for shape in ((), (3,), (200, 300)):
        image = np.random.default_rng(1).random(shape)
        smooth = atelier.smooth(image, times=2)
        assert isinstance(smooth, np.ndarray)
        np.testing.assert_array_equal(smooth, image + 1 + 1)
        assert atelier.total(smooth) == pytest.approx(smooth.sum())
    before = count(folder)
    atelier.smooth(np.zeros(10))
    assert count(folder) == before, "what is small went to the store"


async def test_arrays_async(atelier: Any) -> None:
    images = [np.full((50, 50), number) for number in range(8)]
    done = await asyncio.gather(*(atelier.asmooth(image) for image in images))
    for image, one in zip(images, done, strict=True):
        np.testing.assert_array_equal(one, image + 1)


def test_nested(atelier: Any) -> None:
    images = [np.arange(5), np.zeros((40, 40))]
    back = atelier.stack(images, names={"a": np.ones(3)}, mask=np.eye(2, dtype=bool))
    for got, expected in zip(back, [*images, np.ones(3), np.eye(2, dtype=bool)], strict=True):
        np.testing.assert_array_equal(got, expected)
        assert got.dtype == expected.dtype


def test_frames(atelier: Any) -> None:
    frame = atelier.convert(pd.DataFrame({"x": range(1000), "name": ["a"] * 1000}))
    assert frame.equals(pl.DataFrame({"x": range(1000), "name": ["a"] * 1000}))


def test_bytes_and_unions(atelier: Any) -> None:
    assert atelier.reverse(b"abc") == b"cba"
    assert atelier.reverse(bytes(5000)) == bytes(5000)
    assert atelier.weigh(bytes(2000)) == "bytes 2000"
    assert atelier.weigh(np.zeros(7)) == "ndarray 7"
    assert atelier.weigh(12) == "int 12"


@pytest.mark.parametrize("content", [b"abc", b"abc" * LIMIT])
def test_files(atelier: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(content)
    back = atelier.upper(File(tmp_path / "notes.txt"))
    assert back.name == "upper notes.txt"
    assert back.read_bytes() == content.upper()
    again = atelier.upper(back)
    assert again.name == "upper upper notes.txt"


def test_what_is_passed_on_is_not_fetched(atelier: Any, folder: Path) -> None:
    """A pipeline: the caller's process never holds the image between two nodes."""
    with lazily():
        smooth = atelier.smooth(np.zeros((100, 100)))
        assert isinstance(smooth, NDArray)
        again = atelier.smooth(smooth)
        assert isinstance(again, NDArray)
    [kept] = folder.rglob(again.object.split(":")[1])
    content = kept.read_bytes()
    kept.unlink()
    with pytest.raises(ProtocolError, match="is not there"):
        again.load()
    with pytest.raises(NodeError, match=r"is not there; do caller and provider use the same store"):
        atelier.total(again)
    kept.write_bytes(content)
    assert atelier.total(again) == 20_000
    assert np.mean(again) == 2.0
    assert np.asarray(again, dtype=np.int16).dtype == np.int16
    np.testing.assert_array_equal(fetch(again), np.full((100, 100), 2))
    assert fetch(7) == 7


async def test_fetching_async(atelier: Any) -> None:
    with lazily():
        smooth = await atelier.asmooth(np.zeros(3))
    np.testing.assert_array_equal(await afetch(smooth), np.ones(3))


def test_the_wrong_thing_is_the_callers_error(atelier: Any) -> None:
    with pytest.raises(ArgumentError, match=r"\$\.image: .*expected numpy\.ndarray or a reference to one, got list"):
        atelier.smooth([1, 2])
    with pytest.raises(ArgumentError, match=r"\$\.image.*dtype object"):
        atelier.smooth(np.array([None]))
    with pytest.raises(ArgumentError, match=r"\$\.images\[1\]"):
        atelier.stack([np.zeros(1), np.array([None])], names={})
    with pytest.raises(ArgumentError, match=r"\$\.image"):
        atelier.smooth(AnyReference("x", "@lab/other"))
    with pytest.raises(ArgumentError, match=r"No such file"):
        atelier.upper(File("/does/not/exist"))
    with pytest.raises(NodeError, match="Python objects"):
        atelier.unsafe()
    with pytest.raises(NodeError, match=r"\$\.image: '/etc/passwd' is no reference into an object store"):
        atelier.smooth(NDArray("/etc/passwd"))


def test_a_caller_without_numpy(atelier: Any, folder: Path, tmp_path: Path) -> None:
    """Stubs are imported and called where numpy is missing; where it is not, importing them does not import it."""
    from rekuest_codegen.runtime import context

    url, token = context.settings()
    program = f"""
import sys
sys.path.insert(0, {str(Path(sys.modules["atelier_stubs"].__file__ or "").parent.parent)!r})
from atelier_stubs import atelier
atelier.SmoothArgs
assert not {{"numpy", "pandas", "polars", "pyarrow", "obstore"}} & set(sys.modules), "too much is imported"
sys.modules["numpy"] = None
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "numpy" else real(name, *rest)
from rekuest_codegen import connect
connect({url!r}, {token!r})
image = atelier.reverse(b"abc")
assert image == b"cba"
first = sys.argv[1]
from rekuest_codegen.runtime.objects import NDArray
back = atelier.smooth(NDArray(first))
assert isinstance(back, NDArray), back
print(atelier.total(back))
"""
    store = Store(folder.as_uri(), inline=0)
    from rekuest_codegen.runtime.objects.formats import FORMATS

    pointer = store.put(FORMATS["numpy.ndarray"].encode(np.zeros(4)))
    done = subprocess.run(
        [sys.executable, "-c", program, str(pointer)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"REKUEST_OBJECTS": folder.as_uri(), "PATH": ""},
        check=False,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "4.0"


# -- structures of other people's classes ------------------------------------------------------------------------


class Foreign:
    def __init__(self, key: int) -> None:
        self.key = key


class More(Foreign):
    pass


def port(kind: PortKind = PortKind.STRUCTURE, **more: Any) -> Port:
    return Port(key="x", kind=kind, identifier="@lab/foreign", **more)


async def test_a_class_of_somebody_elses() -> None:
    async def find(reference: str) -> Foreign:
        await asyncio.sleep(0)
        return Foreign(int(reference))

    adapt(Foreign, shrink=lambda thing: thing.key, expand=find)
    walk = values_walk({"@lab/foreign": Foreign})
    for thing in (Foreign(7), More(7)):
        wire = await walk.shrink(port(), thing)
        assert wire == {"__identifier": "@lab/foreign", "object": "7"}
        assert (await walk.expand(port(), wire)).key == 7
    nested = Port(key="l", kind=PortKind.LIST, children=(port(),))
    assert [found.key for found in await walk.expand(nested, await walk.shrink(nested, [Foreign(1), Foreign(2)]))] == [
        1,
        2,
    ]
    with pytest.raises(ArgumentError, match="expected Foreign, got int 7"):
        await walk.shrink(port(), 7)


async def test_a_reference_nobody_knows_passes_through() -> None:
    walk = values_walk({})
    text = "anything: {} ü\u0000 " * 3
    wire = {"__identifier": "@lab/foreign", "object": text}
    held = await walk.expand(port(), wire)
    assert isinstance(held, Reference)
    assert await walk.shrink(port(), held) == wire


@pytest.mark.parametrize("failing", ["shrink", "expand"])
async def test_what_a_structure_says_of_a_value_is_said_of_its_place(failing: str) -> None:
    def refuse(_: Any) -> Any:
        raise ArgumentError("$", "not this one")

    class Refusing:
        pass

    adapt(Refusing, shrink=refuse, expand=refuse)
    walk = values_walk({"@lab/foreign": Refusing})
    nested = Port(key="l", kind=PortKind.DICT, children=(port(),))
    step, value = (walk.shrink, Refusing()) if failing == "shrink" else (walk.expand, "1")
    with pytest.raises(ArgumentError, match=r"^\$\['k'\]: not this one$"):
        await step(nested, {"k": value})


def test_the_store_is_left_alone_by_those_who_do_not_use_it() -> None:
    loads = "import sys, rekuest_codegen.runtime.caller.calls as _"
    code = f"{loads}; print([name for name in sys.modules if '.objects' in name or name == 'numpy'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
