"""Providers and servers that are killed: no caller hangs, and the error says whose loss it was."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.processes import cli, run, running

PROVIDER = '''
import asyncio
from collections.abc import AsyncIterator

from rekuest_codegen import easy

app = easy("slow")


@app.register()
async def rest(seconds: float) -> str:
    """Wait."""
    await asyncio.sleep(seconds)
    return "done"


@app.register()
def block(seconds: float) -> str:
    """Block a thread."""
    import time

    time.sleep(seconds)
    return "done"


@app.register()
async def tick(count: int) -> AsyncIterator[int]:
    """Tick."""
    for number in range(count):
        yield number
        await asyncio.sleep(0.05)


app.run(drain=0.2)
'''

KILLED = """
import os, signal, sys, threading
from mynodes import slow
from rekuest_codegen.errors import RekuestError
print(slow.rest(0), flush=True)
threading.Timer(0.5, os.kill, (int(sys.argv[1]), signal.SIGKILL if sys.argv[2] == "kill" else signal.SIGTERM)).start()
try:
    slow.rest(60)
except RekuestError as error:
    print(type(error).__name__, error, sep="|")
"""


def pull(settings: dict[str, str], folder: Path) -> None:
    done = run(cli("pull", "--out", "mynodes"), environment=settings, cwd=folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("how", "kind", "text"),
    [("kill", "AgentLost", "slow/rest: "), ("stop", "NodeError", "slow/rest: the provider was stopped")],
)
def test_a_provider_that_goes_away(settings: dict[str, str], tmp_path: Path, how: str, kind: str, text: str) -> None:
    (tmp_path / "provider.py").write_text(PROVIDER, encoding="utf-8")
    with running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path) as (
        process,
        _,
    ):
        pull(settings, tmp_path)
        done = run([sys.executable, "-c", KILLED, str(process.pid), how], environment=settings, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "done"
    name, message = done.stdout.splitlines()[1].split("|")
    assert name == kind
    assert message.startswith(text)


SERVER_KILLED = """
import os, signal, sys, threading
from mynodes import slow
from rekuest_codegen.errors import ConnectionLost
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.caller import patience
print(slow.rest(0), flush=True)
threading.Timer(0.3, os.kill, (int(sys.argv[1]), signal.SIGKILL)).start()
patience.BACKOFF = (0.1,)
context.server_of()._client._patience._within = 1.0
try:
    slow.rest(60)
except ConnectionLost as error:
    print("ConnectionLost", error.retry_safe)
"""


def test_a_server_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "provider.py").write_text(PROVIDER, encoding="utf-8")
    settings = {"REKUEST_TOKEN": "loss"}
    with running(cli("serve", "--port", "0"), until="ready", environment=settings, cwd=tmp_path) as (server, line):
        settings["REKUEST_URL"] = next(word for word in line.split() if word.startswith("http"))
        with running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path):
            pull(settings, tmp_path)
            done = run([sys.executable, "-c", SERVER_KILLED, str(server.pid)], environment=settings, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.split() == ["done", "ConnectionLost", "False"]


def test_a_provider_survives_its_server(tmp_path: Path) -> None:
    """Killed and started again on the same port and store: the provider comes back by itself, and calls work."""
    (tmp_path / "provider.py").write_text(PROVIDER, encoding="utf-8")
    settings = {"REKUEST_TOKEN": "loss"}
    with running(cli("serve", "--port", "0"), until="ready", environment=settings, cwd=tmp_path) as (server, line):
        settings["REKUEST_URL"] = next(word for word in line.split() if word.startswith("http"))
        port = settings["REKUEST_URL"].rsplit(":", 1)[1]
        provider = running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path)
        with provider as (process, _):
            pull(settings, tmp_path)
            server.send_signal(signal.SIGKILL)
            server.wait(10)
            with running(cli("serve", "--port", port), until="ready", environment=settings, cwd=tmp_path):
                code = "from mynodes import slow; print(slow.rest(0), list(slow.tick(3)))"
                for _ in range(50):
                    done = run([sys.executable, "-c", code], environment=settings, cwd=tmp_path)
                    if done.returncode == 0:
                        break
                assert done.stdout == "done [0, 1, 2]\n", done.stderr
                assert process.poll() is None


def test_sigterm_ends_a_provider_although_a_function_blocks(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "provider.py").write_text(PROVIDER, encoding="utf-8")
    with running([sys.executable, "provider.py"], until="providing", environment=settings, cwd=tmp_path) as (
        process,
        _,
    ):
        pull(settings, tmp_path)
        code = KILLED.replace("slow.rest(60)", "slow.block(60)")
        done = run([sys.executable, "-c", code, str(process.pid), "stop"], environment=settings, cwd=tmp_path)
        process.wait(10)
    assert "NodeError|slow/block: the provider was stopped" in done.stdout
