"""Nodes of the app big."""

from rekuest_codegen import runtime as _rt

from ..types import Inner, Mode, Model1

__all__ = ["Node1Args", "anode_1", "node_1"]


class Node1Args(_rt.Arguments):
    """Arguments of `node_1`."""

    mode: Mode
    at: Model1


_NODE_1: _rt.Remote[int] = _rt.remote(
    app="big",
    key="node_1",
    version="1",
    hash="8bbd92bfa7c17abf75675b977ab99e1b16f307c7fb255505719ac8e541a22726",
    ports='{"args":[{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"},{"children":[{"children":[{"key":"n","kind":"INT"}],"identifier":"@lab/inner","key":"inner","kind":"MODEL"}],"identifier":"@lab/model_1","key":"at","kind":"MODEL"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=Node1Args,
    types={"@lab/inner": Inner, "@lab/mode": Mode, "@lab/model_1": Model1},
)


def node_1(mode: Mode, at: Model1) -> int:
    """node_1

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_1

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_NODE_1, {"mode": mode, "at": at})


async def anode_1(mode: Mode, at: Model1) -> int:
    """node_1

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_1

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_NODE_1, {"mode": mode, "at": at})
