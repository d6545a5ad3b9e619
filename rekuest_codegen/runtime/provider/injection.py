"""What a parameter that is no port asks for: the task, or an object of a class this agent has one of.

The scanner says which parameters these are; what class each is annotated with is asked of the running code, so that a
class is found wherever it was defined.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from rekuest_codegen.errors import DefinitionError, Finding
from rekuest_codegen.runtime.provider.task import Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _ReadOnly:
    """Marks a state that is only looked at."""


READ_ONLY = _ReadOnly()
ReadOnly = Annotated[T, READ_ONLY]
"""``def look(stage: ReadOnly[Stage]) -> float``: the state, not to be changed by this function."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A class of which an object is handed in; None is the task itself."""

    cls: type[Any] | None
    read_only: bool = False


TASK = Wanted(None)


def wanted_by(function: Callable[..., Any], names: Iterable[str], known: Mapping[str, type[Any]]) -> dict[str, Wanted]:
    """What the parameters ``names`` of ``function`` ask for; ``known`` has classes by name, where no module has them.

    Raises:
        DefinitionError: an annotation means nothing here.
    """
    return {name: _wanted(annotation_of(function, name, known)) for name in names}


def annotation_of(function: Callable[..., Any], name: str, known: Mapping[str, type[Any]]) -> Any:
    """The annotation of one parameter, or of ``return``, evaluated where it was written.

    Raises:
        DefinitionError: it cannot be.
    """
    plain = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    annotation = getattr(plain, "__annotations__", {}).get(name, inspect.Parameter.empty)
    if not isinstance(annotation, str):
        return annotation
    free = getattr(getattr(plain, "__code__", None), "co_freevars", ())
    cells = dict(zip(free, getattr(plain, "__closure__", None) or (), strict=False))
    space = {**known, **getattr(plain, "__globals__", {}), **{key: cell.cell_contents for key, cell in cells.items()}}
    try:
        return eval(annotation, space)  # noqa: S307 - the user's own source, which has been imported already
    except Exception as error:
        code = getattr(plain, "__code__", None)
        place = f"{code.co_filename}:{code.co_firstlineno}:1" if code is not None else str(plain)
        text = f"{plain.__qualname__}: what {name} is annotated with cannot be found when the code runs ({error})"
        raise DefinitionError([Finding("unknown-annotation", place, text)]) from None


def _wanted(annotation: Any) -> Wanted:
    read_only = False
    while get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
        read_only = read_only or any(_is_read_only(marker) for marker in metadata)
    origin = get_origin(annotation)
    if origin is not None and getattr(origin, "__name__", "") == "ReadOnly":  # that of another package of the family
        return Wanted(cast("type[Any]", get_args(annotation)[0]), True)
    if origin is typing.Union and len(get_args(annotation)) == 2:
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if not isinstance(annotation, type):
        return TASK
    cls = cast("type[Any]", annotation)
    return TASK if issubclass(cls, Task) else Wanted(cls, read_only)


def _is_read_only(marker: object) -> bool:
    return isinstance(marker, _ReadOnly)
