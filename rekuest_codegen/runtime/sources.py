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

    paths: dict[Path, str] = {}
    for function in functions:
        paths.setdefault(_path(function), str(function.__module__))
    scanned = scan_projects(list(paths), ScanOptions(module_names=paths))
    errors = [finding for finding in scanned.findings if finding.severity is Severity.ERROR]
    if errors:
        raise DefinitionError(errors)
    # Together: what is given for an interface is a structure that some other function names.
    classes = _classes({name: dotted for found in scanned.nodes for name, dotted in found.types.items()})
    provided: list[Provided] = []
    seen: Counter[tuple[Path, str]] = Counter()
    for function in functions:
        path, name = _path(function), function.__qualname__
        places = [found for found in scanned.at(path, name) if found.node.app in ("", app)] or scanned.at(path, name)
        # A function that is registered twice is in the list twice, and in its source in the same order.
        found = places[min(seen[path, name], len(places) - 1)] if places else None
        seen[path, name] += 1
        if found is not None and found.injected:
            name, wanted = next(iter(found.injected.items()))
            text = f"parameter {name} asks for {wanted} to be handed in, which agents do not do yet"
            errors.append(Finding("not-injected", f"{path}:{found.line}", text))
        elif found is None:
            place = f"{path}:{_code(function).co_firstlineno}"
            text = f"{name} is registered, but its source shows no registration that can be read"
            errors.append(Finding("not-in-source", place, text))
        else:
            node = found.node.model_copy(update={"app": app})
            provided.append(Provided(interface_of(found), node, function, classes))
    if errors:
        raise DefinitionError(errors)
    return tuple(provided)


def interface_of(found: ScannedNode) -> str:
    """The name by which the server asks for the function: what it was registered as, else its key."""
    return str(found.options.get("interface") or found.node.key)


def _path(function: Callable[..., Any]) -> Path:
    return Path(os.path.abspath(_code(function).co_filename))


def _code(function: Callable[..., Any]) -> Any:
    return inspect.unwrap(function).__code__


def _classes(types: Mapping[str, str]) -> dict[str, type[Any]]:
    return {identifier: _class(dotted) for identifier, dotted in types.items()}


def _class(dotted: str) -> type[Any]:
    """The class at ``module:qualname``, in a module the provider has imported."""
    name, _, qualname = dotted.partition(":")
    found: Any = sys.modules.get(name) or importlib.import_module(name)
    for part in qualname.split("."):
        found = getattr(found, part)
    cls: type[Any] = found
    return cls
