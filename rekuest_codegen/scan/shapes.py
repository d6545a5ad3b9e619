"""The shape of a type: what ``types`` reads from an annotation, and the one table that turns it into a port."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from rekuest_codegen.ir import Choice, Port, PortKind, default_problem
from rekuest_codegen.scan.constants import EnumMember, Instance, is_mapping, is_sequence
from rekuest_codegen.scan.markers import NOTHING, Markers
from rekuest_codegen.scan.modules import Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.quantities import Unit

Side = Literal["arg", "return"]


class Shape(Struct, frozen=True, kw_only=True):
    """A type. ``children`` are items, alternatives or fields by key; ``members`` the values of an Enum by name.

    ``made`` holds the ports of the children once they are made: who is annotated alike has equal ones.
    """

    kind: PortKind
    nullable: bool = False
    identifier: str | None = None
    description: str | None = None
    children: tuple[tuple[str, Shape], ...] = ()
    choices: tuple[Choice, ...] = ()
    members: Mapping[str, Any] | None = None
    unit: Unit | None = None
    markers: Markers = NOTHING
    made: dict[Side, tuple[Port, ...]] = {}

    def nullable_or(self, nullable: bool) -> Shape:
        return self._with(True, self.markers) if nullable and not self.nullable else self

    def with_markers(self, markers: Markers) -> Shape:
        return self if markers is self.markers else self._with(self.nullable, markers)

    def _with(self, nullable: bool, markers: Markers) -> Shape:
        return Shape(
            kind=self.kind,
            nullable=nullable,
            identifier=self.identifier,
            description=self.description,
            children=self.children,
            choices=self.choices,
            members=self.members,
            unit=self.unit,
            markers=markers,
            made=self.made,
        )

    def child_ports(self, side: Side) -> tuple[Port, ...]:
        """The ports of the children.

        Raises:
            Problem: the default of one cannot travel.
        """
        made = self.made.get(side)
        if made is None:
            made = self.made[side] = tuple([to_port(child, name, side) for name, child in self.children])
        return made


WORDS: Mapping[PortKind, str] = {
    PortKind.INT: "int",
    PortKind.FLOAT: "float",
    PortKind.STRING: "str",
    PortKind.BOOL: "bool",
    PortKind.DATE: "datetime",
    PortKind.LIST: "list",
    PortKind.DICT: "dict",
    PortKind.UNION: "union",
    PortKind.QUANTITY: "quantity",
}


def argument_words(shape: Shape) -> str:
    """What tells a type from others where it fills in a type variable: ``list-int``, ``optional-@lab/point``."""
    words = [shape.identifier or WORDS[shape.kind]]
    if shape.identifier is None:
        words += [argument_words(child) for _, child in shape.children]
        words += [shape.unit.reference] if shape.unit is not None else []
    return "-".join(["optional", *words] if shape.nullable else words)


def to_port(shape: Shape, key: str, side: Side) -> Port:
    """The port ``key`` of ``shape``. Returns carry neither a default nor validators.

    Raises:
        Problem: the default cannot travel.
    """
    markers, unit = shape.markers, shape.unit
    # Only what is said: what a port does not say costs as much to check as what it does.
    said: dict[str, Any] = {"key": key, "kind": shape.kind}
    if shape.nullable:
        said["nullable"] = True
    if shape.identifier is not None:
        said["identifier"] = shape.identifier
    if shape.children:
        said["children"] = shape.child_ports(side)
    if markers.description or shape.description:
        said["description"] = markers.description or shape.description
    if shape.choices or markers.choices:
        said["choices"] = shape.choices or markers.choices
    if unit is not None:
        said["reference_unit"], said["dimension"] = unit.reference, unit.dimension
        said["proposed_units"] = markers.units or unit.proposed
    if markers.label is not None:
        said["label"] = markers.label
    if markers.effects:
        said["effects"] = markers.effects
    is_arg = side == "arg"
    if widget := markers.widget if is_arg else markers.return_widget:
        said["widget"] = widget
    if is_arg and markers.default is not None:
        said["default"] = wire_default(shape, markers.default.value)
    if is_arg and markers.validators:
        said["validators"] = markers.validators
    if descriptors := markers.requires if is_arg else markers.provides:
        said["requires" if is_arg else "provides"] = descriptors
    return Port(**said)


def wire_default(shape: Shape, value: Any) -> Any:
    """``value`` as a default of ``shape`` travels.

    Raises:
        Problem: it cannot travel.
    """
    if value is None:
        return None
    match shape.kind:
        case PortKind.ENUM:
            return _enum_default(shape, value)
        case PortKind.MODEL | PortKind.STRUCTURE | PortKind.MEMORY_STRUCTURE | PortKind.INTERFACE:
            # Objects do not travel as defaults: the port has none, and the agent leaves the parameter to Python.
            return None
        case PortKind.LIST if is_sequence(value):
            return [wire_default(shape.children[0][1], item) for item in value]
        case PortKind.DICT if is_mapping(value):
            item = shape.children[0][1]
            return {str(key): wire_default(item, part) for key, part in value.items()}
        case PortKind.UNION:
            return _union_default(shape, value)
        case PortKind.DATE if isinstance(value, datetime.datetime):
            return value.isoformat()
        case _:
            return plain(value)


def plain(value: Any) -> Any:
    """``value`` if JSON can say it; enum members by their value.

    Raises:
        Problem: JSON cannot say it.
    """
    if isinstance(value, EnumMember):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return value
    if is_sequence(value):
        return [plain(item) for item in value]
    if is_mapping(value):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Markers):
        raise Problem("misplaced-marker", "a marker is no default; write Annotated[type, marker] = default")
    if isinstance(value, Instance | Object):
        raise Problem("computed-default", f"computed default: an object of {_name(value)} cannot travel; use None")
    raise Problem("unsendable-default", f"the default {value!r} has no form in JSON; use None, or a text or number")


def _enum_default(shape: Shape, value: Any) -> str:
    members = shape.members
    if members is None:
        # A Literal of members has them by their names, one of values by the values.
        texts = [_name(value), str(value.value)] if isinstance(value, EnumMember) else [str(value)]
        allowed = {choice.value for choice in shape.choices}
        if (text := next((text for text in texts if text in allowed), None)) is not None:
            return text
    elif isinstance(value, EnumMember) and value.name in members:
        return value.name
    else:
        for name, known in members.items():
            if known is not None and type(known) is type(value) and known == value:
                return name
    labels = ", ".join(choice.label for choice in shape.choices)
    raise Problem("bad-default", f"the default {_name(value)} is none of its choices: {labels}")


def _union_default(shape: Shape, value: Any) -> Any:
    for _, child in shape.children:
        try:
            found = wire_default(child, value)
        except Problem:
            continue
        if found is not None and default_problem(to_port(child, "0", "arg"), found) is None:
            return found
    return plain(value)


def _name(value: Any) -> str:
    if isinstance(value, EnumMember):
        return f"{value.cls.name}.{value.name}"
    if isinstance(value, Instance):
        return value.cls.name
    return value.name if isinstance(value, Object) else repr(value)
