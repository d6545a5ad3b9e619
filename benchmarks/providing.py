"""What an agent's process spends on its work: ours beside an unmodified rekuest-next 2.3.1, on the embedded server.

Both are called by the same generated functions, through the same server, in the same run: trivial tasks one after
another and 32 at a time, 1,000 tasks at once that only wait, and the items of a stream. CPU is that of the agent's
process alone.
"""

from __future__ import annotations

import asyncio
import importlib
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from benchmarks.processes import Running, python, running
from rekuest_codegen.errors import RekuestError

TASKS = 1000
WARM = 50
OUTSTANDING = 32
AT_ONCE = 1000
WAIT = 1.0
ITEMS = 5000
ROUNDS = 3
WITHIN = 60.0
"""Seconds for each kind of work; an agent that has not done it by then has failed at it."""
TOKEN = "bench"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Figures:
    """Of one agent in one round; milliseconds of its CPU, and what it managed a second of the clock."""

    one: float
    many: float
    rate: float
    at_once: float
    at_once_took: float
    item: float
    items: float


async def measure(nodes: ModuleType, agent: Running) -> Figures:
    async def timed(work: Callable[[], Awaitable[None]], count: int) -> tuple[float, float]:
        """Milliseconds of CPU for each of ``count``, and seconds of the clock; for ever, if it fails."""
        cpu, clock = agent.cpu(), time.perf_counter()
        try:
            async with asyncio.timeout(WITHIN):
                await work()
        except (TimeoutError, RekuestError) as error:
            print(f"{agent.line.strip()}: {type(error).__name__} {error}", file=sys.stderr)
            return math.inf, math.inf
        return (agent.cpu() - cpu) / count * 1000, time.perf_counter() - clock

    async def add(numbers: range) -> None:
        for number in numbers:
            assert await nodes.aadd(number, 1) == number + 1

    async def together() -> None:
        share = TASKS // OUTSTANDING
        await asyncio.gather(*(add(range(share)) for _ in range(OUTSTANDING)))

    async def at_once() -> None:
        await asyncio.gather(*(nodes.await_(WAIT) for _ in range(AT_ONCE)))

    async def stream() -> None:
        seen = 0
        async for item in nodes.astream(ITEMS):
            assert item == seen
            seen += 1
        assert seen == ITEMS

    await add(range(WARM))
    one, _ = await timed(lambda: add(range(TASKS)), TASKS)
    many, took = await timed(together, TASKS)
    item, streamed = await timed(stream, ITEMS)
    waiting, waited = await timed(at_once, AT_ONCE)
    return Figures(one, many, TASKS / took, waiting, waited, item, ITEMS / streamed)


def next_python() -> str:
    given = os.environ.get("REKUEST_NEXT_PYTHON") or ROOT / ".venvs" / "rekuest-next" / "bin" / "python"
    if not Path(given).exists():
        raise SystemExit(f"{given} is not there; `make test` sets it up")
    return str(given)


async def main() -> None:
    from rekuest_codegen.emit import generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes
    from rekuest_codegen.runtime import connect

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"REKUEST_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1", "REKUEST_JOURNAL": folder}
        command = python("-m", "rekuest_codegen", "serve", "--port", "0", "--memory")
        server = stack.enter_context(running(command, "ready", environment))
        url = next(word for word in server.line.split() if word.startswith("http://"))
        environment["REKUEST_URL"] = url
        place = urlsplit(url)
        where = [str(place.hostname), str(place.port), TOKEN]
        agents = {
            "bench": (python("-m", "benchmarks.provider"), "providing"),
            "peer": ([next_python(), "-m", "benchmarks.rekuest_next_peer", *where], "ready"),
        }
        rounds: dict[str, list[Figures]] = {"bench": [], "peer": []}
        for number in range(ROUNDS):
            with ExitStack() as both:  # both are there all the time: neither has the machine for itself
                here = {
                    name: both.enter_context(running(command, word, environment))
                    for name, (command, word) in agents.items()
                }
                if number == 0:
                    nodes = await asyncio.to_thread(fetch_nodes, url, TOKEN, Filters())
                    write_package(Path(folder) / "providing_nodes", generate(nodes))
                    sys.path.insert(0, folder)
                    connect(url, TOKEN)
                for name, agent in here.items():
                    stubs = importlib.import_module(f"providing_nodes.{name}")
                    rounds[name].append(await measure(stubs, agent))
    names = {
        "one": "CPU of a task, one by one, ms",
        "many": f"CPU of a task, {OUTSTANDING} at a time, ms",
        "rate": f"tasks a second, {OUTSTANDING} at a time",
        "at_once": f"CPU of a task that waits, {AT_ONCE} at once, ms",
        "at_once_took": f"{AT_ONCE} tasks of {WAIT:g} s at once, s",
        "item": "CPU of an item, ms",
        "items": "items a second",
    }
    print(f"median of {ROUNDS} rounds; {os.cpu_count()} cores")
    print(f"{'':46}{'rekuest-codegen':>20}{'rekuest-next 2.3.1':>20}{'ratio':>8}")
    for field, title in names.items():
        mine, other = (statistics.median(getattr(each, field) for each in taken) for taken in rounds.values())
        print(f"{title:46}{mine:20.3f}{other:20.3f}{mine / other if math.isfinite(other) else math.nan:8.2f}")


if __name__ == "__main__":
    asyncio.run(main())
