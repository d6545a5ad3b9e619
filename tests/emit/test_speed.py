"""What a run that generates from a manifest loads, and how its cost grows."""

from __future__ import annotations

import sys
from pathlib import Path

from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.ir import Node
from tests.processes import run

NOT_NEEDED = ("pydantic", "jinja2", "httpx", "rich", "libcst", "msgspec", "asyncio", "ssl")
PULL = """
import sys
from rekuest_codegen.cli.group import main
try:
    main(["pull", "--frozen", "--out", "mynodes"])
finally:
    print(*sorted(set(sys.modules) & set(sys.argv[1:])))
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
    assert "3 nodes of 1 apps" in said[0]
    assert said[1:] == [""]
    assert (tmp_path / "mynodes" / "app.py").read_text() == files["app.py"]
