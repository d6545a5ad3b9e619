"""The whole package, decided: which nodes there are, what everything is called, what lies in which file.

Nothing here depends on the order nodes were listed in, and none is lost: of several definitions under one key the
newest takes the plain name, the others carry their version in theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rekuest_codegen.emit.isort import from_import
from rekuest_codegen.emit.layout import STEP
from rekuest_codegen.emit.modules import (
    FLAT,
    TYPES,
    LazyPackage,
    StubModule,
    TypeModule,
    exports,
    stub_modules,
    type_modules,
)
from rekuest_codegen.emit.options import EmitOptions, Layout
from rekuest_codegen.emit.ports import walk
from rekuest_codegen.emit.stubs import Names
from rekuest_codegen.emit.types import TypeTable, collect
from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.ir import Node, canonical_json, content_hash
from rekuest_codegen.ir.naming import (
    BUILTINS,
    CLASS,
    CONSTANT,
    DEVICES,
    FUNCTION,
    KEYWORDS,
    MODULE,
    SOFT_KEYWORDS,
    assign,
    camel,
    with_async,
    with_suffix,
)
from rekuest_codegen.ir.versions import version_order


@dataclass(frozen=True, slots=True)
class Ranked:
    """A node with its place among those of the same app and key: 0 is the newest. ``id`` names it uniquely."""

    id: str
    rank: int
    node: Node


@dataclass(frozen=True, slots=True)
class Shelf:
    """Nodes that share a module, what that is called and what it says of itself."""

    module: str
    about: str
    entries: Sequence[Ranked]


@dataclass(frozen=True, slots=True)
class Package:
    """Everything there is to print."""

    nodes: Sequence[Node]
    imports: str
    exports: str
    stubs: Sequence[StubModule]
    types: Sequence[TypeModule]
    lazy: Sequence[LazyPackage]


def plan(nodes: Sequence[Node], options: EmitOptions) -> Package:
    """Decide the package of ``nodes``.

    Raises:
        ConfigurationError: an option cannot be followed.
        DefinitionError: a node holds what cannot be written down.
    """
    ranked = rank(nodes)
    table = collect([(entry.rank, entry.node) for entry in ranked], options.structures, options.enums)
    shelves = shelve(ranked, options.layout)
    types, lazy_types = type_modules(table, options.module_size)
    stubs: list[StubModule] = []
    lazy = [lazy_types]
    for shelf in shelves:
        named = name_nodes(shelf.entries, table, options)
        made, package = stub_modules(shelf.module, shelf.about, named, table, options)
        stubs.extend(made)
        lazy.append(package)
    names = [*(shelf.module for shelf in shelves), *([TYPES] if types else [])]
    return Package(
        nodes=[entry.node for entry in ranked],
        imports=from_import(".", names, STEP) if names else "",
        exports=exports(names),
        stubs=stubs,
        types=types,
        lazy=[package for package in lazy if package is not None],
    )


def rank(nodes: Sequence[Node]) -> list[Ranked]:
    """Every distinct node once, newest first within its key, in an order of their own.

    Raises:
        DefinitionError: a node holds what cannot be written down.
    """
    findings = [finding for node in nodes if (finding := _unspeakable(node)) is not None]
    if findings:
        raise DefinitionError(findings)
    distinct = {f"{content_hash(node)} {node.hash}": node for node in nodes}
    by_key: dict[tuple[str, str], list[tuple[str, Node]]] = {}
    for id_ in sorted(distinct):
        node = distinct[id_]
        by_key.setdefault((node.app, node.key), []).append((id_, node))
    ranked: list[Ranked] = []
    for key in sorted(by_key):
        newest_first = sorted(by_key[key], key=lambda pair: _age(pair[1]), reverse=True)
        ranked.extend(Ranked(id_, place, node) for place, (id_, node) in enumerate(newest_first))
    return ranked


def shelve(ranked: Sequence[Ranked], layout: Layout) -> list[Shelf]:
    """Which module each node goes to: one an app, or one for all."""
    if layout == "flat":
        return [Shelf(FLAT, "Nodes of all apps.", ranked)] if ranked else []
    by_app: dict[str, list[Ranked]] = {}
    for entry in ranked:
        by_app.setdefault(entry.node.app, []).append(entry)
    modules = assign({app: [app] for app in by_app}, style=MODULE, reserved=KEYWORDS | DEVICES | {TYPES})
    return [
        Shelf(modules[app], f"Nodes of the app {app}." if app else "Nodes that name no app.", by_app[app])
        for app in sorted(by_app)
    ]


def name_nodes(entries: Sequence[Ranked], table: TypeTable, options: EmitOptions) -> list[tuple[Node, Names]]:
    """Name the nodes of one module."""
    family = with_suffix if options.async_naming == "suffix" else with_async
    used = {name for entry in entries for name in table.names(entry.node)}
    functions = assign(
        {entry.id: _wishes(entry, options.layout) for entry in entries},
        style=FUNCTION,
        reserved=KEYWORDS | SOFT_KEYWORDS | BUILTINS | used,
        family=family,
        rank={entry.id: min(entry.rank, 1) for entry in entries},
    )
    taken = {name for function in functions.values() for name in family(function)}
    wishes: dict[str, list[str]] = {}
    for entry in entries:
        function = functions[entry.id]
        wishes[f"{function} arguments"] = [f"{camel(function)}Args"]
        if len(entry.node.returns) > 1:
            wishes[f"{function} result"] = [f"{camel(function)}Result"]
    classes = assign(wishes, style=CLASS, reserved=KEYWORDS | BUILTINS | used | taken)
    constants = assign({name: [name] for name in functions.values()}, style=CONSTANT)
    return [
        (
            entry.node,
            Names(
                function=(function := functions[entry.id]),
                awaited=family(function)[1],
                arguments=classes[f"{function} arguments"],
                result=classes.get(f"{function} result", ""),
                constant=f"_{constants[function]}",
            ),
        )
        for entry in entries
    ]


def _unspeakable(node: Node) -> Finding | None:
    """Numbers that JSON has no form for; a stub carries its ports as JSON."""
    for port in walk((*node.args, *node.returns)):
        try:
            canonical_json([port.default, [choice.value for choice in port.choices]])
        except ValueError as error:
            return Finding("not-json", f"{node.title}: {port.key}", str(error))
    return None


def _wishes(entry: Ranked, layout: Layout) -> list[str]:
    """The key; where apps share a module, with the app before it if another node has that key."""
    key = entry.node.key if entry.rank == 0 else f"{entry.node.key}_v{entry.node.version}"
    return [key, f"{entry.node.app}_{key}"] if layout == "flat" and entry.node.app else [key]


def _age(node: Node) -> tuple[list[tuple[int, int, str]], str, str]:
    """Sorts nodes from old to new: by version, numbers as numbers, then by what at least is always the same."""
    return version_order(node.version), node.hash, content_hash(node)
