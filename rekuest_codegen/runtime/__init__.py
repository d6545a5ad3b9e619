"""What generated code and apps import. Light: names that need more than pydantic are loaded at first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from rekuest_codegen.lazy import lazy
from rekuest_codegen.runtime.remote import Remote, remote
from rekuest_codegen.runtime.types import (
    AnyReference,
    Arguments,
    Choices,
    MemoryReference,
    Model,
    Quantity,
    Reference,
)

if TYPE_CHECKING:
    from rekuest_codegen.runtime.caller.calls import acall, astream, call, stream
    from rekuest_codegen.runtime.caller.client import Client
    from rekuest_codegen.runtime.caller.terms import options
    from rekuest_codegen.runtime.context import connect

_PLACES = {
    "Client": "caller.client",
    "acall": "caller.calls",
    "astream": "caller.calls",
    "call": "caller.calls",
    "connect": "context",
    "options": "caller.terms",
    "stream": "caller.calls",
}

__all__ = [
    "AnyReference",
    "Arguments",
    "Choices",
    "Client",
    "Field",
    "MemoryReference",
    "Model",
    "Quantity",
    "Reference",
    "Remote",
    "acall",
    "astream",
    "call",
    "connect",
    "options",
    "remote",
    "stream",
]


__getattr__ = lazy(__name__, _PLACES)
