"""Wherever in the code a registration stands, it is read or told."""

import functools
import sys
from collections.abc import Callable
from enum import Enum

from rekuest_codegen import easy
from rekuest_codegen import register as provide

app = easy("places")


def one(x: int) -> None:
    """One."""


def two(x: int) -> None:
    """Two."""


def three(x: int) -> None:
    """Three."""


def four(x: int) -> None:
    """Four."""


def five(x: int) -> None:
    """Five."""


annotated: Callable[[int], None] = app.register(one)
listed = [app.register(two), provide(three, key="third")]
print(app.register(four))
app.register(key="fifth")(five)

quick = app.register(collections=["quick"])


@quick
def six(x: int) -> None:
    """Six, by a decorator that was made before."""


match sys.platform:
    case "linux":

        class System(Enum):
            HERE = 1

        @app.register
        def seven(x: System) -> None:
            """Seven."""

    case _:

        @app.register
        def eight(x: System) -> None:
            """Eight."""


for _ in ():
    pass
else:

    @app.register
    def nine(x: int) -> None:
        """Nine."""


class Stage:
    class Axis(Enum):
        X = 1

    @app.register
    def ten[T](self, axis: Axis) -> "Axis":
        """Ten: its own type parameter hides nothing of the class."""


[app.register(function) for function in (one, two)]
list(map(app.register, [one, two]))
named = functools.partial(provide, name="Named")
app.register(*[one])


def own(function: Callable[[int], None]) -> Callable[[int], None]:
    return app.register(function)


@app.register("Eleven")
def eleven(x: int) -> None:
    """The name is no argument by position."""
