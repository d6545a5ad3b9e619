"""Nodes: the documented contract of a remote function."""

from __future__ import annotations

from rekuest_codegen.ir.kinds import NodeKind as NodeKind
from rekuest_codegen.ir.ports import Effect, Flag, Frozen, Many, Port


class PortGroup(Frozen):
    key: str
    title: str | None = None
    description: str | None = None
    effects: Many[Effect] = ()
    ports: Many[str] = ()


class TestTarget(Frozen):
    """The node a node is a test for: by ``hash``, or by ``app``, ``key`` and ``version``."""

    __test__ = False  # pytest: not a test class

    hash: str | None = None
    app: str | None = None
    key: str | None = None
    version: str | None = None


class Node(Frozen):
    """One node. ``app`` and ``hash`` say where it was read; they are no part of the definition."""

    key: str
    kind: NodeKind = NodeKind.FUNCTION
    name: str = ""
    version: str = "1"
    description: str | None = None
    args: Many[Port] = ()
    returns: Many[Port] = ()
    port_groups: Many[PortGroup] = ()
    collections: Many[str] = ()
    is_test_for: Many[TestTarget] = ()
    stateful: Flag = False
    pure: Flag = False
    idempotent: Flag = False
    is_dev: Flag = False
    allow_probe: Flag = False
    catalogs: Many[str] = ()
    protocols: Many[str] = ()
    app: str = ""
    hash: str = ""

    @property
    def title(self) -> str:
        """``app/key``, as messages name a node."""
        return f"{self.app}/{self.key}" if self.app else self.key
