"""The request that assigns a task, and what is done where nobody knows whether it arrived.

The real server takes the same reference twice for two tasks, so a task is looked for by its reference before it is
assigned again; and one whose caller went meanwhile is looked for to be cancelled, unless it is to be kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rekuest_codegen.api.client.operations import ASSIGN_GQL, CANCEL_GQL, FIND_TASK_GQL
from rekuest_codegen.errors import AccessDenied, ConnectionLost, RekuestError, TransportError
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.caller.patience import Patience
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.transport import Payload
from rekuest_codegen.wire.answers import reading
from rekuest_codegen.wire.asides import NOTHING, Aside
from rekuest_codegen.wire.tracing import Span

LOOK_AGAIN = (0.0, 1.0)
"""Seconds before each look for a task whose assignment got no answer; the request may still be under way."""


class Unassigned(Exception):
    """The connection broke under an assignment, and it did not arrive."""


class Assignments:
    """Those of one client. ``hold`` is told of work that goes on by itself; ``wanted`` says whether somebody else is
    there for a reference and its task."""

    def __init__(
        self,
        link: Link,
        patience: Patience,
        hold: Callable[[asyncio.Task[Any]], None],
        wanted: Callable[[str, str], bool],
    ) -> None:
        self._link = link
        self._patience = patience
        self._hold = hold
        self._wanted = wanted

    async def assign(self, request: Payload, span: Span, how: Assignment | None) -> str:
        """The id of the task. Who is cancelled meanwhile leaves none behind, unless ``how.keep()`` says that it is to
        run.

        Raises:
            Unassigned: the connection broke, and the server has no such task.
        """
        keep, aside = (None, NOTHING) if how is None else (how.keep, how.aside)
        if keep is None:
            try:
                return await self._assign(request, span, aside)
            except asyncio.CancelledError:
                self.abandon(request["reference"])
                raise
        work = asyncio.create_task(self._assign(request, span, aside))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            if keep():
                self._go_on(work)
            else:
                work.cancel()
                self.abandon(request["reference"])
            raise

    async def find(self, reference: str) -> str | None:
        """The task that was assigned with ``reference``, if the server has one; asked for while we reconnect.

        Raises:
            TransportError, AccessDenied, ServerError
        """
        return await self._patience.through(lambda: self._find(reference))

    async def _assign(self, request: Payload, span: Span, aside: Aside) -> str:
        try:
            answer = await self._link.request(
                ASSIGN_GQL, {"input": request}, again=False, extensions=span.carrier, aside=aside
            )
            with reading(self._link.endpoint.base):
                return str(answer["assign"]["id"])
        except ConnectionLost as lost:
            if self._link.closed:
                raise ConnectionLost(f"{lost}; the task may run") from None
            try:
                for pause in LOOK_AGAIN:
                    await asyncio.sleep(pause)
                    if (task := await self.find(request["reference"])) is not None:
                        return task
            except (TransportError, AccessDenied) as error:
                # Whatever came in the way now, the first request may have arrived: no longer safe to repeat.
                raise ConnectionLost(f"{lost}; then {error}") from None
        raise Unassigned

    async def _find(self, reference: str) -> str | None:
        found = await self._link.request(FIND_TASK_GQL, {"reference": reference}, again=True)
        with reading(self._link.endpoint.base):
            return str(found["tasks"][0]["id"]) if found["tasks"] else None

    def abandon(self, reference: str) -> None:
        """Have the task of ``reference`` cancelled, if there is one and nobody else here wants it."""
        self._go_on(asyncio.create_task(self._abandon(reference)))

    async def _abandon(self, reference: str) -> None:
        """Cancel the task of an assignment whose caller did not wait for the answer, once the server has it."""
        with suppress(RekuestError):
            for pause in LOOK_AGAIN:
                await asyncio.sleep(pause)
                if (task := await self._find(reference)) is None:
                    continue
                if not self._wanted(reference, task):
                    await self._link.request(CANCEL_GQL, {"input": {"task": task}}, again=True)
                return

    def _go_on(self, work: asyncio.Task[Any]) -> None:
        self._hold(work)
        portal.leaving.add(work)  # a process that ends tells the server first

        def over(work: asyncio.Task[Any]) -> None:
            portal.leaving.discard(work)
            if not work.cancelled():
                work.exception()  # there is nobody to be told

        work.add_done_callback(over)
