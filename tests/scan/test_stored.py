"""Classes that nobody has to declare: known by their names, however they are met, installed or not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rekuest_codegen.ir import Port, PortKind
from rekuest_codegen.project.stored import BOUND, STORED
from rekuest_codegen.scan import ScanOptions, scan, scan_projects

HEAD = """
import numpy
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from numpy import ndarray
from numpy.typing import NDArray
from pathlib import Path
from typing import Any, Annotated, Optional
from rekuest_codegen import Description, File, register

Image = np.ndarray
"""


PLAIN = ScanOptions()


def read(folder: Path, annotation: str, options: ScanOptions = PLAIN) -> Port:
    file = folder / "lab.py"
    file.write_text(f"{HEAD}\n\n@register\ndef f(x: {annotation}) -> None:\n    pass\n")
    result = scan([file], options)
    assert not result.findings, [str(finding) for finding in result.findings]
    [node] = result.nodes
    [port] = node.node.args
    return port


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize(
    ("annotation", "identifier"),
    [
        ("np.ndarray", "@rekuest/ndarray"),
        ("numpy.ndarray", "@rekuest/ndarray"),
        ("ndarray", "@rekuest/ndarray"),
        ("'ndarray'", "@rekuest/ndarray"),
        ("Image", "@rekuest/ndarray"),
        ("NDArray[np.float32]", "@rekuest/ndarray"),
        ("npt.NDArray[Any]", "@rekuest/ndarray"),
        ("np.ndarray[Any, np.dtype[np.float64]]", "@rekuest/ndarray"),
        ("Annotated[np.ndarray, Description('an image')]", "@rekuest/ndarray"),
        ("pd.DataFrame", "@rekuest/pandas-frame"),
        ("pl.DataFrame", "@rekuest/polars-frame"),
        ("bytes", "@rekuest/bytes"),
    ],
)
def test_by_any_name(tmp_path: Path, annotation: str, identifier: str, installed: bool) -> None:
    port = read(tmp_path, annotation, PLAIN if installed else ScanOptions(search_path=()))
    assert (port.kind, port.identifier) == (PortKind.STRUCTURE, identifier)


def test_files(tmp_path: Path) -> None:
    port = read(tmp_path, "File")
    assert (port.kind, port.identifier) == (PortKind.STRUCTURE, "@rekuest/file")


def test_nested(tmp_path: Path) -> None:
    port = read(tmp_path, "dict[str, list[Optional[np.ndarray]]] | bytes")
    arrays, content = port.children
    assert arrays.item.item.identifier == "@rekuest/ndarray"
    assert arrays.item.item.nullable
    assert content.identifier == "@rekuest/bytes"


def test_what_a_project_says_counts_more(tmp_path: Path) -> None:
    port = read(tmp_path, "np.ndarray", ScanOptions(structures={"numpy.ndarray": "@lab/image"}))
    assert port.identifier == "@lab/image"
    (tmp_path / "pyproject.toml").write_text('[tool.rekuest-codegen.structures]\n"pandas.DataFrame" = "@lab/table"\n')
    file = tmp_path / "lab.py"
    file.write_text(f"{HEAD}\n\n@register\ndef f(x: pd.DataFrame, y: bytes) -> None:\n    pass\n")
    [node] = scan_projects([file]).nodes
    assert [port.identifier for port in node.node.args] == ["@lab/table", "@rekuest/bytes"]
    assert node.types["@lab/table"] == "pandas:DataFrame"


def test_paths_do_not_travel(tmp_path: Path) -> None:
    file = tmp_path / "lab.py"
    file.write_text(f"{HEAD}\n\n@register\ndef f(x: Path) -> None:\n    pass\n")
    [finding] = scan([file]).findings
    assert "a path means nothing on another machine; use rekuest_codegen.File" in finding.message


def test_every_stored_class_has_one_that_stands_for_it() -> None:
    assert set(STORED.values()) <= set(BOUND)


def test_nothing_of_theirs_is_imported() -> None:
    code = "import rekuest_codegen.scan, sys; print({'numpy', 'pandas', 'polars'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"
