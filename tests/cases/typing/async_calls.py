"""Calls from coroutines: the async form, and what happens to whoever takes the other one."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, assert_type

from mynodes.demo import aadd, acount, add, adescribe, amake_image, anote, arecord, athreshold, count, record, threshold
from mynodes.types import Image


async def calls(image: Image) -> None:
    assert_type(await aadd(1), int)
    assert_type(await athreshold(image, level=0.7), Image)
    assert_type((await adescribe(image)).return1, int)
    pending: Coroutine[Any, Any, int] = aadd(1)
    assert_type(await pending, int)
    assert_type(await asyncio.gather(aadd(1), amake_image("a")), tuple[int, Image])
    await anote("a")

    await threshold(image)  # error: mypy[misc] pyright[reportGeneralTypeIssues]
    await add(1)  # error: mypy[misc] pyright[reportGeneralTypeIssues]
    athreshold(image)  # error: mypy[unused-coroutine] pyright[reportUnusedCoroutine]
    mask: Image = athreshold(image)  # error: mypy[assignment] pyright[reportAssignmentType]
    athreshold(image).object  # error: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await athreshold("an image")  # error: mypy[arg-type] pyright[reportArgumentType]
    await athreshold(image, levle=0.7)  # error: mypy[call-arg] pyright[reportCallIssue]
    text: str = await aadd(1)  # error: mypy[assignment] pyright[reportAssignmentType]


async def streams() -> None:
    assert_type(acount(3), AsyncGenerator[int, None])
    async for number in acount(3):
        assert_type(number, int)
    async for frame in arecord(frames=3):
        assert_type(frame, Image)
    assert_type([frame async for frame in arecord()], list[Image])

    for frame in arecord():  # error: mypy[attr-defined] pyright[reportGeneralTypeIssues]
        pass
    async for frame in record():  # error: mypy[attr-defined] pyright[reportGeneralTypeIssues]
        pass
    await arecord()  # error: mypy[misc] pyright[reportGeneralTypeIssues]
    async for other in athreshold(Image("1")):  # error: mypy[attr-defined] pyright[reportGeneralTypeIssues]
        pass
    await count(3)  # error: mypy[misc] pyright[reportGeneralTypeIssues]
