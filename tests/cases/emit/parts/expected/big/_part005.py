"""Nodes of the app big."""

from rekuest_codegen import runtime as _rt

from ..types import Inner, Mode, Model0

__all__ = ["Node3Args", "anode_3", "node_3"]


class Node3Args(_rt.Arguments):
    """Arguments of `node_3`."""

    mode: Mode
    at: Model0


_NODE_3: _rt.Remote[int] = _rt.remote(
    app="big",
    key="node_3",
    version="1",
    hash="6ffd42786799a59b955c866fe7cffb17e2a2a62d68386ecaf1881b34e6f9370f",
    ports='{"args":[{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"},{"children":[{"children":[{"key":"n","kind":"INT"}],"identifier":"@lab/inner","key":"inner","kind":"MODEL"}],"identifier":"@lab/model_0","key":"at","kind":"MODEL"}],"returns":[{"key":"return0","kind":"INT"}]}',
    arguments=Node3Args,
    types={"@lab/inner": Inner, "@lab/mode": Mode, "@lab/model_0": Model0},
)


def node_3(mode: Mode, at: Model0) -> int:
    """node_3

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_0

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return _rt.call(_NODE_3, {"mode": mode, "at": at})


async def anode_3(mode: Mode, at: Model0) -> int:
    """node_3

    Args:
        mode: One of several choices.
        at: MODEL @lab/model_0

    Returns:
        An integer.

    Raises:
        ArgumentError: An argument does not fit; nothing was sent.
        NodeError: The node itself failed.
    """
    return await _rt.acall(_NODE_3, {"mode": mode, "at": at})
