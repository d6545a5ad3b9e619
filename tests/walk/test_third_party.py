"""An unmodified rekuest-next 2.3.1, both ways: its functions called by our stubs, our functions called by it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from rekuest_codegen.server import EmbeddedServer
from tests.processes import run, running
from tests.walk.conftest import Calls

UPSTREAM = Path(__file__).parents[1] / "server" / "upstream.py"

CALLS = """
import asyncio, json
from mynodes import upstream
from mynodes.types import Colour, Point, Sample
from rekuest_codegen.errors import ArgumentError, NodeError

results = {
    "add": upstream.add(1, 2),
    "count": list(upstream.count(3)),
    "paint": upstream.paint(Colour.RED).value,
    "relabel": upstream.relabel(Sample("s1")).object,
    "relabel, given": upstream.relabel(Sample("s1"), suffix="-z").object,
    "mirror": upstream.mirror(Point(x=1.0, y=2.0)).model_dump(),
    "either, int": upstream.either(1),
    "either, str": upstream.either("a"),
    "scale": upstream.scale(1.5),
    "scale, given": upstream.scale(1.5, factor=4.0, labels=["x", "y"]),
    "nested": upstream.nested(41),
}
try:
    upstream.fail("boom")
except NodeError as error:
    results["fail"] = error.message
try:
    upstream.add(1, "two")
except ArgumentError as error:
    results["misfit"] = str(error)


async def together():
    return await asyncio.gather(*(upstream.aadd(n, n) for n in range(20)))


results["together"] = asyncio.run(together())
print(json.dumps(results))
"""


def test_it_provides_and_our_stubs_call(server: EmbeddedServer, next_python: Path, calls: Calls) -> None:
    place = urlsplit(server.url)
    provider = [str(next_python), str(UPSTREAM), "provide", str(place.hostname), str(place.port), server.token]
    with running(provider, until="ready"):
        results = calls(CALLS)
    assert results == {
        "add": 3,
        "count": [0, 1, 2],
        "paint": "BLUE",
        "relabel": "s1-b",
        "relabel, given": "s1-z",
        "mirror": {"x": -1.0, "y": -2.0},
        "either, int": "int",
        "either, str": "str",
        "scale": "3 ['a']",
        "scale, given": "6 ['x', 'y']",
        "nested": 42,
        "fail": "boom",
        "misfit": "$.y: expected int, got str 'two'",
        "together": [2 * n for n in range(20)],
    }


OURS = '''
import enum
import datetime
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from rekuest_codegen import easy, log, memory_structure, model, progress

app = easy("ours")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Sample:
    def __init__(self, key: str) -> None:
        self.key = key

    @classmethod
    def get_identifier(cls) -> str:
        return "@lab/sample"

    async def ashrink(self) -> str:
        return self.key

    @classmethod
    async def aexpand(cls, value: str) -> "Sample":
        return cls(value)


@model
@dataclass
class Point:
    x: float
    y: float


@app.register()
def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


@app.register()
def count(n: int) -> Iterator[int]:
    """Count up."""
    yield from range(n)


@app.register()
def paint(colour: Colour) -> Colour:
    """Give the other colour."""
    return Colour.BLUE if colour is Colour.RED else Colour.RED


@app.register()
def relabel(sample: Sample, suffix: str = "-b") -> Sample:
    """Give a sample another label."""
    return Sample(sample.key + suffix)


@app.register()
def mirror(point: Point) -> Point:
    """Mirror a point."""
    return Point(-point.x, -point.y)


@app.register()
def either(thing: int | str) -> str:
    """Say what it is."""
    return type(thing).__name__


@app.register()
async def scale(number: float, factor: float = 2.0, labels: list[str] = ["a"]) -> str:
    """Scale a number."""
    return f"{number * factor:g} {labels}"


@app.register()
def fail(text: str) -> int:
    """Fail."""
    raise ValueError(text)


@app.register()
async def sleepy() -> None:
    """Sleep."""
    import asyncio

    await asyncio.sleep(60)


@app.register()
async def climb(n: int) -> AsyncIterator[int]:
    """Count up, without a thread."""
    for number in range(n):
        yield number


@app.register(process=True)
def apart(x: int) -> bool:
    """Say whether this is another process."""
    return __name__ != "__main__" and x == 1


@app.register(process=True)
def stream_apart(n: int) -> Iterator[int]:
    """Count up in another process."""
    yield from range(n)


class Desk:
    """Where things lie."""

    def __init__(self) -> None:
        self.things: list[str] = []

    @app.register()
    def put(self, thing: str) -> list[str]:
        """Put it there."""
        self.things.append(thing)
        return self.things


@memory_structure
class Tray:
    """Stays here."""

    def __init__(self, text: str) -> None:
        self.text = text


@app.register()
def fill(text: str) -> Tray:
    """Fill a tray."""
    return Tray(text)


@app.register()
def empty(tray: Tray) -> str:
    """Empty it."""
    return tray.text


@app.register()
def both(when: datetime.datetime, counts: dict[str, int] | None = None) -> tuple[datetime.datetime, dict[str, int]]:
    """Give both back, one of them larger."""
    return when + datetime.timedelta(days=1), {**(counts or {}), "more": 1}


@app.state
@dataclass
class Stage:
    x: float = 0.0


@app.register(locks=["stage"])
def move(stage: Stage, by: float) -> float:
    """Move the stage."""
    stage.x += by
    return stage.x


@app.register()
def talk() -> int:
    """Say how far it is."""
    progress(30, "well on")
    log("a word", "WARNING")
    return 1


app.run()
'''

THEIR_CALLS = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from upstream import build, acall, acall_raw, afind, aiterate, alist_actions


async def main(host, port, token):
    results = {}
    async with build(token, "caller", host, port):
        listed = {a.name: await afind(id=a.id) for a in await alist_actions()}
        results["add"] = await acall(listed["Add"], x=1, y=2)
        results["count"] = [n async for n in aiterate(listed["Count"], n=3)]
        results["paint"] = await acall_raw({"colour": "RED"}, listed["Paint"])
        sample = {"__identifier": "@lab/sample", "object": "s1"}
        results["relabel"] = await acall_raw({"sample": sample, "suffix": None}, listed["Relabel"])
        results["mirror"] = await acall_raw({"point": {"x": 1.0, "y": 2.0}}, listed["Mirror"])
        results["either"] = await acall_raw({"thing": {"__use": 1, "__value": "a"}}, listed["Either"])
        results["scale"] = await acall(listed["Scale"], number=1.5)
        results["climb"] = [n async for n in aiterate(listed["Climb"], n=3)]
        results["apart"] = await acall(listed["Apart"], x=1)
        results["stream apart"] = [n async for n in aiterate(listed["Stream Apart"], n=3)]
        results["put"] = [await acall_raw({"thing": thing}, listed["Put"]) for thing in ("cup", "pen")]
        tray = (await acall_raw({"text": "tea"}, listed["Fill"]))["return0"]
        results["empty"] = await acall_raw({"tray": tray}, listed["Empty"])
        results["both"] = await acall_raw({"when": "2026-02-28T12:00:00", "counts": {"a": 2}}, listed["Both"])
        results["move"] = await acall(listed["Move"], by=1.5)
        results["talk"] = await acall(listed["Talk"])
        for name, arguments in (("fail", {"text": "boom"}), ("misfit", {"x": "one", "y": 1})):
            try:
                await acall_raw(arguments, listed["Fail" if name == "fail" else "Add"])
            except Exception as error:
                results[name] = str(error)
        sleeping = asyncio.create_task(acall(listed["Sleepy"]))
        await asyncio.sleep(0.3)
        sleeping.cancel()
        results["cancelled"] = type((await asyncio.gather(sleeping, return_exceptions=True))[0]).__name__
    print(json.dumps(results))


asyncio.run(main(sys.argv[2], int(sys.argv[3]), sys.argv[4]))
"""


