"""The names whose meaning is built in, under one spelling each.

Our own package and the upstream client packages say the same things under many module paths (and re-export them), so
a name of ours is recognised by its package and its last part: ``arkitekt.Description`` and
``arkitekt_spec.declare.annotations.markers.Description`` are both ``rekuest.Description``.
"""

from __future__ import annotations

from rekuest_codegen.project.stored import stored_name

FAMILY = frozenset(
    ["rekuest_codegen", "rekuest", "rekuest_next", "arkitekt", "arkitekt_next", "arkitekt_spec", "arkitekt_runtime"]
)

APP_MAKERS = frozenset(f"rekuest.{name}" for name in ("easy", "App", "AppRegistry", "interactive", "build_app"))
"""Calling one of these gives an app, whose ``register`` registers."""

DECORATORS = frozenset(
    [
        "register",
        "register_func",
        "workflow",
        "register_workflow",
        "register_action",
        "model",
        "structure",
        "memory_structure",
        "interface",
        "state",
        "context",
        "service",
        "declare",
        "protocol",
        "app_context",
        "register_structure",
        "register_memory_structure",
        "register_as_structure",
    ]
)

INJECTED = {
    "rekuest.Task": "task",
    "rekuest.TaskContext": "task",
    "rekuest.Context": "task",
    "rekuest.AssignmentHelper": "task",
}
"""Parameters of these types are handed in by the agent and are no ports."""

MARKERS = frozenset(
    [
        "Description",
        "Default",
        "Label",
        "Units",
        "Unit",
        "Quantity",
        "Requires",
        "Provides",
        "RequiresInput",
        "ProvidesInput",
        "DescriptorOperator",
        "ValidatorInput",
        "EffectInput",
        "EffectKind",
        "Effects",
        "Execution",
        "ChoiceInput",
        "PortGroupInput",
        "TestTargetInput",
        "TrackInput",
        "OptimisticInput",
        "ComponentPropInput",
        "CancelOnDisconnect",
        "ReadOnly",
        "Slider",
        "SliderWidget",
        "SearchWidget",
        "StringWidget",
        "ParagraphWidget",
        "ChoiceWidget",
        "CustomWidget",
        "ProxyWidget",
        "StructurePicker",
        "ChoiceReturnWidget",
        "CustomReturnWidget",
        "withChoices",
        "withStateChoices",
        "withValidator",
        "withEffect",
        "parse_util_call",
        "model_field",
        "bsx",
    ]
)

_NAMES = MARKERS | DECORATORS | {name.partition(".")[2] for name in (*APP_MAKERS, *INJECTED)}
_ATTRS = {
    **dict.fromkeys(["s", "attrs", "dataclass", "mutable"], "define"),
    **dict.fromkeys(["ib", "attrib"], "field"),
}
"""Older words of attrs -> those of today."""
_OPENED = ("rekuest_codegen.demo",)
"""Packages of the family that hold a user's code, not the vocabulary."""


def known_name(module: str, name: str) -> str | None:
    """The one spelling of ``module.name``, when its meaning is built in."""
    top = module.partition(".")[0]
    if top in FAMILY:
        if name in _NAMES and not module.startswith(_OPENED):
            return f"rekuest.{name}"
        return None
    if top == "typing_extensions":
        return f"typing.{name}"
    if top == "kanne":
        return f"kanne.{name}"
    if top in ("attr", "attrs") and module in ("attr", "attrs"):
        return f"attrs.{_ATTRS.get(name, name)}"
    if top in ("annotated_types", "pydantic"):
        return f"{top}.{name}"
    return stored_name(f"{module}.{name}")
