"""Call every demo node through its generated function: sync, async, streaming.

Run it with ``REKUEST_URL`` and ``REKUEST_TOKEN`` set, or let ``make demo`` do so.
"""

import asyncio
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from mynodes import demo
from mynodes.types import Colour, Point
from rekuest_codegen import Quantity
from rekuest_codegen.errors import ArgumentError, NodeError

MOMENT = datetime(2026, 1, 30, 12, tzinfo=UTC)
table = Table(
    "called",
    "came back",
    title="Every demo node, called through its generated function",
)


def show(call: str, outcome: object) -> None:
    table.add_row(call, str(outcome))


def call_sync() -> None:
    show("add(2, 3)", demo.add(2, 3))
    show("add(2)", demo.add(2))
    show("greet('Ada', shout=True)", demo.greet("Ada", shout=True))
    image = demo.make_image("cells", width=4, height=2)
    show("make_image('cells', width=4, height=2)", image)
    show("threshold(image, level=0.7)", demo.threshold(image, level=0.7))
    show("describe(image)", demo.describe(image))
    show("measure(image)", demo.measure(image))
    show("mix(Colour.RED, Colour.GREEN)", demo.mix(Colour.RED, Colour.GREEN))
    show("mix(..., method='paint')", demo.mix(Colour.RED, Colour.GREEN, method="paint"))
    show("move(Point(x=1, y=2), by=0.5)", demo.move(Point(x=1, y=2), by=0.5))
    show("summarise([1, 2, 6])", demo.summarise([1, 2, 6]))
    show("double(21)", demo.double(21))
    show("double('ab')", demo.double("ab"))
    show("postpone(MOMENT, days=2)", demo.postpone(MOMENT, days=2))
    show("expose(Quantity(250, 'ms'))", demo.expose(Quantity(250, "ms")))
    camera = demo.open_camera("left")
    show("open_camera('left')", camera)
    show("snap(camera)", demo.snap(camera))
    demo.note("all is well")
    show("note('all is well')", None)
    show("count(3), streaming", list(demo.count(3)))
    show("record(2), streaming", list(demo.record(2)))
    try:
        demo.fail("on purpose")
    except NodeError as error:
        show("fail('on purpose')", f"NodeError: {error}")
    try:
        demo.summarise([1, "two"])  # type: ignore[list-item]  # a type checker finds it too
    except ArgumentError as error:
        show("summarise([1, 'two'])", f"ArgumentError: {error}")


async def call_async() -> None:
    show("await aadd(2, 3)", await demo.aadd(2, 3))
    show("await agreet('Ada')", await demo.agreet("Ada"))
    image = await demo.amake_image("cells", width=4, height=2)
    show("await amake_image('cells', ...)", image)
    show("await athreshold(image)", await demo.athreshold(image))
    show("await adescribe(image)", await demo.adescribe(image))
    show("await ameasure(image)", await demo.ameasure(image))
    show(
        "await amix(Colour.BLUE, Colour.BLUE)",
        await demo.amix(Colour.BLUE, Colour.BLUE),
    )
    show("await amove(Point(...))", await demo.amove(Point(x=0, y=0, label="corner")))
    show("await asummarise([1.5, 2.5])", await demo.asummarise([1.5, 2.5]))
    show("await adouble('ab')", await demo.adouble("ab"))
    show("await apostpone(MOMENT)", await demo.apostpone(MOMENT))
    show("await aexpose(Quantity(1, 's'))", await demo.aexpose(Quantity(1, "s")))
    show(
        "await asnap(await aopen_camera('right'))",
        await demo.asnap(await demo.aopen_camera("right")),
    )
    await demo.anote("all is well")
    show("await anote('all is well')", None)
    show("async for ... in acount(3)", [number async for number in demo.acount(3)])
    show("async for ... in arecord(2)", [frame async for frame in demo.arecord(2)])
    several = await asyncio.gather(*(demo.aadd(number, number) for number in range(5)))
    show("gather(aadd(0, 0), ..., aadd(4, 4))", several)
    try:
        await demo.afail("on purpose")
    except NodeError as error:
        show("await afail('on purpose')", f"NodeError: {error}")


if __name__ == "__main__":
    call_sync()
    asyncio.run(call_async())
    Console(width=110).print(table)
