"""The object store in S3: moto's server, in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest

from rekuest_codegen.errors import ConfigurationError, ConnectionLost, ProtocolError
from rekuest_codegen.runtime.objects import File, Store, settings
from rekuest_codegen.runtime.objects.kinds import NDArray
from rekuest_codegen.runtime.objects.pointers import Stored
from rekuest_codegen.runtime.values.adapters import adapter_of
from tests.processes import running

BIG = 12_000_000
"""More than one part of an upload in parts."""


@pytest.fixture(scope="module")
def endpoint() -> Generator[str]:
    with running([sys.executable, "-m", "moto.server", "-p", "0"], until="Running on") as (_, line):
        found = re.search(r"http://\S+", line)
        assert found is not None
        url = found[0]
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "hush-hush", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket="lab")
        yield url


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    said = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hush-hush",
        "AWS_REGION": "us-east-1",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="hush-hush",
        region_name="us-east-1",
    )


def keys(s3: Any, prefix: str) -> list[str]:
    found = s3.list_objects_v2(Bucket="lab", Prefix=f"{prefix}/").get("Contents", [])
    return [item["Key"] for item in found]


def test_content_is_where_its_digest_says(s3: Any) -> None:
    store = Store("s3://lab/plain", inline=0)
    pointer = store.put(b"abc")
    assert isinstance(pointer, Stored)
    assert keys(s3, "plain") == [f"plain/{pointer.path}"]
    assert store.get(pointer) == b"abc"
    assert store.put(b"abc") == pointer


@pytest.mark.parametrize("size", [1, 1_000_000, BIG])
async def test_files_and_arrays(s3: Any, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_used", Store("s3://lab/values", inline=0))
    array = np.arange(size, dtype=np.uint8)
    adapter = adapter_of(np.ndarray)
    assert adapter is not None
    np.testing.assert_array_equal(NDArray(await adapter.shrink(array)).load(), array)
    (tmp_path / "data.bin").write_bytes(array.tobytes())
    file = await File.aexpand(await File(tmp_path / "data.bin").ashrink())
    assert (await file.apath()).read_bytes() == array.tobytes()
    assert len(keys(s3, "values")) % 2 == 0


def test_what_is_not_there_or_something_else(s3: Any) -> None:
    store = Store("s3://lab/bad", inline=0)
    pointer = store.put(b"abc")
    assert isinstance(pointer, Stored)
    s3.put_object(Bucket="lab", Key=f"bad/{pointer.path}", Body=b"abd")
    with pytest.raises(ProtocolError, match="is something else"):
        store.get(pointer)
    s3.delete_object(Bucket="lab", Key=f"bad/{pointer.path}")
    with pytest.raises(ProtocolError, match="is not there"):
        store.get(pointer)


def test_what_fails(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((ConfigurationError, ConnectionLost, ProtocolError), match="s3://nobody/x") as caught:
        Store("s3://nobody/x", inline=0).put(b"abc")
    assert "hush-hush" not in str(caught.value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("rekuest_codegen.runtime.objects.store.TRY_FOR", 1)
    with pytest.raises(ConnectionLost, match="s3://lab/x"):
        Store("s3://lab/x", inline=0).put(b"abc")


def _write(start: Any) -> None:
    start.wait(30)
    store = Store("s3://lab/race", inline=0)
    for number in range(10):
        store.put(bytes([number]) * 100_000)


def test_writers_of_the_same_content_do_not_clash(s3: Any) -> None:
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(2)
    writers = [spawn.Process(target=_write, args=(start,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert len(keys(s3, "race")) == 10
    store = Store("s3://lab/race", inline=0)
    for number in range(10):
        assert store.get(store.put(bytes([number]) * 100_000)) == bytes([number]) * 100_000
