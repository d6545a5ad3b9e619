"""The functions of `benchmarks.provider` on an unmodified rekuest-next 2.3.1, in an environment of its own.

Run there as ``python -m benchmarks.rekuest_next_peer HOST PORT TOKEN``: how that package is put together without its
platform is written in `tests.server.upstream`.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator

from tests.server.upstream import build


async def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


async def wait(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def stream(count: int) -> AsyncGenerator[int, None]:
    """Count."""
    for number in range(count):
        yield number


async def main(host: str, port: int, token: str) -> None:
    app = build(token, "peer", host, port)
    for function in (add, wait, stream):
        app.register(concurrency="parallel")(function)
    async with app:
        await app.aconnect(timeout=20)
        print("ready", flush=True)
        await app.aloop()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
