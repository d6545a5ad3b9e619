"""The provider that is measured: one trivial async function, one that only waits, one that streams."""

import asyncio
from collections.abc import AsyncIterator

from rekuest_codegen import easy

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


if __name__ == "__main__":
    app.run()
