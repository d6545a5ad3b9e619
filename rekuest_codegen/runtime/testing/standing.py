"""What stands in for nodes right now: in this context (a task, a thread, a test), or everywhere in the process.

Of several the innermost counts. What was left stands in for nothing any more, in whatever task or thread a copy of
its context lives on.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, Self

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Watch


class Standing(ABC):
    """Something that stands in for nodes between ``__enter__`` and ``__exit__``.

    ``everywhere``: in all threads and tasks of the process, rather than in those that begin here.
    """

    last_resort = False

    def __init__(self, *, everywhere: bool = False) -> None:
        self.everywhere = everywhere
        self._blocks = 0

    @property
    def active(self) -> bool:
        """Whether it stands in for anything now."""
        return self._blocks > 0

    @abstractmethod
    def takes(self, remote: Remote[Any]) -> bool:
        """Whether it stands in for ``remote``."""

    @property
    @abstractmethod
    def place(self) -> Nested:
        """Where the calls go."""

    def __enter__(self) -> Self:
        if self.active:
            raise ConfigurationError(f"{self!r} is in use; make another one")
        self._begin()
        return self

    @contextmanager
    def again(self) -> Generator[None]:
        """As a block of it, of which there may be several at once."""
        self._begin()
        try:
            yield
        finally:
            self.__exit__()

    def _begin(self) -> None:
        with _lock:
            self._blocks += 1
        _enter(self)

    def __exit__(self, *_: object) -> None:
        with _lock:
            self._blocks -= 1
        _leave(self)


_here: ContextVar[tuple[Standing, ...]] = ContextVar("rekuest_codegen_standing", default=())
_everywhere: tuple[Standing, ...] = ()
_lock = threading.Lock()


def find(remote: Remote[Any]) -> Nested | None:
    """Where calls of ``remote`` go, or None where nothing stands in for it."""
    standing = [one for one in (*_everywhere, *_here.get()) if one.active]
    for last_resort in (False, True):
        for one in reversed(standing):
            if one.last_resort is last_resort and one.takes(remote):
                return one.place
    return None


def _enter(one: Standing) -> None:
    global _everywhere
    if one.everywhere:
        with _lock:
            _everywhere = (*_everywhere, one)
            context.stand_in_everywhere = find
    else:
        _here.set((*_here.get(), one))
        context.stand_in.set(find)


def _leave(one: Standing) -> None:
    # No token is kept: fixtures are left in another context than they were entered in.
    global _everywhere
    with _lock:
        _everywhere = _without(one, _everywhere)
        context.stand_in_everywhere = find if _everywhere else None
    _here.set(tuple(other for other in _without(one, _here.get()) if other.active))
    if not _here.get():
        context.stand_in.set(None)


def _without(one: Standing, standing: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """All but the last entry of ``one``, if there is any."""
    if one not in standing:
        return standing
    last = len(standing) - 1 - standing[::-1].index(one)
    return standing[:last] + standing[last + 1 :]


class Offline(Standing):
    """Refuses calls of nodes that nothing else stands in for."""

    last_resort = True

    def takes(self, remote: Remote[Any]) -> bool:
        return True

    @property
    def place(self) -> Nested:
        return Nested(self, None)

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        _refuse(remote)

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return False

    async def cancel(self, watch: Watch) -> None:
        raise AssertionError("nothing was started")

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        raise AssertionError("nothing was started")


def offline(*, everywhere: bool = False) -> Offline:
    """``with offline():`` no call in the block reaches a server: it is faked, or ConfigurationError is raised."""
    return Offline(everywhere=everywhere)


def _refuse(remote: Remote[Any]) -> NoReturn:
    raise ConfigurationError(f"{remote.title} was called, and nothing stands in for it: use fake(...) in this test")
