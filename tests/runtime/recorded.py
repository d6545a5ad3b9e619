"""The functions that were provided when the traffic of a real server was recorded; those that sleep do so quickly."""

import asyncio
import enum
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from rekuest_codegen import App, log, model, progress, structure

app = App("recorded")
stubs: Any = None
STEP = 0.02


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class _Named:
    def __init__(self, key: str) -> None:
        self.key = key

    async def ashrink(self) -> str:
        return self.key


@structure(identifier="@research/sample")
class Sample(_Named):
    @classmethod
    async def aexpand(cls, value: str) -> "Sample":
        return cls(value)


@structure(identifier="@research/image")
class Image(_Named):
    @classmethod
    async def aexpand(cls, value: str) -> "Image":
        return cls(value)


@model
@dataclass
class Point:
    x: float
    y: float


@app.register
def add(x: int, y: int) -> int:
    return x + y


@app.register
def nothing() -> None:
    return


@app.register
async def count_up(n: int, delay: float = 0.05) -> AsyncIterator[int]:
    for number in range(n):
        await asyncio.sleep(STEP)
        yield number


@app.register
def fail(msg: str) -> int:
    raise ValueError(msg)


@app.register
async def sleepy(seconds: float) -> str:
    log("going to sleep", "DEBUG")
    for step in range(10):
        progress(10 * step, f"step {step}")
        await asyncio.sleep(0.1)
    return "slept"


@app.register
async def slow(seconds: float) -> str:
    await asyncio.sleep(0.5)
    return "done"


@app.register
def pick_color(color: Color, fallback: str = "blue") -> Color:
    return color


@app.register
def make_sample(name: str) -> Sample:
    return Sample(f"sample-{name}")


@app.register
def describe_sample(sample: Sample, prefix: str | None = None) -> tuple[str, int]:
    text = (prefix or "") + sample.key
    return text, len(text)


@app.register
def everything(
    a: int,
    b: float = 1.5,
    c: str = "hi",
    d: bool = True,
    e: int | None = None,
    f: list[int] = [1, 2],  # noqa: B006 - a default to send
    g: dict[str, float] | None = None,
    h: int | str = 3,
    i: list[Sample] | None = None,
    j: Sample | Image | None = None,
    k: Literal["one", "two"] = "one",
    p: Point | None = None,
) -> dict[str, str]:
    return {name: repr(value) for name, value in locals().items()}


@app.register
def move(p: Point, by: float = 1.0) -> Point:
    return Point(p.x + by, p.y + by)


@app.register
async def outer(x: int) -> int:
    answer: int = await stubs.aadd(x, 1)
    return answer
