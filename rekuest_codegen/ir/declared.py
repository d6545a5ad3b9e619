"""A port with everything that decorates it, as contract 10 has it: a class is an object, and takes no other fields.

Names, types and what may be left out are those of the definition schemas of rekuest 10.0.0. An agent declares in these
words (`wire.contracts.ten_declaration`), and the hash of a definition is taken over all of their fields, those that say
nothing included: whatever was left out on the way, what was said is named alike.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Value = str | int | float | bool | dict[str, Any] | list[Any] | None
Kind = Literal[
    "INT", "STRING", "STRUCTURE", "LIST", "BOOL", "DICT", "FLOAT", "DATE", "UNION", "ENUM", "MODEL", "MEMORY_STRUCTURE",
    "INTERFACE", "QUANTITY",
]  # fmt: skip
Operator = Literal["MATCHES", "EXISTS", "LTE", "GTE", "EQUALS", "CONTAINS", "NOT_EQUALS", "IN", "NOT_IN"]
Shown = Literal["LABEL", "DESCRIPTION", "LOGO", "VALUE"]


class Declared(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a declaration. What is as it is when left out is left out when it is written."""


# -- calls of named operations -----------------------------------------------------------------------------------


class Argument(Declared, kw_only=True):
    key: str | None = None
    value_literal: Value = None
    value_path: str | None = None
    agent_call: AgentProbe | None = None
    util_call: UtilCall | None = None
    value_list: list[Argument] | None = None
    value_dict: list[Argument] | None = None


class UtilCall(Declared, kw_only=True):
    operation: str
    arguments: list[Argument] | None = None


class AgentProbe(Declared, kw_only=True):
    dependency: str
    operation: str
    arguments: list[Argument] | None = None


# -- what decorates a port ---------------------------------------------------------------------------------------


class Choice(Declared, kw_only=True):
    value: Any
    label: str
    image: str | None = None
    description: str | None = None


class Validator(Declared, kw_only=True):
    call: UtilCall
    dependencies: list[str] = []
    label: str | None = None
    error_message: str | None = None
    source: str | None = None


class Effect(Declared, kw_only=True):
    call: UtilCall
    kind: Literal["MESSAGE", "HIDE", "CUSTOM"]
    dependencies: list[str] = []
    message: str | None = None
    fade: bool = True
    source: str | None = None


class Descriptor(Declared, kw_only=True):
    """Of a structure: what is required of it, or provided by it."""

    key: str
    operator: Operator
    value: Any = None


class Dynamic(Declared, kw_only=True):
    literal: str | None = None
    path: str | None = None


class Prop(Declared, kw_only=True):
    key: str
    static_value: Value = None
    dynamic_value: Dynamic | None = None
    declares_value: str | None = None
    agent_call: AgentProbe | None = None
    util_call: UtilCall | None = None


class StateAccessor(Declared, kw_only=True):
    option_key: Shown
    path: str | None = None
    call: UtilCall | None = None


class Widget(Declared, tag_field="kind", kw_only=True):
    """How an argument is asked for."""

    follow_value: str | None = None


class ChoiceWidget(Widget, tag="CHOICE", kw_only=True):
    placeholder: str | None = None


class CustomWidget(Widget, tag="CUSTOM", kw_only=True):
    component: str
    props: list[Prop] | None = None
    dependencies: list[str] = []
    fallback: AssignWidget | None = None


class ProxyWidget(Widget, tag="PROXY", kw_only=True):
    target_port: str
    target_action: str
    target_dependency: str | None = None


class SearchWidget(Widget, tag="SEARCH", kw_only=True):
    query: str
    ward: str
    filters: list[Arg] | None = None
    dependencies: list[str] = []
    placeholder: str | None = None


class SliderWidget(Widget, tag="SLIDER", kw_only=True):
    min: float | None = None
    max: float | None = None
    step: float | None = None


class StateChoiceWidget(Widget, tag="STATE_CHOICE", kw_only=True):
    dependency: str | None = None
    state_path: str | None = None
    state_call: UtilCall | None = None
    state_accessors: list[StateAccessor] | None = None
    dependencies: list[str] = []


class StringWidget(Widget, tag="STRING", kw_only=True):
    placeholder: str | None = None
    as_paragraph: bool | None = None


AssignWidget = (
    ChoiceWidget | CustomWidget | ProxyWidget | SearchWidget | SliderWidget | StateChoiceWidget | StringWidget
)


class ReturnChoice(Declared, tag_field="kind", tag="CHOICE", kw_only=True):
    pass


class ReturnCustom(Declared, tag_field="kind", tag="CUSTOM", kw_only=True):
    component: str
    props: list[Prop] | None = None


ReturnWidget = ReturnChoice | ReturnCustom


# -- ports -------------------------------------------------------------------------------------------------------


class Port(Declared, kw_only=True):
    key: str
    kind: Kind
    label: str | None = None
    description: str | None = None
    identifier: str | None = None
    nullable: bool = False
    effects: list[Effect] | None = None
    choices: list[Choice] | None = None
    reference_unit: str | None = None
    proposed_units: list[str] | None = None
    dimension: str | None = None


class Arg(Port, kw_only=True):
    children: list[Arg] | None = None
    validators: list[Validator] | None = None
    default: Any = None
    widget: AssignWidget | None = None
    requires: list[Descriptor] | None = None


class Return(Port, kw_only=True):
    children: list[Return] | None = None
    widget: ReturnWidget | None = None
    provides: list[Descriptor] | None = None


class PortGroup(Declared, kw_only=True):
    key: str
    title: str | None = None
    description: str | None = None
    effects: list[Effect] = []
    ports: list[str] = []
