"""Ports: one argument or one return of a node, and everything that decorates it.

The field names are those of the wire form of a definition (snake case); GraphQL's camel case is accepted and
given as the alias. Two contracts are live and differ in the decorations, so those keep the fields of both and, by
``extra="allow"``, any field a later contract adds: nothing read is lost when it is written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from rekuest_codegen.ir.kinds import PortKind as PortKind

T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(lambda value: () if value is None else value)]
"""Zero or more; null, as servers write "none", is the same as empty."""
Flag = Annotated[bool, BeforeValidator(lambda value: False if value is None else value)]
"""True or false; null is false."""


class Frozen(BaseModel):
    """Immutable data that reads snake case and camel case alike."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        defer_build=True,
        ser_json_inf_nan="constants",
    )


class Open(Frozen):
    """A decoration: its known fields are checked, its unknown ones kept."""

    model_config = ConfigDict(extra="allow")


class Choice(Frozen):
    value: Any
    label: str
    image: str | None = None
    description: str | None = None


class Widget(Open):
    """How a user interface asks for, or shows, a value; ``kind`` is SLIDER, SEARCH, CHOICE, STRING, CUSTOM…"""

    kind: str


class Validator(Open):
    """A check a user interface runs: ``function`` (contract 2) or ``call`` (contract 10) over ``dependencies``."""

    dependencies: Many[str] = ()
    label: str | None = None
    error_message: str | None = None


class Effect(Open):
    """What a user interface does (MESSAGE, HIDE, CUSTOM) when ``function`` or ``call`` holds."""

    kind: str
    dependencies: Many[str] = ()
    message: str | None = None


class Descriptor(Frozen):
    """What a structure must satisfy (``requires``) or is promised to satisfy (``provides``)."""

    key: str
    operator: str
    value: Any = None


class Port(Frozen):
    """One argument or return.

    ``children`` holds the item of a LIST or DICT (key ``...``), the alternatives of a UNION (keys ``0``, ``1``, …)
    or the fields of a MODEL. ``default`` is in wire form (an enum by member name). A port with a default is
    ``nullable``: whoever calls may leave it out, and the agent fills it in.
    """

    key: str
    kind: PortKind
    label: str | None = None
    description: str | None = None
    identifier: str | None = None
    nullable: Flag = False
    default: Any = None
    children: Many[Port] = ()
    choices: Many[Choice] = ()
    reference_unit: str | None = None
    proposed_units: Many[str] = ()
    dimension: str | None = None
    effects: Many[Effect] = ()
    validators: Many[Validator] = ()
    widget: Widget | None = None
    requires: Many[Descriptor] = ()
    provides: Many[Descriptor] = ()

    @classmethod
    def trusted(cls, raw: Mapping[str, Any]) -> Port:
        """A port from what we wrote ourselves, unchecked: building pydantic's checks costs more than a first call."""
        fields: dict[str, Any] = {
            **raw,
            "kind": PortKind(raw["kind"]),
            "children": tuple(cls.trusted(child) for child in raw.get("children", ())),
            "choices": tuple(Choice.model_construct(**choice) for choice in raw.get("choices", ())),
        }
        return cls.model_construct(None, **fields)

    @property
    def item(self) -> Port:
        """The one child of a LIST or DICT."""
        return self.children[0]
