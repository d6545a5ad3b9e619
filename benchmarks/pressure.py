"""A minute of pressure: does an agent answer its heartbeat while everybody wants something of it?

32 callers at full rate; of ours, first with a queue of 10,000 tasks that run one at a time besides, a function that
reports without end, and a network that takes up to 50 ms for every piece. An unmodified rekuest-next 2.3.1 gets the
callers alone. A heartbeat is as the real server's: every 10 s, to be answered within 5 s.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from benchmarks.processes import Running, python, running
from benchmarks.providing import TOKEN, next_python
from rekuest_codegen.errors import RekuestError

CALLERS = 32
SECONDS = 60.0
QUEUED = 10_000
DELAY = 0.05
WITHIN = 20.0
"""Seconds for one call; one that takes longer has failed."""


@dataclass
class Outcome:
    """Of one agent: calls that came back, calls that did not, and how often its connection was lost."""

    calls: int = 0
    failed: int = 0
    slowest: float = 0.0
    lost: int = 0
    cpu: float = 0.0


async def keep_calling(nodes: ModuleType, outcome: Outcome, until: float) -> None:
    while (began := time.monotonic()) < until:
        try:
            async with asyncio.timeout(WITHIN):
                assert await nodes.aadd(outcome.calls, 1)
            outcome.calls += 1
        except (RekuestError, TimeoutError):
            outcome.failed += 1
            await asyncio.sleep(0.1)
        outcome.slowest = max(outcome.slowest, time.monotonic() - began)


async def witness(nodes: ModuleType, outcome: Outcome) -> None:
    """A task that runs all the time; each time its agent's connection is lost it hears so."""
    from rekuest_codegen import asubmit

    while True:
        task = await asubmit(nodes.await_, SECONDS)
        try:
            async for event in task.aevents():
                outcome.lost += event.kind == "DISCONNECTED"
            return
        except RekuestError:
            await asyncio.sleep(0.5)


async def measure(nodes: ModuleType, agent: Running, *more: Any) -> Outcome:
    outcome, cpu = Outcome(), agent.cpu()
    until = time.monotonic() + SECONDS
    besides = [asyncio.create_task(work) for work in (witness(nodes, outcome), *more)]
    await asyncio.sleep(0.5)
    await asyncio.gather(*(keep_calling(nodes, outcome, until) for _ in range(CALLERS)))
    await asyncio.wait(besides, timeout=WITHIN)
    for task in besides:
        task.cancel()
    await asyncio.gather(*besides, return_exceptions=True)
    if agent.process.poll() is None:
        outcome.cpu = agent.cpu() - cpu
    return outcome


async def main() -> None:
    from rekuest_codegen.emit import generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes
    from rekuest_codegen.runtime import connect
    from tests.walk.network import Network

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"REKUEST_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1", "REKUEST_JOURNAL": folder}
        command = python("-m", "rekuest_codegen", "serve", "--port", "0", "--memory")
        url = next(
            word
            for word in stack.enter_context(running(command, "ready", environment)).line.split()
            if word.startswith("http://")
        )
        network = stack.enter_context(Network.to(url))
        network.delay = DELAY
        place = urlsplit(url)
        ours = python("-m", "benchmarks.provider")
        where = [str(place.hostname), str(place.port), TOKEN]
        theirs = [next_python(), "-m", "benchmarks.rekuest_next_peer", *where]
        agents = (
            ("bench", ours, "providing", network.url),
            ("bench", ours, "providing", url),
            ("peer", theirs, "ready", url),
        )
        outcomes: list[Outcome] = []
        connect(url, TOKEN)
        sys.path.insert(0, folder)
        for name, command, word, at in agents:
            with running(command, word, {**environment, "REKUEST_URL": at}) as agent:
                nodes = await asyncio.to_thread(fetch_nodes, url, TOKEN, Filters(app=(name,)))
                write_package(Path(folder) / f"{name}_nodes", generate(nodes))
                stubs = importlib.import_module(f"{name}_nodes.{name}")
                more = []
                if at == network.url:
                    more = [asyncio.wait_for(stubs.aflood(SECONDS), SECONDS + WITHIN), queue(stubs)]
                outcomes.append(await measure(stubs, agent, *more))
    titles = {
        "calls": f"calls that came back, {CALLERS} callers, {SECONDS:g} s",
        "failed": f"calls that failed, or took over {WITHIN:g} s",
        "slowest": "slowest call, s",
        "lost": "connections lost",
        "cpu": "CPU of the agent, s",
    }
    print(f"{'':46}{'ours, with it all':>20}{'ours':>20}{'rekuest-next 2.3.1':>20}")
    for field, title in titles.items():
        print(f"{title:46}" + "".join(f"{getattr(outcome, field):20.6g}" for outcome in outcomes))


async def queue(nodes: ModuleType) -> None:
    """Many tasks at once, which run one after the other."""
    from rekuest_codegen import asubmit

    done = [await asubmit(nodes.in_line, number) for number in range(QUEUED)]
    await done[-1].aresult()


if __name__ == "__main__":
    asyncio.run(main())
