"""What a scan is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct

from rekuest_codegen.errors import Finding, Severity
from rekuest_codegen.ir import Node, Port


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """How to scan.

    ``structures`` maps a class's dotted name to the identifier it travels under, ``models`` to its identifier or None
    for the derived one; ``memory_structures`` are the dotted names of classes an agent keeps to itself.
    ``all_functions`` makes a node of every public function of the scanned modules, registered or not.
    ``module_names`` gives the name under which the running process knows a scanned path (``__main__``); it changes
    where ``types`` point to and never an identifier. ``search_path`` is where imported modules are looked for besides
    the importing package itself; None means the path of this interpreter. ``texts`` are sources that are in no file,
    such as the cells of a notebook, by the paths under which they are scanned.
    """

    structures: Mapping[str, str] = field(default_factory=dict[str, str])
    models: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    memory_structures: frozenset[str] = frozenset()
    all_functions: bool = False
    module_names: Mapping[Path, str] = field(default_factory=dict[Path, str])
    search_path: tuple[Path, ...] | None = None
    texts: Mapping[Path, str] = field(default_factory=dict[Path, str])


class ParameterKind(StrEnum):
    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional-or-keyword"
    VARIADIC = "*args"
    KEYWORD_ONLY = "keyword-only"
    VARIADIC_KEYWORDS = "**kwargs"


class Parameter(Struct, frozen=True):
    """How one parameter of the function is passed, injected ones included.

    ``has_default`` says that leaving it out is allowed; ``nullable`` that its type takes None, so that a null for a
    parameter with a default that is not nullable means "leave it out".
    """

    name: str
    kind: ParameterKind
    has_default: bool
    nullable: bool


class ScannedNode(Struct, frozen=True, kw_only=True):
    """A node, and what an agent needs to run the function it was read from.

    ``types`` binds the identifiers of its ENUM, MODEL, STRUCTURE, MEMORY_STRUCTURE and INTERFACE ports to
    ``module:qualname`` of a class; ``injected`` names the parameters that are no ports and what is handed in for
    each. ``options`` are the options of the registration that could be read. ``locks`` are those it names and those of
    what it is handed, ``manipulates`` the names of the states it is handed to change.
    """

    node: Node
    module: str
    qualname: str
    path: Path
    line: int
    types: Mapping[str, str]
    injected: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    is_async: bool
    is_generator: bool
    options: Mapping[str, Any]
    locks: tuple[str, ...] = ()
    manipulates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedState:
    """A class declared as a state: what of it can be observed, as ports. ``types`` as for a node.

    ``name`` is its name at the agent, ``app`` that of its app: empty when it is of none, or cannot be read.
    """

    name: str
    app: str
    qualname: str
    path: Path
    line: int
    ports: tuple[Port, ...]
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """``alternatives`` are run in place of one of the ``nodes``, in a branch that excludes it."""

    nodes: tuple[ScannedNode, ...]
    findings: tuple[Finding, ...]
    states: tuple[ScannedState, ...] = ()
    alternatives: tuple[ScannedNode, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def at(self, path: Path, qualname: str) -> tuple[ScannedNode, ...]:
        """The nodes made of the function ``qualname`` in ``path``; several when it is registered more than once."""
        path = path.absolute()
        every = sorted((*self.nodes, *self.alternatives), key=lambda found: found.line)
        return tuple(found for found in every if found.path == path and found.qualname == qualname)
