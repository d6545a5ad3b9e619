"""What a node is. Pure data: ports, nodes, their check, canonical JSON and hashes, and the naming of things.

Names are loaded at first use: who only calls needs ports, and pays for no check and no hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.ir.canonical import canonical_json, content_hash, definition, definition_hash
    from rekuest_codegen.ir.check import check_node, default_problem
    from rekuest_codegen.ir.kinds import MAX_DEPTH, NodeKind, PortKind
    from rekuest_codegen.ir.nodes import Node, PortGroup, TestTarget
    from rekuest_codegen.ir.ports import (
        Choice,
        Descriptor,
        Effect,
        Port,
        Validator,
        Widget,
    )
    from rekuest_codegen.ir.reading import read_node

_PLACES = {
    "MAX_DEPTH": "kinds",
    "Choice": "ports",
    "Descriptor": "ports",
    "Effect": "ports",
    "Node": "nodes",
    "NodeKind": "kinds",
    "Port": "ports",
    "PortGroup": "nodes",
    "PortKind": "kinds",
    "TestTarget": "nodes",
    "Validator": "ports",
    "Widget": "ports",
    "canonical_json": "canonical",
    "check_node": "check",
    "content_hash": "canonical",
    "default_problem": "check",
    "definition": "canonical",
    "definition_hash": "canonical",
    "read_node": "reading",
}

__all__ = [
    "MAX_DEPTH",
    "Choice",
    "Descriptor",
    "Effect",
    "Node",
    "NodeKind",
    "Port",
    "PortGroup",
    "PortKind",
    "TestTarget",
    "Validator",
    "Widget",
    "canonical_json",
    "check_node",
    "content_hash",
    "default_problem",
    "definition",
    "definition_hash",
    "read_node",
]


__getattr__ = lazy(__name__, _PLACES)
