"""What holds in a ``with`` block: it may be kept, entered again, also by several threads at once, and decorate.

`contextlib.contextmanager` makes blocks that are entered once, and that hold for a coroutine function only while its
coroutine is made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from rekuest_codegen.errors import ConfigurationError

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

_Opened = tuple["Block", AbstractContextManager[None]]
_opened: ContextVar[tuple[_Opened, ...]] = ContextVar("rekuest_codegen_blocks", default=())
"""The blocks that we are in here, innermost last."""


class Block(AbstractContextManager[None]):
    """A block as often as it is entered."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make = make

    def __enter__(self) -> None:
        opened = self._make()
        opened.__enter__()
        _opened.set((*_opened.get(), (self, opened)))

    def __exit__(self, *error: Any) -> None:
        around = _opened.get()
        place = next((index for index in reversed(range(len(around))) if around[index][0] is self), None)
        if place is not None:  # else it is left in another context than it was entered in, where it holds nothing
            _opened.set((*around[:place], *around[place + 1 :]))
            around[place][1].__exit__(*error)

    def __call__(self, function: F) -> F:
        """``function``, each call of which is in the block.

        Raises:
            ConfigurationError: it yields, and between two items the block would hold for who reads them.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ConfigurationError(f"{function.__qualname__}: yields; write the with block into it instead")

        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            with self:
                return function(*args, **keywords)

        @wraps(function)
        async def acall(*args: Any, **keywords: Any) -> Any:
            with self:
                return await function(*args, **keywords)

        decorated: Any = acall if inspect.iscoroutinefunction(function) else call
        # A generated function is looked through by `submit` and `map`, which would not see the block.
        del decorated.__wrapped__
        decorated.__signature__ = inspect.signature(function)
        return decorated  # type: ignore[no-any-return]  # it is called as `function` is


def block(function: Callable[P, Generator[None]]) -> Callable[P, Block]:
    """As `contextlib.contextmanager`, of `Block`s. ``function`` runs each time that one is entered."""
    opens = contextmanager(function)

    @wraps(function)
    def make(*args: P.args, **keywords: P.kwargs) -> Block:
        return Block(lambda: opens(*args, **keywords))

    return make
