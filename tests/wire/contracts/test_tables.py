"""The tables of contract 10 against the message and definition schemas of rekuest 10.0.0, field by field.

The schemas are no part of the project: ``REKUEST_REFERENCE`` names the folder they are in.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from rekuest_codegen.ir import declared
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.contracts import DECLARING, ten_declaration, ten_messages

REFERENCE = Path(os.environ.get("REKUEST_REFERENCE") or Path(__file__).parents[4] / "shared" / "reference")
OWN = {"trace"}
"""What is only sent between our own."""
TABLE: dict[str, Any] = {**vars(declared), **vars(ten_declaration)}
DEFINITIONS = {
    "ActionArgumentInput": "Argument", "ActionDemandInput": "ActionDemand", "ActionDependencyInput": "ActionDependency",
    "AgentDependencyInput": "Dependency", "AgentProbeInput": "AgentProbe", "ArgPortInput": "Arg", "AssetInput": "Asset",
    "BlokImplementationInput": "Blok", "BlokServiceInput": "Service", "ChoiceAssignWidgetInput": "ChoiceWidget",
    "ChoiceInput": "Choice", "ChoiceReturnWidgetInput": "ReturnChoice", "ComponentNodeInput": "Component",
    "ComponentPropInput": "Prop", "CustomAssignWidgetInput": "CustomWidget", "CustomReturnWidgetInput": "ReturnCustom",
    "DefinitionInput": "Definition", "DescriptorInput": "Constraint", "DynamicValueInput": "Dynamic",
    "EffectInput": "Effect", "ImplementationInput": "Implementation", "LockDefinitionInput": "LockDefinition",
    "LockImplementationInput": "LockDeclared", "OptimisticInput": "Optimistic", "PortGroupInput": "PortGroup",
    "PortMatchInput": "Match", "ProvidesInput": "Descriptor", "ProxyAssignWidgetInput": "ProxyWidget",
    "RequiresInput": "Descriptor", "ReturnPortInput": "Return", "SearchAssignWidgetInput": "SearchWidget",
    "SliderAssignWidgetInput": "SliderWidget", "StateAccessorInput": "StateAccessor",
    "StateChoiceAssignWidgetInput": "StateChoiceWidget", "StateDefinitionInput": "StateDefinition",
    "StateDemandInput": "StateDemand", "StateDependencyInput": "StateDependency",
    "StateImplementationInput": "StateDeclared", "StringAssignWidgetInput": "StringWidget",
    "TestTargetInput": "Target", "TrackInput": "Track", "UtilCallInput": "UtilCall", "ValidatorInput": "Validator",
    "WindowInput": "Window",
}  # fmt: skip
JSON_TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "null": NoneType}


def reference(name: str) -> dict[str, Any]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"{name} is not there; REKUEST_REFERENCE names its folder")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(kind) if field.name not in OWN}


def tagged(table: tuple[type[Any], ...]) -> dict[str, type[Any]]:
    return {str(kind.__struct_config__.tag): kind for kind in table}


def theirs(union: str) -> dict[str, dict[str, str]]:
    """The fields of each message of a union, by its ``type``, as text: ``int | None = None``."""
    read = reference("messages-rekuest-10.0.0.json")
    found: dict[str, dict[str, str]] = {}
    for name in read["unions"][union]:
        model = {key: text for key, text in read["models"][name].items() if key != "__dir__"}
        match = re.search(r"'([A-Z_]+)'", model.pop("type"))
        assert match is not None
        found[match[1]] = model
    return found


@pytest.mark.parametrize(
    ("union", "table"),
    [("FromAgentMessage", ten_messages.FROM_AGENT), ("ToAgentMessage", ten_messages.TO_AGENT)],
)
def test_messages_have_the_fields_of_the_schemas(union: str, table: tuple[type[Any], ...]) -> None:
    wanted, ours = theirs(union), tagged(table)
    assert ours.keys() == wanted.keys()
    for tag, model in wanted.items():
        own = fields(ours[tag])
        missing = model.keys() - own.keys()
        # What a server adds may be ignored by an agent, and what we never say may be missing.
        assert not (missing if union == "FromAgentMessage" else {name for name in missing if " = " not in model[name]})
        assert not own.keys() - model.keys(), tag
        for name, text in model.items():
            if union == "FromAgentMessage":
                assert own[name].required == (" = " not in text), f"{tag}.{name}: {text}"


@pytest.mark.parametrize("union", ["FromAgentMessage", "ToAgentMessage"])
def test_plain_values_have_the_types_of_the_schemas(union: str) -> None:
    table = tagged(ten_messages.FROM_AGENT if union == "FromAgentMessage" else ten_messages.TO_AGENT)
    plain = {"str": str, "int": int, "bool": bool, "float": float}
    for tag, model in theirs(union).items():
        own = fields(table[tag])
        for name, text in model.items():
            said = re.sub(r"<class '(\w+)'>", r"\1", text).partition(" = ")[0]
            if name in own and said.removesuffix(" | None") in plain:
                types = {*get_args(own[name].type)} or {own[name].type}
                if tag == "ASSIGN_REQUEST" and name == "reference":
                    continue  # left out, it is made up here
                expected = {plain[said.removesuffix(" | None")]} | ({NoneType} if said.endswith("None") else set())
                assert types - {msgspec.UnsetType} == expected, f"{tag}.{name}: {text}"


def test_what_declares_is_what_only_contract_10_has() -> None:
    theirs_only = set(fields(ten_messages.RegisterDeclared)) - set(fields(messages.Register))
    assert theirs_only == DECLARING


def test_the_page_names_every_message() -> None:
    page = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z_]{3,})`", page))
    tables = (messages.FROM_AGENT, messages.TO_AGENT, ten_messages.FROM_AGENT, ten_messages.TO_AGENT)
    tags = {tag for table in tables for tag in tagged(table)}
    assert tags <= named
    assert named - tags == {"LOST"}, "nothing else is called a message"


def definitions() -> dict[str, dict[str, Any]]:
    read = reference("definitions/wire_schema_newest.json")
    found: dict[str, dict[str, Any]] = {}
    for name, schema in read.items():
        found |= {name: schema, **schema.get("$defs", {})}
    return {name: schema for name, schema in found.items() if "properties" in schema and name in DEFINITIONS}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_declarations_have_the_fields_of_the_schemas(name: str) -> None:
    schema = definitions()[name]
    kind: type[msgspec.Struct] = TABLE[DEFINITIONS[name]]
    own = fields(kind)
    tag = {"kind"} if kind.__struct_config__.tag is not None else set[str]()
    assert own.keys() | tag == schema["properties"].keys()
    assert {field for field, info in own.items() if info.required} == set(schema.get("required", ())) - tag
    assert kind.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("name", DEFINITIONS)
def test_plain_values_of_declarations_have_the_types_of_the_schemas(name: str) -> None:
    schemas = definitions()
    hints = get_type_hints(TABLE[DEFINITIONS[name]], TABLE)
    for field, wanted in schemas[name]["properties"].items():
        options = wanted.get("anyOf", [wanted])
        if all(set(option) <= {"type", "default", "title"} and option.get("type") in JSON_TYPES for option in options):
            types = {*get_args(hints[field])} or {hints[field]}
            assert types == {JSON_TYPES[option["type"]] for option in options}, f"{name}.{field}"


def test_choices_of_words_are_those_of_the_schemas() -> None:
    read = reference("definitions/wire_schema_newest.json")
    enums = {tuple(one["enum"]) for part in read.values() for one in part.get("$defs", {}).values() if "enum" in one}
    ours: set[tuple[Any, ...]] = set()
    for name in DEFINITIONS.values():
        for hint in get_type_hints(TABLE[name], TABLE).values():
            for part in (hint, *get_args(hint)):
                if get_origin(part) is Literal:
                    ours.add(get_args(part))
    assert ours == enums
