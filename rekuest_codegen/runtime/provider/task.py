"""A running task as its own function sees it: what it can say, and what was asked of it.

A function gets it by asking for a parameter of type `Task`, or says the same without one, through the functions here:
they speak for the task they are called inside of, from its coroutines and its threads. Outside of a task they say
nothing, so that code that uses them runs anywhere.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, SupportsFloat

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider.controls import Control

MAX_TEXT = 16_000
"""Characters of a message; the rest is cut off."""
LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARN", "WARN": "WARN", "ERROR": "ERROR", "CRITICAL": "CRITICAL"}
Say = Callable[[str, Mapping[str, Any]], None]
"""How a task is heard: the kind of report (PROGRESS, LOG, PAUSED, RESUMED) and its fields, from any thread."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a task when it begins. ``user`` is who called, ``parent`` the task it was called from, ``app``
    the name of the app whose function it runs."""

    id: str
    interface: str
    user: str = ""
    reference: str | None = None
    parent: str | None = None
    app: str = ""


class Task:
    """The task a function is running. Every method may be called from any thread of it."""

    def __init__(self, facts: Facts, control: Control, say: Say) -> None:
        self.facts = facts
        self.say = say
        self._control = control

    @property
    def id(self) -> str:
        """The task's id at the server."""
        return self.facts.id

    @property
    def user(self) -> str:
        """Who called."""
        return self.facts.user

    @property
    def reference(self) -> str | None:
        """The caller's own name for this call."""
        return self.facts.reference

    @property
    def parent(self) -> str | None:
        """The id of the task that called this one, if one did."""
        return self.facts.parent

    @property
    def cancelled(self) -> bool:
        """Whether the task was asked to end."""
        return self._control.cancelled

    def progress(self, percent: float, message: str | None = None) -> None:
        """Say how far the work is, from 0 to 100. Never waits; of many in a short time the last is sent.

        Raises:
            asyncio.CancelledError: the task was asked to end. ArgumentError: ``percent`` is no number.
        """
        self.check_cancelled()
        self.say("PROGRESS", {"progress": _percent(percent), "message": None if message is None else _text(message)})

    def log(self, message: str, level: str = "INFO") -> None:
        """Say something about the work: ``level`` is one of logging's names. Never waits.

        Raises:
            ArgumentError: there is no such level.
        """
        known = LEVELS.get(level.upper())
        if known is None:
            raise ArgumentError("$.level", f"expected one of {', '.join(sorted(LEVELS))}, got {level!r}")
        self.say("LOG", {"message": _text(message), "level": known})

    def check_cancelled(self) -> None:
        """Raise asyncio.CancelledError, as an await does, if the task was asked to end."""
        if self._control.cancelled:
            raise asyncio.CancelledError("the task was cancelled")

    def breakpoint(self) -> None:
        """Wait here while the task is paused, or stepped through.

        Raises:
            asyncio.CancelledError: the task was asked to end. SyncInsideLoopError: a loop runs here, await the other.
        """
        portal.forbid_loop("abreakpoint()")
        self.check_cancelled()
        gate = self._control.stop_here()
        if gate is not None:
            self.say("PAUSED", {})
            gate.result()
            self.check_cancelled()
            self.say("RESUMED", {})

    async def abreakpoint(self) -> None:
        """`breakpoint`, awaited."""
        self.check_cancelled()
        gate = self._control.stop_here()
        if gate is not None:
            self.say("PAUSED", {})
            await asyncio.shield(asyncio.wrap_future(gate))
            self.check_cancelled()
            self.say("RESUMED", {})


current: ContextVar[Task | None] = ContextVar("rekuest_codegen_task", default=None)


def current_task() -> Task | None:
    """The task this code runs inside of, if any."""
    return current.get()


def progress(percent: float, message: str | None = None) -> None:
    """`Task.progress` of the running task."""
    if (task := current.get()) is not None:
        task.progress(percent, message)


def log(message: str, level: str = "INFO") -> None:
    """`Task.log` of the running task."""
    if (task := current.get()) is not None:
        task.log(message, level)


def check_cancelled() -> None:
    """`Task.check_cancelled` of the running task."""
    if (task := current.get()) is not None:
        task.check_cancelled()


def breakpoint() -> None:
    """`Task.breakpoint` of the running task."""
    if (task := current.get()) is not None:
        task.breakpoint()


async def abreakpoint() -> None:
    """`Task.abreakpoint` of the running task."""
    if (task := current.get()) is not None:
        await task.abreakpoint()


def _percent(percent: object) -> int:
    if isinstance(percent, bool) or not isinstance(percent, SupportsFloat):
        raise ArgumentError("$.percent", f"expected a number from 0 to 100, got {type(percent).__name__}")
    number = float(percent)
    if not math.isfinite(number):
        raise ArgumentError("$.percent", f"expected a number from 0 to 100, got {number}")
    return round(min(100.0, max(0.0, number)))


def _text(message: object) -> str:
    return str(message)[:MAX_TEXT].encode("utf-8", "replace").decode()
