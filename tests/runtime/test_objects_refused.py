"""What the store cannot keep as it is, and what is no store, is refused with a line."""

from __future__ import annotations

import asyncio
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rekuest_codegen import use_store
from rekuest_codegen.errors import ArgumentError, ConfigurationError
from rekuest_codegen.runtime import objects
from rekuest_codegen.runtime.objects import File, Store, settings
from rekuest_codegen.runtime.objects.formats import FORMATS
from rekuest_codegen.runtime.types import AnyReference
from rekuest_codegen.runtime.values import shrink_all, values_walk
from tests.runtime.test_values import port

NDArray: Any = objects.NDArray
"""The reference; to type checkers it is the array."""


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.ma.masked_array([1, 2, -9999], mask=[False, False, True]), r"without its mask; send array\.filled"),
        (np.ma.masked_array([1, 2]), "without its mask"),
        (np.array(["a", "bc"], dtype=np.dtypes.StringDType()), r"StringDType.*astype\(str\)"),
        (np.array([None]), "Python objects"),
    ],
)
def test_arrays_that_would_arrive_as_others(array: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FORMATS["numpy.ndarray"].encode(array)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"a": [{"x": 1}, {"y": 2}]}), "column 'a' .* change the dict in row 0"),
        (pd.DataFrame({"a": [{"x": 1}, {"x": 2.5}]}), "change the dict in row 0"),
        (pd.DataFrame({"a": [{1, 2}]}), "change the set in row 0"),
        (pd.DataFrame({"a": pd.Series([1, None], dtype=object)}), "change the int in row 0; give it a dtype"),
        (pd.DataFrame([[1, 2]], columns=[0, "a"]), "labels of kind mixed-integer"),
        (pd.DataFrame({"a": [1, 2]}, index=pd.Index([1, 2.5], dtype=object)), "the index .* change the int in row 0"),
    ],
)
def test_frames_that_would_arrive_as_others(frame: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FORMATS["pandas.DataFrame"].encode(frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": ["x", None, "ü"], "b": pd.Series([True, None, False], dtype=object)}),
        pd.DataFrame({"a": [Decimal("1.5"), None], "b": [datetime.date(2026, 1, 1), None], "c": [b"x", None]}),
        pd.DataFrame([[1, 2.5]], columns=[0, 1]),
        pd.DataFrame([[1, 2.5]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        pd.DataFrame({"a": [{"x": 1, "y": "b"}, {"x": 2, "y": "c"}]}),
        pd.DataFrame({"a": pd.Series([1, 2], dtype=object)}).astype("Int64"),
        pd.DataFrame({"a": pd.Categorical(["x", "y"])}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    ],
    ids=range(7),
)  # fmt: skip
def test_frames_that_arrive_as_they_left(frame: Any) -> None:
    form = FORMATS["pandas.DataFrame"]
    pd.testing.assert_frame_equal(form.decode(bytes(form.encode(frame))), frame)


def test_lists_in_cells_arrive_as_arrays() -> None:
    form = FORMATS["pandas.DataFrame"]
    back = form.decode(bytes(form.encode(pd.DataFrame({"a": [[1, 2], []]}))))
    assert [list(cell) for cell in back["a"]] == [[1, 2], []]


def test_the_error_names_the_place() -> None:
    images = port("LIST", key="images", children=(port("STRUCTURE", identifier="@rekuest/ndarray"),))
    masked = np.ma.masked_array([1, 2], mask=[False, True])
    with pytest.raises(ArgumentError, match=r"^\$\.images\[1\]: a masked array"):
        asyncio.run(
            shrink_all((images,), {"images": [np.zeros(2), masked]}, values_walk({"@rekuest/ndarray": NDArray}))
        )
    file = port("STRUCTURE", key="f", identifier="@rekuest/file")
    with pytest.raises(ArgumentError, match=r"^\$\.f: .*nonesuch: No such file or directory$"):
        asyncio.run(shrink_all((file,), {"f": File("/nonesuch")}, values_walk({"@rekuest/file": File})))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file://rel/x", "three slashes, as a folder has no host"),
        ("file:rel/x", "expected file:///folder"),
        ("file:///", "expected file:///folder"),
        ("file:///a?b", "expected file:///folder"),
        ("s3://", "expected file:///folder or s3://bucket/prefix"),
        ("gs:///x", "expected file:///folder or s3://bucket/prefix"),
        ("file://[x", "expected file:///folder"),
        ("rel", "expected file:///folder"),
        (5, "object store 5: expected"),
        (None, "object store None: expected"),
    ],
)
def test_what_is_no_address_is_refused_when_it_is_given(address: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        use_store(address)


def test_sizes_are_numbers() -> None:
    for sizes in ({"inline": "1"}, {"limit": 1.5}, {"limit": True}):
        with pytest.raises(ConfigurationError, match="expected a number of bytes"):
            Store("memory://", **sizes)


def test_a_folder_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "with space"
    assert Store(folder) == Store(str(folder)) == Store(folder.as_uri())
    assert Store(folder, inline=0).put(b"abc")
    assert folder.is_dir()
    monkeypatch.chdir(tmp_path)
    assert Store(Path("here")) == Store(tmp_path / "here")
    monkeypatch.setattr(settings, "_used", None)
    monkeypatch.setenv("REKUEST_OBJECTS", str(folder))
    assert settings.current_store() == Store(folder)
    assert settings.current_store() is settings.current_store()


def test_a_reference_shows_little_of_what_it_brings_along() -> None:
    for reference in (NDArray("data:" + "A" * 20_000), AnyReference("x" * 20_000, "@a/b")):
        assert len(repr(reference)) < 120
        assert "20000" in repr(reference) or "20005 characters" in repr(reference)
    assert repr(NDArray("sha256:" + 64 * "a" + ":5")) == f"NDArray('sha256:{64 * 'a'}:5')"
