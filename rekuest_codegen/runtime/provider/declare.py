"""What a provider writes beside its types. Everything here is read from the source; at run time it only marks.

Decorators declare what a class is on the wire; markers go into ``Annotated``. None of them changes what it decorates,
so a decorated dataclass is the dataclass it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

C = TypeVar("C", bound=type[Any])


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a quantity: ``Annotated[Quantity, Unit("meter", proposed=("um", "mm"), dimension="[length]")]``.

    A bare number given for the port is in the ``reference`` unit; ``proposed`` ones are what an interface offers.
    """

    reference: str
    proposed: tuple[str, ...] = ()
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Slider:
    """Ask for the number with a slider from ``min`` to ``max``."""

    min: float
    max: float
    step: float | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """A description of the port, where the docstring does not give one."""

    text: str


@overload
def model(cls: C, /) -> C: ...
@overload
def model(*, identifier: str | None = None) -> Callable[[C], C]: ...
def model(cls: C | None = None, /, *, identifier: str | None = None) -> C | Callable[[C], C]:
    """A dataclass, pydantic or attrs class that travels by value, field by field."""
    return _marker(cls)


@overload
def structure(cls: C, /) -> C: ...
@overload
def structure(*, identifier: str | None = None) -> Callable[[C], C]: ...
def structure(cls: C | None = None, /, *, identifier: str | None = None) -> C | Callable[[C], C]:
    """A class that travels by reference, with ``ashrink``/``aexpand`` or ``shrink``/``expand``."""
    return _marker(cls)


@overload
def memory_structure(cls: C, /) -> C: ...
@overload
def memory_structure(*, identifier: str | None = None) -> Callable[[C], C]: ...
def memory_structure(cls: C | None = None, /, *, identifier: str | None = None) -> C | Callable[[C], C]:
    """A class whose objects stay in this agent's memory; callers get a reference they can pass back."""
    return _marker(cls)


@overload
def interface(cls: C, /) -> C: ...
@overload
def interface(*, identifier: str | None = None) -> Callable[[C], C]: ...
def interface(cls: C | None = None, /, *, identifier: str | None = None) -> C | Callable[[C], C]:
    """A class that stands for any structure that implements it; the structures travel under their own identifiers."""
    return _marker(cls)


def _marker(cls: C | None) -> C | Callable[[C], C]:
    return cls if cls is not None else lambda decorated: decorated
