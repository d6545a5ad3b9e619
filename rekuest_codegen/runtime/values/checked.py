"""What pydantic refuses, looked at again: numbers of numpy's are taken for what they are, and the rest is said in our
words, of the place in the user's value.

Pydantic's own place (``loc``) is a row of steps in which the key of a dict, the field of a model and the member of a
union look alike. Ports and value together tell which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.kinds import PortKind
from rekuest_codegen.ir.ports import Port
from rekuest_codegen.runtime.values import ROOT, Types, Walk, values_walk
from rekuest_codegen.runtime.values.annotated import ports_of
from rekuest_codegen.runtime.values.containers import alternative, field_names
from rekuest_codegen.runtime.values.leaves import as_integer, as_truth
from rekuest_codegen.runtime.values.walk import Place
from rekuest_codegen.runtime.values.wording import COMPARED, SIZES, beyond, describe, no_text, unfit, unknown
from rekuest_codegen.shapes import is_array, is_mapping, is_object, is_series

_NUMPYS = frozenset({"int_type", "bool_type"})
_SAID_BY_CODE = frozenset({"value_error", "assertion_error"})


def checked_again(
    cls: type[BaseModel],
    given: Mapping[str, Any],
    error: ValidationError,
    ports: Sequence[Port],
    types: Types,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """``given``, which ``cls`` refused with ``error``, with numpy's integers and truths made Python's: it passes then.

    Args:
        cls: the arguments of a node, or a model.
        given: values by the names of ``cls``.
        error: what it said.
        ports: what the values are for.
        types: classes by identifier.
        names: names of ``cls`` by wire key, where the two differ.

    Raises:
        ArgumentError: it does not; names the first place that does not fit, and how many more there are.
    """
    walk = values_walk(types)
    problems = error.errors(include_url=False)
    if any(problem["type"] in _NUMPYS for problem in problems):
        by_name = {name: port for port in ports for name in (port.key, names.get(port.key, port.key))}
        mended = {
            name: _plain(by_name[name], value, walk) if name in by_name else value for name, value in given.items()
        }
        try:
            cls.__pydantic_validator__.validate_python(mended)
            return mended
        except ValidationError as again:
            given, problems = mended, again.errors(include_url=False)
    raise _refusal(problems, given, ports, walk, names) from None


def model_checked_again(cls: type[BaseModel], given: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    """`checked_again` for a generated class by itself, whose annotations say what its ports said."""
    ports, types = ports_of(cls)
    return checked_again(cls, given, error, ports, types, field_names(cls))


# -- what numpy calls an int or a bool ----------------------------------------------------------------------------


def _plain(port: Port, value: Any, walk: Walk) -> Any:
    """``value`` with Python's integers and truths where ``port`` has such and it has numpy's."""
    match port.kind:
        case PortKind.INT:
            number = as_integer(value)
            return value if number is None else number
        case PortKind.BOOL:
            truth = as_truth(value)
            return value if truth is None else truth
        case PortKind.LIST if is_array(value):
            return [_plain(port.item, item, walk) for item in value]
        case PortKind.DICT if is_object(value):
            return {key: _plain(port.item, item, walk) for key, item in value.items()}
        case PortKind.MODEL if is_object(value):
            return {key: _plain(child, value[key], walk) for key, child in _children(port, value, walk).items()}
        case PortKind.UNION if not any(walk.fits(child, value, exact=True) for child in port.children):
            meant = alternative(port, value, walk)
            return value if meant is None else _plain(meant[1], value, walk)
        case _:
            return value


def _children(port: Port, fields: Mapping[Any, Any], walk: Walk) -> dict[Any, Port]:
    """The ports of what a mapping has, which may call fields as the wire does or as the model's class does."""
    names = field_names(walk.types.get(port.identifier or ""))
    by_name = {name: child for child in port.children for name in (names.get(child.key, child.key), child.key)}
    return {key: by_name[key] for key in fields if key in by_name}


# -- where something is wrong, and what ---------------------------------------------------------------------------


