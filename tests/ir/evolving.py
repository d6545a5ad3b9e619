"""Definitions that evolve as real ones do, and Python values that the ports of one take.

Every draw is a valid port; `later` makes a few edits to it. The values of a model are `Record`s, which stand in for
the generated classes: a field they were not given is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from rekuest_codegen.ir import Choice, Port, PortKind, Validator
from rekuest_codegen.ir.bounds import certain
from rekuest_codegen.runtime import AnyReference, Quantity

COLOURS = ("red", "green", "blue", 1)
CLASSES = ("@lab/a", "@lab/b")
REFERENCES = ("@lab/image", "@lab/camera")
BOUNDS = tuple(f"(x) => x {sign} {bound}" for sign in ("<", "<=", ">", ">=") for bound in (-2, 0, 2))
LENGTHS = ("(x) => x.length >= 1", "(x) => x.length <= 2", "(x) => x.length >= 1 && x.length <= 3")
SIMPLE = (PortKind.INT, PortKind.FLOAT, PortKind.STRING, PortKind.BOOL, PortKind.DATE, PortKind.QUANTITY)


class Record:
    """A model's value: fields by name."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        if len(name) > 1:  # no field of ours
            raise AttributeError(name)


class A(Record):
    pass


class B(Record):
    pass


MODELS: dict[str, type[Record]] = {"@lab/a": A, "@lab/b": B}


@st.composite
def ports(draw: st.DrawFn, key: str, depth: int = 2) -> Port:
    kinds = [*SIMPLE, PortKind.ENUM, PortKind.STRUCTURE, PortKind.INTERFACE]
    if depth:
        kinds += [PortKind.LIST, PortKind.DICT, PortKind.UNION, PortKind.MODEL] * 2
    kind = draw(st.sampled_from(kinds))
    fields: dict[str, Any] = {"nullable": draw(st.booleans())}
    if kind in (PortKind.STRUCTURE, PortKind.INTERFACE, PortKind.MODEL):
        fields["identifier"] = draw(st.sampled_from(_identifiers(kind)))
    match kind:
        case PortKind.ENUM:
            values = draw(st.lists(st.sampled_from(COLOURS), min_size=1, unique=True))
            fields["choices"] = tuple(Choice(value=value, label=str(value)) for value in values)
        case PortKind.INT | PortKind.FLOAT:
            fields["validators"] = tuple(map(_validator, draw(st.lists(st.sampled_from(BOUNDS), max_size=2))))
        case PortKind.STRING:
            fields["validators"] = tuple(map(_validator, draw(st.lists(st.sampled_from(LENGTHS), max_size=1))))
        case PortKind.LIST | PortKind.DICT:
            fields["children"] = (draw(ports("...", depth - 1)),)
        case PortKind.UNION:
            fields["children"] = _numbered([draw(ports("", depth - 1)) for _ in range(draw(st.integers(1, 3)))])
        case PortKind.MODEL:
            keys = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
            fields["children"] = tuple(draw(ports(field, depth - 1)) for field in keys)
        case _:
            pass
    return Port(key=key, kind=kind, **fields)


def _identifiers(kind: PortKind) -> tuple[str, str]:
    return CLASSES if kind is PortKind.MODEL else REFERENCES


def _validator(function: str) -> Validator:
    return Validator.model_validate({"function": function})


def _numbered(alternatives: list[Port]) -> tuple[Port, ...]:
    return tuple(port.model_copy(update={"key": str(place)}) for place, port in enumerate(alternatives))


@st.composite
def later(draw: st.DrawFn, port: Port, *, defaults: bool, depth: int = 2) -> Port:
    """``port`` after an edit, here or deeper down."""
    edits = ["null", "anew", "tagged", "nothing"]
    if defaults and port.kind in (PortKind.INT, PortKind.FLOAT):
        edits += ["default"] * 2
    if port.validators:
        edits += ["validators"] * 2
    if port.kind is PortKind.INT:
        edits += ["float"] * 2
    if port.kind is PortKind.FLOAT:
        edits.append("int")
    if port.choices:
        edits += ["choices"] * 3
    if port.identifier:
        edits.append("identifier")
    if port.children:
        edits += ["child"] * 6
    if port.kind in (PortKind.UNION, PortKind.MODEL):
        edits += ["children"] * 4
    update: dict[str, Any]
    match draw(st.sampled_from(edits)):
        case "null":
            update = {"nullable": not port.nullable}
        case "anew":
            return draw(ports(port.key, depth))
        case "tagged":
            update = {"kind": PortKind.UNION, "children": (port.model_copy(update={"key": "0", "nullable": False}),)}
            return Port(key=port.key, nullable=port.nullable, **update)
        case "default":
            update = {"default": draw(st.sampled_from([None, 0, 1]))}
        case "validators":
            kept = draw(st.lists(st.sampled_from(port.validators), max_size=1))
            update = {"validators": (*kept, *draw(ports(port.key, 0)).validators)}
            if any(not _fits(validator, port.kind) for validator in update["validators"]):
                update = {"validators": tuple(kept)}
        case "float":
            update = {"kind": PortKind.FLOAT}
        case "int":
            update = {"kind": PortKind.INT, "default": None}
        case "choices":
            values = draw(st.lists(st.sampled_from(COLOURS), min_size=1, unique=True))
            update = {"choices": tuple(Choice(value=value, label="x") for value in values)}
        case "identifier":
            update = {"identifier": draw(st.sampled_from(_identifiers(port.kind)))}
        case "child":
            place = draw(st.integers(0, len(port.children) - 1))
            child = draw(later(port.children[place], defaults=defaults, depth=depth - 1))
            update = {"children": (*port.children[:place], child, *port.children[place + 1 :])}
        case "children":
            update = {"children": draw(_other_children(port))}
        case _:
            update = {}
    return port.model_copy(update=update)


