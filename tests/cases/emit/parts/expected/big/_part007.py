"""Nodes of the app big."""

from rekuest_codegen import runtime as _rt

from ..types import Inner, Mode, Model2

__all__ = ["Node2Args", "anode_2", "node_2"]


class Node2Args(_rt.Arguments):
    """Arguments of `node_2`."""

    mode: Mode
    at: Model2


_NODE_2: _rt.Remote[int] = _rt.remote(
    app="big",
    key="node_2",
    version="1",
    hash="04b3164dcb0a666eda1186cc8ae4f9c16e2a789f7b71486c25b8711a99afcb61",
    ports='{"args":[{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"},{"children":[{"children":[{"key":"n","kind":"INT"}],"identifier":"@lab/inner","key":"inner","kind":"MODEL"}],"identifier":"@lab/model_2","key":"at","kind":"MODEL"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=Node2Args,
    types={"@lab/inner": Inner, "@lab/mode": Mode, "@lab/model_2": Model2},
)


def node_2(mode: Mode, at: Model2) -> int:
    """node_2

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_2

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_NODE_2, {"mode": mode, "at": at})


async def anode_2(mode: Mode, at: Model2) -> int:
    """node_2

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_2

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_NODE_2, {"mode": mode, "at": at})
