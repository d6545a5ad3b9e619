"""Programs for an environment with an unmodified rekuest 10.0.0: a provider and a caller, put together by hand.

Run there as ``python upstream_ten.py provide HOST PORT TOKEN``; nothing here imports it. The provider says ``ready``
when it is connected. It keeps a journal in the working directory.
"""

import asyncio
import sys
from collections.abc import Generator
from enum import Enum
from typing import Annotated

from annotated_types import Gt, Len
from arkitekt_runtime.task import Task
from arkitekt_spec.actions import Effects
from arkitekt_spec.declare.app import AppRegistry
from arkitekt_spec.declare.structures.registry import StructureRegistry
from graphql import OperationType
from rath.links.aiohttp import AIOHttpLink
from rath.links.auth import ComposedAuthLink
from rath.links.compose import compose
from rath.links.graphql_ws import GraphQLWSLink
from rath.links.split import SplitLink
from rekuest.agents.agent import RekuestAgent
from rekuest.agents.transport.websocket import WebsocketAgentTransport
from rekuest.client.client import Rekuest
from rekuest.client.postman import GraphQLPostman
from rekuest.client.rath import RekuestRath

app = AppRegistry()


def build(token: str, host: str, port: int) -> Rekuest:
    async def loader() -> str:
        return token

    rath = RekuestRath(
        link=compose(
            ComposedAuthLink(token_loader=loader, token_refresher=loader),
            SplitLink(
                left=AIOHttpLink(endpoint_url=f"http://{host}:{port}/graphql"),
                right=GraphQLWSLink(ws_endpoint_url=f"ws://{host}:{port}/graphql"),
                split=lambda o: o.node.operation != OperationType.SUBSCRIPTION,
            ),
        )
    )
    return Rekuest(rath=rath, postman=GraphQLPostman(rath=rath), structure_registry=StructureRegistry())


class Colour(Enum):
    RED = 1
    BLUE = 2


@app.model
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


def mirror(point: Point) -> Point:
    """Mirror a point."""
    return Point(x=-point.x, y=-point.y)  # type: ignore[call-arg]  # the decorator makes it a dataclass


def either(thing: int | str) -> str:
    """Say what it is."""
    return type(thing).__name__


def scale(number: float, factor: float = 2.0, labels: list[str] = ["a"]) -> str:  # noqa: B006 - a default to send
    """Scale a number."""
    return f"{number * factor:g} {labels}"


def bounded(level: Annotated[int, Gt(3)], names: Annotated[list[str], Len(1, 2)]) -> int:
    """Take what is within bounds."""
    return level + len(names)


def fail(text: str) -> int:
    """Fail."""
    raise ValueError(text)


async def sleepy(task: Task) -> None:
    """Sleep."""
    await task.aprogress(40, "asleep")
    await asyncio.sleep(60)


async def talkative(task: Task) -> int:
    """Say what it does."""
    await task.aprogress(50, "half")
    await task.alog("said")
    return 1


async def provide(host: str, port: int, token: str) -> None:
    async def loader() -> str:
        return token

    async def nested(x: int, task: Task) -> int:
        """Call add from inside."""
        found = {action.name: action for action in await client.alist_actions()}
        result: int = await task.acall(await client.aresolve(found["Add"].id), x=x, y=1)
        return result

    for function in (add, count, paint, mirror, either, scale, bounded, fail, talkative):
        app.register(function)
    app.register(sleepy, effects=Effects.IRREVERSIBLE)
    app.register_workflow(nested)
    transport = WebsocketAgentTransport(endpoint_url=f"ws://{host}:{port}/agi", token_loader=loader)
    async with (
        build(token, host, port) as client,
        RekuestAgent(name="upstream", transport=transport, app_registry=app) as agent,
    ):
        await agent.aconnect(timeout=20)
        print("ready", flush=True)
        await agent.aloop()


if __name__ == "__main__":
    _, _, address, number, secret = sys.argv
    asyncio.run(provide(address, int(number), secret))
