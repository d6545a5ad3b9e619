"""A node on one line, for people: what it takes and what it gives."""

from __future__ import annotations

import json
from typing import Any

from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.ir.ports import Port

WRAPPED = ("LIST", "DICT", "UNION")
MAX_DEFAULT = 30


def spelled(port: Port, *, null: bool = True) -> str:
    """The kind of a port in one word: ``LIST[INT]``, ``STRUCTURE @lab/image``, ``FLOAT?`` where null is allowed.

    ``null=False`` leaves the question mark out.
    """
    kind = port.kind.value
    if kind in WRAPPED:
        text = f"{kind}[{' | '.join(spelled(child, null=null) for child in port.children)}]"
    else:
        says = port.identifier or port.reference_unit
        text = f"{kind} {says}" if says else kind
    return f"{text}?" if null and port.nullable else text


def signature(node: Node) -> str:
    """The ports of a node: ``(image: STRUCTURE @lab/image, level: FLOAT? = 0.5) -> INT``."""
    arguments = ", ".join(
        f"{port.key}: {spelled(port)}" + (f" = {_short(port.default)}" if port.default is not None else "")
        for port in node.args
    )
    returns = [spelled(port) for port in node.returns]
    given = returns[0] if len(returns) == 1 else f"({', '.join(returns)})"
    return f"({arguments}) -> {given if returns else 'nothing'}"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= MAX_DEFAULT else f"{text[: MAX_DEFAULT - 3]}..."
