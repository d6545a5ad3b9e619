"""Typed Python for remote nodes: pull typed stubs from a rekuest server, provide annotated functions to one.

Importing this package loads nothing but itself; every name below is loaded at first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.runtime.context import connect, options
    from rekuest_codegen.runtime.declare import (
        Description,
        Slider,
        Unit,
        interface,
        memory_structure,
        model,
        structure,
    )
    from rekuest_codegen.runtime.register import App, easy, register
    from rekuest_codegen.runtime.types import MemoryReference, Quantity, Reference

__version__ = "0.1.0"

_PLACES = {
    "App": "register",
    "Description": "declare",
    "MemoryReference": "types",
    "Quantity": "types",
    "Reference": "types",
    "Slider": "declare",
    "Unit": "declare",
    "connect": "context",
    "easy": "register",
    "interface": "declare",
    "memory_structure": "declare",
    "model": "declare",
    "options": "context",
    "register": "register",
    "structure": "declare",
}

__all__ = [
    "App",
    "Description",
    "MemoryReference",
    "Quantity",
    "Reference",
    "Slider",
    "Unit",
    "connect",
    "easy",
    "interface",
    "memory_structure",
    "model",
    "options",
    "register",
    "structure",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"rekuest_codegen.runtime.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
