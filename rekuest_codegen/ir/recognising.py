"""A node in a stranger's file, read without pydantic where nothing about it is strange.

What is spelled exactly as `records` would, every field of the right type and none that says nothing, becomes a record
at once. Everything else is left to `reading`, which knows all the spellings and can say what is wrong: this has to be
right about what it takes, not about what it leaves. Ports, of which there are most, are looked at and made in one walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rekuest_codegen.ir.check import check_node
from rekuest_codegen.ir.kinds import MAX_DEPTH
from rekuest_codegen.ir.records import PORT_KINDS, NodeRecord, PortRecord, node_of, port_of
from rekuest_codegen.shapes import is_array, is_object

MAX_NESTING = 16
"""How deep a value of any kind (a default, what a decoration has besides its known fields) may nest here."""

TEXT, SOME, TRUE, TEXTS, VALUE, ANY = "any text", "some text", "true", "texts", "any value but null", "any value"


class _Strange(Exception):
    """Nothing that we would have written."""


class _Form(NamedTuple):
    """What the fields of an object hold: one of the words above, or a list of objects of a form (one, if ``lone``).

    ``others`` is what fields hold that are not named here, if there may be any.
    """

    fields: dict[str, str | _Form]
    needed: frozenset[str] = frozenset()
    others: str | None = None
    lone: bool = False


def _texts(*names: str) -> Mapping[str, str]:
    return dict.fromkeys(names, TEXT)


_CHOICE = _Form({**_texts("label", "image", "description"), "value": ANY}, frozenset({"value", "label"}))
_DESCRIPTOR = _Form({**_texts("key", "operator"), "value": VALUE}, frozenset({"key", "operator"}))
_WIDGET = _Form({"kind": TEXT}, frozenset({"kind"}), ANY, lone=True)
_VALIDATOR = _Form({**_texts("label", "error_message"), "dependencies": TEXTS, "errorMessage": "never"}, others=ANY)
_EFFECT = _Form({**_texts("kind", "message"), "dependencies": TEXTS}, frozenset({"kind"}), ANY)
_GROUP = _Form({**_texts("key", "title", "description"), "effects": _EFFECT, "ports": TEXTS}, frozenset({"key"}))
_TARGET = _Form({**_texts("hash", "app", "key", "version")})
_OTHERS = _Form(
    {
        **_texts("dimension", "reference_unit"),
        "choices": _CHOICE,
        "proposed_units": TEXTS,
        "effects": _EFFECT,
        "validators": _VALIDATOR,
        "widget": _WIDGET,
        "requires": _DESCRIPTOR,
        "provides": _DESCRIPTOR,
    }
)
"""What a port seldom has."""
_USUAL = frozenset({"key", "kind", "label", "description", "identifier", "nullable", "default", "children"})
_SIDES = ("args", "returns")
_NODE = _Form(
    {
        **_texts("key", "version", "kind", "description"),
        **dict.fromkeys(("app", "hash", "name"), SOME),
        **dict.fromkeys(("collections", "catalogs", "protocols"), TEXTS),
        **dict.fromkeys(("stateful", "pure", "idempotent", "is_dev", "allow_probe"), TRUE),
        "port_groups": _GROUP,
        "is_test_for": _TARGET,
    },
    frozenset({"key"}),
)


def recognise(raw: Any) -> NodeRecord | None:
    """The record of ``raw`` if it is the JSON of a node that can be expressed, spelled as we spell it; else None."""
    try:
        _check({field: value for field, value in raw.items() if field not in _SIDES}, _NODE, 0)
        if raw.get("version") == "1" or raw.get("kind") == "FUNCTION":
            return None  # these say nothing either
        said: list[str | None] = []
        args, returns = (_ports(raw[side], said) if side in raw else () for side in _SIDES)
        made = node_of(raw, args, returns, said)
    except (_Strange, AttributeError, LookupError, TypeError, ValueError):
        return None
    return None if check_node(made) else made


def _ports(items: Any, descriptions: list[str | None], depth: int = 1) -> tuple[PortRecord, ...]:
    """Ports, looked at and made in one walk, and the description of each."""
    if not is_array(items) or not items or depth > MAX_DEPTH:
        raise _Strange
    return tuple([_port(item, descriptions, depth) for item in items])


def _port(raw: Any, descriptions: list[str | None], depth: int) -> PortRecord:
    if not is_object(raw):
        raise _Strange
    get = raw.get
    key, kind = raw["key"], PORT_KINDS[raw["kind"]]
    label, description, identifier = get("label"), get("description"), get("identifier")
    nullable, default, children = get("nullable", False), get("default"), get("children")
    if type(key) is not str:
        raise _Strange
    said = 2
    # What is there and null is not counted, and so is found to be one too many.
    for text in (label, description, identifier):
        if text is not None:
            if type(text) is not str:
                raise _Strange
            said += 1
    if nullable is not False:
        if nullable is not True:
            raise _Strange
        said += 1
    if default is not None:
        if not _is_shallow(default, MAX_NESTING):
            raise _Strange
        said += 1
    descriptions.append(description)
    inside: tuple[PortRecord, ...] = ()
    if children is not None:
        inside = _ports(children, descriptions, depth + 1)
        said += 1
    if said == len(raw):
        return PortRecord(key, kind, label, None, identifier, nullable, default, inside, (), None, (), None)
    others = {field: value for field, value in raw.items() if field not in _USUAL}
    if said + len(others) != len(raw):
        raise _Strange
    _check(others, _OTHERS, depth)
    return port_of(raw, inside)


def _check(raw: Any, form: _Form, depth: int) -> None:
    if not is_object(raw) or not form.needed <= raw.keys() or depth > MAX_DEPTH:
        raise _Strange
    for field, value in raw.items():
        said = form.fields.get(field, form.others)
        if said is TEXT:
            fits = type(value) is str
        elif said is TRUE:
            fits = value is True
        elif isinstance(said, _Form):
            fits = _check_all([value] if said.lone else value, said, depth + 1)
        elif said is VALUE or said is ANY:
            fits = _is_shallow(value, MAX_NESTING) and (value is not None or said is ANY)
        elif said is SOME:
            fits = type(value) is str and value != ""
        else:
            fits = said is TEXTS and is_array(value) and value != [] and all(type(item) is str for item in value)
        if not fits:
            raise _Strange


def _check_all(items: Any, form: _Form, depth: int) -> bool:
    if not is_array(items):
        return False
    for item in items:
        _check(item, form, depth)
    return items != []


def _is_shallow(value: Any, levels: int) -> bool:
    if is_object(value):
        return levels > 0 and all(_is_shallow(item, levels - 1) for item in value.values())
    return not is_array(value) or (levels > 0 and all(_is_shallow(item, levels - 1) for item in value))
