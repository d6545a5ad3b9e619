"""Every kind of port, written with this package alone."""

import enum
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple, Protocol

from rekuest_codegen import Description, Quantity, Slider, Unit, easy, interface, memory_structure, model, structure

app = easy("lab")

STEPS = (1, 2, 4)
Length = Annotated[Quantity, Unit("meter", proposed=("um", "mm"), dimension="[length]")]


class Colour(enum.Enum):
    """A colour."""

    RED = 1
    GREEN = 2
    LIME = 2


@model
@dataclass
class Point:
    """A place."""

    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list)
    colour: Colour = Colour.RED


@structure(identifier="@lab/image")
class Image:
    """An image."""


@memory_structure
class Camera:
    """A camera."""


@interface(identifier="@lab/drawable")
class Drawable(Protocol):
    """Anything with a size."""


class Extent(NamedTuple):
    low: float
    high: float


@app.register()
def every(
    whole: int,
    real: float,
    /,
    text: str,
    flag: bool = False,
    *more: int,
    when: datetime = datetime(2024, 1, 2, tzinfo=UTC),
    colour: Colour = Colour.LIME,
    size: Literal["s", "m"] = "m",
    several: list[dict[str, int | None]] = [{"a": 1}],  # noqa: B006 - what is scanned
    either: int | list[Point] = STEPS[-1] * 2,
    point: Point | None = None,
    image: Image,
    camera: Camera,
    drawn: Drawable,
    length: Length = "5 um",
    level: Annotated[float, Slider(min=0, max=1, step=0.1), Description("How much")] = 0.5,
    **others: str,
) -> tuple[Image, Annotated[Colour, Description("The colour")], Length]:
    """Everything at once.

    Args:
        whole: A whole number.
        others: The rest.
    """


@app.rekuest.register
async def watch(camera: "Camera") -> AsyncIterator[Extent]:
    """Watch.

    Yields:
        low: The least.
    """
    yield Extent(0, 1)
