"""The page about coming from rekuest-next: what its example was and what it becomes provide the same nodes."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rekuest_codegen
from rekuest_codegen import App
from rekuest_codegen.fetch import Filters, fetch_nodes
from rekuest_codegen.ir import Node, Port
from rekuest_codegen.server import EmbeddedServer
from tests.processes import running
from tests.walk.conftest import Calls
from tests.walk.test_docs import DOCS, written

ROOT = Path(__file__).parents[2]
PROVIDE = """
import asyncio, sys
sys.path.insert(0, sys.argv[4])
from rekuest_next.app import get_default_app_registry
import before
from tests.server import upstream

upstream.AppRegistry = get_default_app_registry


async def main(host, port, token):
    app = upstream.build(token, "before", host, port)
    async with app:
        await app.aconnect(timeout=20)
        print("ready", flush=True)
        await app.aloop()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""
CALLS = """
import json
from typing import get_type_hints
from mynodes import before, lab

results = {}
for name, app in (("before", before), ("after", lab)):
    given = get_type_hints(app.size)["of"](width=2.0, height=1.5)
    results[name] = [app.move(1.5), app.move(by=-0.5), app.size(given), list(app.count(3))]
print(json.dumps(results))
"""


def port(one: Port) -> Mapping[str, Any]:
    """A port as its callers know it; identifiers differ, as the page says."""
    kept = one.model_dump(include={"key", "kind", "nullable", "default"})
    return {**kept, "children": [port(child) for child in one.children]}


def facts(node: Node) -> tuple[Any, ...]:
    return node.key, node.name, node.kind, [port(one) for one in node.args], [port(one) for one in node.returns]


def test_the_example_is_the_same_before_and_after(
    server: EmbeddedServer, settings: dict[str, str], next_python: Path, tmp_path: Path, calls: Calls
) -> None:
    assert [path.name for path in written("migrating.md", tmp_path)] == ["before.py", "after.py"]
    (tmp_path / "provide.py").write_text(PROVIDE, encoding="utf-8")
    place = urlsplit(server.url)
    theirs = [str(next_python), "provide.py", str(place.hostname), str(place.port), server.token, str(ROOT)]
    with (
        running(theirs, until="ready", cwd=tmp_path),
        running([sys.executable, "after.py"], until="lab: providing 3", environment=settings, cwd=tmp_path),
    ):
        nodes = fetch_nodes(server.url, server.token, Filters(connected=True))
        before, after = ([facts(node) for node in nodes if node.app == app] for app in ("before", "lab"))
        results = calls(CALLS)
    assert sorted(before, key=repr) == sorted(after, key=repr)
    assert results["before"] == results["after"] == [2.5, 2.0, 3.0, [0, 1, 2]]


def test_the_names_in_its_table_exist() -> None:
    table = (DOCS / "migrating.md").read_text(encoding="utf-8").partition("## Names")[2].partition("## What")[0]
    rows = [row.split("|")[1:4] for row in table.splitlines() if row.startswith("| `")]
    assert len(rows) > 15
    for _, here, _ in rows:
        for name in re.findall(r"`(?:@app\.)?([a-z]\w*)`", here):
            assert name in (*dir(rekuest_codegen), "pull") or hasattr(App, name), name
