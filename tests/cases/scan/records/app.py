import enum
from dataclasses import dataclass, field
from typing import Annotated, Generic, Protocol, TypeVar

import attr
import attrs
from annotated_types import LowerCase, Predicate
from attrs import Factory, define
from pydantic import BaseModel, Field, NonNegativeInt, PositiveInt, StrictStr

from rekuest_codegen import model, register


@model
@dataclass
class Data:
    """A dataclass."""

    plain: int
    made: list[int] = field(default_factory=list)
    described: int = field(default=3, metadata={"description": "Said of it."})


@model
class Pydantic(BaseModel):
    """A model of pydantic."""

    made: list[int] = Field(default_factory=list)
    bounded: int = Field(5, ge=1, le=9, description="Between.")
    positive: PositiveInt = 3
    natural: NonNegativeInt = 0
    strict: StrictStr = ""


@model
@define
class Attrs:
    """A class of attrs."""

    plain: int
    made: list[int] = Factory(list)
    also: list[str] = attrs.field(factory=list)
    later: list[str] = attrs.field(default=Factory(list), converter=list)
    known: int = attrs.field(default=4, validator=attrs.validators.gt(3))


@model
@attr.s(auto_attribs=True)
class Older:
    """A class of attrs in its older words."""

    known: int = attr.ib(default=3)


class Rights(enum.Flag):
    """What one may."""

    READ = 1
    WRITE = 2


@register
def records(data: Data, model: Pydantic, attrs: Attrs, older: Older) -> None:
    """Fields with defaults that are made, stated and bounded."""


@register
def flags(rights: Rights) -> None:
    """A Flag."""


@register
def predicates(
    even: Annotated[int, Predicate(lambda value: value % 2 == 0)], lower: LowerCase[str] = "a"
) -> None:
    """Code that does not travel."""


@register(is_test_for=["0123"], collections=["tests"])
def tested() -> bool:
    """A test for what has this hash."""


@register(is_test_for=[3])
def wrongly_tested() -> bool:
    """A test for a number."""


T = TypeVar("T")
U = TypeVar("U")


class Named(Protocol[T]):
    name: T  # no field of who is a dataclass


@dataclass
class Box(Generic[T]):
    item: T
    more: list[T]


@dataclass
class Pair(Box[U], Named[str], Generic[T, U]):
    first: T


@model
@dataclass
class Counts(Pair["list[float]", int]):
    total: int = 0


class Shelf(BaseModel, Generic[T]):
    held: T | None = None


@model
class Books(Shelf[PositiveInt]):
    """A shelf of numbers."""


@register
def filled_in(counts: Counts, books: Books) -> None:
    """Type variables of bases that mean one thing here."""


@register
def not_filled_in(box: Box[int]) -> None:
    """A generic class that nobody declared."""
