"""Tokens from a function of the user's own.

What it raises is a mistake of its own, and is not tried again; save where it says that the network failed.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from rekuest_codegen.errors import RekuestError
from rekuest_codegen.runtime.auth.renewal import ASK_EVERY, Grant, Renewal
from rekuest_codegen.wire.auth import checked
from rekuest_codegen.wire.faults import fault


class Called:
    """Asks a function, sync or async, once a minute while tokens are needed, and whenever one was refused."""

    def __init__(self, function: Callable[[], str | Awaitable[str]]) -> None:
        self._function = function
        self._renewal = Renewal(self._ask)

    async def token(self, *, refused: str | None = None) -> str:
        return await self._renewal.token(refused)

    async def _ask(self, last: Grant | None, refused: bool) -> Grant:
        function = self._function
        try:
            given = function() if inspect.iscoroutinefunction(function) else await asyncio.to_thread(function)
            token = await given if inspect.isawaitable(given) else given
        except RekuestError:
            raise
        except Exception as error:
            raise fault(repr(self), error) from error
        return Grant(checked(token), ASK_EVERY)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Called) and self._function == other._function

    def __hash__(self) -> int:
        return hash(self._function)

    def __repr__(self) -> str:
        return f"Called({getattr(self._function, '__qualname__', type(self._function).__name__)})"
