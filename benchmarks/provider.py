"""The provider that is measured: it adds, waits, streams, does one thing after the other, and talks without end."""

import asyncio
import time
from collections.abc import AsyncIterator

from rekuest_codegen import easy, log, progress

app = easy("bench")


@app.register()
async def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


@app.register()
async def wait(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


@app.register()
async def stream(count: int) -> AsyncIterator[int]:
    """Count."""
    for number in range(count):
        yield number


@app.register(concurrency=1)
async def in_line(x: int) -> int:
    """One at a time."""
    return x


@app.register()
def flood(seconds: float) -> int:
    """Say more than anybody reads."""
    until, said = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        progress(50, str(said))
        log(str(said))
        said += 1
    return said


if __name__ == "__main__":
    app.run()
