"""The markers by name: how each is called, and what it says of its port.

One table serves ``Annotated`` metadata, model fields and the options of ``register``. A function here has the
parameters of the marker it stands for; calling it wrongly (TypeError) or with impossible values (ValueError) is the
user's mistake and becomes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from rekuest_codegen.ir import Choice, Descriptor, Effect, PortGroup, TestTarget, Validator, Widget
from rekuest_codegen.scan.constraints import CONSTRAINTS
from rekuest_codegen.scan.expressions import Call, dependencies, parse_call
from rekuest_codegen.scan.markers import Markers, Stated
from rekuest_codegen.scan.quantities import Unit
from rekuest_codegen.scan.search import normal_query

SPELLED = frozenset(f"rekuest.{name}" for name in ("EffectKind", "DescriptorOperator", "Effects", "Execution"))
"""Enumerations of the vocabulary; a member is its own name."""


@dataclass(frozen=True, slots=True)
class Component:
    """A property of a custom widget."""

    plain: dict[str, Any]


def _description(value: Any) -> Markers:
    if not isinstance(value, str):
        raise TypeError("a description is a text")
    return Markers(description=value)


def _default(value: Any) -> Markers:
    return Markers(default=Stated(value))


def _label(value: str) -> Markers:
    return Markers(label=value)


def _units(*units: str) -> Markers:
    if not units:
        raise TypeError("Units needs at least one unit")
    return Markers(units=tuple(units))


def _unit(reference: str, proposed: Sequence[str] = (), dimension: str | None = None) -> Markers:
    return Markers(unit=Unit(reference, tuple(proposed) or (reference,), dimension))


def _slider(min: float | None = None, max: float | None = None, step: float | None = None) -> Markers:
    if min is None or max is None:
        raise ValueError("a slider needs both min and max")
    if max < min:
        raise ValueError(f"a slider's max ({max}) must not be below its min ({min})")
    return Markers(
        widget=Widget.model_validate(
            {
                "kind": "SLIDER",
                "follow_value": None,
                "min": float(min),
                "max": float(max),
                "step": None if step is None else float(step),
            }
        )
    )


def _string_widget(as_paragraph: bool = False) -> Markers:
    return _input("STRING", placeholder=None, as_paragraph=as_paragraph)


def _paragraph_widget() -> Markers:
    return _string_widget(as_paragraph=True)


def _search(query: str, ward: str, dependencies: Sequence[str] | None = None, filters: None = None) -> Markers:
    needed = tuple(dependencies or ())
    return _input(
        "SEARCH", query=normal_query(query, needed), ward=ward, filters=filters, dependencies=needed, placeholder=None
    )


def _custom(
    component: str,
    props: Sequence[Component] | None = None,
    dependencies: Sequence[str] | None = None,
    fallback: Markers | None = None,
) -> Markers:
    return _input(
        "CUSTOM",
        component=component,
        props=[prop.plain for prop in props] if props else None,
        dependencies=tuple(dependencies or ()),
        fallback=fallback.widget.model_dump() if fallback is not None and fallback.widget is not None else None,
    )


def _structure_picker(
    query: str,
    ward: str,
    dependencies: Sequence[str] | None = None,
    *,
    placeholder: str | None = None,
    fallback: Markers | None = None,
) -> Markers:
    search = _search(query, ward, dependencies)
    texts = {"bind": "value", "query": normal_query(query, tuple(dependencies or ())), "ward": ward}
    if placeholder is not None:
        texts["placeholder"] = placeholder
    props = [_prop(key, static_value=text) for key, text in texts.items()]
    return _custom("StructurePicker", props, dependencies, fallback or search)


def _proxy(dependency: str, action: str | None = None, arg: str | None = None) -> Markers:
    if not action or not arg:
        raise ValueError("a proxy widget needs an action and an arg")
    return _input("PROXY", target_port=arg, target_action=action, target_dependency=dependency)


def _choices(choices: str | Sequence[Any]) -> tuple[Choice, ...]:
    listed = [choices] if isinstance(choices, str) else list(choices)
    return tuple(item if isinstance(item, Choice) else Choice(value=str(item), label=str(item)) for item in listed)


def _choice_widget(choices: str | Sequence[Any]) -> Markers:
    return replace(_input("CHOICE", placeholder=None), choices=_choices(choices))


def _with_choices(*choices: Any) -> Markers:
    if not choices:
        raise ValueError("at least one choice is needed")
    return _choice_widget(choices)


def _choice_return(choices: str | Sequence[Any]) -> Markers:
    return Markers(return_widget=Widget(kind="CHOICE"), choices=_choices(choices))


def _custom_return(component: str, props: Sequence[Component] | None = None) -> Markers:
    plain = [prop.plain for prop in props] if props else None
    return Markers(return_widget=Widget.model_validate({"kind": "CUSTOM", "component": component, "props": plain}))


def _state_choices(state_path: str, accessors: Sequence[Any] | None = None) -> Markers:
    owner, _, path = state_path.partition(".")
    if not path:
        raise ValueError(f"{state_path!r} is no path of a state, such as 'self.Stage.x'")
    return _input(
        "STATE_CHOICE",
        dependency=None if owner == "self" else owner,
        state_path=path,
        state_call=None,
        state_accessors=list(accessors) if accessors else None,
        dependencies=(),
    )


def _choice(value: Any, label: str, image: str | None = None, description: str | None = None) -> Choice:
    return Choice(value=value, label=label, image=image, description=description)


def _prop(key: str, static_value: Any = None) -> Component:
    rest = dict.fromkeys(("dynamic_value", "declares_value", "agent_call", "util_call"))
    return Component({"key": key, "static_value": static_value, **rest})


def _validator(
    call: Call,
    dependencies: Sequence[str] = (),
    label: str | None = None,
    error_message: str | None = None,
    source: str | None = None,
) -> Markers:
    plain = {"call": call, "dependencies": tuple(dependencies), "label": label, "error_message": error_message}
    return Markers(validators=(Validator.model_validate({**plain, "source": source}),))


def _with_validator(
    call: str | Call,
    error_message: str | None = None,
    label: str | None = None,
    dependencies: Sequence[str] | None = None,
) -> Markers:
    tree, source = _read(call)
    return _validator(tree, _needs(tree, dependencies), label, error_message, source)


def _effect(
    kind: str,
    call: Call,
    dependencies: Sequence[str] = (),
    message: str | None = None,
    fade: bool = True,
    source: str | None = None,
) -> Markers:
    plain = {"kind": kind, "call": call, "dependencies": tuple(dependencies), "message": message, "fade": fade}
    return Markers(effects=(Effect.model_validate({**plain, "source": source}),))


def _with_effect(
    kind: str, call: str | Call, message: str | None = None, dependencies: Sequence[str] | None = None
) -> Markers:
    tree, source = _read(call)
    return _effect(kind, tree, _needs(tree, dependencies), message, True, source)


def _requires(key: str, operator: str, value: Any = None) -> Markers:
    return Markers(requires=(Descriptor(key=key, operator=operator, value=value),))


def _provides(key: str, operator: str, value: Any = None) -> Markers:
    return Markers(provides=(Descriptor(key=key, operator=operator, value=value),))


def _port_group(
    key: str,
    title: str | None = None,
    description: str | None = None,
    effects: Sequence[Markers] = (),
    ports: Sequence[str] = (),
) -> PortGroup:
    listed = tuple(effect for marker in effects for effect in marker.effects)
    return PortGroup(key=key, title=title, description=description, effects=listed, ports=tuple(ports))


def _test_target(
    hash: str | None = None,
    app: str | None = None,
    key: str | None = None,
    version: str | None = None,
) -> TestTarget:
    return TestTarget(hash=hash, app=app, key=key, version=version)


def _plain(**values: Any) -> dict[str, Any]:
    return values


def _input(kind: str, **rest: Any) -> Markers:
    return Markers(widget=Widget.model_validate({"kind": kind, "follow_value": None, **rest}))


def _read(call: str | Call) -> tuple[Call, str | None]:
    if isinstance(call, str):
        return parse_call(call), call.strip().removeprefix("@").strip()
    return call, None


def _needs(tree: Call, explicit: Sequence[str] | None) -> tuple[str, ...]:
    return dependencies(tree, tuple(explicit or ()))


CALLS: Mapping[str, Callable[..., Any]] = {
    **CONSTRAINTS,
    "rekuest.Description": _description,
    "typing.Doc": _description,
    "rekuest.Default": _default,
    "rekuest.Label": _label,
    "rekuest.Units": _units,
    "rekuest.Unit": _unit,
    "rekuest.Slider": _slider,
    "rekuest.SliderWidget": _slider,
    "rekuest.StringWidget": _string_widget,
    "rekuest.ParagraphWidget": _paragraph_widget,
    "rekuest.SearchWidget": _search,
    "rekuest.CustomWidget": _custom,
    "rekuest.StructurePicker": _structure_picker,
    "rekuest.ProxyWidget": _proxy,
    "rekuest.ChoiceWidget": _choice_widget,
    "rekuest.withChoices": _with_choices,
    "rekuest.ChoiceReturnWidget": _choice_return,
    "rekuest.CustomReturnWidget": _custom_return,
    "rekuest.withStateChoices": _state_choices,
    "rekuest.ChoiceInput": _choice,
    "rekuest.ComponentPropInput": _prop,
    "rekuest.ValidatorInput": _validator,
    "rekuest.withValidator": _with_validator,
    "rekuest.EffectInput": _effect,
    "rekuest.withEffect": _with_effect,
    "rekuest.parse_util_call": parse_call,
    "rekuest.Requires": _requires,
    "rekuest.RequiresInput": _requires,
    "rekuest.Provides": _provides,
    "rekuest.ProvidesInput": _provides,
    "rekuest.PortGroupInput": _port_group,
    "rekuest.TestTargetInput": _test_target,
    "rekuest.TrackInput": _plain,
    "rekuest.OptimisticInput": _plain,
    "rekuest.CancelOnDisconnect": _plain,
    "rekuest.bsx": str,
}
