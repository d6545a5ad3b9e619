"""What a generated function knows about its node: where it is, how its values travel, what it gives back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.types import Arguments

R = TypeVar("R")


@dataclass(frozen=True)
class Remote(Generic[R]):
    """One node of a server, typed by what a call to it gives back (for a generator: what it yields).

    ``ports`` is the JSON text of its ports, read at the first call: importing a stub costs nothing for it.
    ``awaited`` is what its async form is called, when that is not ``a`` and the key.
    """

    app: str
    key: str
    version: str
    hash: str
    ports: str = field(repr=False)
    arguments: type[Arguments] = field(repr=False)
    types: Mapping[str, type[Any]] = field(repr=False)
    result: Callable[..., R] | None = field(default=None, repr=False)
    awaited: str = field(default="", repr=False)

    @property
    def title(self) -> str:
        """``app/key``, as messages name a node."""
        return f"{self.app}/{self.key}"

    @property
    def package(self) -> str:
        """The module that it was generated into."""
        return self.arguments.__module__

    @property
    def async_form(self) -> str:
        """The function to await instead of calling this one."""
        return self.awaited or f"a{self.key}"

    @cached_property
    def contract(self) -> Contract:
        raw = json.loads(self.ports)
        return Contract(
            args=tuple(Port.trusted(port) for port in raw.get("args", ())),
            returns=tuple(Port.trusted(port) for port in raw.get("returns", ())),
            names=raw.get("names", {}),
        )

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by wire key, after pydantic has had its say; integers and truths of numpy's as Python's.

        Raises:
            ArgumentError: names the first place that does not fit, and how many more there are.
        """
        given, contract = dict(values), self.contract
        try:
            self.arguments.model_validate(given)
        except ValidationError as error:
            from rekuest_codegen.runtime.values.checked import checked_again

            pythons = {key: name for name, key in contract.names.items()}
            given = checked_again(self.arguments, given, error, contract.args, self.types, pythons)
        names = contract.names
        return {names.get(name, name): value for name, value in given.items()}


class Contract(NamedTuple):
    """The ports of a node, and the wire key of each argument whose Python name differs from it."""

    args: tuple[Port, ...]
    returns: tuple[Port, ...]
    names: Mapping[str, str]


def remote(
    *,
    app: str,
    key: str,
    version: str,
    hash: str,
    ports: str,
    arguments: type[Arguments],
    types: Mapping[str, type[Any]],
    result: Callable[..., R] | None = None,
    awaited: str = "",
) -> Remote[R]:
    """Declare a node; generated code does this once a node."""
    return Remote(app, key, version, hash, ports, arguments, types, result, awaited)
