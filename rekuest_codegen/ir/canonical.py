"""One text for one definition: canonical JSON and the hashes taken over it.

What decorates a port has all its fields there, whoever read it: the scanner writes them out, and on the wire those that
say nothing are left out. So a definition has one hash, in a scan, at a server and in a manifest.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.ir.nodes import Node
    from rekuest_codegen.ir.ports import Port

ARG_FIELDS = frozenset(
    [
        "key",
        "label",
        "kind",
        "description",
        "identifier",
        "nullable",
        "effects",
        "choices",
        "reference_unit",
        "proposed_units",
        "dimension",
        "children",
        "validators",
        "default",
        "widget",
        "requires",
    ]
)
RETURN_FIELDS = frozenset(
    [
        "key",
        "label",
        "kind",
        "description",
        "identifier",
        "nullable",
        "effects",
        "choices",
        "reference_unit",
        "proposed_units",
        "dimension",
        "children",
        "widget",
        "provides",
    ]
)
DECORATIONS = ("effects", "validators", "widget")
NULL_WHEN_EMPTY = ("children", "choices", "proposed_units", "requires", "provides")
HASHED = [
    "description",
    "args",
    "returns",
    "stateful",
    "is_test_for",
    "collections",
    "name",
    "key",
    "version",
    "kind",
    "port_groups",
]
PROVENANCE = frozenset({"app", "hash"})


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and ASCII only: equal data gives equal text, whatever wrote it."""
    return _encode(value)


def definition(node: Node) -> dict[str, Any]:
    """The wire form of ``node``: every field of the contract, snake case, without provenance."""
    full = node.model_dump(mode="json", exclude={*PROVENANCE, "args", "returns"})
    full["args"] = [_port(port, ARG_FIELDS) for port in node.args]
    full["returns"] = [_port(port, RETURN_FIELDS) for port in node.returns]
    if any(group.effects for group in node.port_groups):
        from rekuest_codegen.ir.decorations import whole

        for group in full["port_groups"]:
            group["effects"] = whole("effects", group["effects"])
    return full


def definition_hash(node: Node) -> str:
    """The hash by which the newest generation names a definition.

    Source: arkitekt-spec 3.19; sha256 over ``json.dumps(fields, sort_keys=True)`` with None fields included.
    """
    return hashlib.sha256(hashed_text(node).encode()).hexdigest()


def hashed_text(node: Node) -> str:
    """The text that `definition_hash` is taken over."""
    full = definition(node)
    return json.dumps({field: full[field] for field in HASHED}, sort_keys=True)


def content_hash(node: Node) -> str:
    """A hash over everything that is generated from ``node``, provenance's app included."""
    return hashlib.sha256(canonical_json({"app": node.app, **definition(node)}).encode()).hexdigest()


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def _port(port: Port, fields: frozenset[str]) -> dict[str, Any]:
    plain = port.model_dump(mode="json", include=set(fields - {"children"}))
    plain["children"] = [_port(child, fields) for child in port.children]
    if decorated := [field for field in DECORATIONS if plain.get(field)]:
        from rekuest_codegen.ir.decorations import whole  # most ports have none, and need no msgspec

        side = "returns" if fields is RETURN_FIELDS else "args"
        for field in decorated:
            plain[field] = whole(field, plain[field], side=side)
    for field in NULL_WHEN_EMPTY:
        if field in plain and not plain[field]:
            plain[field] = None
    return plain
