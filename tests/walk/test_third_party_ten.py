"""An unmodified rekuest 10.0.0, both ways: its functions called by our stubs, our functions called by it."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rekuest_codegen.server import EmbeddedServer
from tests.processes import run, running
from tests.walk.conftest import Calls
from tests.walk.test_third_party import OURS

UPSTREAM = Path(__file__).parents[1] / "server" / "upstream_ten.py"

CALLS = """
import asyncio, json, os, signal
from mynodes import upstream
from mynodes.types import Colour, Point
from rekuest_codegen import submit
from rekuest_codegen.errors import AgentLost, ArgumentError, NodeError, TaskCancelled

results = {
    "add": upstream.add(1, 2),
    "count": list(upstream.count(3)),
    "paint": upstream.paint(Colour.RED).value,
    "mirror": upstream.mirror(Point(x=1.0, y=2.0)).model_dump(),
    "either, int": upstream.either(1),
    "either, str": upstream.either("a"),
    "scale": upstream.scale(1.5),
    "scale, given": upstream.scale(1.5, factor=4.0, labels=["x", "y"]),
    "bounded": upstream.bounded(4, ["a"]),
    "talkative": upstream.talkative(),
    "nested": upstream.nested(41),
}
misfits = {"misfit": lambda: upstream.add(1, "two"), "out of bounds": lambda: upstream.bounded(3, ["a"])}
for name, call in misfits.items():
    try:
        call()
    except ArgumentError as error:
        results[name] = str(error)
try:
    upstream.fail("boom")
except NodeError as error:
    results["fail"] = error.message


async def together():
    return await asyncio.gather(*(upstream.aadd(n, n) for n in range(20)))


def begun():
    task = submit(upstream.sleepy)
    for event in task.events():
        if event.kind == "PROGRESS" and event.message == "asleep":
            return task


def cancelled():
    task = begun()
    task.cancel()
    try:
        task.result(20)
    except TaskCancelled:
        return True


def lost():
    task = begun()
    os.kill(PROVIDER, signal.SIGKILL)
    try:
        task.result(20)
    except AgentLost as error:
        return str(error)


results["together"] = asyncio.run(together())
results["cancelled"] = cancelled()
results["lost"] = lost()
print(json.dumps(results))
"""


@pytest.fixture
def provider(server: EmbeddedServer, ten_python: Path, tmp_path: Path) -> Generator[int]:
    """The id of the process that provides."""
    place = urlsplit(server.url)
    command = [str(ten_python), str(UPSTREAM), "provide", str(place.hostname), str(place.port), server.token]
    with running(command, until="ready", cwd=tmp_path) as (process, _):
        yield process.pid


def test_it_provides_and_our_stubs_call(provider: int, calls: Calls) -> None:
    results = calls(CALLS.replace("PROVIDER", str(provider)))
    assert "may have done the work" in results.pop("lost")
    assert "$.level: expected more than 3" in results.pop("out of bounds")
    assert results == {
        "add": 3,
        "count": [0, 1, 2],
        "paint": "BLUE",
        "mirror": {"x": -1.0, "y": -2.0},
        "either, int": "int",
        "either, str": "str",
        "scale": "3 ['a']",
        "scale, given": "6 ['x', 'y']",
        "bounded": 5,
        "talkative": 1,
        "nested": 42,
        "fail": "boom",
        "misfit": "$.y: expected int, got str 'two'",
        "together": [2 * n for n in range(20)],
        "cancelled": True,
    }


THEIR_CALLS = """
import asyncio, json, os, signal, sys
sys.path.insert(0, sys.argv[1])
from upstream_ten import build


async def main(host, port, token, provider):
    results = {}
    async with build(token, host, port) as client:
        ids = {action.name: action.id for action in await client.alist_actions()}
        results["add"] = await client.acall(ids["Add"], x=1, y=2)
        results["count"] = [n async for n in client.aiterate(ids["Count"], n=3)]
        for name, arguments in (
            ("Paint", {"colour": "RED"}),
            ("Relabel", {"sample": {"__identifier": "@lab/sample", "object": "s1"}, "suffix": None}),
            ("Mirror", {"point": {"x": 1.0, "y": 2.0}}),
            ("Either", {"thing": {"__use": 1, "__value": "a"}}),
        ):
            results[name.lower()] = await client.acall_raw(arguments, action=await client.aresolve(ids[name]))
        results["scale"] = await client.acall(ids["Scale"], number=1.5)
        for name, key, arguments in (("fail", "Fail", {"text": "boom"}), ("misfit", "Add", {"x": "one", "y": 1})):
            try:
                await client.acall_raw(arguments, action=await client.aresolve(ids[key]))
            except Exception as error:
                results[name] = str(error)
        sleeping = asyncio.create_task(client.acall(ids["Sleepy"]))
        await asyncio.sleep(0.3)
        sleeping.cancel()
        results["cancelled"] = type((await asyncio.gather(sleeping, return_exceptions=True))[0]).__name__
        results["together"] = await asyncio.gather(*(client.acall(ids["Add"], x=n, y=n) for n in range(20)))
        sleeping = asyncio.create_task(client.acall(ids["Sleepy"]))
        await asyncio.sleep(0.3)
        os.kill(provider, signal.SIGKILL)
        (error,) = await asyncio.gather(sleeping, return_exceptions=True)
        results["lost"] = type(error).__name__, error.started, error.effects, str(error)
    print(json.dumps(results))


asyncio.run(main(sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])))
"""


def test_it_calls_our_provider(
    server: EmbeddedServer, settings: dict[str, str], ten_python: Path, tmp_path: Path
) -> None:
    (tmp_path / "ours.py").write_text(OURS, encoding="utf-8")
    (tmp_path / "theirs.py").write_text(THEIR_CALLS, encoding="utf-8")
    place = urlsplit(server.url)
    command = [sys.executable, "ours.py"]
    with running(command, until="providing", environment=settings, cwd=tmp_path) as (process, _):
        arguments = [str(UPSTREAM.parent), str(place.hostname), str(place.port), server.token, str(process.pid)]
        done = run([str(ten_python), "theirs.py", *arguments], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert results.pop("fail").endswith("boom")
    assert "$.x: expected int, got str 'one'" in results.pop("misfit")
    kind, started, effects, text = results.pop("lost")
    assert (kind, started, effects) == ("AgentLost", True, "UNKNOWN")
    assert text
    assert results == {
        "add": 3,
        "count": [0, 1, 2],
        "paint": {"return0": "BLUE"},
        "relabel": {"return0": {"__identifier": "@lab/sample", "object": "s1-b"}},
        "mirror": {"return0": {"x": -1.0, "y": -2.0, "__identifier": results["mirror"]["return0"]["__identifier"]}},
        "either": {"return0": "str"},
        "scale": "3 ['a']",
        "cancelled": "CancelledError",
        "together": [2 * n for n in range(20)],
    }
