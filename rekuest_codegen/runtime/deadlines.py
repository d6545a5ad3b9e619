"""A bound on how long something is waited for, whose passing is an error of ours."""

from __future__ import annotations

import asyncio
import math
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from rekuest_codegen.errors import CallTimeout, ConfigurationError

SECONDS = "seconds above 0, or None"
"""What a timeout may be."""


def is_timeout(value: object) -> bool:
    """Whether it is seconds that can be waited, or None for no bound."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


class within:
    """``async with within(5, "lab/add: no result", "the task runs on"):`` the block has 5 seconds; None for no bound.

    Raises:
        ConfigurationError: those are no seconds that can be waited.
        CallTimeout: "lab/add: no result within 5 s; the task runs on". What was raised inside goes its way.
    """

    __slots__ = ("_bound", "_mark", "_seconds", "_then", "_what", "outer")

    def __init__(self, seconds: float | None, what: str, then: str = "") -> None:
        if seconds is not None and not is_timeout(seconds):
            raise ConfigurationError(f"timeout {seconds!r}: expected {SECONDS}")
        self._bound = asyncio.timeout(seconds)
        self._seconds = seconds
        self._what = what
        self._then = f"; {then}" if then else ""
        self.outer: within | None = None
        self._mark: Token[within | None] | None = None

    def __str__(self) -> str:
        return f"{self._what} within {self._seconds:g} s{self._then}"

    @property
    def passed(self) -> bool:
        """Whether it is over, and the block was ended for that; known inside of it too, as it is being cancelled."""
        return self._bound.expired()

    async def __aenter__(self) -> Self:
        await self._bound.__aenter__()
        if self._seconds is not None:
            self.outer = _around.get()
            self._mark = _around.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mark is not None:
            _around.reset(self._mark)
        try:
            await self._bound.__aexit__(kind, error, trace)
        except TimeoutError:
            raise CallTimeout(str(self)) from None


_around: ContextVar[within | None] = ContextVar("rekuest_codegen_deadline", default=None)


def overdue() -> str | None:
    """What was not there in time, where a bound around this code has passed, and ends it."""
    bound = _around.get()
    while bound is not None:
        if bound.passed:
            return str(bound)
        bound = bound.outer
    return None
