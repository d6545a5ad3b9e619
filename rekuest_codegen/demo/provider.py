"""A small provider: its nodes use every port kind, sync and async, plain and streaming.

``python -m rekuest_codegen.demo.provider`` serves them at ``REKUEST_URL`` until interrupted.
"""

import asyncio
import enum
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Protocol

from rekuest_codegen import Quantity, Slider, Unit, easy, interface, memory_structure, model

app = easy("demo")


class Colour(enum.Enum):
    """A colour of light."""

    RED = 1
    GREEN = 2
    BLUE = 3
    YELLOW = 4


@model
@dataclass(frozen=True)
class Point:
    """A place on the stage."""

    x: float
    y: float
    label: str | None = None


@interface(identifier="@demo/drawable")
class Drawable(Protocol):
    """Whatever has a name and a size."""

    name: str
    size: tuple[int, int]


@dataclass
class Image:
    """An image. It stays here; callers hold a reference to it."""

    name: str
    size: tuple[int, int]
    mean: float = 0.5

    @classmethod
    def get_identifier(cls) -> str:
        return "@demo/image"

    async def ashrink(self) -> str:
        key = f"image-{next(_numbers)}"
        _images[key] = self
        return key

    @classmethod
    async def aexpand(cls, value: str) -> "Image":
        return _images[value]


@memory_structure(identifier="@demo/camera")
class Camera:
    """An opened device: it lives in this process and nowhere else."""

    def __init__(self, name: str) -> None:
        self.name = name


Seconds = Annotated[Quantity, Unit("second", proposed=("ms", "s", "min"), dimension="[time]")]

_images: dict[str, Image] = {}
_numbers = itertools.count(1)


@app.rekuest.register()
def add(x: int, y: int = 1) -> int:
    """Add two numbers.

    Args:
        x: The first summand.
        y: The second summand.

    Returns:
        The sum.
    """
    return x + y


@app.rekuest.register()
async def greet(name: str, shout: bool = False) -> str:
    """Greet somebody."""
    text = f"Hello, {name}"
    return text.upper() if shout else text


@app.rekuest.register()
def make_image(name: str, width: int = 64, height: int = 64) -> Image:
    """Make a synthetic image."""
    return Image(name, (width, height))


@app.rekuest.register()
def threshold(image: Image, level: Annotated[float, Slider(min=0, max=1, step=0.01)] = 0.5) -> Image:
    """Threshold an image.

    Pixels at or above the level become white, all others black.

    Args:
        image: The image to threshold.
        level: Where white begins, from 0 to 1.

    Returns:
        The mask.
    """
    return Image(f"{image.name} >= {level}", image.size, mean=1.0 if image.mean >= level else 0.0)


@app.rekuest.register()
def describe(image: Image) -> tuple[str, int]:
    """Describe an image.

    Returns:
        Its name, and the number of its pixels.
    """
    return image.name, image.size[0] * image.size[1]


@app.rekuest.register()
def mix(one: Colour, other: Colour, method: Literal["light", "paint"] = "light") -> Colour:
    """Mix two colours."""
    if one is other:
        return one
    if {one, other} == {Colour.RED, Colour.GREEN} and method == "light":
        return Colour.YELLOW
    return Colour.BLUE


@app.rekuest.register()
def move(point: Point, by: float = 1.0) -> Point:
    """Move a point along the diagonal."""
    return Point(point.x + by, point.y + by, point.label)


@app.rekuest.register()
def summarise(samples: list[float]) -> dict[str, float]:
    """Summarise samples by their mean and median."""
    return {"mean": statistics.fmean(samples), "median": statistics.median(samples)}


@app.rekuest.register()
def double(thing: int | str) -> int | str:
    """Double a number, or repeat a text."""
    return thing * 2


@app.rekuest.register()
def postpone(moment: datetime, days: int = 1) -> datetime:
    """Postpone a moment by some days."""
    return moment + timedelta(days=days)


@app.rekuest.register()
def expose(duration: Seconds) -> Seconds:
    """Expose for a while; gives back how long it was, twice the time asked for."""
    return Quantity(duration.magnitude * 2, duration.unit)


@app.rekuest.register()
def open_camera(name: str) -> Camera:
    """Open a camera."""
    return Camera(name)


@app.rekuest.register()
async def snap(camera: Camera) -> Image:
    """Take an image with an opened camera."""
    return Image(f"taken with {camera.name}", (32, 32))


@app.rekuest.register()
def measure(source: Drawable) -> int:
    """Measure the area of anything drawable."""
    return source.size[0] * source.size[1]


@app.rekuest.register()
def count(to: int, delay: float = 0.0) -> Iterator[int]:
    """Count from one, with a pause between."""
    for number in range(1, to + 1):
        time.sleep(delay)
        yield number


@app.rekuest.register()
async def record(frames: int = 3) -> AsyncIterator[Image]:
    """Record some frames."""
    for number in range(frames):
        await asyncio.sleep(0)
        yield Image(f"frame {number}", (16, 16))


@app.rekuest.register()
def note(message: str) -> None:
    """Take note of something; there is nothing to give back."""


@app.rekuest.register()
def fail(reason: str) -> int:
    """Fail, to show what a caller sees of it."""
    raise RuntimeError(reason)


if __name__ == "__main__":
    with app:
        app.rekuest.run()