def _refusal(
    problems: Sequence[ErrorDetails],
    given: Mapping[str, Any],
    ports: Sequence[Port],
    walk: Walk,
    names: Mapping[str, str],
) -> ArgumentError:
    found: dict[str, ArgumentError] = {}
    doubted: dict[str, ArgumentError] = {}
    for problem in problems:
        told, fault = None, _Fault(problem, walk)
        first, steps = problem["loc"][:1], problem["loc"][1:]
        for port in ports:
            if first in ((port.key,), (names.get(port.key),)):
                place = ROOT.field(port.key)
                if problem["type"] == "missing" and not steps:
                    told = unfit(port, None, walk.types, place)
                else:
                    told = fault.follow(port, given.get(str(first[0])), steps, place)
        if told is None:
            text = _in_its_words(problem)
            if problem["type"] == "extra_forbidden":
                text = unknown([names.get(port.key, port.key) for port in ports])
            told = ArgumentError(str(_along(ROOT, problem["loc"])), text)
        (doubted if fault.doubtful else found).setdefault(told.path, told)
    error, *more = (found or doubted).values()
    return ArgumentError(error.path, f"{error.problem} (and {len(more)} more)") if more else error


class _Fault:
    """One thing that pydantic found wrong, to be found in the value."""

    def __init__(self, problem: ErrorDetails, walk: Walk) -> None:
        self._problem = problem
        self._walk = walk
        self._culprit = problem["input"]
        """The very object: a row of steps is read rightly if it leads to it."""
        self.doubtful = False
        """Whether it may be no more than what the other members of a union say of a value that is meant for one."""

    def follow(self, port: Port, value: Any, steps: Sequence[int | str], place: Place) -> ArgumentError | None:
        """The error, if ``steps`` lead to what is wrong from here."""
        match port.kind:
            case PortKind.UNION if value is not None:
                meant = alternative(port, value, self._walk)
                if meant is None:
                    return unfit(port, value, self._walk.types, place)
                if value is self._culprit and _bound_of(self._problem) is None:
                    self.doubtful = True
                # Members have a step, unless there is but one that differs.
                ways = (steps[1:], steps) if steps else (steps,)
                return next((told for way in ways if (told := self.follow(meant[1], value, way, place))), None)
            case _ if not steps:
                return self._say(port, place) if value is self._culprit else None
            case PortKind.LIST if is_series(value):
                index = steps[0]
                if isinstance(index, int) and index < len(value):
                    return self.follow(port.item, value[index], steps[1:], place.item(index))
            case PortKind.DICT if is_mapping(value):
                if steps[1:] == ("[key]",) and any(key is self._culprit for key in value):
                    return ArgumentError(str(place), no_text(self._culprit))
                if isinstance(key := steps[0], str) and key in value:
                    return self.follow(port.item, value[key], steps[1:], place.entry(key))
            case PortKind.MODEL if is_mapping(value):
                return self._in_model(port, value, steps, place)
            case PortKind.STRUCTURE | PortKind.INTERFACE:  # a class of the user's, which pydantic looks into
                return ArgumentError(str(_along(place, steps)), _in_its_words(self._problem))
            case _:
                pass
        return None

    def _in_model(
        self, port: Port, value: Mapping[Any, Any], steps: Sequence[int | str], place: Place
    ) -> ArgumentError | None:
        if self._problem["type"] == "missing" and len(steps) == 1 and value is self._culprit:
            child = next((child for child in port.children if child.key == steps[0]), None)
            if child is not None:
                return unfit(child, None, self._walk.types, place.field(child.key))
        child = _children(port, value, self._walk).get(steps[0])
        if child is None:
            return ArgumentError(str(_along(place, steps)), _in_its_words(self._problem))
        return self.follow(child, value[steps[0]], steps[1:], place.field(child.key))

    def _say(self, port: Port, place: Place) -> ArgumentError:
        problem = self._problem
        if self._culprit is None or problem["type"] not in _SAID_BY_CODE:
            if (bound := _bound_of(problem)) is not None:
                return ArgumentError(str(place), beyond(*bound, self._culprit))
            return unfit(port, self._culprit, self._walk.types, place)
        return ArgumentError(str(place), _in_its_words(problem))


def _bound_of(problem: ErrorDetails) -> tuple[str, Any] | None:
    context = problem.get("ctx", {})
    return next(((name, context[name]) for name in (*COMPARED, *SIZES) if name in context), None)


def _along(place: Place, steps: Sequence[int | str]) -> Place:
    for step in steps:
        place = place.item(step) if isinstance(step, int) else place.field(step)
    return place


def _in_its_words(problem: ErrorDetails) -> str:
    text = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return text if problem["type"] == "missing" else f"{text}, got {describe(problem['input'])}"
