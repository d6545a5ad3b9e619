"""What a fake is told to do, and what it is refused for: before it is used, in the words of the test that made it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.remote import Remote

UNSAID: Any = object()
FEW = 10_000
"""Items of a collection that are looked at before they are given."""
Failure: TypeAlias = BaseException | type[BaseException]
Items: TypeAlias = Iterable[Any] | AsyncIterable[Any]


@dataclass(slots=True)
class Behaviour:
    """What a fake does when it is called; each is `UNSAID` where nothing was said of it."""

    returns: Any = UNSAID
    yields: Any = UNSAID
    raises: Any = UNSAID
    side_effect: Any = UNSAID
    _spent: bool = False

    def check(self, remote: Remote[Any], *, streams: bool) -> None:
        """Refuse what goes together with nothing, or is none of what it has to be.

        Raises:
            ConfigurationError: it is.
        """

        def refuse(problem: str) -> None:
            raise ConfigurationError(f"fake of {remote.title}: {problem}")

        kind = "generator, which yields" if streams else "function, which returns once"
        other = self.side_effect is not UNSAID
        if self.returns is not UNSAID and (other or streams or self.raises is not UNSAID):
            refuse(f"returns= does not go with the rest; it is a {kind}")
        if self.yields is not UNSAID and (other or not streams):
            refuse(f"yields= does not go with the rest; it is a {kind}")
        if other and self.raises is not UNSAID:
            refuse("say raises= or side_effect=, not both")
        if self.yields is not UNSAID and not _gives_items(self.yields):
            refuse(f"yields= expected items, as in yields=[1, 2], got {_shown(self.yields)}")
        if self.raises is not UNSAID and not is_failure(self.raises):
            refuse(f"raises= expected an exception, or a class of one, got {_shown(self.raises)}")
        if other:
            if not callable(self.side_effect):
                refuse(f"side_effect= expected a function, got {_shown(self.side_effect)}")
            python = {key: name for name, key in remote.contract.names.items()}
            names = [python.get(port.key, port.key) for port in remote.contract.args]
            if problem := _cannot_be_called(self.side_effect, names):
                refuse(f"side_effect= is called with {', '.join(names) or 'nothing'} by name: {problem}")

    def known_items(self) -> list[Any]:
        """What it will yield, as far as that can be told without taking anything away from it."""
        if not _is_collection(self.yields) or len(self.yields) > FEW:
            return []
        return [item for item in self.yields if not is_failure(item)]

    def items(self) -> Any:
        """What to yield; None for nothing.

        Raises:
            ConfigurationError: a call before this one has taken it.
        """
        if self.yields is UNSAID:
            return None
        if _is_iterator(self.yields):
            if self._spent:
                raise ConfigurationError(
                    "yields= is an iterator, and a call before this one took its items; give a list, or a function "
                    "that makes them as side_effect="
                )
            self._spent = True
        return self.yields


def is_failure(item: object) -> TypeGuard[Failure]:
    """Whether it can be raised."""
    return isinstance(item, BaseException) or (isinstance(item, type) and issubclass(item, BaseException))


def _gives_items(items: object) -> bool:
    if not isinstance(items, Iterable):
        return isinstance(items, AsyncIterable)
    try:
        iter(items)  # pyright: ignore[reportUnknownArgumentType] - of anything
    except TypeError:  # an array of no dimension has the method, too
        return False
    return True


def _is_iterator(items: object) -> bool:
    return isinstance(items, Iterator | AsyncIterator)


def _is_collection(items: object) -> TypeGuard[Collection[Any]]:
    return not _is_iterator(items) and isinstance(items, Collection)


def _cannot_be_called(function: Callable[..., Any], names: Iterable[str]) -> str | None:
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return None  # it does not say
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError as error:
        return str(error)
    return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
