"""A provided function: its node, what it is handed beside its arguments, and how it is to be run.

The definition comes from the source, so what is registered is what its arguments are checked against.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.runtime.provider.effects import Effects
from rekuest_codegen.runtime.provider.injection import Wanted
from rekuest_codegen.runtime.values import Types


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How an agent runs a function.

    ``locks`` are held meanwhile; ``concurrency`` tasks of it run at a time, None for no bound; ``process`` says that
    it has a process of its own; ``manipulates`` names the states it may change.
    """

    locks: tuple[str, ...] = ()
    concurrency: int | None = None
    process: bool = False
    effects: Effects = Effects.UNKNOWN
    manipulates: tuple[str, ...] = ()


PLAIN = RunOptions()


@dataclass(frozen=True)
class Provided:
    """A node and the function behind it; ``interface`` is the name the server asks for it by.

    ``owner`` is the class it is a method of, when it was registered inside of that.
    """

    interface: str
    node: Node
    function: Callable[..., Any]
    types: Types
    injected: Mapping[str, Wanted] = field(default_factory=dict[str, Wanted])
    options: RunOptions = PLAIN
    owner: type[Any] | None = None

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.function).parameters

    @cached_property
    def is_async(self) -> bool:
        """Whether it runs in the event loop; everything else runs on a thread or in a process."""
        return inspect.iscoroutinefunction(self.function) or inspect.isasyncgenfunction(self.function)

    def bind(self, values: Mapping[str, Any], handed: Mapping[str, Any]) -> partial[Any]:
        """The function with its arguments, and with what it is handed, ready to be called."""
        unpacks = any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in self.parameters.values())
        first: list[Any] = []
        named: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            if name in handed:
                value = handed[name]
            elif name in values:
                value = values[name]
            else:
                continue
            kind = parameter.kind
            if value is None and parameter.default is not inspect.Parameter.empty:
                value = parameter.default  # left out by the caller; this may be an object no port can hold
            if kind is inspect.Parameter.VAR_POSITIONAL:
                first.extend(value or ())
            elif kind is inspect.Parameter.VAR_KEYWORD:
                named.update(value or {})
            elif kind is inspect.Parameter.POSITIONAL_ONLY or (
                unpacks and kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            ):
                first.append(value)
            else:
                named[name] = value
        return partial(self.function, *first, **named)
