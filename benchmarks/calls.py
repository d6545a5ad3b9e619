"""One call, there and back: ours (durable, SQLite), beside grpc.aio unary and NATS request/reply in the same run.

Every party is a process of its own on loopback. ``add(x, y)`` one after another, then 32 at a time. CPU is that of
all processes together, per call.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.processes import Running, python, running

CALLS = 1000
WARM = 100
OUTSTANDING = 32
HERE = Path(__file__).parent


async def measure(title: str, call: Callable[[int], Awaitable[int]], processes: Sequence[Running]) -> dict[str, Any]:
    for number in range(WARM):
        await call(number)
    before, mine = sum(process.cpu() for process in processes), time.process_time()
    times: list[float] = []
    for number in range(CALLS):
        start = time.perf_counter()
        assert await call(number) == number + 1
        times.append(time.perf_counter() - start)
    cpu = sum(process.cpu() for process in processes) - before + time.process_time() - mine
    start = time.perf_counter()
    todo = iter(range(CALLS))

    async def work() -> None:
        for number in todo:
            await call(number)

    await asyncio.gather(*(work() for _ in range(OUTSTANDING)))
    rate = CALLS / (time.perf_counter() - start)
    times.sort()
    return {
        "title": title,
        "median": statistics.median(times) * 1000,
        "p99": times[int(CALLS * 0.99)] * 1000,
        "cpu": cpu / CALLS * 1000,
        "rate": rate,
    }


async def ours(stack: ExitStack, *, durable: bool) -> dict[str, Any]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    environment = {"REKUEST_TOKEN": "bench", "PYTHONUNBUFFERED": "1"}
    where = ["--db", f"{folder}/server.db"] if durable else ["--memory"]
    server = stack.enter_context(
        running(python("-m", "rekuest_codegen", "serve", "--port", "0", *where), "ready", environment)
    )
    url = next(word for word in server.line.split() if word.startswith("http://"))
    provider = stack.enter_context(
        running(python("-m", "benchmarks.provider"), "providing", {**environment, "REKUEST_URL": url})
    )
    from rekuest_codegen.emit import generate, write_package
    from rekuest_codegen.fetch import Filters, fetch_nodes
    from rekuest_codegen.runtime import connect

    name = f"bench_nodes_{'durable' if durable else 'memory'}"
    write_package(Path(folder) / name, generate(await asyncio.to_thread(fetch_nodes, url, "bench", Filters())))
    sys.path.insert(0, folder)
    connect(url, "bench")
    stubs = __import__(f"{name}.bench", fromlist=["aadd"])

    async def call(number: int) -> int:
        result: int = await stubs.aadd(number, 1)
        return result

    return await measure(f"ours, {'SQLite' if durable else 'memory'}", call, [server, provider])


async def grpc_unary(stack: ExitStack) -> dict[str, Any]:
    import grpc

    server = stack.enter_context(running(python(str(HERE / "grpc_peer.py")), "ready"))
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{server.line.split()[-1]}")
    add = channel.unary_unary("/bench/add", request_serializer=_dump, response_deserializer=json.loads)

    async def call(number: int) -> int:
        result: int = (await add({"x": number, "y": 1}))["return0"]
        return result

    try:
        return await measure("grpc.aio unary", call, [server])
    finally:
        await channel.close()


async def nats_request(stack: ExitStack) -> dict[str, Any]:
    import nats

    folder = stack.enter_context(tempfile.TemporaryDirectory())
    config = Path(folder) / "nats.conf"
    config.write_text(f'listen: "127.0.0.1:-1"\nports_file_dir: "{folder}"\n')
    binary = Path(sys.executable).parent / "nats-server"
    server = stack.enter_context(running([str(binary), "-c", str(config)], "Server is ready"))
    while not (ports := [*Path(folder).glob("*.ports")]):  # noqa: ASYNC110 - written after it says that it is ready
        await asyncio.sleep(0.01)
    url = json.loads(ports[0].read_text())["nats"][0]
    responder = stack.enter_context(running(python(str(HERE / "nats_peer.py"), url), "ready"))
    client = await nats.connect(url)

    async def call(number: int) -> int:
        answer = await client.request("add", _dump({"x": number, "y": 1}), timeout=10)
        result: int = json.loads(answer.data)["return0"]
        return result

    try:
        return await measure("NATS core request/reply", call, [server, responder])
    finally:
        await client.close()


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()


async def main() -> None:
    rows: list[dict[str, Any]] = []
    for subject in (lambda s: ours(s, durable=True), lambda s: ours(s, durable=False), grpc_unary, nats_request):
        with ExitStack() as stack:
            rows.append(await subject(stack))
    peer = next(row for row in rows if row["title"].startswith("grpc"))
    print(f"{CALLS} calls one after another, then {CALLS} with {OUTSTANDING} outstanding; {os.cpu_count()} cores")
    print(f"{'':26}{'median ms':>10}{'p99 ms':>9}{'CPU ms':>9}{'calls/s':>9}{'median/grpc':>13}")
    for row in rows:
        ratio = row["median"] / peer["median"]
        print(
            f"{row['title']:26}{row['median']:10.2f}{row['p99']:9.2f}{row['cpu']:9.2f}{row['rate']:9.0f}{ratio:13.2f}"
        )


if __name__ == "__main__":
    asyncio.run(main())
