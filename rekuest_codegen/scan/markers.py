"""What can be said of a port beside its type: the metadata of ``Annotated`` and of model fields.

Each marker is an ordinary function here, called with the folded arguments of the marker the user wrote, so that its
parameters are the marker's own. :class:`Markers` gathers what one port was given; what may be given once is refused
twice.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rekuest_codegen.ir import Choice, Descriptor, Effect, Validator, Widget
from rekuest_codegen.scan.quantities import Unit


class Stated(Struct, frozen=True):
    """A value that was given, to tell None from nothing."""

    value: Any


class Markers(Struct, frozen=True):
    """Everything given to one port. ``richer`` names what upstream would have ignored, ``ignored`` what we ignore
    too."""

    default: Stated | None = None
    label: str | None = None
    description: str | None = None
    units: tuple[str, ...] | None = None
    unit: Unit | None = None
    widget: Widget | None = None
    return_widget: Widget | None = None
    choices: tuple[Choice, ...] = ()
    validators: tuple[Validator, ...] = ()
    effects: tuple[Effect, ...] = ()
    requires: tuple[Descriptor, ...] = ()
    provides: tuple[Descriptor, ...] = ()
    richer: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def with_(self, other: Markers) -> Markers:
        """Both together.

        Raises:
            ValueError: something that may be given once is given twice.
        """
        if self is NOTHING or other is NOTHING:
            return self if other is NOTHING else other
        merged: dict[str, Any] = {}
        for field in Markers.__struct_fields__:
            mine, theirs = getattr(self, field), getattr(other, field)
            if not theirs:
                continue
            if field in _MANY:
                merged[field] = (*mine, *theirs)
            elif mine is None or (field == "default" and mine.value is None):
                merged[field] = theirs
            else:
                raise ValueError(f"has two {_PLURALS[field]}; keep one of them")
        return replace(self, **merged)


NOTHING = Markers()
_MANY = frozenset(["choices", "validators", "effects", "requires", "provides", "richer", "ignored"])
_PLURALS = {
    "default": "defaults",
    "label": "labels",
    "description": "descriptions (a docstring's counts as one)",
    "units": "lists of units",
    "unit": "units",
    "widget": "widgets",
    "return_widget": "return widgets",
}
