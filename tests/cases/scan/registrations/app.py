"""All ways to register, and those that cannot be read."""

import functools

from rekuest_codegen import App, easy
from rekuest_codegen import register as provide

from .elsewhere import imported

app: App = easy("ways")


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def replaced(function):
    def inner(x):
        return function(x)

    return inner


@provide
def bare(x: int) -> int:
    """Bare."""


@provide()
@logged
def decorated(x: int) -> int:
    """Decorated."""


@provide
@replaced
def hidden(x: int) -> int:
    """Hidden."""


class Stage:
    """A stage."""

    def move(self, x: float) -> None:
        """Move."""

    @staticmethod
    @app.register
    def park(x: float) -> None:
        """Park."""


stage = Stage()
app.register(stage.move)
app.register(imported, name="Brought in")
app.register(functools.partial(bare, x=1))
app.register(lambda x: x)
for number in range(3):
    app.register(bare, key=f"bare_{number}")


def build(app: App) -> None:
    @app.rekuest.register(interface="inner")
    def local(x: int) -> int:
        """Local."""
