"""From what an app declares to what is provided: definitions, read from their sources by the scanner."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import DefinitionError, Finding, Severity
from rekuest_codegen.runtime.provider.cells import Cells, cells_of, code_of, current, is_typed
from rekuest_codegen.runtime.provider.injection import TASK, Wanted, wanted_by
from rekuest_codegen.runtime.provider.parts import Held, Parts
from rekuest_codegen.runtime.provider.provided import Provided
from rekuest_codegen.runtime.provider.states import StateSchema
from rekuest_codegen.runtime.provider.terms import check_given, options_of, terms_of

if TYPE_CHECKING:
    from rekuest_codegen.scan import ScannedNode
    from rekuest_codegen.scan.result import ScannedState, ScanResult

__all__ = ["Provision", "interface_of", "not_provided", "provided_by", "provision", "terms_of"]


@dataclass(frozen=True, slots=True)
class Provision:
    """Everything of an app that a server is told about."""

    functions: tuple[Provided, ...]
    states: tuple[StateSchema, ...] = ()

    @property
    def owners(self) -> tuple[type[Any], ...]:
        """Classes of which there is to be an object, as functions are methods of theirs."""
        return tuple(dict.fromkeys(one.owner for one in self.functions if one.owner is not None))


def provided_by(app: str, functions: Sequence[Callable[..., Any]]) -> tuple[Provided, ...]:
    """`provision`, of functions alone."""
    return provision(app, Parts.of(functions)).functions


def provision(app: str, parts: Parts) -> Provision:
    """The definition of each function and state, with the classes their ports are bound to.

    Raises:
        DefinitionError: a source has an error, or a function or state cannot be found in its source.
        ConfigurationError: the project's ``pyproject.toml`` says what nobody understands.
    """
    from rekuest_codegen.scan import ScanOptions, scan_projects

    functions = current(parts.functions)
    cells = cells_of(functions)
    places = [cells.path if is_typed(function) else _path(function) for function in functions]
    paths = {path: str(function.__module__) for path, function in reversed([*zip(places, functions, strict=True)])}
    # States too are told about, wherever they are written.
    files = {held.cls: file for held in parts.states if (file := _file(held.cls)) is not None}
    paths = {**{file: cls.__module__ for cls, file in files.items()}, **paths}
    texts = {cells.path: cells.text} if cells.text else {}
    scanned = scan_projects(list(paths), ScanOptions(module_names=paths, texts=texts))
    errors = [cells.placed(finding) for finding in scanned.findings if finding.severity is Severity.ERROR]
    if errors:
        raise DefinitionError(errors)
    chosen = _chosen(app, functions, places, scanned, cells)
    # Together: what is given for an interface is a structure that some other function names.
    spaces = {str(function.__module__): inspect.unwrap(function).__globals__ for function in functions}
    bound = [*(found.types for found in _run(scanned, chosen)), *(found.types for found in scanned.states)]
    types = {name: dotted for each in bound for name, dotted in each.items()}
    classes = {identifier: _class(dotted, spaces) for identifier, dotted in types.items()}
    known = {held.cls.__name__: held.cls for held in (*parts.states, *parts.contexts)}
    provided: list[Provided] = []
    for function, found in zip(functions, chosen, strict=True):
        if found is None:
            code = code_of(function)
            text = f"{function.__qualname__} is registered, but its source shows no registration that can be read"
            errors.append(Finding("not-in-source", f"{code.co_filename}:{code.co_firstlineno}:1", text))
            continue
        try:
            provided.append(_provided(app, function, found, classes, parts, known))
        except DefinitionError as error:
            errors.extend(cells.placed(finding) for finding in error.findings)
    if errors:
        raise DefinitionError(errors)
    return Provision(tuple(provided), tuple(_state(held, scanned, files, cells, classes) for held in parts.states))


def _chosen(
    app: str, functions: Sequence[Callable[..., Any]], places: Sequence[Path], scanned: ScanResult, cells: Cells
) -> list[ScannedNode | None]:
    """What was read of each function; None where its source shows no registration of it."""
    chosen: list[ScannedNode | None] = []
    seen: Counter[tuple[Path, str, int]] = Counter()
    for path, function in zip(places, functions, strict=True):
        name = function.__qualname__
        nodes = [found for found in scanned.at(path, name) if found.node.app in ("", app)] or scanned.at(path, name)
        # Of several by one name (in branches, or one after the other), the one that was run.
        first = cells.line(code_of(function)) if path == cells.path else code_of(function).co_firstlineno
        line = min((found.line for found in nodes if found.line >= first), default=0)
        nodes = [found for found in nodes if found.line == line] or nodes
        # A function that is registered twice is in the list twice, and in its source in the same order.
        chosen.append(nodes[min(seen[path, name, line], len(nodes) - 1)] if nodes else None)
        seen[path, name, line] += 1
    return chosen


def _run(scanned: ScanResult, chosen: Sequence[ScannedNode | None]) -> list[ScannedNode]:
    """What was read, without what stands in a branch that was not run."""
    rivals = {(found.path, interface_of(found)) for found in scanned.alternatives}
    return [
        found
        for found in (*scanned.nodes, *scanned.alternatives)
        if (found.path, interface_of(found)) not in rivals or any(found is one for one in chosen)
    ]


def _provided(
    app: str,
    function: Callable[..., Any],
    found: ScannedNode,
    classes: Mapping[str, type[Any]],
    parts: Parts,
    known: Mapping[str, type[Any]],
) -> Provided:
    if (finding := not_provided(found)) is not None:
        raise DefinitionError([finding])
    asked = wanted_by(function, [name for name, what in found.injected.items() if what != "task"], known)
    wanted: dict[str, Wanted] = {name: asked.get(name, TASK) for name in found.injected}
    if (owner := _owner(function, found)) is not None:
        wanted[next(iter(inspect.signature(function).parameters))] = Wanted(owner)
    check_given(found, parts.options_of(function))
    options = options_of(function, found, wanted, (*parts.states, *parts.contexts), parts.states)
    node = found.node.model_copy(update={"app": app})
    return Provided(interface_of(found), node, function, classes, wanted, options, owner)


def _owner(function: Callable[..., Any], found: ScannedNode) -> type[Any] | None:
    """The class of a method that was registered inside of it: the agent has an object of that.

    Raises:
        DefinitionError: the class cannot be found.
    """
    plain = inspect.unwrap(function)
    if inspect.ismethod(function) or len(inspect.signature(function).parameters) == len(found.parameters):
        return None
    owner: Any = None
    path, _, _ = plain.__qualname__.rpartition(".")
    for part in path.split("."):
        owner = plain.__globals__.get(part) if owner is None else getattr(owner, part, None)
    if not isinstance(owner, type):
        text = f"{plain.__qualname__}: its class cannot be found when the code runs; register(object.method) instead"
        raise DefinitionError([Finding("unknown-class", f"{found.path}:{found.line}:1", text)])
    return owner


def _state(
    held: Held, scanned: ScanResult, files: Mapping[type[Any], Path], cells: Cells, classes: Mapping[str, type[Any]]
) -> StateSchema:
    file = files.get(held.cls, cells.path)
    found: ScannedState | None = next(
        (one for one in scanned.states if one.path == file and one.qualname == held.cls.__qualname__), None
    )
    if found is None:
        text = f"{held.cls.__qualname__} is declared a state, but its source shows no declaration that can be read"
        raise DefinitionError([Finding("not-in-source", f"{file}:1:1", text)])
    return StateSchema(held.name, held.cls, found.ports, classes)


def not_provided(found: ScannedNode) -> Finding | None:
    """Why an agent cannot provide a node that can be read, if it cannot."""
    for name, wanted in found.injected.items():
        if wanted.startswith("dependency:"):
            text = f"parameter {name} asks for {wanted}; call the node by its generated function instead"
            return Finding("not-injected", f"{found.path}:{found.line}:1", text)
    return None


def interface_of(found: ScannedNode) -> str:
    """The name by which the server asks for the function: what it was registered as, else its key."""
    return str(found.options.get("interface") or found.node.key)


def _path(function: Callable[..., Any]) -> Path:
    return Path(os.path.abspath(code_of(function).co_filename))


def _file(cls: type[Any]) -> Path | None:
    """The file a class is written in; None for one that was typed."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return Path(os.path.abspath(file)) if isinstance(file, str) and os.path.isfile(file) else None


def _class(dotted: str, spaces: Mapping[str, Mapping[str, Any]]) -> type[Any]:
    """The class at ``module:qualname``: where the functions of that module see it, else in the module itself."""
    module, _, qualname = dotted.partition(":")
    first, *rest = qualname.split(".")
    space = spaces.get(module, {})
    found: Any = space.get(first) or getattr(sys.modules.get(module) or importlib.import_module(module), first)
    for part in rest:
        found = getattr(found, part)
    cls: type[Any] = found
    return cls
