"""Frames that leave together: in their order, complete, and in fewer pieces."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from rekuest_codegen.runtime.provider.gathering import MOST, GatheringConnection, _Gathering


class Wire:
    """A transport that keeps what is written to it, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = self.ended = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.pieces.append(data)

    def write_eof(self) -> None:
        self.ended = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def gathering() -> tuple[Wire, _Gathering]:
    wire = Wire()
    return wire, _Gathering(cast("asyncio.Transport", wire))


def test_what_is_held_leaves_in_one_piece() -> None:
    wire, one = gathering()
    one.write(b"a")
    one.holding = True
    one.write(b"b")
    one.write(b"c")
    assert wire.pieces == [b"a"]
    one.flush()
    one.flush()
    assert wire.pieces == [b"a", b"bc"]
    assert one.is_closing() is False, "what it does not know it passes on"


@pytest.mark.parametrize("leave", ["close", "write_eof"])
def test_what_is_held_leaves_before_the_end(leave: str) -> None:
    wire, one = gathering()
    one.holding = True
    one.write(b"last words")
    getattr(one, leave)()
    assert (wire.pieces, wire.closed or wire.ended) == ([b"last words"], True)


def test_much_does_not_wait() -> None:
    wire, one = gathering()
    one.holding = True
    for _ in range(3):
        one.write(bytes(MOST // 2))
    assert [len(piece) for piece in wire.pieces] == [MOST]


async def test_frames_arrive_whole_and_in_order_whatever_happens_in_the_block() -> None:
    heard: list[Any] = []

    async def hear(socket: ServerConnection) -> None:
        heard.extend([frame async for frame in socket])

    async with asyncio.timeout(10), serve(hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", create_connection=GatheringConnection) as socket:
            assert isinstance(socket, GatheringConnection)
            with suppress(RuntimeError), socket.gathered():
                for number in range(100):
                    await socket.send(f"{number} {'x' * number * 30}")
                raise RuntimeError("on the way")
            await socket.send("alone")
    assert heard == [*(f"{number} {'x' * number * 30}" for number in range(100)), "alone"]
