"""Nodes of the app ../../ETC."""

from rekuest_codegen import runtime as _rt

__all__ = [
    "AddArgs",
    "AddV10Args",
    "AddV1Args",
    "AddV2Args",
    "aadd",
    "aadd_v1",
    "aadd_v10",
    "aadd_v2",
    "add",
    "add_v1",
    "add_v10",
    "add_v2",
]


class AddArgs(_rt.Arguments):
    """Arguments of `add`."""


_ADD: _rt.Remote[None] = _rt.remote(
    app="../../ETC",
    key="add",
    version="10",
    hash="d",
    ports='{"args":[],"returns":[]}',
    arguments=AddArgs,
    types={},
)


def add() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD, {})


async def aadd() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD, {})


class AddV1Args(_rt.Arguments):
    """Arguments of `add_v1`."""


_ADD_V1: _rt.Remote[None] = _rt.remote(
    app="../../ETC",
    key="add",
    version="1",
    hash="a",
    ports='{"args":[],"returns":[]}',
    arguments=AddV1Args,
    types={},
    awaited="aadd_v1",
)


def add_v1() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_V1, {})


async def aadd_v1() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_V1, {})


class AddV10Args(_rt.Arguments):
    """Arguments of `add_v10`."""


_ADD_V10: _rt.Remote[None] = _rt.remote(
    app="../../ETC",
    key="add",
    version="10",
    hash="c",
    ports='{"args":[],"returns":[]}',
    arguments=AddV10Args,
    types={},
    awaited="aadd_v10",
)


def add_v10() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_V10, {})


async def aadd_v10() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_V10, {})


class AddV2Args(_rt.Arguments):
    """Arguments of `add_v2`."""


_ADD_V2: _rt.Remote[None] = _rt.remote(
    app="../../ETC",
    key="add",
    version="2",
    hash="b",
    ports='{"args":[],"returns":[]}',
    arguments=AddV2Args,
    types={},
    awaited="aadd_v2",
)


def add_v2() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    _rt.call(_ADD_V2, {})


async def aadd_v2() -> None:
    """add

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    await _rt.acall(_ADD_V2, {})
