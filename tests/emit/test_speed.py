"""What a run that generates from a manifest loads, and how its cost grows."""

from __future__ import annotations

import sys
from pathlib import Path

from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.ir import Node
from tests.processes import run

NOT_NEEDED = (
    *("pydantic", "jinja2", "httpx", "rich", "libcst", "msgspec", "asyncio", "ssl"),
    *("click", "dataclasses", "inspect", "tomllib"),
)
PULL = """
import sys
from rekuest_codegen.cli.entry import run
names, sys.argv[1:] = sys.argv[1:], ["pull", "--frozen", "--out", "mynodes"]
try:
    run()
finally:
    print(*sorted(set(sys.modules) & set(names)))
"""


def test_a_frozen_pull_loads_no_more_than_it_needs(tmp_path: Path, sample: list[Node]) -> None:
    # One without a hash gets one, which takes its model.
    files = generate([node.model_copy(update={"hash": node.key}) for node in sample])
    write_package(tmp_path / "mynodes", {path: files[path] for path in ("manifest.json",)})
    done = run(
        [sys.executable, "-c", PULL, *NOT_NEEDED], cwd=tmp_path, environment={"XDG_CACHE_HOME": str(tmp_path / "cache")}
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert "3 nodes of 1 app" in said[0]
    assert said[1:] == [""]
    assert (tmp_path / "mynodes" / "app.py").read_text() == files["app.py"]


def test_a_frozen_pull_that_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    done = run([sys.executable, "-m", "rekuest_codegen", "pull", "--frozen", "--out", "nowhere"], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: nowhere: no manifest.json there, which says what a package was generated from\n"


def test_nobody_reads_what_a_frozen_pull_says(tmp_path: Path, sample: list[Node]) -> None:
    write_package(tmp_path / "mynodes", generate([node.model_copy(update={"hash": node.key}) for node in sample]))
    code = (
        "import os, sys; ends = os.pipe(); os.dup2(ends[1], 1); os.close(ends[0]); os.close(ends[1]);"
        "sys.argv = ['rekuest-codegen', 'pull', '--frozen', '--out', 'mynodes'];"
        "from rekuest_codegen.cli.entry import run; run()"
    )
    done = run([sys.executable, "-c", code], cwd=tmp_path, environment={"REKUEST_CACHE_DIR": ""})
    assert (done.returncode, done.stderr) == (1, "")
