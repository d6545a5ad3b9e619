"""Classes declared in other ways, and other ways to write what they are."""

from __future__ import annotations

import enum
from typing import NewType

import pydantic

from rekuest_codegen import model


class Base(pydantic.BaseModel):
    """What all have."""

    name: str = pydantic.Field("x", description="Its name", min_length=1)


@model(identifier="@lab/box", description="A box")
class Box(Base):
    width: int
    kind: Kind | None = None
    _hidden: int = 3


class Kind(str, enum.Enum):
    OPEN = "open"
    SHUT = "shut"


class Handle:
    """Shrinks and expands itself, and leaves the identifier to us."""

    def shrink(self) -> str: ...

    @classmethod
    def expand(cls, value: str) -> Handle: ...


Width = NewType("Width", int)
