"""Nodes with anything in any field, as raw data, and the same with one field changed: by record and field."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rekuest_codegen.ir import (
    Choice,
    Descriptor,
    Effect,
    Node,
    Port,
    PortGroup,
    PortKind,
    TestTarget,
    Validator,
    Widget,
)

Raw = dict[str, Any]
Fields = dict[str, st.SearchStrategy[Any]]

WORDS = st.sampled_from(["", "a", "b", "a b", "a-b", "a_b", "0", "1", "...", "@literal/a", "@lab/image", "größe"])
TEXT = WORDS | st.none()
FLAG = st.booleans()
NUMBERS = st.sampled_from([0, 1, True, False, 1.0, 0.0, -1, 2.5, float("nan")])
JSON = st.recursive(
    NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
FUNCTIONS = st.sampled_from(["(x) => x > 3", "(x) => x >= 4", "(x) => x.length <= 2", "(x) => prime(x)"])


def few(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=3)


def record(fields: Fields, *needed: str) -> st.SearchStrategy[Raw]:
    """A record with ``needed`` and some of the other fields."""
    others = {name: strategy for name, strategy in fields.items() if name not in needed}
    return st.fixed_dictionaries({name: fields[name] for name in needed}, optional=others)


CHOICE: Fields = {"value": JSON, "label": WORDS, "image": TEXT, "description": TEXT}
WIDGET: Fields = {"kind": WORDS, "min": NUMBERS, "query": WORDS}
VALIDATOR: Fields = {
    "dependencies": few(WORDS),
    "label": TEXT,
    "error_message": TEXT,
    "function": FUNCTIONS,
}
EFFECT: Fields = {"kind": WORDS, "dependencies": few(WORDS), "message": TEXT, "function": FUNCTIONS}
DESCRIPTOR: Fields = {"key": WORDS, "operator": WORDS, "value": JSON}
PORT: Fields = {
    "key": WORDS,
    "kind": st.sampled_from([kind.value for kind in PortKind]),
    "label": TEXT,
    "description": TEXT,
    "identifier": TEXT,
    "nullable": FLAG,
    "default": JSON | st.none(),
    "choices": few(record(CHOICE, "value", "label")),
    "reference_unit": TEXT,
    "proposed_units": few(WORDS),
    "dimension": TEXT,
    "effects": few(record(EFFECT, "kind")),
    "validators": few(record(VALIDATOR)),
    "widget": st.none() | record(WIDGET, "kind"),
    "requires": few(record(DESCRIPTOR, "key", "operator")),
    "provides": few(record(DESCRIPTOR, "key", "operator")),
}
PORTS = st.recursive(
    record(PORT, "key", "kind"),
    lambda inner: st.builds(
        lambda port, children: {**port, "children": children},
        record(PORT, "key", "kind"),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)
PORT["children"] = few(PORTS)
GROUP: Fields = {
    "key": WORDS,
    "title": TEXT,
    "description": TEXT,
    "effects": few(record(EFFECT, "kind")),
    "ports": few(WORDS),
}
TARGET: Fields = {"hash": TEXT, "app": TEXT, "key": TEXT, "version": TEXT}
NODE: Fields = {
    "key": WORDS,
    "kind": st.sampled_from(["FUNCTION", "GENERATOR"]),
    "name": WORDS,
    "version": WORDS,
    "description": TEXT,
    "args": few(PORTS),
    "returns": few(PORTS),
    "port_groups": few(record(GROUP, "key")),
    "collections": few(WORDS),
    "is_test_for": few(record(TARGET)),
    "stateful": FLAG,
    "pure": FLAG,
    "idempotent": FLAG,
    "is_dev": FLAG,
    "allow_probe": FLAG,
    "catalogs": few(WORDS),
    "protocols": few(WORDS),
    "app": WORDS,
}
NODES = record(NODE, "key", "args", "returns")
MODELS = (
    (Node, NODE),
    (Port, PORT),
    (Choice, CHOICE),
    (Widget, WIDGET),
    (Validator, VALIDATOR),
    (Effect, EFFECT),
    (Descriptor, DESCRIPTOR),
    (PortGroup, GROUP),
    (TestTarget, TARGET),
)
INSIDE: dict[str, Fields] = {
    "args": PORT,
    "returns": PORT,
    "children": PORT,
    "choices": CHOICE,
    "widget": WIDGET,
    "validators": VALIDATOR,
    "effects": EFFECT,
    "requires": DESCRIPTOR,
    "provides": DESCRIPTOR,
    "port_groups": GROUP,
    "is_test_for": TARGET,
}


@st.composite
def mutants(draw: st.DrawFn, raw: Raw, fields: Fields = NODE) -> Raw:
    """``raw`` with one field, of it or of a record inside it, drawn anew."""
    deeper = [name for name in INSIDE if raw.get(name)]
    if deeper and draw(st.sampled_from([True, True, False])):
        name = str(draw(st.sampled_from(deeper)))
        held: Any = raw[name]
        if isinstance(held, dict):
            return {**raw, name: draw(mutants(held, INSIDE[name]))}
        index = draw(st.integers(0, len(held) - 1))
        changed = draw(mutants(held[index], INSIDE[name]))
        return {**raw, name: [*held[:index], changed, *held[index + 1 :]]}
    name = draw(st.sampled_from(sorted(fields)))
    return {**raw, name: draw(fields[name])}
