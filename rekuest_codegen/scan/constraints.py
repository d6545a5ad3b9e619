"""Constraints in words other libraries made common: ``annotated_types`` and pydantic's ``Field``.

Each becomes a validator over the port's own value. Upstream knows ``Gt``, ``Le`` and ``Len`` alone and ignores the
rest; a definition that says more than upstream's would is marked ``richer``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rekuest_codegen.ir import PortKind, Validator
from rekuest_codegen.scan.expressions import OWN_VALUE, Call, operation
from rekuest_codegen.scan.markers import Markers, Stated

_STRICT = {"Int": PortKind.INT, "Float": PortKind.FLOAT, "Str": PortKind.STRING, "Bool": PortKind.BOOL}
_OWN: Mapping[str, Any] = {"path": OWN_VALUE}


def _gt(gt: Any) -> Markers:
    return _one("gt", gt, f"Must be greater than {gt}")


def _ge(ge: Any) -> Markers:
    return _one("gte", ge, f"Must be at least {ge}", "Ge")


def _lt(lt: Any) -> Markers:
    return _one("lt", lt, f"Must be less than {lt}", "Lt")


def _le(le: Any) -> Markers:
    # The words upstream uses, though they say less than the check does.
    return _one("lte", le, f"Must be less than {le}")


def _multiple_of(multiple_of: Any) -> Markers:
    remainder = operation("mod", _OWN, {"literal": multiple_of})
    call = operation("eq", {"call": remainder}, {"literal": 0})
    return _markers(call, f"value % {multiple_of!r} == 0", f"Must be a multiple of {multiple_of}", "MultipleOf")


def _interval(gt: Any = None, ge: Any = None, lt: Any = None, le: Any = None) -> Markers:
    return _all([(_gt, gt), (_ge, ge), (_lt, lt), (_le, le)], "Interval")


def _len(min_length: int = 0, max_length: int | None = None) -> Markers:
    bounds = [min_length] if max_length is None else [min_length, max_length]
    call = operation("len_between", _OWN, *({"literal": bound} for bound in bounds))
    text = f"len_between({', '.join([OWN_VALUE, *map(repr, bounds)])})"
    return _markers(call, text, f"Must have length between {min_length} and {max_length}", None)


def _min_len(min_length: int) -> Markers:
    call = operation("len_between", _OWN, {"literal": min_length})
    return _markers(call, f"len_between(value, {min_length!r})", f"Must have length {min_length} or more", "MinLen")


def _max_len(max_length: int) -> Markers:
    call = operation("len_between", _OWN, {"literal": 0}, {"literal": max_length})
    return _markers(call, f"len_between(value, 0, {max_length!r})", f"Must have length {max_length} or less", "MaxLen")


def _pattern(pattern: str) -> Markers:
    call = operation("matches", _OWN, {"literal": pattern})
    return _markers(call, f"matches(value, {pattern!r})", f"Must match {pattern}", "pattern")


def _pydantic_field(
    default: Any = ...,
    *,
    description: str | None = None,
    gt: Any = None,
    ge: Any = None,
    lt: Any = None,
    le: Any = None,
    multiple_of: Any = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    **_others: Any,
) -> Markers:
    limits = _all(
        [
            (_gt, gt),
            (_ge, ge),
            (_lt, lt),
            (_le, le),
            (_multiple_of, multiple_of),
            (_min_len, min_length),
            (_max_len, max_length),
            (_pattern, pattern),
        ],
        "pydantic.Field",
    )
    return Markers(default=None if default is ... else Stated(default), description=description).with_(limits)


def _string_constraints(
    *, min_length: int | None = None, max_length: int | None = None, pattern: str | None = None, **_others: Any
) -> Markers:
    return _all([(_min_len, min_length), (_max_len, max_length), (_pattern, pattern)], "pydantic.StringConstraints")


def _doc(documentation: str) -> Markers:
    return Markers(description=documentation, richer=("annotated_types.doc",))


def _dataclass_field(*, default: Any = ..., metadata: Mapping[str, Any] | None = None, **_others: Any) -> Markers:
    said = metadata or {}
    return _model_field(
        default=default, **{key: said[key] for key in ("description", "label", "validators") if key in said}
    )


def _model_field(
    *,
    default: Any = ...,
    description: str | None = None,
    validators: Sequence[Markers] | None = None,
    label: str | None = None,
    **_others: Any,
) -> Markers:
    listed = tuple(validator for marker in validators or () for validator in marker.validators)
    return Markers(
        default=None if default is ... else Stated(default), description=description, label=label, validators=listed
    )


def _attrs_field(default: Any = ..., *, metadata: Mapping[str, Any] | None = None, **others: Any) -> Markers:
    if isinstance(default, Markers):
        default = ...  # a Factory: what it makes is not known
    return _dataclass_field(default=default, metadata=metadata, **others)


def _one(name: str, bound: Any, words: str, richer: str | None = None) -> Markers:
    return _markers(operation(name, _OWN, {"literal": bound}), f"{name}({OWN_VALUE}, {bound!r})", words, richer)


def _all(limits: Sequence[tuple[Callable[[Any], Markers], Any]], richer: str) -> Markers:
    found = Markers()
    for make, bound in limits:
        if bound is not None:
            found = found.with_(Markers(validators=make(bound).validators, richer=(richer,)))
    return found


def _markers(call: Call, source: str, words: str, richer: str | None) -> Markers:
    plain = {"call": call, "source": source, "label": words, "error_message": words}
    return Markers(validators=(Validator.model_validate(plain),), richer=(richer,) if richer else ())


CONSTRAINTS: Mapping[str, Callable[..., Any]] = {
    "annotated_types.Gt": _gt,
    "annotated_types.Ge": _ge,
    "annotated_types.Lt": _lt,
    "annotated_types.Le": _le,
    "annotated_types.MultipleOf": _multiple_of,
    "annotated_types.Interval": _interval,
    "annotated_types.Len": _len,
    "annotated_types.MinLen": _min_len,
    "annotated_types.MaxLen": _max_len,
    "annotated_types.doc": _doc,
    "annotated_types.DocInfo": _doc,
    "pydantic.Field": _pydantic_field,
    "pydantic.StringConstraints": _string_constraints,
    "dataclasses.field": _dataclass_field,
    "attrs.field": _attrs_field,
    "rekuest.model_field": _model_field,
}
UNREAD_CALLS: Mapping[str, Markers] = {
    "attrs.Factory": Markers(),
    **{
        name: Markers(ignored=(name.partition(".")[2],))
        for name in (
            *("annotated_types.Predicate", "annotated_types.Not", "annotated_types.Timezone"),
            *("pydantic.AfterValidator", "pydantic.BeforeValidator", "pydantic.PlainValidator"),
            "pydantic.WrapValidator",
        )
    },
}
"""Calls whose arguments are code, or that no validator can say, and what is known without them."""
PREDICATES = frozenset(
    f"annotated_types.{name}"
    for name in (
        *("LowerCase", "UpperCase", "IsDigit", "IsDigits", "IsAscii", "IsFinite", "IsNotFinite", "IsNan", "IsNotNan"),
        *("IsInfinite", "IsNotInfinite"),
    )
)
"""Types that are another type with a Predicate."""
MADE: Mapping[str, str] = {
    "pydantic.conint": "Annotated[int, Field(...)]",
    "pydantic.confloat": "Annotated[float, Field(...)]",
    "pydantic.constr": "Annotated[str, Field(...)]",
    "pydantic.conlist": "Annotated[list[...], Field(...)]",
}
"""Functions of pydantic that make types, and what to write in their place."""
CONSTRAINED: Mapping[str, tuple[PortKind, Markers]] = {
    **{f"pydantic.Strict{name}": (kind, Markers()) for name, kind in _STRICT.items()},
    **{
        f"pydantic.{sign}{name}": (kind, limit(0))
        for name, kind in (("Int", PortKind.INT), ("Float", PortKind.FLOAT))
        for sign, limit in (("Positive", _gt), ("Negative", _lt), ("NonNegative", _ge), ("NonPositive", _le))
    },
    "pydantic.FiniteFloat": (PortKind.FLOAT, Markers()),
}
"""Types of pydantic that are a primitive with a constraint."""
