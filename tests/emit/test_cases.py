"""Golden cases: a directory holds nodes and the package that must come of them.

``REKUEST_ACCEPT=1`` writes what is given now; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from rekuest_codegen.emit import EmitOptions, generate, read_manifest
from rekuest_codegen.ir import Node, read_node
from tests.emit.tools import place

CASES = Path(__file__).parents[1] / "cases" / "emit"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def read(case: str) -> tuple[list[Node], EmitOptions]:
    nodes = [read_node(raw) for raw in json.loads((CASES / case / "nodes.json").read_text(encoding="utf-8"))]
    options = CASES / case / "options.json"
    return nodes, EmitOptions(**json.loads(options.read_text()) if options.exists() else {})


@pytest.mark.parametrize("case", NAMES)
def test_case(case: str) -> None:
    files = generate(*read(case))
    expected = CASES / case / "expected"
    if os.environ.get("REKUEST_ACCEPT"):
        shutil.rmtree(expected, ignore_errors=True)
        place(CASES / case, "expected", files)
    found = [path for path in expected.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sorted(files) == sorted(path.relative_to(expected).as_posix() for path in found)
    for path, text in files.items():
        assert text == (expected / path).read_bytes().decode(), path


@pytest.mark.parametrize("case", NAMES)
def test_the_order_of_listing_has_no_say(case: str) -> None:
    nodes, options = read(case)
    shuffled = [*nodes, *nodes]
    random.Random(1).shuffle(shuffled)
    assert generate(shuffled, options) == generate(nodes, options)


@pytest.mark.parametrize("case", NAMES)
def test_a_manifest_gives_the_same_package_again(case: str) -> None:
    nodes, options = read(case)
    first = generate(nodes, options)
    again, provenance = read_manifest(first["manifest.json"])
    assert provenance == {}
    assert generate(again, options) == first
