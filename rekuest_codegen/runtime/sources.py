"""From registered functions to what is provided: their definitions, read from their sources by the scanner."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import DefinitionError, Finding, Severity
from rekuest_codegen.runtime.cells import cells_of, code_of, current, is_typed
from rekuest_codegen.runtime.provided import Provided

if TYPE_CHECKING:
    from rekuest_codegen.scan import ScannedNode


def provided_by(app: str, functions: Sequence[Callable[..., Any]]) -> tuple[Provided, ...]:
    """The definition of each function, with the classes its ports are bound to.

    Raises:
        DefinitionError: a source has an error, or a function cannot be found in its source.
        ConfigurationError: the project's ``pyproject.toml`` says what nobody understands.
    """
    from rekuest_codegen.scan import ScanOptions, scan_projects

    functions = current(functions)
    cells = cells_of(functions)
    places = [cells.path if is_typed(function) else _path(function) for function in functions]
    paths = {path: str(function.__module__) for path, function in reversed([*zip(places, functions, strict=True)])}
    texts = {cells.path: cells.text} if cells.text else {}
    scanned = scan_projects(list(paths), ScanOptions(module_names=paths, texts=texts))
    errors = [cells.placed(finding) for finding in scanned.findings if finding.severity is Severity.ERROR]
    if errors:
        raise DefinitionError(errors)
    # Together: what is given for an interface is a structure that some other function names.
    spaces = {str(function.__module__): inspect.unwrap(function).__globals__ for function in functions}
    types = {name: dotted for found in scanned.nodes for name, dotted in found.types.items()}
    classes = {identifier: _class(dotted, spaces) for identifier, dotted in types.items()}
    provided: list[Provided] = []
    seen: Counter[tuple[Path, str]] = Counter()
    for path, function in zip(places, functions, strict=True):
        name = function.__qualname__
        nodes = [found for found in scanned.at(path, name) if found.node.app in ("", app)] or scanned.at(path, name)
        # A function that is registered twice is in the list twice, and in its source in the same order.
        found = nodes[min(seen[path, name], len(nodes) - 1)] if nodes else None
        seen[path, name] += 1
        if found is None:
            code = code_of(function)
            text = f"{name} is registered, but its source shows no registration that can be read"
            errors.append(Finding("not-in-source", f"{code.co_filename}:{code.co_firstlineno}:1", text))
        elif (finding := not_provided(found)) is not None:
            errors.append(cells.placed(finding))
        else:
            node = found.node.model_copy(update={"app": app})
            provided.append(Provided(interface_of(found), node, function, classes))
    if errors:
        raise DefinitionError(errors)
    return tuple(provided)


def not_provided(found: ScannedNode) -> Finding | None:
    """Why an agent cannot provide a node that can be read, if it cannot."""
    if not found.injected:
        return None
    name, wanted = next(iter(found.injected.items()))
    text = f"parameter {name} asks for {wanted} to be handed in, which agents do not do yet"
    return Finding("not-injected", f"{found.path}:{found.line}:1", text)


def interface_of(found: ScannedNode) -> str:
    """The name by which the server asks for the function: what it was registered as, else its key."""
    return str(found.options.get("interface") or found.node.key)


def _path(function: Callable[..., Any]) -> Path:
    return Path(os.path.abspath(code_of(function).co_filename))


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
