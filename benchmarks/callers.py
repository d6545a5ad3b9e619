"""What a call costs the process that makes it: ours, beside grpc.aio and a bare websockets request.

Ours is awaited, over the connection of all and over one in the caller's own loop, and waited for in a thread.

``add(x, y)`` one after another, each party taking turns in the same run; servers and providers are processes of their
own. CPU is that of the calling process alone, with all its threads. Then: that nothing grows over many calls.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from benchmarks.processes import python, running

CALLS = 1000
WARM = 200
ROUNDS = 9
MANY = 10_000
HERE = Path(__file__).parent
ECHO = """
import asyncio
from websockets.asyncio.server import serve

async def echo(socket):
    async for message in socket:
        await socket.send(message)

async def main():
    async with serve(echo, "127.0.0.1", 0, compression=None) as listening:
        print("ready", next(iter(listening.sockets)).getsockname()[1], flush=True)
        await asyncio.Future()

asyncio.run(main())
"""
Work = Callable[[int], Awaitable[None]]
"""Makes so many calls."""


async def ours(stack: AsyncExitStack) -> Any:
    """Generated functions of a provider on the embedded server, whose tasks are kept in memory."""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    environment = {"REKUEST_TOKEN": "bench", "PYTHONUNBUFFERED": "1", "REKUEST_JOURNAL": folder}
    command = python("-m", "rekuest_codegen", "serve", "--port", "0", "--memory")
    server = stack.enter_context(running(command, "ready", environment))
    url = next(word for word in server.line.split() if word.startswith("http://"))
    environment["REKUEST_URL"] = url
    stack.enter_context(running(python("-m", "benchmarks.provider"), "providing", environment))
    from rekuest_codegen.emit import generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes
    from rekuest_codegen.runtime import connect

    nodes = await asyncio.to_thread(fetch_nodes, url, "bench", Filters())
    write_package(Path(folder) / "calling_nodes", generate(nodes))
    sys.path.insert(0, folder)
    connect(url, "bench")
    return __import__("calling_nodes.bench", fromlist=["aadd"])


async def grpc_peer(stack: AsyncExitStack) -> Work:
    import grpc

    server = stack.enter_context(running(python(str(HERE / "grpc_peer.py")), "ready"))
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{server.line.split()[-1]}")
    stack.push_async_callback(channel.close)
    add = channel.unary_unary(
        "/bench/add", request_serializer=lambda value: json.dumps(value).encode(), response_deserializer=json.loads
    )

    async def work(count: int) -> None:
        for number in range(count):
            assert (await add({"x": number, "y": 1}))["return0"] == number + 1

    return work


async def websockets_peer(stack: AsyncExitStack) -> Work:
    from websockets.asyncio.client import connect

    server = stack.enter_context(running(python("-c", ECHO), "ready"))
    place = f"ws://127.0.0.1:{server.line.split()[-1]}"
    socket = await stack.enter_async_context(connect(place, compression=None))

    async def work(count: int) -> None:
        for number in range(count):
            await socket.send(json.dumps({"x": number, "y": 1}))
            assert json.loads(await socket.recv())["x"] == number

    return work


async def main() -> None:
    from rekuest_codegen.runtime.context import server_of

    async with AsyncExitStack() as stack:
        nodes = await ours(stack)

        async def awaited(count: int) -> None:
            for number in range(count):
                assert await nodes.aadd(number, 1) == number + 1

        async def awaited_here(count: int) -> None:
            async with server_of().in_this_loop():
                await awaited(count)

        async def waited(count: int) -> None:
            def work() -> None:
                for number in range(count):
                    assert nodes.add(number, 1) == number + 1

            await asyncio.to_thread(work)

        subjects: dict[str, Work] = {
            "ours, async": awaited,
            "ours, async, own loop": awaited_here,
            "ours, sync": waited,
            "grpc.aio unary": await grpc_peer(stack),
            "a bare websockets request": await websockets_peer(stack),
        }
        for work in subjects.values():
            await work(WARM)
        taken: dict[str, list[float]] = {title: [] for title in subjects}
        for _ in range(ROUNDS):
            for title, work in subjects.items():
                gc.collect()
                start = time.process_time()
                await work(CALLS)
                taken[title].append((time.process_time() - start) / CALLS * 1e6)
        peer = statistics.median(taken["a bare websockets request"])
        print(f"CPU of the calling process a call, µs; {ROUNDS} rounds of {CALLS}; {os.cpu_count()} cores")
        print(f"{'':28}{'median':>8}{'best':>8}{'times a bare request':>24}")
        for title, figures in taken.items():
            median = statistics.median(figures)
            print(f"{title:28}{median:8.0f}{min(figures):8.0f}{median / peer:24.1f}")
        before = held()
        await awaited(MANY)
        after = held()
        print(f"{MANY} calls more: memory, descriptors, threads {before} -> {after}")


def held() -> tuple[str, int, int]:
    """Resident memory, open descriptors, threads."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        f"{pages * os.sysconf('SC_PAGESIZE') / 1e6:.1f} MB",
        len(os.listdir("/proc/self/fd")),
        threading.active_count(),
    )


if __name__ == "__main__":
    asyncio.run(main())
