"""The whole package, decided: which nodes there are, what everything is called, what lies in which file.

Nothing here depends on the order nodes were listed in, and none is lost: of several definitions under one key the
newest takes the plain name, the others carry their version in theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rekuest_codegen.emit.isort import from_import
from rekuest_codegen.emit.layout import STEP
from rekuest_codegen.emit.modules import (
    FLAT,
    TYPES,
    USING,
    LazyPackage,
    StubModule,
    TypeModule,
    exports,
    stub_modules,
    type_modules,
)
from rekuest_codegen.emit.options import EmitOptions, Layout
from rekuest_codegen.emit.patterns import Patterns
from rekuest_codegen.emit.ports import quoted
from rekuest_codegen.emit.stubs import Entry, Names
from rekuest_codegen.emit.types import TypeTable, collect
from rekuest_codegen.ir.naming import (
    BUILTINS,
    CLASS,
    CONSTANT,
    DEVICES,
    FOUND,
    FUNCTION,
    HOOKS,
    KEYWORDS,
    MODULE,
    SOFT_KEYWORDS,
    assign,
    camel,
    digest,
    with_async,
    with_suffix,
)
from rekuest_codegen.ir.records import NodeRecord, records
from rekuest_codegen.ir.versions import version_order

if TYPE_CHECKING:
    from rekuest_codegen.ir import Node

_NO_MODULES = KEYWORDS | DEVICES | FOUND | HOOKS | {TYPES, USING}
_NO_FUNCTIONS = KEYWORDS | SOFT_KEYWORDS | BUILTINS | HOOKS


class Shelf(NamedTuple):
    """Nodes that share a module, what that is called and what it says of itself."""

    module: str
    about: str
    entries: Sequence[Entry]


class Package(NamedTuple):
    """Everything there is to print."""

    nodes: Sequence[NodeRecord]
    imports: str
    exports: str
    stubs: Sequence[StubModule]
    types: Sequence[TypeModule]
    lazy: Sequence[LazyPackage]


def plan(nodes: Sequence[Node | NodeRecord], options: EmitOptions) -> Package:
    """Decide the package of ``nodes``.

    Raises:
        ConfigurationError: an option cannot be followed.
        DefinitionError: a node holds what cannot be written down.
    """
    ranked = rank(records(nodes))
    table = collect([(entry.rank, entry.node) for entry in ranked], options.structures, options.enums)
    patterns = Patterns(table)
    shelves = shelve(ranked, options.layout)
    types, lazy_types = type_modules(table, options.module_size)
    stubs: list[StubModule] = []
    lazy = [lazy_types]
    for shelf in shelves:
        named = name_nodes(shelf.entries, table, options)
        made, package = stub_modules(shelf.module, shelf.about, named, patterns, options)
        stubs.extend(made)
        lazy.append(package)
    modules = [*(shelf.module for shelf in shelves), *([TYPES] if types else [])]
    return Package(
        nodes=[entry.node for entry in ranked],
        imports=from_import(".", modules, STEP) if modules else "",
        exports=exports([*modules, USING]),
        stubs=stubs,
        types=types,
        lazy=[package for package in lazy if package is not None],
    )


def rank(nodes: Sequence[NodeRecord]) -> list[Entry]:
    """Every distinct node once, newest first within its key, in an order of their own."""
    by_key: dict[tuple[str, str], list[NodeRecord]] = {}
    for node in {node.text: node for node in nodes}.values():
        by_key.setdefault((node.app, node.key), []).append(node)
    ranked: list[Entry] = []
    for key in sorted(by_key):
        newest_first = by_key[key]
        if len(newest_first) > 1:
            newest_first = sorted(newest_first, key=_age, reverse=True)
        versions = Counter(node.version for node in newest_first)
        for place, node in enumerate(newest_first):
            id_ = f"{quoted(node.app)} {quoted(node.key)} {quoted(node.version)}"
            if versions[node.version] > 1:
                id_ += f" {digest(node.text, 64)}"
            ranked.append(Entry(id_, place, node))
    return ranked


def shelve(ranked: Sequence[Entry], layout: Layout) -> list[Shelf]:
    """Which module each node goes to: one an app, or one for all."""
    if layout == "flat":
        return [Shelf(FLAT, "Nodes of all apps.", ranked)] if ranked else []
    by_app: dict[str, list[Entry]] = {}
    for entry in ranked:
        by_app.setdefault(entry.node.app, []).append(entry)
    modules = assign({app: [app] for app in by_app}, style=MODULE, reserved=_NO_MODULES)
    return [
        Shelf(modules[app], f"Nodes of the app {app}." if app else "Nodes that name no app.", by_app[app])
        for app in sorted(by_app)
    ]


def name_nodes(entries: Sequence[Entry], table: TypeTable, options: EmitOptions) -> list[tuple[Entry, Names]]:
    """Name the nodes of one module."""
    family = with_suffix if options.async_naming == "suffix" else with_async
    outlines = {entry.node.outline for entry in entries}
    used = {name for outline in outlines for name in table.bindings(outline).classes.values()}
    functions = assign(
        {entry.id: _wishes(entry, options.layout) for entry in entries},
        style=FUNCTION,
        reserved=_NO_FUNCTIONS | used,
        family=family,
        rank={entry.id: min(entry.rank, 1) for entry in entries},
    )
    taken = {name for function in functions.values() for name in family(function)}
    wishes: dict[str, list[str]] = {}
    for entry in entries:
        function = functions[entry.id]
        wishes[f"{function} arguments"] = [f"{camel(function)}Args"]
        if len(entry.node.outline.returns) > 1:
            wishes[f"{function} result"] = [f"{camel(function)}Result"]
    classes = assign(wishes, style=CLASS, reserved=KEYWORDS | BUILTINS | used | taken)
    constants = assign({name: [name.upper()] for name in functions.values()}, style=CONSTANT)
    return [
        (
            entry,
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


def _wishes(entry: Entry, layout: Layout) -> list[str]:
    """The key; where apps share a module, with the app before it if another node has that key."""
    key = entry.node.key if entry.rank == 0 else f"{entry.node.key}_v{entry.node.version}"
    return [key, f"{entry.node.app}_{key}"] if layout == "flat" and entry.node.app else [key]


def _age(node: NodeRecord) -> tuple[list[tuple[int, int, str]], str, str]:
    """Sorts nodes from old to new: by version, numbers as numbers, then by what at least is always the same."""
    return version_order(node.version), node.hash, node.text
