"""Enums made by calls, returns that are None in disguise, apps bound by with, what registrations say of running."""

import enum
from enum import Enum, Flag, StrEnum
from typing import Optional, Union

from rekuest_codegen import easy, register

Colour = Enum("Colour", "RED GREEN")
Shade = StrEnum("Tint", ["LIGHT", "DARK"])
Access = Flag("Access", names=("READ", "WRITE"))
Paired = enum.Enum("Paired", [("ONE", "one"), ("TWO", "two")])
Mapped = enum.IntEnum("Mapped", {"FIVE": 5})
NAMES = [str(number) for number in range(3)]
Computed = Enum("Computed", NAMES)
Maybe = Optional[None]

with easy("lab") as lab, open("log") as log:

    @lab.register(locks=["stage"], concurrency="parallel", pure=True, idempotent=True, allow_probe=True)
    def paint(colour: Colour = Colour.RED, tint: Shade = Shade("dark"), paired: Paired = Paired["TWO"]) -> Optional[None]:
        """Paint."""


rekuest = lab.rekuest


@rekuest.register
def allow(access: Access = Access.WRITE, mapped: Mapped = Mapped(5)) -> Union[None, None]:
    """Allow."""


@register
def nothing() -> "Maybe":
    """Give nothing back, with whatever app there is."""


@register(pure="yes")
def flagged(x: int) -> None:
    """A flag that is none."""


@register
def computed(x: Computed, y: Colour = Colour.BLUE) -> None:
    """Members nobody can read, and one there is not."""


@log.register
def elsewhere(x: int) -> None:
    """No app of ours."""
