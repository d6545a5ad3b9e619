"""Aliases of types, old and new, with type variables and without."""

from collections.abc import AsyncIterable, Iterable, Iterator
from typing import Annotated

from rekuest_codegen import Description, register

from words import Maybe, Pair, Table


class Image:
    @classmethod
    def get_identifier(cls) -> str:
        return "@lab/image"

    def shrink(self) -> str: ...
    @classmethod
    def expand(cls, value: str) -> "Image": ...


type Whole = int | None
type Told[T] = Annotated[T, Description("told")]
type Mixed[K, V] = dict[K, V] | V
type Again = list[Again]


@register
def old(image: Maybe[Image], table: Table["Image"], either: Maybe[list[int]] | str) -> Maybe[int]:
    """Aliases as typing always had them."""


@register
def new(whole: Whole | str, told: Told[int], mixed: Mixed[str, int]) -> Pair[int]:
    """Aliases by the type statement."""


@register
def each(count: int) -> Iterator[Pair[Image]]:
    """A stream of two things each."""
    yield


@register
async def aeach(count: int) -> AsyncIterable[int]:
    """A generator that says what it is not."""
    yield 1


@register
def not_each(count: int) -> Iterable[int]:
    """This one streams nothing."""


@register
def wrong(bare: Pair, many: Pair[int, str], whole: Whole[int], again: Again, unfilled: Maybe) -> None:
    """What is not filled in, or goes on for ever."""


@register
def generic[T](item: Told[T]) -> T:
    """No definite type."""
