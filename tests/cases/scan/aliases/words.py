"""Generic aliases that another module uses: the argument means what it means there."""

from typing import Optional, TypeVar

T = TypeVar("T")
Image = str

Maybe = Optional[T]
Table = dict[str, list[Maybe[T]]]
type Pair[A] = tuple[A, A]
