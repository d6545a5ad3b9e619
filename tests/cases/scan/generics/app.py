"""Generic models with their type variables filled in: each of its types is a model of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from annotated_types import Ge
from pydantic import BaseModel

from elsewhere import Point as OtherPoint
from rekuest_codegen import model, register, structure

T = TypeVar("T")
U = TypeVar("U")


@model
@dataclass
class Point:
    x: int


@model
@dataclass
class Box(Generic[T]):
    held: T
    label: str = ""


@model(identifier="@shop/crate", description="A crate.")
class Crate(BaseModel, Generic[T, U]):
    first: T
    rest: list[U]


@model
@dataclass
class Labelled(Box[T]):
    """A box of a box's types."""

    more: "list[T] | None" = None


@structure(identifier="@shop/image")
class Image(Generic[T]): ...


@model
@dataclass
class Chain(Generic[T]):
    held: T
    next: Chain[T] | None = None


@model
@dataclass
class Grown(Generic[T]):
    next: Grown[list[T]] | None = None


Boxed = Box[T]


@register
def plain(whole: Box[int], text: Box[str], either: Box[int] | Box[str]) -> Box[float]:
    """Two types of one class are two models."""


@register
def nested(
    crate: Crate[Point, Box[list[int]]],
    boxed: Boxed[Box[int | None]],
    inherited: Labelled[Literal["a", "b"]],
    bounded: Box[Annotated[int, Ge(1)]],
) -> list[Crate[str, dict[str, int | str]]]:
    """In each other, through aliases and bases."""


@register
def elsewhere(here: Box[Point], there: Box[OtherPoint]) -> None:
    """Classes of one name in two modules."""


@register
def by_reference(image: Image[int], other: Image[str]) -> None:
    """What is in brackets behind a structure is for type checkers."""


@register
def too_many(box: Box[int, str]) -> None:
    """One type variable, two types."""


@register
def none_at_all(point: Point[int]) -> None:
    """No type variable."""


@register
def unfilled(box: Box) -> None:
    """Nobody says of what."""


@register
def endless(chain: Chain[int]) -> None:
    """It contains itself."""


@register
def growing(grown: Grown[int]) -> None:
    """It contains ever more of itself."""


@model(identifier="@app/box-int")
@dataclass
class Named:
    held: int


@register
def alike(one: Box[int], two: Named) -> None:
    """A class that somebody gave the identifier of another."""


@model(identifier="@app/elsewhere-point")
@dataclass
class Renamed:
    x: int


@register
def ambiguous(one: Box[OtherPoint], two: Box[Renamed]) -> None:
    """Two of one class whose types are spelled alike."""
