"""One port then and now, at any depth. Arguments and returns are told apart by the side they are on.

An argument may come to take more, a return may come to give less. Whatever is not known to be one of these counts as
breaking, and every field of a port is looked at on every kind: what means nothing there is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from rekuest_codegen.ir.check import IDENTIFIED, ONE_CHILD
from rekuest_codegen.ir.compare.changes import Found, differs, same, short, text_of
from rekuest_codegen.ir.compare.limits import compare_validators
from rekuest_codegen.ir.compare.pairing import form, pair_by_key
from rekuest_codegen.ir.ports import Descriptor, Port, PortKind
from rekuest_codegen.ir.spelling import spelled


class Side(StrEnum):
    """Which way a value goes; rules of one side begin with it."""

    ARG = "arg"
    RETURN = "return"


SAFE_KINDS = {
    Side.ARG: {(PortKind.INT, PortKind.FLOAT): "arg-widened"},
    Side.RETURN: {(PortKind.FLOAT, PortKind.INT): "return-narrowed"},
}
MAX_TOLD = 60
LITERALS = ("@literal/", "literal.")
PORT_FIELDS = {"label": "label-changed", "description": "description-changed", "widget": "widget-changed"}


def is_optional(port: Port) -> bool:
    """Whether a caller may leave an argument out."""
    return port.nullable or port.default is not None


def told(port: Port) -> str:
    """What a port takes or gives, in a few words; null has rules of its own."""
    return spelled(port, null=False)[:MAX_TOLD]


def compare_port(side: Side, old: Port, new: Port, place: str, *, label: str = "label-changed") -> Iterator[Found]:
    """Everything about ``old`` that is otherwise in ``new``, but its key.

    Args:
        side: whether it is taken or given.
        old: the port as it was.
        new: the port as it is.
        place: where it is.
        label: the rule for its label.
    """
    yield from compare_type(side, old, new, place)
    yield from _null(side, old, new, place)
    for field, rule in PORT_FIELDS.items():
        yield from differs(label if field == "label" else rule, place, getattr(old, field), getattr(new, field))
    if not same(old.effects, new.effects):
        yield Found("effects-changed", place)


def compare_type(side: Side, old: Port, new: Port, place: str) -> Iterator[Found]:
    """What values there may be, null aside."""
    if old.kind is new.kind:
        yield from _inside(side, old, new, place)
    elif rule := SAFE_KINDS[side].get((old.kind, new.kind)):
        yield Found(rule, place, told(old), told(new))
        yield from _inside(side, old, new, place)
    elif PortKind.UNION in (old.kind, new.kind):
        yield from _tagged(side, old, new, place)
    else:
        yield Found(f"{side}-retyped", place, told(old), told(new))
        return
    if side is Side.ARG:
        yield from compare_validators(old, new, place)
        yield from _descriptors(side, old.requires, new.requires, place)
    else:
        yield from _descriptors(side, old.provides, new.provides, place)
    noted = ("provides",) if side is Side.ARG else ("validators", "requires")
    yield from _unused(old, new, place, noted)


def _inside(side: Side, old: Port, new: Port, place: str) -> Iterator[Found]:
    """Two ports of one kind, or of kinds that differ harmlessly."""
    kind = new.kind
    unused: list[str] = []
    if old.identifier != new.identifier:
        rule = "identifier-changed" if _names_class(old) or _names_class(new) else "identifier-noted"
        yield Found(rule, place, old.identifier or "", new.identifier or "")
    if kind is PortKind.ENUM:
        yield from _choices(side, old, new, place)
    else:
        unused.append("choices")
    if kind is PortKind.QUANTITY:
        yield from differs("unit-changed", place, old.reference_unit, new.reference_unit)
        yield from differs("dimension-changed", place, old.dimension, new.dimension)
        yield from differs("units-offered", place, old.proposed_units, new.proposed_units)
    else:
        unused += ["reference_unit", "dimension", "proposed_units"]
    if kind is PortKind.UNION:
        yield from _alternatives(side, old.children, new.children, place, tagged=True)
    elif kind is PortKind.MODEL:
        yield from _fields(side, old.children, new.children, place)
    elif kind in ONE_CHILD and len(old.children) == len(new.children) == 1:
        mark = "[]" if kind is PortKind.LIST else "{}"
        yield from compare_port(side, old.item, new.item, f"{place}{mark}")
        if old.item.key != new.item.key:
            yield Found("unused-noted", f"{place}{mark}", short(old.item.key), short(new.item.key))
    elif kind in ONE_CHILD:
        yield from differs(f"{side}-retyped", place, old.children, new.children)
    else:
        unused.append("children")
    yield from _unused(old, new, place, unused)


def _unused(old: Port, new: Port, place: str, fields: Sequence[str]) -> Iterator[Found]:
    for field in fields:
        if not same(getattr(old, field), getattr(new, field)):
            yield Found("unused-noted", place, now=field)


def _null(side: Side, old: Port, new: Port, place: str) -> Iterator[Found]:
    default = short(old.default), short(new.default)
    if side is Side.RETURN:
        if old.nullable is not new.nullable:
            yield Found("return-nullable" if new.nullable else "return-never-null", place)
        if not same(old.default, new.default):
            yield Found("return-default-changed", place, *default)
    elif is_optional(old) is not is_optional(new):
        yield Found("arg-optional" if is_optional(new) else "arg-required", place, *default)
    elif not _same_default(old, new):
        yield Found("arg-default-changed", place, *(text or "null" for text in default))
    elif old.nullable is not new.nullable or not same(old.default, new.default):
        yield Found("default-noted", place, *default)


def _same_default(old: Port, new: Port) -> bool:
    """Whether both stand for one value: in a FLOAT, 1 is 1.0."""
    if same(old.default, new.default):
        return True
    numbers = all(type(port.default) in (int, float) for port in (old, new))
    return new.kind is PortKind.FLOAT and numbers and bool(old.default == new.default)


def _names_class(port: Port) -> bool:
    if port.kind is PortKind.ENUM:
        return bool(port.identifier) and not str(port.identifier).startswith(LITERALS)
    return port.kind in IDENTIFIED


def _choices(side: Side, old: Port, new: Port, place: str) -> Iterator[Found]:
    if same(old.choices, new.choices):
        return
    before = {text_of(choice.value): choice for choice in reversed(old.choices)}
    after = {text_of(choice.value): choice for choice in reversed(new.choices)}
    changed = False
    for text, choice in reversed(before.items()):
        if text not in after:
            changed = True
            yield Found(f"{side}-choice-removed", place, was=short(choice.value))
    for text, choice in reversed(after.items()):
        if text not in before:
            changed = True
            yield Found(f"{side}-choice-added", place, now=short(choice.value))
    if not changed:
        yield Found("choice-described", place)


def _descriptors(side: Side, old: Sequence[Descriptor], new: Sequence[Descriptor], place: str) -> Iterator[Found]:
    if same(old, new):
        return
    word = "requirement" if side is Side.ARG else "promise"
    before, after = [text_of(one) for one in old], [text_of(one) for one in new]
    gone = [one for one, text in zip(old, before, strict=True) if text not in after]
    come = [one for one, text in zip(new, after, strict=True) if text not in before]
    yield from (Found(f"{side}-{word}-removed", place, was=short(one)) for one in gone)
    yield from (Found(f"{side}-{word}-added", place, now=short(one)) for one in come)
    if not gone and not come:
        yield Found("unused-noted", place, now="order")


def _fields(side: Side, olds: Sequence[Port], news: Sequence[Port], place: str) -> Iterator[Found]:
    pairing = pair_by_key(olds, news)
    for i, j in sorted([*pairing.kept, *pairing.renamed]):
        here = f"{place}.{olds[i].key}"
        if (i, j) in pairing.renamed:
            yield Found(f"{side}-field-renamed", here, olds[i].key, news[j].key)
        yield from compare_port(side, olds[i], news[j], here)
    for i in pairing.gone:
        yield Found(f"{side}-field-removed", f"{place}.{olds[i].key}", was=told(olds[i]))
    for j in pairing.come:
        sort = "" if side is Side.RETURN else "-optional" if is_optional(news[j]) else "-required"
        yield Found(f"{side}-field-added{sort}", f"{place}.{news[j].key}", now=told(news[j]))
    order = [j for _, j in sorted([*pairing.kept, *pairing.renamed])]
    if order != sorted(order):
        yield Found("fields-reordered", place)


def _tagged(side: Side, old: Port, new: Port, place: str) -> Iterator[Found]:
    """One of the two is a UNION: the other is one with a single alternative, whose values carry no tag."""
    olds = old.children if old.kind is PortKind.UNION else (_bare(old),)
    news = new.children if new.kind is PortKind.UNION else (_bare(new),)
    if not _pair_alternatives(side, olds, news):
        yield Found(f"{side}-retyped", place, told(old), told(new))
        return
    yield Found("union-tagged", place, told(old), told(new))
    yield from _alternatives(side, olds, news, place, tagged=False)


def _bare(port: Port) -> Port:
    """``port`` as the alternative of a union would be written: what is about the argument stays outside."""
    said = {"nullable": False, "default": None, "label": None, "description": None, "widget": None, "effects": ()}
    outside = {"validators": (), "requires": (), "provides": ()}
    return port.model_copy(update={"key": "0", **said, **outside})


def _alternatives(
    side: Side, olds: Sequence[Port], news: Sequence[Port], place: str, *, tagged: bool
) -> Iterator[Found]:
    pairs = _pair_alternatives(side, olds, news)
    for i, j in pairs:
        yield from compare_port(side, olds[i], news[j], f"{place}|{i}")
    matched_old, matched_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, port in enumerate(olds):
        if i not in matched_old:
            yield Found(f"{side}-alternative-removed", f"{place}|{i}", was=told(port))
    for j, port in enumerate(news):
        if j not in matched_new:
            yield Found(f"{side}-alternative-added", f"{place}|{j}", now=told(port))
    if not tagged:
        return
    if any(i != j for i, j in pairs):
        yield Found("union-reordered", place, *(", ".join(map(told, ports))[:MAX_TOLD] for ports in (olds, news)))
    if not all(_positional(ports) for ports in (olds, news)) and [p.key for p in olds] != [p.key for p in news]:
        yield Found("unused-noted", place, now="keys of alternatives")


def _positional(ports: Sequence[Port]) -> bool:
    return all(port.key == str(index) for index, port in enumerate(ports))


def _pair_alternatives(side: Side, olds: Sequence[Port], news: Sequence[Port]) -> list[tuple[int, int]]:
    """Which alternative is which: the same in every respect, else of the same sort, else of a sort that is safe."""
    pairs: list[tuple[int, int]] = []
    free = list(range(len(news)))

    def match(i: int, candidates: Sequence[int]) -> None:
        if candidates:
            j = i if i in candidates else candidates[0]
            free.remove(j)
            pairs.append((i, j))

    new_forms = [form(port) for port in news]
    for i, port in enumerate(olds):
        text = form(port)
        match(i, [j for j in free if new_forms[j] == text])
    for sort in (_same_sort, _safe_sort):
        for i, port in enumerate(olds):
            if i not in {old for old, _ in pairs}:
                match(i, [j for j in free if sort(side, port, news[j])])
    return sorted(pairs)


def _safe_sort(side: Side, old: Port, new: Port) -> bool:
    return (old.kind, new.kind) in SAFE_KINDS[side]


def _same_sort(side: Side, old: Port, new: Port) -> bool:
    return old.kind is new.kind and (old.identifier == new.identifier or not _names_class(new))
