"""The walk over a port and its value, and the place in the value where it is.

A `Walk` knows which Python class an identifier is bound to and, on a provider, the shelf; what to do for each kind
it looks up in the table of codecs it was given. It is async because a structure's own shrink or expand may upload a
file; leaves never await.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.ports import Port, PortKind
from rekuest_codegen.runtime.values.wording import unfit, unlike
from rekuest_codegen.shapes import is_object

Types = Mapping[str, type[Any]]
"""Python classes by identifier."""


class Shelf(Protocol):
    """Where a provider keeps the objects that memory structures refer to."""

    async def put(self, identifier: str, value: Any) -> str: ...

    async def get(self, drawer: str) -> Any: ...


class Place(NamedTuple):
    """Where in a value we are; rendered only when something is wrong there."""

    parent: Place | None = None
    step: str = "$"

    def field(self, key: str) -> Place:
        return Place(self, f".{key}" if key.isidentifier() else f"[{key!r}]")

    def item(self, index: int) -> Place:
        return Place(self, f"[{index}]")

    def entry(self, key: str) -> Place:
        return Place(self, f"[{key!r}]")

    def __str__(self) -> str:
        steps: list[str] = []
        place: Place | None = self
        while place is not None:
            steps.append(place.step)
            place = place.parent
        return "".join(reversed(steps))


ROOT = Place()

Fits = Callable[[Port, Any, "Walk", bool], bool]
Leaf = Callable[[Port, Any, "Walk", Place], Any]
Step = Callable[[Port, Any, "Walk", Place], Awaitable[Any]]


class Codec(NamedTuple):
    """How one kind travels: a leaf by plain functions, anything else by async ones.

    ``fits`` says whether a Python value is of this kind, for the choice of a union's alternative; exactly means that
    an int is no float.
    """

    fits: Fits
    shrink_leaf: Leaf | None = None
    expand_leaf: Leaf | None = None
    shrink: Step | None = None
    expand: Step | None = None


class Walk(NamedTuple):
    codecs: Mapping[PortKind, Codec]
    types: Types
    shelf: Shelf | None = None

    async def shrink(self, port: Port, value: Any, place: Place = ROOT) -> Any:
        """The wire form of ``value``.

        Raises:
            ArgumentError: ``value`` does not fit ``port``.
        """
        if value is None:
            return _null(port, self, place)
        codec = self.codecs[port.kind]
        if codec.shrink_leaf is not None:
            return codec.shrink_leaf(port, value, self, place)
        assert codec.shrink is not None  # noqa: S101 - every codec has one of the two
        return await codec.shrink(port, value, self, place)

    async def expand(self, port: Port, wire: Any, place: Place = ROOT) -> Any:
        """The Python value of ``wire``. Null takes the port's default, if it has one.

        Raises:
            ArgumentError: ``wire`` does not fit ``port``.
        """
        if wire is None:
            if port.default is None:
                return _null(port, self, place)
            wire = self._default(port)
        codec = self.codecs[port.kind]
        if codec.expand_leaf is not None:
            return codec.expand_leaf(port, wire, self, place)
        assert codec.expand is not None  # noqa: S101 - every codec has one of the two
        return await codec.expand(port, wire, self, place)

    def fits(self, port: Port, value: Any, *, exact: bool) -> bool:
        """Whether ``value`` (Python) is one of ``port``."""
        if value is None:
            return port.nullable
        return self.codecs[port.kind].fits(port, value, self, exact)

    def _default(self, port: Port) -> Any:
        """The port's default in wire form; a union's, which upstream sends untagged, gets its tag."""
        default = port.default
        if port.kind is not PortKind.UNION or (is_object(default) and "__use" in default):
            return default
        for exact in (True, False):
            for index, child in enumerate(port.children):
                if self.fits(child, default, exact=exact):
                    return {"__use": index, "__value": default}
        return default


def misfit(place: Place, wanted: str, value: Any) -> ArgumentError:
    """The error for a value that has not the form it travels in."""
    return ArgumentError(str(place), unlike(wanted, value))


def plain_text(text: str, place: Place) -> str:
    """``text`` as an exact str; everything a value sends as text goes through here.

    Raises:
        ArgumentError: JSON has no form for it.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ArgumentError(str(place), "the text holds a lone surrogate, which has no form in JSON") from None
    return str(text)


def _null(port: Port, walk: Walk, place: Place) -> None:
    if not port.nullable:
        raise unfit(port, None, walk.types, place)
