"""What a node is. Pure data: ports, nodes, their check, canonical JSON and hashes, and the naming of things."""

from rekuest_codegen.ir.canonical import canonical_json, content_hash, definition, definition_hash
from rekuest_codegen.ir.check import check_node, default_problem, read_node
from rekuest_codegen.ir.nodes import Node, NodeKind, PortGroup, TestTarget
from rekuest_codegen.ir.ports import (
    MAX_DEPTH,
    Choice,
    Descriptor,
    Effect,
    Port,
    PortKind,
    Validator,
    Widget,
)

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