@st.composite
def _other_children(draw: st.DrawFn, port: Port) -> tuple[Port, ...]:
    children = list(draw(st.permutations(port.children)))
    if port.kind is PortKind.MODEL:
        known = {child.key for child in children}
        more = [draw(ports(key, 0)) for key in draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=1))]
        less = children[draw(st.integers(0, 1)) :]
        return (*less, *(child for child in more if child.key not in known))
    more = [draw(ports("", 0)) for _ in range(draw(st.integers(0, 1)))]
    less = children[draw(st.integers(0, 1)) :] or children
    return _numbered([*less, *more] if draw(st.booleans()) else [*more, *less])


def _fits(validator: Validator, kind: PortKind) -> bool:
    return not validator.model_extra or ("length" in validator.model_extra["function"]) is (kind is PortKind.STRING)


def one_meaning(ports: Sequence[Port]) -> bool:
    """Whether each model has one shape, as it has where generated classes stand for it."""
    shapes: dict[str | None, set[frozenset[str]]] = {}
    queue = list(ports)
    while queue:
        port = queue.pop()
        queue.extend(port.children)
        if port.kind is PortKind.MODEL:
            shapes.setdefault(port.identifier, set()).add(frozenset(map(repr, port.children)))
    return all(len(several) == 1 for several in shapes.values())


def within(port: Port, value: Any) -> bool:
    """Whether ``value``, null aside, keeps to what the port's validators certainly demand."""
    for _, bounds in certain(port):
        for name, bound in bounds.items():
            measured = len(value) if name.endswith("length") else value
            kept = {"gt": measured > bound, "lt": measured < bound}.get(
                name, measured >= bound if name in ("ge", "min_length") else measured <= bound
            )
            if not kept:
                return False
    return True


def values(port: Port) -> st.SearchStrategy[Any]:
    """Python values that a call may give for ``port``, or get from it."""
    return (st.none() | _some(port)) if port.nullable or port.default is not None else _some(port)


def _some(port: Port) -> st.SearchStrategy[Any]:
    match port.kind:
        case PortKind.INT:
            return st.integers(-4, 4).filter(lambda value: within(port, value))
        case PortKind.FLOAT:
            return st.sampled_from([-3.5, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.5]).filter(lambda v: within(port, v))
        case PortKind.STRING:
            return st.sampled_from(["a", "ab", "abc", "red", "green"]).filter(lambda value: within(port, value))
        case PortKind.BOOL:
            return st.booleans()
        case PortKind.DATE:
            return st.just(datetime(2026, 1, 2, tzinfo=UTC))
        case PortKind.QUANTITY:
            return st.just(Quantity(5, "mV"))
        case PortKind.ENUM:
            return st.sampled_from([choice.value for choice in port.choices])
        case PortKind.STRUCTURE | PortKind.INTERFACE | PortKind.MEMORY_STRUCTURE:
            return st.just(AnyReference("1", port.identifier or ""))
        case PortKind.LIST:
            return st.lists(values(port.item), max_size=2)
        case PortKind.DICT:
            return st.dictionaries(st.sampled_from("ab"), values(port.item), max_size=2)
        case PortKind.UNION:
            return st.one_of([_some(child) for child in port.children])
        case PortKind.MODEL:
            fields = {child.key: values(child) for child in port.children}
            return st.builds(MODELS[port.identifier or ""], **fields)


def agree(old: Any, new: Any) -> bool:
    """Whether ``new`` says all that ``old`` says: it may have more fields, and 1 is 1.0."""
    if isinstance(old, Record):
        return type(old) is type(new) and all(agree(value, getattr(new, key)) for key, value in vars(old).items())
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(agree, old, new))
    if isinstance(old, dict):
        return isinstance(new, dict) and old.keys() == new.keys() and all(agree(old[key], new[key]) for key in old)
    return bool(old == new)


def all_within(port: Port, value: Any) -> bool:
    """Whether ``value`` keeps to the bounds at every depth."""
    if value is None:
        return True
    match port.kind:
        case PortKind.LIST:
            return all(all_within(port.item, item) for item in value)
        case PortKind.DICT:
            return all(all_within(port.item, item) for item in value.values())
        case PortKind.MODEL:
            return all(all_within(child, getattr(value, child.key)) for child in port.children)
        case PortKind.UNION:
            return True  # which alternative's bounds are meant, the walk decides
        case _:
            return within(port, value)
