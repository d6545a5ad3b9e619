"""What an app is made of, as its module declares it: functions, states, contexts, services and hooks.

Nothing is made or run here; an agent makes its own of each when it starts (see `holdings`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Held:
    """A class of which an agent has one object: under ``name``, which ``locks`` guard."""

    cls: type[Any]
    name: str
    locks: tuple[str, ...] = ()


@dataclass(slots=True)
class Parts:
    """Declarations, in the order in which the module made them."""

    functions: list[Callable[..., Any]] = field(default_factory=lambda: list[Callable[..., Any]]())
    options: list[tuple[Callable[..., Any], Mapping[str, Any]]] = field(
        default_factory=lambda: list[tuple[Callable[..., Any], Mapping[str, Any]]]()
    )
    states: list[Held] = field(default_factory=lambda: list[Held]())
    contexts: list[Held] = field(default_factory=lambda: list[Held]())
    services: list[Callable[..., Any]] = field(default_factory=lambda: list[Callable[..., Any]]())
    startups: list[Callable[..., Any]] = field(default_factory=lambda: list[Callable[..., Any]]())
    shutdowns: list[Callable[..., Any]] = field(default_factory=lambda: list[Callable[..., Any]]())
    backgrounds: list[Callable[..., Any]] = field(default_factory=lambda: list[Callable[..., Any]]())

    @classmethod
    def of(cls, functions: Sequence[Callable[..., Any]]) -> Self:
        """Functions and nothing else."""
        return cls(functions=list(functions))

    def options_of(self, function: Callable[..., Any]) -> Mapping[str, Any]:
        """What the registrations of ``function`` were given when they ran; what counts is in the source."""
        return {name: value for one, given in self.options if one is function for name, value in given.items()}

    def with_(self, other: Parts) -> Parts:
        """Both together."""
        return Parts(
            functions=[*self.functions, *other.functions],
            options=[*self.options, *other.options],
            states=[*self.states, *other.states],
            contexts=[*self.contexts, *other.contexts],
            services=[*self.services, *other.services],
            startups=[*self.startups, *other.startups],
            shutdowns=[*self.shutdowns, *other.shutdowns],
            backgrounds=[*self.backgrounds, *other.backgrounds],
        )
