"""Nodes of the app big."""

from rekuest_codegen import runtime as _rt

from ..types import Inner, Mode, Model0

__all__ = ["Node0Args", "anode_0", "node_0"]


class Node0Args(_rt.Arguments):
    """Arguments of `node_0`."""

    mode: Mode
    at: Model0


_NODE_0: _rt.Remote[int] = _rt.remote(
    app="big",
    key="node_0",
    version="1",
    hash="a1821d2f2be11efdca8c0bb0c4972e47e283a47b6cd4ab416e41d8d765340e92",
    ports='{"args":[{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"},{"children":[{"children":[{"key":"n","kind":"INT"}],"identifier":"@lab/inner","key":"inner","kind":"MODEL"}],"identifier":"@lab/model_0","key":"at","kind":"MODEL"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=Node0Args,
    types={"@lab/inner": Inner, "@lab/mode": Mode, "@lab/model_0": Model0},
)


def node_0(mode: Mode, at: Model0) -> int:
    """node_0

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_0

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_NODE_0, {"mode": mode, "at": at})


async def anode_0(mode: Mode, at: Model0) -> int:
    """node_0

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_0

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_NODE_0, {"mode": mode, "at": at})
