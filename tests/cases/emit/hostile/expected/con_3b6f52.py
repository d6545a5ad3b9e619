"""Nodes of the app Con."""

from rekuest_codegen import runtime as _rt

__all__ = ["AddArgs", "aadd", "add"]


class AddArgs(_rt.Arguments):
    """Arguments of `add`."""


_ADD: _rt.Remote[None] = _rt.remote(
    app="Con",
    key="add",
    version="1",
    hash="e1a96c54abd4064d1fccc854ee30839bf2b0a0a2a13fba62dc8f53af0d71279d",
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
