"""Typed Python for remote nodes: pull typed stubs from a rekuest server, provide annotated functions to one.

Importing this package loads nothing but itself; every name below is loaded at first use. ``import *`` leaves out
``map`` and ``breakpoint``, which would take the place of Python's own: those are imported by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rekuest_codegen.lazy import lazy

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import client_credentials, device_flow
    from rekuest_codegen.runtime.caller.handles import TaskHandle
    from rekuest_codegen.runtime.caller.mapping import amap
    from rekuest_codegen.runtime.caller.mapping import map as map
    from rekuest_codegen.runtime.caller.servers import Server
    from rekuest_codegen.runtime.caller.submitting import aattach, asubmit, attach, submit
    from rekuest_codegen.runtime.caller.sweeping import asweep, sweep
    from rekuest_codegen.runtime.caller.terms import options
    from rekuest_codegen.runtime.context import connect, using
    from rekuest_codegen.runtime.link import ConnectionState
    from rekuest_codegen.runtime.objects import File, afetch, fetch, lazily, use_store
    from rekuest_codegen.runtime.provider.declare import (
        Description,
        Slider,
        Unit,
        interface,
        memory_structure,
        model,
        structure,
    )
    from rekuest_codegen.runtime.provider.effects import Effects
    from rekuest_codegen.runtime.provider.injection import ReadOnly
    from rekuest_codegen.runtime.provider.register import (
        App,
        background,
        easy,
        register,
        service,
        shutdown,
        startup,
        state,
    )
    from rekuest_codegen.runtime.provider.task import (
        Task,
        abreakpoint,
        check_cancelled,
        current_task,
        log,
        progress,
    )
    from rekuest_codegen.runtime.provider.task import breakpoint as breakpoint
    from rekuest_codegen.runtime.types import MemoryReference, Quantity, Reference
    from rekuest_codegen.runtime.values.adapters import adapt
    from rekuest_codegen.runtime.watch import Event

__version__ = "0.1.0"

_PLACES = {
    "App": "provider.register",
    "ConnectionState": "link",
    "Description": "provider.declare",
    "Effects": "provider.effects",
    "Event": "watch",
    "File": "objects",
    "MemoryReference": "types",
    "Quantity": "types",
    "ReadOnly": "provider.injection",
    "Reference": "types",
    "Server": "caller.servers",
    "Slider": "provider.declare",
    "Task": "provider.task",
    "TaskHandle": "caller.handles",
    "Unit": "provider.declare",
    "aattach": "caller.submitting",
    "abreakpoint": "provider.task",
    "adapt": "values.adapters",
    "afetch": "objects",
    "amap": "caller.mapping",
    "asubmit": "caller.submitting",
    "asweep": "caller.sweeping",
    "attach": "caller.submitting",
    "background": "provider.register",
    "breakpoint": "provider.task",
    "check_cancelled": "provider.task",
    "client_credentials": "auth",
    "connect": "context",
    "current_task": "provider.task",
    "device_flow": "auth",
    "easy": "provider.register",
    "fetch": "objects",
    "interface": "provider.declare",
    "lazily": "objects",
    "log": "provider.task",
    "map": "caller.mapping",
    "memory_structure": "provider.declare",
    "model": "provider.declare",
    "options": "caller.terms",
    "progress": "provider.task",
    "register": "provider.register",
    "service": "provider.register",
    "shutdown": "provider.register",
    "startup": "provider.register",
    "state": "provider.register",
    "structure": "provider.declare",
    "submit": "caller.submitting",
    "sweep": "caller.sweeping",
    "use_store": "objects",
    "using": "context",
}

__all__ = [
    "App",
    "ConnectionState",
    "Description",
    "Effects",
    "Event",
    "File",
    "MemoryReference",
    "Quantity",
    "ReadOnly",
    "Reference",
    "Server",
    "Slider",
    "Task",
    "TaskHandle",
    "Unit",
    "aattach",
    "abreakpoint",
    "adapt",
    "afetch",
    "amap",
    "asubmit",
    "asweep",
    "attach",
    "background",
    "check_cancelled",
    "client_credentials",
    "connect",
    "current_task",
    "device_flow",
    "easy",
    "fetch",
    "interface",
    "lazily",
    "log",
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
    "using",
]


__getattr__ = lazy(__name__, _PLACES, below="rekuest_codegen.runtime")


def __dir__() -> list[str]:
    return sorted([*_PLACES, "__version__"])
