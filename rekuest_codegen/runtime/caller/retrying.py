"""Tries of one call: again where that can do no harm, with pauses that grow and differ, under one idempotency key.

Nothing was begun: trying again is safe for any node. Nobody can say what became of the task (`AgentLost`,
`ConnectionLost`, no answer to its assignment): only for a node that the server calls idempotent or pure, and its task
is looked for by the reference before another one is assigned. What the node or a person ended is not tried again.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from rekuest_codegen.errors import (
    AccessDenied,
    AgentLost,
    CallTimeout,
    ConnectionLost,
    NodeNotFound,
    RekuestError,
    ServerError,
    Unreachable,
)
from rekuest_codegen.jitter import jittered
from rekuest_codegen.runtime.caller.terms import Assignment, Options
from rekuest_codegen.runtime.context import Caller
from rekuest_codegen.runtime.remote import Remote

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
NOT_BEGUN = (Unreachable, NodeNotFound, ServerError, AgentLost, ConnectionLost, CallTimeout)
"""Errors that pass, and that say by `retry_safe` whether anything was begun."""
UNKNOWN = (AgentLost, ConnectionLost, CallTimeout)
"""Errors after which nobody can say whether the work was done."""


class Tries:
    """The tries of one call of ``remote``; `assignment` is what the next one says. ``deadline`` is the loop's time."""

    def __init__(self, remote: Remote[Any], options: Options, deadline: float | None) -> None:
        self._remote = remote
        self._options = options
        self._deadline = deadline
        self._key = options.reference.take() if options.reference is not None else str(uuid.uuid4())
        self._known = options.reference is not None
        self._failed = 0
        self._lost = 0

    @property
    def assignment(self) -> Assignment:
        """What the next try says. The key stays, so that no try begins a second task of it; only after a task that is
        known to be lost for good another one may be begun, and its key follows from the first."""
        reference = self._key if not self._lost else f"{self._key}~{self._lost + 1}"
        return Assignment(reference, self._known, self._options.agent, self._options.implementation)

    @property
    def seconds_left(self) -> float | None:
        """Until the deadline, if there is one after which nobody wants the task: one that may be taken up again by its
        reference outlives its caller."""
        if self._deadline is None or self._options.reference is not None:
            return None
        return max(self._deadline - asyncio.get_running_loop().time(), 0.001)

    async def again(self, caller: Caller, error: RekuestError) -> None:
        """Wait for the time of the next try, or raise ``error`` because there is none."""
        self._failed += 1
        pause = jittered(min(FIRST_PAUSE * 2 ** (self._failed - 1), LONGEST_PAUSE))
        late = self._deadline is not None and asyncio.get_running_loop().time() + pause >= self._deadline
        if self._failed > self._options.retries or late or not await self._safe(caller, error):
            raise error
        if isinstance(error, AgentLost):
            self._lost += 1
        self._known = True
        await asyncio.sleep(pause)

    async def _safe(self, caller: Caller, error: RekuestError) -> bool:
        if isinstance(error, AccessDenied):
            return False
        if isinstance(error, NOT_BEGUN) and error.retry_safe:
            return True
        if not isinstance(error, UNKNOWN):
            return False
        try:
            return await caller.repeatable(self._remote)
        except RekuestError:
            return False  # nobody there who would say so
