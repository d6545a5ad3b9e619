"""Programs for an environment with an unmodified rekuest-next 2.3.1: a provider and a caller, put together by hand.

Run there as ``python upstream.py provide|call HOST PORT TOKEN``; nothing here imports it. The provider says ``ready``
when it is connected; the caller prints one JSON object of results.
"""

import asyncio
import json
import sys
from collections.abc import Generator
from enum import Enum
from typing import Any

from graphql import OperationType
from rath.links.aiohttp import AIOHttpLink
from rath.links.auth import ComposedAuthLink
from rath.links.compose import compose
from rath.links.graphql_ws import GraphQLWSLink
from rath.links.split import SplitLink
from rekuest_next import model
from rekuest_next.agents.base import RekuestAgent
from rekuest_next.agents.transport.websocket import WebsocketAgentTransport
from rekuest_next.api.schema import afind, aimplementations_for, alist_actions
from rekuest_next.app import AppRegistry
from rekuest_next.postmans.graphql import GraphQLPostman
from rekuest_next.rekuest import RekuestNext, RekuestNextRath
from rekuest_next.remote import acall, acall_raw, aiterate


def build(token: str, name: str, host: str, port: int) -> RekuestNext:
    async def loader() -> str:
        return token

    rath = RekuestNextRath(
        link=compose(
            ComposedAuthLink(token_loader=loader, token_refresher=loader),
            SplitLink(
                left=AIOHttpLink(endpoint_url=f"http://{host}:{port}/graphql"),
                right=GraphQLWSLink(ws_endpoint_url=f"ws://{host}:{port}/graphql"),
                split=lambda o: o.node.operation != OperationType.SUBSCRIPTION,
            ),
        )
    )
    agent = RekuestAgent(
        transport=WebsocketAgentTransport(endpoint_url=f"ws://{host}:{port}/agi", token_loader=loader),
        rath=rath,
        name=name,
        app_registry=AppRegistry(),
    )
    return RekuestNext(rath=rath, agent=agent, postman=GraphQLPostman(rath=rath))


class Colour(Enum):
    RED = 1
    BLUE = 2


class Sample:
    def __init__(self, key: str) -> None:
        self.key = key

    @classmethod
    def get_identifier(cls) -> str:
        return "@lab/sample"

    async def ashrink(self) -> str:
        return self.key

    @classmethod
    async def aexpand(cls, value: str) -> "Sample":
        return cls(value)


@model
class Point:
    x: float
    y: float


def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


def count(n: int) -> Generator[int, None, None]:
    """Count up."""
    yield from range(n)


def paint(colour: Colour) -> Colour:
    """Give the other colour."""
    return Colour.BLUE if colour is Colour.RED else Colour.RED


def relabel(sample: Sample, suffix: str = "-b") -> Sample:
    """Give a sample another label."""
    return Sample(sample.key + suffix)


def mirror(point: Point) -> Point:
    """Mirror a point."""
    return Point(x=-point.x, y=-point.y)  # type: ignore[call-arg]  # the decorator makes it a dataclass


def either(value: int | str) -> str:
    """Say what it is."""
    return type(value).__name__


def scale(value: float, factor: float = 2.0, labels: list[str] = ["a"]) -> str:  # noqa: B006 - a default to send
    """Scale a value."""
    return f"{value * factor:g} {labels}"


def fail(text: str) -> int:
    """Fail."""
    raise ValueError(text)


async def sleepy() -> None:
    """Sleep."""
    await asyncio.sleep(60)


async def nested(x: int) -> int:
    """Call add from inside."""
    found = {a.name: a for a in await alist_actions()}
    result: int = await acall(await afind(id=found["Add"].id), x=x, y=1)
    return result


async def provide(host: str, port: int, token: str) -> None:
    app = build(token, "upstream", host, port)
    for function in (add, count, paint, relabel, mirror, either, scale, fail, sleepy, nested):
        app.register(function)
    async with app:
        await app.aconnect(timeout=20)
        print("ready", flush=True)
        await app.aloop()


async def call(host: str, port: int, token: str) -> None:
    results: dict[str, Any] = {}
    async with build(token, "caller", host, port):
        actions = {a.name: await afind(id=a.id) for a in await alist_actions()}
        results["add"] = await acall(actions["Add"], x=1, y=2)
        results["count"] = [n async for n in aiterate(actions["Count"], n=5)]
        results["paint"] = await acall_raw({"colour": "RED"}, actions["Paint"])
        results["relabel"] = await acall_raw(
            {"sample": {"__identifier": "@lab/sample", "object": "s1"}, "suffix": None}, actions["Relabel"]
        )
        results["mirror"] = await acall_raw({"point": {"x": 1.0, "y": 2.0}}, actions["Mirror"])
        results["either"] = await acall_raw({"value": {"__use": 1, "__value": "a"}}, actions["Either"])
        results["scale"] = await acall(actions["Scale"], value=1.5)
        results["nested"] = await acall(actions["Nested"], x=41)
        (implementation,) = await aimplementations_for(hash=actions["Add"].hash)
        results["by implementation"] = await acall(implementation, x=3, y=4)
        try:
            await acall(actions["Fail"], text="boom")
        except Exception as error:
            results["fail"] = str(error)
        sleeping = asyncio.create_task(acall(actions["Sleepy"]))
        await asyncio.sleep(0.3)
        sleeping.cancel()
        results["cancelled"] = (await asyncio.gather(sleeping, return_exceptions=True))[0].__class__.__name__
        results["together"] = await asyncio.gather(*[acall(actions["Add"], x=n, y=n) for n in range(20)])
    print(json.dumps(results))


if __name__ == "__main__":
    what, address, number, secret = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    asyncio.run({"provide": provide, "call": call}[what](address, number, secret))
