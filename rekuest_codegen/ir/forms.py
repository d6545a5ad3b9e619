"""What a node looks like to whoever reads it, whichever class it is of.

There are two: the models of `nodes` and `ports`, which check what they are made of and loaded pydantic to do so, and
the `records` that a generator works on. What is said of both is written against these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rekuest_codegen.ir.kinds import PortKind


class AnyChoice(Protocol):
    @property
    def value(self) -> Any: ...


class AnyValidator(Protocol):
    @property
    def dependencies(self) -> Sequence[str]: ...
    @property
    def model_extra(self) -> Mapping[str, Any] | None: ...


class AnyPort(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> PortKind: ...
    @property
    def identifier(self) -> str | None: ...
    @property
    def nullable(self) -> bool: ...
    @property
    def default(self) -> Any: ...
    @property
    def children(self) -> Sequence[AnyPort]: ...
    @property
    def choices(self) -> Sequence[AnyChoice]: ...
    @property
    def validators(self) -> Sequence[AnyValidator]: ...
    @property
    def item(self) -> AnyPort: ...


class AnyNode(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def args(self) -> Sequence[AnyPort]: ...
    @property
    def returns(self) -> Sequence[AnyPort]: ...
