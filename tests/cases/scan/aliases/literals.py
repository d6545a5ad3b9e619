"""Defaults of a Literal of members, and advice for types that are none."""

from enum import Enum
from typing import Annotated, ClassVar, Iterator, Literal, LiteralString, NoReturn, Self, Type

from pydantic import Field

from rekuest_codegen import register


class Colour(Enum):
    RED = "red"
    GREEN = "green"


@register
def paint(colour: Literal[Colour.RED, Colour.GREEN] = Colour.RED, size: Literal["s", 1, True] = 1) -> None:
    """A member is chosen by its name, a value by itself."""


@register
def misplaced(x: int = Field(3, ge=1)) -> None:
    """The marker of a model's field."""


@register
def none_of_them(a: LiteralString, b: Self, c: ClassVar[int], d: Type[int], e: Annotated[Iterator[int], 1]) -> NoReturn:
    """Each has its own advice."""
