"""How objects of other people's classes shrink and expand, where the class itself has no methods for it.

`adapt` says it for a class; for the classes in `project.stored` it is known: they go to the object store. What a class
says of itself, by ``ashrink`` and ``aexpand`` or ``shrink`` and ``expand``, counts more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.project.stored import stored_name
from rekuest_codegen.runtime.types import Reference

T = TypeVar("T")


class Adapter(NamedTuple):
    """``shrink`` gives the reference to an object, ``expand`` the object; either may be a coroutine function."""

    shrink: Callable[[Any], Any]
    expand: Callable[[str], Any]
    fits: Callable[[object], bool]


_adapted: dict[type[Any], Adapter] = {}
_stored: dict[str, Adapter] = {}


def adapt(cls: type[T], *, shrink: Callable[[T], Any], expand: Callable[[str], Any]) -> None:
    """Say how objects of ``cls``, a class of other people's, become references (text or int) and come back.

    The identifier they travel under is said in ``[tool.rekuest-codegen.structures]``. Both functions may be coroutine
    functions; they run where the call runs.
    """

    def fits(value: object) -> bool:
        return isinstance(value, cls)

    _adapted[cls] = Adapter(shrink, expand, fits)


def adapter_of(cls: type[Any]) -> Adapter | None:
    """The adapter of a class, its bases' included; None when there is none."""
    for base in cls.__mro__:
        if base in _adapted:
            return _adapted[base]
        stored = base.__dict__.get("stored") if issubclass(cls, Reference) else None
        name = stored_name(f"{base.__module__}.{base.__qualname__}" if stored is None else str(stored))
        if name is not None:
            if name not in _stored:
                _stored[name] = _into_store(name)
            return _stored[name]
    return None


def _into_store(name: str) -> Adapter:
    from rekuest_codegen.runtime.objects.formats import FORMATS
    from rekuest_codegen.runtime.objects.kinds import KINDS
    from rekuest_codegen.runtime.objects.pointers import read_pointer
    from rekuest_codegen.runtime.objects.settings import current_store, is_lazy

    form, kind = FORMATS[name], KINDS[name]

    async def shrink(value: Any) -> str:
        try:
            return await asyncio.to_thread(lambda: str(current_store().put(form.encode(value))))
        except ArgumentError:
            raise
        except ValueError as error:
            raise ArgumentError("$", str(error)) from error

    async def expand(reference: str) -> Any:
        held = kind(reference)
        try:
            read_pointer(reference)
            return held if is_lazy.get() or not form.is_here else await held.aload()
        except ValueError as error:
            raise ArgumentError("$", str(error)) from error

    return Adapter(shrink, expand, kind.is_one)
