"""Definitions that were fetched before, by their hash: what is known is not asked for again.

A server names a definition by a hash over the text of it. What is kept is that very text, so whether a file is what
its name says is a matter of hashing it, whoever wrote it. A hash that we cannot make ourselves out of the answer (a
server of another kind, or one that says anything) is not kept: it proves nothing, and the node is fetched every time.

The hash does not cover everything. Who provides it, its kind, flags, protocols and whether it has port groups come
with the listing, and are taken from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.fetch.shelf import Shelf
from rekuest_codegen.ir import Node, read_node
from rekuest_codegen.ir.canonical import hashed_text
from rekuest_codegen.shapes import is_array, is_object
from rekuest_codegen.wire.definitions import DECORATIONS, VALUES, hashed_by_contract_2

LISTED = ("kind", "stateful", "pure", "idempotent", "isDev")
"""What the listing says of a node beyond its hash, as it says it."""
AGREEING = ("key", "name", "version", "stateful")
"""What both the text and the listing say, and must say alike."""

NO_DESCRIPTION = "No description"
WITHOUT_DEPENDENCIES = ("SLIDER", "CHOICE", "STRING", "CUSTOM", "STATE_CHOICE", "PROXY")
"""Widgets that are not asked for any."""


class Definitions:
    """The user's cache of definitions. Nothing about it is ever an error."""

    def __init__(self, *, writable: bool = True) -> None:
        self._shelf = Shelf("definitions", writable=writable)

    def find(self, listed: Mapping[str, Any]) -> Node | None:
        """The node that a listing names, when its definition is known."""
        key = listed.get("hash")
        if not isinstance(key, str) or listed.get("portGroups") != []:
            return None
        text = self._shelf.take(key)
        if text is None or hashlib.sha256(text).hexdigest() != key:
            return None
        return _node(text, listed)

    def keep(self, node: Node, listed: Mapping[str, Any]) -> None:
        """Remember the definition of ``node``, if its hash can be proved and says all that the listing does not."""
        for text in _texts(node):
            if hashlib.sha256(text).hexdigest() == node.hash:
                if _node(text, listed) == node:
                    self._shelf.put(node.hash, text)
                return

    def tidy(self) -> None:
        """Keep the cache within its size."""
        self._shelf.tidy()


def _texts(node: Node) -> Iterator[bytes]:
    """The texts that servers are known to hash."""
    bare = node.model_copy(update={"description": None})
    for read, one in ((hashed_text, node), (hashed_by_contract_2, node), (hashed_by_contract_2, bare)):
        try:
            yield read(one).encode()
        except (ValueError, TypeError, RecursionError):
            continue  # it holds what has no such text; then nobody has hashed it


def _node(text: bytes, listed: Mapping[str, Any]) -> Node | None:
    try:
        raw = json.loads(text)
        if not is_object(raw) or any(field not in listed or raw.get(field) != listed[field] for field in AGREEING):
            return None
        app, protocols = listed.get("app"), listed.get("protocols")
        said = {field: listed[field] for field in LISTED if field in listed}
        named = [item.get("name") for item in protocols if is_object(item)] if is_array(protocols) else []
        said |= {"app": app.get("identifier") if is_object(app) else "", "hash": listed["hash"], "protocols": named}
        snake = {"is_dev": said.pop("isDev", False)}
        return read_node({**_as_listed(raw), **said, **snake})
    except (ValueError, TypeError, RecursionError, DefinitionError):
        return None


def _as_listed(raw: dict[str, Any]) -> dict[str, Any]:
    """What a server hashed, as it lists it: it says nothing of what a decoration leaves open, and contract 2 has words
    for no description."""
    sides = {side: _pruned(raw.get(side)) for side in ("args", "returns")}
    if "kind" in raw:
        return {**raw, **sides}
    return {**raw, "description": raw.get("description") or NO_DESCRIPTION, **sides}


def _pruned(ports: Any) -> Any:
    """Ports without the nulls in their decorations."""
    if not is_array(ports) or not all(is_object(port) for port in ports):
        return ports
    return [
        {
            name: _pruned(value) if name == "children" else _said(value) if name in DECORATIONS else value
            for name, value in port.items()
        }
        for port in ports
    ]


def _said(value: Any) -> Any:
    if is_array(value):
        return [_said(item) for item in value]
    if not is_object(value):
        return value
    kept = {name: item if name in VALUES else _said(item) for name, item in value.items() if item is not None}
    if kept.get("kind") in WITHOUT_DEPENDENCIES and "component" not in kept and not kept.get("dependencies"):
        kept.pop("dependencies", None)
    return kept
