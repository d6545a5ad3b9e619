"""The insides of classes: fields of models and argument classes, members of enums, items of results.

Inside a class body a field hides everything of the same name, from pydantic's own methods to the ``int`` that the
next field is annotated with; so a field may have to be called something else than the parameter or wire key it
stands for, and then carries that as an alias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from rekuest_codegen.emit.annotations import NONE, Aliases, Bound, Type, annotation, either
from rekuest_codegen.emit.defaults import MemberOf, default_source
from rekuest_codegen.emit.layout import COLUMNS, STEP, assignment, exploded, fits
from rekuest_codegen.emit.ports import is_optional
from rekuest_codegen.emit.text import literal
from rekuest_codegen.ir.naming import FIELD, KEYWORDS, assign, width
from rekuest_codegen.ir.records import PortRecord

_TYPE_WORDS = frozenset({"bool", "cls", "dict", "float", "int", "list", "self", "str"})
_MODEL_WORDS = frozenset(
    """
    construct copy dict from_orm json model_computed_fields model_config model_construct model_copy model_dump
    model_dump_json model_extra model_fields model_fields_set model_json_schema model_parametrized_name
    model_post_init model_rebuild model_validate model_validate_json model_validate_strings mro parse_file parse_obj
    parse_raw register schema schema_json update_forward_refs validate
    """.split()  # noqa: SIM905 - a list of thirty lines says no more
)
_MODEL_FIELD_WORDS = KEYWORDS | _TYPE_WORDS | _MODEL_WORDS


class Slot(NamedTuple):
    """How a port is written down: its type, and the source of its default when it has one (``None`` included)."""

    type: Type
    default: str | None


def slot(port: PortRecord, bound: Bound, member: MemberOf, *, constrained: bool = False) -> Slot:
    """The type and default of ``port``, as an argument or a field."""
    type_ = annotation(port, bound, constrained=constrained)
    if not is_optional(port):
        return Slot(type_, None)
    shown = default_source(port, bound, member)
    if shown is None:
        return Slot(either([type_, NONE]), "None")
    return Slot(type_, shown)


def model_fields(
    ports: Sequence[PortRecord], outer: Mapping[str, str], slots: Mapping[str, Slot], types: Set[str], aliases: Aliases
) -> list[str]:
    """The fields of a pydantic class, one source text a field.

    Args:
        ports: what the fields stand for.
        outer: by port key, what the outside calls the field: the parameter's name, or the wire key.
        slots: by port key, type and default.
        types: the names of the classes that are used in annotations.
        aliases: takes what is too long for a line.
    """
    names = field_names(outer, types)
    return [field(names[port.key], outer[port.key], slots[port.key], aliases) for port in ports]


def field_names(outer: Mapping[str, str], types: Set[str]) -> dict[str, str]:
    """What the fields of a pydantic class are called, by port key; arguments as `model_fields` takes them."""
    return assign(
        {key: (name,) for key, name in outer.items()},
        style=FIELD,
        reserved=_MODEL_FIELD_WORDS,
        besides=types,
    )


def result_fields(
    ports: Sequence[PortRecord], given: Sequence[Type], types: Set[str], aliases: Aliases
) -> tuple[dict[str, str], list[str]]:
    """The items of a named tuple, of the types ``given``: the name of each by port key, and their source texts."""
    reserved = KEYWORDS | _TYPE_WORDS | {"count", "index"} | types
    names = assign({port.key: _result_wishes(port) for port in ports}, style=FIELD, reserved=reserved)
    texts = [
        field(names[port.key], names[port.key], Slot(type_, None), aliases)
        for port, type_ in zip(ports, given, strict=True)
    ]
    return names, texts


def enum_members(members: Mapping[str, Any]) -> list[str]:
    """The ``members`` of an enum, one source text a member."""
    return [
        assignment(name, literal(value) if isinstance(value, str) else repr(value), STEP)
        for name, value in members.items()
    ]


def _result_wishes(port: PortRecord) -> list[str]:
    label = (port.label or "").strip()
    said = label.replace(" ", "_").lower()
    return [said, port.key] if said.isidentifier() and len(said) <= 30 else [port.key]


def field(name: str, outer: str, slot_: Slot, aliases: Aliases) -> str:
    """One field: ``name: type = default``, with ``outer`` as its alias where the outside calls it something else."""
    options: list[str] = []
    if name != outer:
        options = [f"validation_alias={literal(outer)}"]
        if slot_.default is not None:
            options.insert(0, f"default={slot_.default}")
    tail = " = _rt.Field(" if options else f" = {slot_.default}" if slot_.default is not None else ""
    text = aliases.fit(slot_.type, COLUMNS - len(STEP) - width(f"{name}: {tail}"), name)
    target = f"{name}: {text}"
    if options:
        flat = f"{target} = _rt.Field({', '.join(options)})"
        return flat if fits(flat, STEP) else exploded(f"{target} = _rt.Field(", options, ")", STEP)
    return target if slot_.default is None else assignment(target, slot_.default, STEP)