def test_it_calls_our_provider(
    server: EmbeddedServer, settings: dict[str, str], next_python: Path, tmp_path: Path
) -> None:
    (tmp_path / "ours.py").write_text(OURS, encoding="utf-8")
    (tmp_path / "theirs.py").write_text(THEIR_CALLS, encoding="utf-8")
    place = urlsplit(server.url)
    with running([sys.executable, "ours.py"], until="providing", environment=settings, cwd=tmp_path):
        arguments = [str(UPSTREAM.parent), str(place.hostname), str(place.port), server.token]
        done = run([str(next_python), "theirs.py", *arguments], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.splitlines()[-1])
    assert results.pop("fail").endswith("boom")
    assert "$.x: expected int, got str 'one'" in results.pop("misfit")
    assert results == {
        "add": 3,
        "count": [0, 1, 2],
        "paint": {"return0": "BLUE"},
        "relabel": {"return0": {"__identifier": "@lab/sample", "object": "s1-b"}},
        "mirror": {"return0": {"x": -1.0, "y": -2.0, "__identifier": results["mirror"]["return0"]["__identifier"]}},
        "either": {"return0": "str"},
        "scale": "3 ['a']",
        "climb": [0, 1, 2],
        "apart": True,
        "stream apart": [0, 1, 2],
        "put": [{"return0": ["cup"]}, {"return0": ["cup", "pen"]}],
        "empty": {"return0": "tea"},
        "both": {"return0": "2026-03-01T12:00:00", "return1": {"a": 2, "more": 1}},
        "move": 1.5,
        "talk": 1,
        "cancelled": "CancelledError",
    }
