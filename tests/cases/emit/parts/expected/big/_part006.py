"""Nodes of the app big."""

from rekuest_codegen import runtime as _rt

from ..types import Inner, Mode, Model1

__all__ = ["Node4Args", "anode_4", "node_4"]


class Node4Args(_rt.Arguments):
    """Arguments of `node_4`."""

    mode: Mode
    at: Model1


_NODE_4: _rt.Remote[int] = _rt.remote(
    app="big",
    key="node_4",
    version="1",
    hash="656a3d53843e30ceddba7ef3e140fd94ba159fd433cee79022b7ad1d2e975854",
    ports='{"args":[{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"},{"children":[{"children":[{"key":"n","kind":"INT"}],"identifier":"@lab/inner","key":"inner","kind":"MODEL"}],"identifier":"@lab/model_1","key":"at","kind":"MODEL"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=Node4Args,
    types={"@lab/inner": Inner, "@lab/mode": Mode, "@lab/model_1": Model1},
)


def node_4(mode: Mode, at: Model1) -> int:
    """node_4

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_1

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_NODE_4, {"mode": mode, "at": at})


async def anode_4(mode: Mode, at: Model1) -> int:
    """node_4

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_1

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_NODE_4, {"mode": mode, "at": at})
