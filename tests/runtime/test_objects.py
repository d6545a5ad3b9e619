"""The store for big objects: what goes in comes out, or it is an error; nothing that comes in is believed."""

from __future__ import annotations

import asyncio
import base64
import io
import multiprocessing
import os
import pickle
import sys
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rekuest_codegen.errors import ArgumentError, ConfigurationError, MissingExtraError, ProtocolError
from rekuest_codegen.runtime.objects import File, Store, settings
from rekuest_codegen.runtime.objects.formats import FORMATS
from rekuest_codegen.runtime.objects.pointers import (
    MAX_INLINE,
    Inline,
    Stored,
    read_named,
    read_pointer,
    safe_name,
    with_name,
)

SHA = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of b"abc"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a store"


@pytest.fixture
def store(folder: Path) -> Store:
    return Store(folder.as_uri(), inline=0)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# -- pointers ----------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_inline_pointers(content: bytes) -> None:
    assert read_pointer(str(Inline(content))) == Inline(content)


@given(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), st.integers(0, 10**17))
def test_stored_pointers(digest: str, size: int) -> None:
    pointer = Stored(digest, size)
    assert read_pointer(str(pointer)) == pointer
    assert pointer.path == f"{digest[:2]}/{digest}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        SHA,
        f"sha256:{SHA}",
        f"sha256:{SHA}:",
        f"sha256:{SHA}:-1",
        f"sha256:{SHA}:03",
        f"sha256:{SHA}:3\n",
        f"sha256:{SHA.upper()}:3",
        f"sha256:{'../' * 21}a:3",
        f"sha256:{SHA[:-1]}/:3",
        f"sha256:{SHA}:{'9' * 19}",
        f"sha256:{SHA}:٣",
        "data:a",
        "data:====",
        "data:!!!!",
        "data:" + base64.b64encode(bytes(MAX_INLINE + 1)).decode(),
        "file:///etc/passwd",
        "/etc/passwd",
    ],
)
def test_what_is_no_pointer(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no reference into an object store|padd|base64|multiple of 4"):
        read_pointer(text)


@given(st.text())
def test_names_of_files_are_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert safe not in ("", ".", "..")
    assert not safe.startswith(".")
    assert not set(safe) & set('/\\\0<>:"|?*')
    assert safe.isprintable()
    assert len(safe.encode()) <= 200
    assert read_named(with_name(Inline(b"x"), name)) == (Inline(b"x"), safe)


def test_names_keep_what_they_can() -> None:
    assert safe_name("/home/ada/Bild 1.tif") == "Bild 1.tif"
    assert safe_name("..\\..\\evil.exe") == "evil.exe"
    assert safe_name("../../.ssh/") == "file"
    assert safe_name(".bashrc") == "bashrc"
    assert safe_name("con.txt") == "_con.txt"
    assert safe_name("x" * 500 + ".tif").endswith("x.tif")


# -- the store ---------------------------------------------------------------------------------------------------


def test_content_is_where_its_digest_says(store: Store, folder: Path) -> None:
    pointer = store.put(b"abc")
    assert pointer == Stored(SHA, 3)
    assert files(folder) == [f"ba/{SHA}"]
    assert store.get(pointer) == b"abc"
    assert store.put(memoryview(b"abc")) == pointer
    assert files(folder) == [f"ba/{SHA}"]
    if sys.platform != "win32":
        assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_is_written_twice(store: Store, folder: Path) -> None:
    pointer = store.put(b"abc")
    before = (folder / "ba" / SHA).stat()
    store.put(b"abc")
    after = (folder / "ba" / SHA).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert store.get(pointer) == b"abc"


def test_small_objects_travel_along(folder: Path) -> None:
    store = Store(folder.as_uri(), inline=3)
    assert store.put(b"abc") == Inline(b"abc")
    assert store.put(b"abcd") != Inline(b"abcd")
    assert store.get(Inline(b"abc")) == b"abc"
    assert len(files(folder)) == 1


def test_chunks_make_one_object(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekuest_codegen.runtime.objects.store.CHUNK", 7)
    content = bytes(range(256)) * 5
    assert store.get(store.put(content)) == content


def test_what_is_not_there(store: Store) -> None:
    store.put(b"x")
    with pytest.raises(ProtocolError, match=r"is not there; do caller and provider use the same store"):
        store.get(Stored(SHA, 3))


@pytest.mark.parametrize("content", [b"abd", b"abcd", b"ab", b""])
def test_what_is_not_what_it_should_be(store: Store, folder: Path, content: bytes) -> None:
    pointer = store.put(b"abc")
    (folder / "ba" / SHA).write_bytes(content)
    with pytest.raises(ProtocolError, match=r"has \d bytes in|is something else"):
        store.get(pointer)
    target = folder / "fetched"
    with pytest.raises(ProtocolError):
        store.get_file(pointer, target)
    assert files(folder) == [f"ba/{SHA}"]


def test_sizes_are_bounded(folder: Path, tmp_path: Path) -> None:
    store = Store(folder.as_uri(), inline=0, limit=10)
    with pytest.raises(ArgumentError, match="an object of 11 bytes is larger than the 10 allowed"):
        store.put(bytes(11))
    (tmp_path / "big").write_bytes(bytes(11))
    with pytest.raises(ArgumentError, match="larger than the 10 allowed"):
        store.put_file(tmp_path / "big")
    pointer = Store(folder.as_uri(), inline=0).put(bytes(11))
    assert isinstance(pointer, Stored)
    with pytest.raises(ProtocolError, match="larger than the 10 bytes allowed"):
        store.get(pointer)


@pytest.mark.parametrize("url", ["", "folder", "http://a.example/b", "s3://key:secret@bucket/x", "ftp://x"])
def test_what_is_no_store(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Store(url)
    assert "secret" not in str(caught.value)


def test_sizes_that_make_no_sense() -> None:
    for sizes in ({"inline": -1}, {"inline": MAX_INLINE + 1}, {"limit": 0}):
        with pytest.raises(ConfigurationError):
            Store("file:///tmp/x", **sizes)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigurationError, match="object store file:"):
        Store((tmp_path / "taken").as_uri(), inline=0).put(b"abc")


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_used", None)
    monkeypatch.delenv("REKUEST_OBJECTS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert settings.current_store() == Store(f"file://{tmp_path}/rekuest-codegen/objects")
    monkeypatch.setenv("REKUEST_OBJECTS", "s3://bucket/here")
    assert settings.current_store() == Store("s3://bucket/here")
    assert settings.current_store() is settings.current_store()
    settings.use_store("file:///elsewhere", inline=5)
    assert settings.current_store() == Store("file:///elsewhere", inline=5)


def test_what_is_not_installed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(MissingExtraError, match=r"rekuest-codegen\[objects\]"):
        store.put(b"abc")


def _write(url: str, start: Any, count: int) -> None:
    start.wait(30)
    store = Store(url, inline=0)
    for number in range(count):
        store.put(bytes([number]) * 300_000)


def test_writers_of_the_same_content_do_not_clash(folder: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(3)
    writers = [spawn.Process(target=_write, args=(folder.as_uri(), start, 20)) for _ in range(2)]
    for writer in writers:
        writer.start()
    start.wait(30)
    for writer in writers:
        writer.join(30)
        assert writer.exitcode == 0
    store = Store(folder.as_uri(), inline=0)
    assert len(files(folder)) == 20
    for number in range(20):
        content = bytes([number]) * 300_000
        assert store.get(store.put(content)) == content


# -- formats -----------------------------------------------------------------------------------------------------

SAFE = arrays.array_shapes(max_dims=4, max_side=4, min_side=0).flatmap(
    lambda shape: st.one_of(arrays.scalar_dtypes(), arrays.array_dtypes(), arrays.nested_dtypes(max_leaves=3)).flatmap(
        lambda dtype: arrays.arrays(dtype, shape)
    )
)


@hypothesis.settings(max_examples=60)
@given(SAFE, st.booleans())
def test_arrays(array: Any, in_columns: bool) -> None:
    form = FORMATS["numpy.ndarray"]
    array = np.asfortranarray(array) if in_columns else array
    try:
        encoded = bytes(form.encode(array))
    except UnicodeEncodeError:
        hypothesis.reject()  # names of fields that are not Latin-1; see below
    back = form.decode(encoded)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == np.ascontiguousarray(array).reshape(array.shape).tobytes()
    assert back.flags.writeable


def test_arrays_that_have_no_form() -> None:
    for names in (["Ā"], [f"field_{number}" for number in range(2000)]):
        with pytest.raises(ValueError):  # noqa: PT011 - numpy has its own words
            FORMATS["numpy.ndarray"].encode(np.zeros(1, dtype=[(name, "?") for name in names]))


def test_arrays_that_are_views() -> None:
    form = FORMATS["numpy.ndarray"]
    whole = np.arange(60).reshape(3, 4, 5)
    for view in (whole[::2], whole.T, whole[:, 1], whole[..., ::-1], np.asfortranarray(whole), whole[0, 0, 0:0]):
        np.testing.assert_array_equal(form.decode(bytes(form.encode(view))), view)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("/tmp/rekuest-codegen-was-here",)


def npy(header: str, content: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + content


def hostile_arrays() -> Generator[bytes]:
    pickled = io.BytesIO()
    np.save(pickled, np.array([Evil()], dtype=object), allow_pickle=True)
    yield pickled.getvalue()
    yield pickle.dumps(Evil())
    yield b""
    yield b"\x93NUMPY"
    head = "{'descr': %s, 'fortran_order': False, 'shape': %s}"
    yield npy(head % ("'<f8'", "(1000000000000,)"))
    yield npy(head % ("'<f8'", "(-1,)"), bytes(8))
    yield npy(head % ("'<f8'", "(3,)"), bytes(23))
    yield npy(head % ("'|O'", "(1,)"), bytes(8))
    yield npy(head % ("[('a', '|O')]", "(1,)"), bytes(8))
    yield npy(head % ("'<f8'", "__import__('os').getpid()"), bytes(8))
    yield npy(head % ("'<f8'", "(1,)"), bytes(8), b"\x09\x00")
    yield npy("[" * 5000)
    yield npy(head % ("'|V0'", "(10,)"), b"x")
    yield npy(head % ("'nonsense'", "(1,)"), bytes(8))


@pytest.mark.parametrize("content", list(hostile_arrays()))
def test_arrays_of_strangers(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - numpy has many words for it
        FORMATS["numpy.ndarray"].decode(content)
    assert not os.path.exists("/tmp/rekuest-codegen-was-here")


def frames() -> dict[str, Any]:
    columns: dict[str, Any] = {"number": [1, 2, None], "text": ["a", None, "ü"], "flag": [True, False, True]}
    return {"columns": columns, "empty": {}, "none": {"a": []}}


@pytest.mark.parametrize("name", list(frames()))
def test_frames_of_polars(name: str) -> None:
    form = FORMATS["polars.DataFrame"]
    frame = pl.DataFrame(frames()[name])
    assert form.decode(bytes(form.encode(frame))).equals(frame)


@pytest.mark.parametrize("name", list(frames()))
def test_frames_of_pandas(name: str) -> None:
    form = FORMATS["pandas.DataFrame"]
    frame = pd.DataFrame(frames()[name])
    pd.testing.assert_frame_equal(form.decode(bytes(form.encode(frame))), frame)
    indexed = pd.DataFrame({"x": [1.5, 2.5]}, index=pd.Index(["p", "q"], name="key"))
    pd.testing.assert_frame_equal(form.decode(bytes(form.encode(indexed))), indexed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("numpy.ndarray", np.array([Evil()], dtype=object)),
        ("pandas.DataFrame", pd.DataFrame({"a": [Evil()]})),
        ("polars.DataFrame", pl.DataFrame({"a": pl.Series([Evil()], dtype=pl.Object)})),
    ],
)
def test_objects_do_not_travel(name: str, value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each library has its words
        FORMATS[name].encode(value)


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize("name", ["pandas.DataFrame", "polars.DataFrame"])
@given(st.data())
def test_frames_of_strangers(name: str, data: st.DataObject) -> None:
    """What is damaged anywhere is an error or another frame, and nothing else."""
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with suppress(ValueError):
            FORMATS[name].decode(damaged)


WHOLE = {
    "pandas.DataFrame": bytes(FORMATS["pandas.DataFrame"].encode(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))),
    "polars.DataFrame": bytes(FORMATS["polars.DataFrame"].encode(pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}))),
}


def test_a_table_with_a_pickle_in_it_is_a_table() -> None:
    """Old versions of pyarrow unpickled this type; ours must show it as what it is stored as."""
    schema = pa.schema(
        [
            pa.field(
                "a",
                pa.int64(),
                metadata={
                    "ARROW:extension:name": "arrow.py_extension_type",
                    "ARROW:extension:metadata": pickle.dumps(Evil()),
                },
            )
        ]
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_table(pa.table([[1]], schema=schema))
    FORMATS["pandas.DataFrame"].decode(bytes(sink.getvalue()))
    assert not os.path.exists("/tmp/rekuest-codegen-was-here")


# -- files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "_used", Store(folder.as_uri(), inline=10))
    return folder


@pytest.mark.parametrize("size", [0, 10, 11, 1_000_000])
async def test_files(used: Path, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "a picture.tif").write_bytes(content)
    reference = await File(tmp_path / "a picture.tif").ashrink()
    assert len(reference) < 200
    there = await File.aexpand(reference)
    assert there.name == "a picture.tif"
    assert there.read_bytes() == content
    path = await there.apath()
    assert path == there.path
    assert path.name == "a picture.tif"
    assert path.read_bytes() == content
    assert await there.ashrink() == reference
    folder = path.parent
    del there
    for _ in range(1000):  # the thread that fetched it lets go in its own time
        if not folder.exists():
            break
        await asyncio.sleep(0.01)
    assert not folder.exists()


async def test_files_are_fetched_when_they_are_looked_at(used: Path) -> None:
    file = await File.aexpand(f"sha256:{SHA}:3?name=x")
    assert await file.ashrink() == f"sha256:{SHA}:3?name=x"
    with pytest.raises(ProtocolError, match="is not there"):
        file.read_bytes()
    Store(used.as_uri(), inline=0).put(b"abc")
    assert file.read_bytes() == b"abc"


async def test_files_that_are_none(used: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="No such file"):
        await File(tmp_path / "missing").ashrink()
    with pytest.raises(ArgumentError):
        await File(tmp_path).ashrink()
    with pytest.raises(ArgumentError, match="is no reference into an object store"):
        await File.aexpand("/etc/passwd")
    evil = await File.aexpand("data:YWJj?name=..%2F..%2Fevil")
    assert evil.path.name == "evil"
    assert evil.path.read_bytes() == b"abc"
