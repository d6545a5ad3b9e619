"""Changes of a server and of source code, told once a burst, and found although nobody told them."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from rekuest_codegen.build import watch as module
from rekuest_codegen.build.logins import Login
from rekuest_codegen.build.watch import watch
from rekuest_codegen.errors import AccessDenied, ConfigurationError
from rekuest_codegen.project import Target
from rekuest_codegen.server import EmbeddedServer, serving
from rekuest_codegen.wire.auth import Fixed
from tests.processes import cli, run

TOKEN = "a-token"
LAB = """
from rekuest_codegen import easy

app = easy("lab")


@app.register()
def {name}(x: int) -> int:
    return x
"""


def target(folder: Path, *, url: str | None = None, source: str | None = None) -> Target:
    return Target(name="nodes", out=folder / "nodes", root=folder, url=url, source=source)


async def push(server: EmbeddedServer, folder: Path, name: str) -> None:
    (folder / "lab.py").write_text(LAB.format(name=name), encoding="utf-8")
    environment = {"REKUEST_URL": server.url, "REKUEST_TOKEN": TOKEN}
    done = await asyncio.to_thread(run, cli("push", "lab.py"), cwd=folder, environment=environment)
    assert done.returncode == 0, done.stderr


async def told(changes: AsyncGenerator[str]) -> str:
    async with asyncio.timeout(20):
        return await anext(changes)


async def test_a_server_tells_and_a_restarted_one_is_looked_at(tmp_path: Path) -> None:
    with serving(token=TOKEN, db=tmp_path / "server.db") as server:
        changes = watch([target(tmp_path, url=server.url)], [Login(server.url, Fixed(TOKEN))])
        first = asyncio.create_task(told(changes))
        await asyncio.sleep(0)
        while not first.done():  # the subscription may not stand yet when the first agent registers
            await push(server, tmp_path, "add")
        assert await first == f"an agent changed at {server.url}"
        port = int(server.url.rpartition(":")[2])
    with serving(token=TOKEN, db=tmp_path / "server.db", port=port):
        assert await told(changes) in (f"looked at {server.url}", f"an agent changed at {server.url}")
    await changes.aclose()


async def test_a_server_that_tells_nothing_is_looked_at(tmp_path: Path) -> None:
    with serving(token=TOKEN) as server:
        changes = watch([target(tmp_path, url=server.url)], [Login(server.url, Fixed(TOKEN))], look_every=0.2)
        assert await told(changes) == f"looked at {server.url}"
        await changes.aclose()


async def test_a_refused_token_ends_it(tmp_path: Path) -> None:
    with serving(token=TOKEN) as server:
        changes = watch([target(tmp_path, url=server.url)], [Login(server.url, Fixed("another"))])
        with pytest.raises(AccessDenied):
            await told(changes)


async def test_source_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.1)
    source = tmp_path / "lab"
    source.mkdir()
    (source / "a.py").touch()
    changes = watch([target(tmp_path, source="lab")], [None])
    first = asyncio.create_task(told(changes))
    number = 0
    while not first.done():  # until the watcher stands
        (source / "a.py").write_text(f"x = {number}\n", encoding="utf-8")
        number += 1
        await asyncio.sleep(0.05)
        (source / "notes.txt").touch()
    assert await first == "a.py changed"
    await changes.aclose()


async def test_a_file_that_is_saved_in_another_s_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As vim and most editors save, and git checks out: each time it is another file."""
    monkeypatch.setattr(module, "QUIET", 0.1)
    source = tmp_path / "lab.py"
    source.touch()
    changes = watch([target(tmp_path, source="lab.py")], [None])
    number = 0
    for _ in range(3):
        turn = asyncio.create_task(told(changes))
        while not turn.done():  # until the watcher stands, and once from then on
            number += 1
            (tmp_path / "lab.py.new").write_text(f"x = {number}\n", encoding="utf-8")
            os.replace(tmp_path / "lab.py.new", source)
            (tmp_path / "other.py").write_text(f"x = {number}\n", encoding="utf-8")
            await asyncio.sleep(0.5)
        assert await turn == "lab.py changed"
    source.unlink()
    assert await told(changes) == "lab.py changed"
    await changes.aclose()


async def test_a_folder_in_another_s_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.1)
    source = tmp_path / ".venv" / "lab"  # where an installed package is
    source.mkdir(parents=True)
    changes = watch([target(tmp_path, source=".venv/lab")], [None])
    first = asyncio.create_task(told(changes))
    while not first.done():
        (source / "a.py").touch()
        await asyncio.sleep(0.05)
    assert await first == "a.py changed"
    shutil.rmtree(source)
    source.mkdir()
    said = ""
    while said != "b.py changed":
        turn = asyncio.create_task(told(changes))
        while not turn.done():
            (source / "b.py").touch()
            await asyncio.sleep(0.5)
        said = await turn
    await changes.aclose()


async def test_no_such_source(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file or folder"):
        await told(watch([target(tmp_path, source="none")], [None]))
