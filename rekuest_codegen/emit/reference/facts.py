"""What decorates a port, in words: choices, checks, widgets, units, effects. Text out; nothing is escaped here yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.emit.reference.text import visible
from rekuest_codegen.ir import Descriptor, Effect, Node, Port, PortGroup, canonical_json
from rekuest_codegen.ir.bounds import bounds_of

MOST_CHOICES = 60
LONGEST_VALUE = 400
SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "min_length": "length ≥", "max_length": "length ≤"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, and what goes with it. Each is text to read, or ``code``: a value as it is written on the wire."""

    label: str
    texts: tuple[str, ...]
    code: bool = False


def port_facts(port: Port) -> list[Fact]:
    """Everything about ``port`` that its name, type and description do not say."""
    found = [
        Fact("Choices", tuple(_choices(port))),
        Fact("Unit", (visible(port.reference_unit),) if port.reference_unit else ()),
        Fact("Also measured in", tuple(map(visible, port.proposed_units))),
        Fact("Dimension", (visible(port.dimension),) if port.dimension else ()),
        Fact("Checked", tuple(_validators(port))),
        Fact("Widget", tuple(_widget(port))),
        Fact("Effect", tuple(map(_effect, port.effects))),
        Fact("Requires", tuple(map(_descriptor, port.requires))),
        Fact("Provides", tuple(map(_descriptor, port.provides))),
    ]
    return [fact for fact in found if fact.texts]


def node_facts(node: Node, hash_: str) -> list[Fact]:
    """Where ``node`` comes from and what it is called there."""
    flags = {
        "keeps state": node.stateful,
        "pure": node.pure,
        "idempotent": node.idempotent,
        "in development": node.is_dev,
        "may be probed": node.allow_probe,
    }
    tests = [
        visible("/".join(part for part in (target.app, target.key, target.version, target.hash) if part))
        for target in node.is_test_for
    ]
    found = [
        Fact("App", (visible(node.app),), code=True),
        Fact("Wire key", (visible(node.key),), code=True),
        Fact("Name", (visible(node.name),) if node.name and node.name != node.key else ()),
        Fact("Version", (visible(node.version),), code=True),
        Fact("Hash", (visible(hash_),), code=True),
        Fact("Collections", tuple(map(visible, node.collections))),
        Fact("Interfaces", tuple(map(visible, node.protocols))),
        Fact("Catalogs", tuple(map(visible, node.catalogs))),
        Fact("Tests", tuple(tests)),
        Fact("Properties", tuple(name for name, holds in flags.items() if holds)),
    ]
    return [fact for fact in found if any(fact.texts)]


def group_facts(group: PortGroup) -> list[Fact]:
    """What a group of ports says besides its title and its ports."""
    return [Fact("Effect", tuple(map(_effect, group.effects)))] if group.effects else []


def kind_words(port: Port) -> str:
    """The port's kind, with that of its items: ``LIST of INT``, ``STRUCTURE @lab/image``."""
    words = port.kind.value
    if port.kind.value in ("LIST", "DICT") and port.children:
        return f"{words} of {kind_words(port.item)}"
    if port.kind.value == "UNION":
        return f"{words} of {', '.join(map(kind_words, port.children))}"
    return f"{words} {visible(port.identifier)}" if port.identifier else words


def wire_value(value: Any) -> str:
    """``value`` as JSON, bounded."""
    text = visible(canonical_json(value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _choices(port: Port) -> Iterator[str]:
    for choice in port.choices[:MOST_CHOICES]:
        said = wire_value(choice.value)
        label = visible(choice.label)
        about = f": {label}" if label and label != visible(str(choice.value)) else ""
        more = f" ({visible(choice.description)})" if choice.description and choice.description.strip() else ""
        yield f"{said}{about}{more}"
    if len(port.choices) > MOST_CHOICES:
        yield f"and {len(port.choices) - MOST_CHOICES} more"


def _validators(port: Port) -> Iterator[str]:
    for validator in port.validators:
        extra = validator.model_extra or {}
        bounds = " and ".join(f"{SIGNS[name]} {bound}" for name, bound in bounds_of(validator).items())
        said = bounds or _operation(extra)
        words = [visible(text) for text in (validator.label, validator.error_message) if text and text.strip()]
        yield _joined([said, *words, *_dependencies(validator.dependencies)])


def _widget(port: Port) -> Iterator[str]:
    if port.widget is not None:
        yield _joined([visible(port.widget.kind), *_others(port.widget.model_extra or {})])


def _effect(effect: Effect) -> str:
    extra = effect.model_extra or {}
    message = [visible(effect.message)] if effect.message and effect.message.strip() else []
    return _joined([visible(effect.kind), *message, _operation(extra), *_dependencies(effect.dependencies)])


def _descriptor(descriptor: Descriptor) -> str:
    return f"{visible(descriptor.key)} {visible(descriptor.operator)} {wire_value(descriptor.value)}"


def _operation(extra: Mapping[str, Any]) -> str:
    """What a user interface runs: a function as text, or a call as JSON."""
    function, call = extra.get("function"), extra.get("call")
    if isinstance(function, str):
        text = visible(function)
        return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return wire_value(call) if call is not None else ", ".join(_others(extra))


def _others(extra: Mapping[str, Any]) -> list[str]:
    return [f"{visible(name)} {wire_value(extra[name])}" for name in sorted(extra) if extra[name] not in (None, [], {})]


def _dependencies(keys: Sequence[str]) -> list[str]:
    return [f"looks at {', '.join(map(visible, keys))}"] if keys else []


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)
