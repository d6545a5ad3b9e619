"""What cannot be a node, each with one line that says why."""

import decimal
import time
from typing import Annotated, Any, TypeVar

from arkitekt import PortGroupInput, SearchWidget, withEffect, withValidator

from rekuest_codegen import Quantity, Slider, Unit, easy, model, register

T = TypeVar("T")
NOW = time.time()
app = easy("refused")


class Plain:
    """Declared nowhere."""


@model
class Broken:
    """Its default is computed."""

    at: float = time.time()


@register
def one(price: decimal.Decimal, plain: Plain, *, anything: Any, unknown: Nowhere) -> T:  # noqa: F821 - what is scanned
    """Five."""


@register
def two(at: float = NOW, later: float = NOW + 1, untyped=None, value: int = 1) -> None:
    """Four."""


@register(key="three" + str(time.time()))
def three() -> None:
    """A computed key."""


@register
def four(
    broken: Broken,
    length: Quantity,
    twice: Annotated[int, Slider(min=0, max=1), Slider(min=0, max=1)],
    empty: Annotated[int, Slider(min=3, max=1)],
    both: Annotated[Quantity, Unit("meter"), Unit("inch")],
) -> None:
    """Five."""


@register
def six(
    text: Annotated[str, SearchWidget("query { a }", ward="lab")],
    more: Annotated[int, withValidator("value >")],
    less: Annotated[int, withValidator("gt(value, other)")],
) -> None:
    """Three."""


@register(protocols=["two words"])
def seven() -> None:
    """An option."""


@register
def ten(text: str = 3, count: int = True, several: list[int] = ["a"]) -> None:
    """Three defaults that are of another type."""


@register(key="once")
def eight() -> None:
    """Once."""


@register(key="once")
def nine() -> None:
    """Twice."""


@register
def two(x: int) -> None:
    """The same name again."""


@register
class Five:
    """A class."""


@app.register(widgets=[Slider(0, 1)])
def eleven(x: int) -> None:
    """Widgets of no port."""


@app.register(widgets={"x": "slider"})
def twelve(x: int) -> None:
    """A widget that is none."""


@app.register(collections="imaging")
def thirteen(x: int) -> None:
    """One text where there may be many."""


@app.register(is_test_for=twelve)
def fourteen(x: int) -> bool:
    """A function is no text."""


@app.register(widgets={"x": Slider(3, 1)})
def fifteen(x: int) -> None:
    """A slider upside down."""


@app.register(
    validators={"nope": [withValidator("value > 1")]},
    port_groups=[
        PortGroupInput(key="more", ports=("x", "gone"), effects=[withEffect("HIDE", "missing == 1")]),
        PortGroupInput(key="more"),
    ],
)
def sixteen(x: int) -> None:
    """Speaks of what it has not: warnings, since upstream says nothing."""


@app.declare(app="other")
class Other:
    """Nodes of another app."""

    async def go(self, x: int) -> int: ...


@app.register
def seventeen(other: Other) -> int:
    """Calls, and is no workflow."""


@app.workflow
def eighteen(other: Other) -> int:
    """Calls, as a workflow may."""
