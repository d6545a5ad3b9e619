"""Typed Python for remote nodes: pull typed stubs from a rekuest server, provide annotated functions to one.

Importing this package loads nothing but itself; every name below is loaded at first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import client_credentials, device_flow
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
    from rekuest_codegen.runtime.effects import Effects
    from rekuest_codegen.runtime.handles import TaskHandle
    from rekuest_codegen.runtime.injection import ReadOnly
    from rekuest_codegen.runtime.mapping import amap, asweep, map, sweep
    from rekuest_codegen.runtime.objects import File, lazily, use_store
    from rekuest_codegen.runtime.register import (
        App,
        background,
        easy,
        register,
        service,
        shutdown,
        startup,
        state,
    )
    from rekuest_codegen.runtime.submitting import aattach, asubmit, attach, submit
    from rekuest_codegen.runtime.task import (
        Task,
        abreakpoint,
        breakpoint,
        check_cancelled,
        current_task,
        log,
        progress,
    )
    from rekuest_codegen.runtime.types import MemoryReference, Quantity, Reference
    from rekuest_codegen.runtime.values.adapters import adapt

__version__ = "0.1.0"

_PLACES = {
    "App": "register",
    "Description": "declare",
    "Effects": "effects",
    "File": "objects",
    "MemoryReference": "types",
    "Quantity": "types",
    "ReadOnly": "injection",
    "Reference": "types",
    "Slider": "declare",
    "Task": "task",
    "TaskHandle": "handles",
    "Unit": "declare",
    "aattach": "submitting",
    "abreakpoint": "task",
    "adapt": "values.adapters",
    "amap": "mapping",
    "asubmit": "submitting",
    "asweep": "mapping",
    "attach": "submitting",
    "background": "register",
    "breakpoint": "task",
    "check_cancelled": "task",
    "client_credentials": "auth",
    "connect": "context",
    "current_task": "task",
    "device_flow": "auth",
    "easy": "register",
    "interface": "declare",
    "lazily": "objects",
    "log": "task",
    "map": "mapping",
    "memory_structure": "declare",
    "model": "declare",
    "options": "context",
    "progress": "task",
    "register": "register",
    "service": "register",
    "shutdown": "register",
    "startup": "register",
    "state": "register",
    "structure": "declare",
    "submit": "submitting",
    "sweep": "mapping",
    "use_store": "objects",
}

__all__ = [
    "App",
    "Description",
    "Effects",
    "File",
    "MemoryReference",
    "Quantity",
    "ReadOnly",
    "Reference",
    "Slider",
    "Task",
    "TaskHandle",
    "Unit",
    "aattach",
    "abreakpoint",
    "adapt",
    "amap",
    "asubmit",
    "asweep",
    "attach",
    "background",
    "breakpoint",
    "check_cancelled",
    "client_credentials",
    "connect",
    "current_task",
    "device_flow",
    "easy",
    "interface",
    "lazily",
    "log",
    "map",
    "memory_structure",
    "model",
    "options",
    "progress",
    "register",
    "service",
    "shutdown",
    "startup",
    "state",
    "structure",
    "submit",
    "sweep",
    "use_store",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"rekuest_codegen.runtime.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
