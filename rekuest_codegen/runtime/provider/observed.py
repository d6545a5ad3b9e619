"""Objects that say when they change: attributes that are set, and lists and dicts in them that are changed.

An observed object is of a subclass of its own class, made for it alone, so that ``isinstance`` and everything the class
does hold. What is said is only which attribute changed; what it became is read when it is told.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.shapes import is_array, is_mapping

T = TypeVar("T")
Touch = Callable[[], None]


def observe(instance: T, names: Iterable[str], changed: Callable[[str], None]) -> T:
    """``instance``, from now on calling ``changed`` with the name of each of ``names`` that changes, in any thread.

    Raises:
        ConfigurationError: objects of its class cannot be observed.
    """
    watched = frozenset(names)
    cls = type(instance)

    def touch(name: str) -> Touch:
        return lambda: changed(name)

    def set_attribute(self: Any, name: str, value: Any) -> None:
        if name in watched:
            value = _wrapped(value, touch(name))
        cls.__setattr__(self, name, value)
        if name in watched:
            changed(name)

    space = {"__setattr__": set_attribute, "__slots__": (), "__module__": cls.__module__, "__doc__": cls.__doc__}
    space["__qualname__"] = cls.__qualname__
    try:
        for name in watched:
            if (value := getattr(instance, name, None)) is not None:
                cls.__setattr__(instance, name, _wrapped(value, touch(name)))
        object.__setattr__(instance, "__class__", type(cls.__name__, (cls,), space))
    except (AttributeError, TypeError) as error:
        raise ConfigurationError(f"state {cls.__name__}: its objects cannot be observed ({error})") from None
    return instance


def view(instance: T) -> T:
    """``instance``, to be looked at only; lists and dicts of it are copies."""
    cls = type(instance)

    def get_attribute(self: Any, name: str) -> Any:
        value = getattr(instance, name)
        return copy.copy(value) if is_array(value) or is_mapping(value) else value

    def refuse(self: Any, name: str, value: Any) -> None:
        raise AttributeError(f"{cls.__name__}.{name} cannot be set here: it was asked for as ReadOnly[{cls.__name__}]")

    space = {
        "__getattribute__": get_attribute,
        "__setattr__": refuse,
        "__slots__": (),
        "__qualname__": cls.__qualname__,
    }
    made = type(cls.__name__, (cls,), {**space, "__module__": cls.__module__})
    return cast("T", object.__new__(made))


def _wrapped(value: Any, touch: Touch) -> Any:
    if is_array(value) and type(value) is list:
        return _List(value, touch)
    if is_mapping(value) and type(value) is dict:
        return _Dict(value, touch)
    return value


def _nobody() -> None:
    """Nobody is told of what copies become (`dataclasses.asdict` makes them of our own class)."""


class _List(list[Any]):
    """A list that says when it changes."""

    def __init__(self, items: Iterable[Any] = (), touch: Touch = _nobody) -> None:
        super().__init__(_wrapped(item, touch) for item in items)
        self._touch = touch

    def __reduce__(self) -> tuple[Any, ...]:
        return list, ([*self],)

    def __copy__(self) -> list[Any]:
        return [*self]


class _Dict(dict[Any, Any]):
    """A dict that says when it changes."""

    def __init__(self, items: Any = (), touch: Touch = _nobody) -> None:
        super().__init__({key: _wrapped(item, touch) for key, item in dict(items).items()})
        self._touch = touch

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, ({**self},)

    def __copy__(self) -> dict[Any, Any]:
        return {**self}


def _telling(base: type[Any], method: str) -> Callable[..., Any]:
    plain = getattr(base, method)

    def told(self: Any, *args: Any, **keywords: Any) -> Any:
        try:
            return plain(self, *(_wrapped(value, self._touch) for value in args), **keywords)
        finally:
            self._touch()

    told.__name__ = method
    return told


for _base, _cls, _methods in (
    (
        list,
        _List,
        "__setitem__ __delitem__ __iadd__ __imul__ append extend insert pop remove clear sort reverse",
    ),
    (dict, _Dict, "__setitem__ __delitem__ __ior__ update setdefault pop popitem clear"),
):
    for _method in _methods.split():
        setattr(_cls, _method, _telling(_base, _method))
