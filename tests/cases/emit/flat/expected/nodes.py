"""Nodes of all apps."""

import collections.abc as _abc

from rekuest_codegen import runtime as _rt

from .types import Image

__all__ = [
    "Add7880e8Args",
    "AddAsyncArgs",
    "AddV0Args",
    "Image",
    "LabAddArgs",
    "OtherLabAddArgs",
    "RecordArgs",
    "ShowArgs",
    "add_7880e8",
    "add_7880e8_async",
    "add_async",
    "add_async_async",
    "add_v0",
    "add_v0_async",
    "lab_add",
    "lab_add_async",
    "other_lab_add",
    "other_lab_add_async",
    "record",
    "record_async",
    "show",
    "show_async",
]


class Add7880e8Args(_rt.Arguments):
    """Arguments of `add_7880e8`."""

    y: float


_ADD_7880E8: _rt.Remote[None] = _rt.remote(
    app="",
    key="add",
    version="1",
    hash="d5f6308e78e747e21c531094fb68e4416f29ba4fec5720efa84d288a91303c46",
    ports='{"args":[{"key":"y","kind":"FLOAT"}],"returns":[]}',
    arguments=Add7880e8Args,
    types={},
    awaited="add_7880e8_async",
)


def add_7880e8(y: float) -> None:
    """add

    Args:
        y: A number.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_7880E8, {"y": y})


async def add_7880e8_async(y: float) -> None:
    """add

    Args:
        y: A number.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_7880E8, {"y": y})


class AddAsyncArgs(_rt.Arguments):
    """Arguments of `add_async`."""


_ADD_ASYNC: _rt.Remote[None] = _rt.remote(
    app="lab",
    key="add_async",
    version="1",
    hash="4b8de0f402cab540c758d79d0f90fa86e4dc5abcb21d7920c2d93810d2aabae3",
    ports='{"args":[],"returns":[]}',
    arguments=AddAsyncArgs,
    types={},
    awaited="add_async_async",
)


def add_async() -> None:
    """add_async

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_ASYNC, {})


async def add_async_async() -> None:
    """add_async

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_ASYNC, {})


class AddV0Args(_rt.Arguments):
    """Arguments of `add_v0`."""


_ADD_V0: _rt.Remote[None] = _rt.remote(
    app="lab",
    key="add",
    version="0",
    hash="86ba7cb533abb34a97dc54faf3a0a45b8b078452439d233568cd25e9cca075ce",
    ports='{"args":[],"returns":[]}',
    arguments=AddV0Args,
    types={},
    awaited="add_v0_async",
)


def add_v0() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_V0, {})


async def add_v0_async() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_V0, {})


class LabAddArgs(_rt.Arguments):
    """Arguments of `lab_add`."""

    x: int


_LAB_ADD: _rt.Remote[int] = _rt.remote(
    app="lab",
    key="add",
    version="1",
    hash="65decc9305c37f3530ed443c9f3491242affa9b36be2afaa60b8af6b08f3b52a",
    ports='{"args":[{"key":"x","kind":"INT"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=LabAddArgs,
    types={},
    awaited="lab_add_async",
)


def lab_add(x: int) -> int:
    """add

    Args:
        x: An integer.

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_LAB_ADD, {"x": x})


async def lab_add_async(x: int) -> int:
    """add

    Args:
        x: An integer.

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_LAB_ADD, {"x": x})


class OtherLabAddArgs(_rt.Arguments):
    """Arguments of `other_lab_add`."""

    x: float


_OTHER_LAB_ADD: _rt.Remote[float] = _rt.remote(
    app="other lab",
    key="add",
    version="1",
    hash="c5548d4842ff32b68c332ce9b010b3d227b717f87a19383f5abac2f98f2d09c1",
    ports='{"args":[{"key":"x","kind":"FLOAT"}],"returns":[{"key":"return0","kind":"FLOAT"}]}',
    arguments=OtherLabAddArgs,
    types={},
    awaited="other_lab_add_async",
)


def other_lab_add(x: float) -> float:
    """add

    Args:
        x: A number.

    Returns:
        A number.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_OTHER_LAB_ADD, {"x": x})


async def other_lab_add_async(x: float) -> float:
    """add

    Args:
        x: A number.

    Returns:
        A number.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_OTHER_LAB_ADD, {"x": x})


class RecordArgs(_rt.Arguments):
    """Arguments of `record`."""


_RECORD: _rt.Remote[Image] = _rt.remote(
    app="lab",
    key="record",
    version="1",
    hash="9ba09486dca7872ffe4dd767327982016e561622926551645bfaa98caff1f9af",
    ports='{"args":[],"returns":[{"identifier":"@lab/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=RecordArgs,
    types={"@lab/image": Image},
    awaited="record_async",
)


def record() -> _abc.Generator[Image, None, None]:
    """record

    Yields:
        STRUCTURE @lab/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.stream(_RECORD, {})


def record_async() -> _abc.AsyncGenerator[Image, None]:
    """record

    Yields:
        STRUCTURE @lab/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.astream(_RECORD, {})


class ShowArgs(_rt.Arguments):
    """Arguments of `show`."""

    image: Image


_SHOW: _rt.Remote[None] = _rt.remote(
    app="lab",
    key="show",
    version="1",
    hash="5f340cc6ae05043a4b1470b9e51c168c60b1e44d10ad7cde6a4947d6b2b92d4e",
    ports='{"args":[{"identifier":"@lab/image","key":"image","kind":"STRUCTURE"}],"returns":[]}',
    arguments=ShowArgs,
    types={"@lab/image": Image},
    awaited="show_async",
)


def show(image: Image) -> None:
    """show

    Args:
        image: STRUCTURE @lab/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_SHOW, {"image": image})


async def show_async(image: Image) -> None:
    """show

    Args:
        image: STRUCTURE @lab/image

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_SHOW, {"image": image})
