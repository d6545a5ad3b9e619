"""What can be said of a port beside its type: the metadata of ``Annotated`` and of model fields.

Each marker is an ordinary function here, called with the folded arguments of the marker the user wrote, so that its
parameters are the marker's own. :class:`Markers` gathers what one port was given; what may be given once is refused
twice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from rekuest_codegen.ir import Choice, Descriptor, Effect, Validator, Widget
from rekuest_codegen.scan.quantities import Unit


@dataclass(frozen=True, slots=True)
class Stated:
    """A value that was given, to tell None from nothing."""

    value: Any


@dataclass(frozen=True, slots=True)
class Markers:
    """Everything given to one port. ``richer`` names what upstream would have ignored."""

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

    def with_(self, other: Markers) -> Markers:
        """Both together.

        Raises:
            ValueError: something that may be given once is given twice.
        """
        merged: dict[str, Any] = {}
        for field in fields(Markers):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if not theirs:
                continue
            if field.name in _MANY:
                merged[field.name] = (*mine, *theirs)
            elif mine is None or (field.name == "default" and mine.value is None):
                merged[field.name] = theirs
            else:
                raise ValueError(f"has two {_PLURALS[field.name]}; keep one of them")
        return replace(self, **merged)


NOTHING = Markers()
_MANY = frozenset(["choices", "validators", "effects", "requires", "provides", "richer"])
_PLURALS = {
    "default": "defaults",
    "label": "labels",
    "description": "descriptions (a docstring's counts as one)",
    "units": "lists of units",
    "unit": "units",
    "widget": "widgets",
    "return_widget": "return widgets",
}
