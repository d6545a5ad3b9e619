"""An app whose nodes make the runtime send every document it has: one with values, one that stays, one that waits."""

from __future__ import annotations

import asyncio
from enum import Enum

from rekuest_codegen import easy, memory_structure

app = easy("variables")


class Mode(Enum):
    FAST = 1
    SLOW = 2


@memory_structure
class Camera:
    """Stays in the provider's memory."""


@app.register
def work(x: int, *, level: float | None = 0.5, modes: list[Mode] | None = None) -> dict[str, float]:
    """Take arguments of several kinds."""
    return {"x": x * (level or 0.0) + len(modes or [])}


@app.register
def open_camera() -> Camera:
    """Give back what is shelved."""
    return Camera()


@app.register
async def wait(seconds: float) -> None:
    """Take long enough to be cancelled."""
    await asyncio.sleep(seconds)
