"""A call with options: its tries, its choice of who runs it, its bar. Plain calls never come here.

Lives in the loop that serves the call, and is read there as the `Watch` of a plain call is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rekuest_codegen.errors import AgentLost, ProtocolError, RekuestError
from rekuest_codegen.runtime.caller.retrying import Tries
from rekuest_codegen.runtime.caller.terms import Assignment, Options
from rekuest_codegen.runtime.context import Caller
from rekuest_codegen.runtime.deadlines import within
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire.asides import Aside
from rekuest_codegen.wire.lifecycle import terminal_kind
from rekuest_codegen.wire.tracing import NO_SPAN, Span

if TYPE_CHECKING:
    from rekuest_codegen.runtime.caller.bars import Bar


class Attempt:
    """One call of ``remote`` by ``caller``, however many tasks it takes; it begins its bar when it is made.
    ``awaited``: its timeout is one for the whole, and not from item to item. ``heard`` is told of every event but what
    is yielded and the end."""

    def __init__(
        self,
        caller: Caller,
        remote: Remote[Any],
        wire: Mapping[str, Any],
        options: Options,
        bound: within | None = None,
        *,
        awaited: bool = False,
        heard: Callable[[Event], None] | None = None,
    ) -> None:
        self.title = remote.title
        self.bound = bound
        """The deadline of what is waited for now. Where that passes, the task is cancelled, whatever the options say of
        interruptions."""
        self._caller = caller
        self._remote = remote
        self._wire = wire
        self._options = options
        self._awaited = awaited
        self._heard = heard
        loop = asyncio.get_running_loop()
        self._tries = Tries(remote, options, None if options.timeout is None else loop.time() + options.timeout)
        self._watch: Watch | None = None
        self._given = False
        self._bar = _bar(remote.title) if options.progress else None

    @property
    def ended(self) -> bool:
        """Whether nothing is left to cancel."""
        if self._watch is None or self._watch.ended:
            self._close()
            return True
        return False

    @property
    def span(self) -> Span:
        """That of the task which it waits for."""
        return NO_SPAN if self._watch is None else self._watch.span

    async def begin(self) -> Watch:
        """Assign its task, and once more where that is safe."""
        while self._watch is None:
            try:
                self._watch = await self._caller.start(self._remote, self._wire, self._assignment)
                if self._options.keep:
                    self._watch.outlive(cancelled=True)
            except RekuestError as error:
                await self._tries.again(self._caller, error)
        return self._watch

    async def next_yield(self) -> Mapping[str, Any] | None:
        """As `Watch.next_yield`. Until something was given, it is tried again where that is safe."""
        while True:
            watch = await self.begin()
            try:
                item = await self._read(watch)
            except RekuestError as error:
                if isinstance(error, AgentLost) and not watch.ended:
                    await self._caller.cancel(watch)  # should its agent come back, there are no two of them
                if self._given:
                    raise
                self._watch = None
                await self._tries.again(self._caller, error)
            else:
                self._given = True
                return item

    async def result(self) -> Mapping[str, Any]:
        """As `Watch.result`, with its tries."""
        returns: Mapping[str, Any] | None = None
        while (item := await self.next_yield()) is not None:
            returns = item
        if returns is None:
            raise ProtocolError(f"{self.title}: completed without returning anything")
        return returns

    async def leave(self) -> None:
        """Nobody waits any more: its task is cancelled, if it is not to run on."""
        self._close()
        if self._watch is None:
            return
        if self._kept():
            self._watch.leave(f"{self.title}: the call was left, and the task runs on")
        else:
            await self._caller.cancel(self._watch)

    @property
    def _assignment(self) -> Assignment:
        said = self._tries.assignment
        if self._options.keep:
            return said._replace(keep=self._kept)
        if self._awaited:
            return said._replace(aside=Aside(awaited=True, within=self._tries.seconds_left))
        return said

    def _kept(self) -> bool:
        """Whether the task is to run on when its caller goes now."""
        return self._options.keep and not (self.bound is not None and self.bound.passed)

    async def _read(self, watch: Watch) -> Mapping[str, Any] | None:
        while True:
            event = await watch.next_event()
            if event.kind == "YIELD":
                return event.returns or {}
            if event.kind == "PROGRESS" and self._bar is not None:
                self._bar.tell(event.progress, event.message)
            if event.kind == "COMPLETED":
                return None
            if terminal_kind(event.kind):
                raise watch.outcome(event)
            if self._heard is not None:
                self._heard(event)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _bar(title: str) -> Bar:
    from rekuest_codegen.runtime.caller.bars import open_bar  # most calls have none

    return open_bar(title)
