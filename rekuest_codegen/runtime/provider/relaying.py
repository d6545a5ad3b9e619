"""The agent's side of `relayed`: calls that come through the pipe of a process, made here as its task's own.

They go where a call of a thread of the task would go, so its children they are, and what stands in for nodes in a test
stands in for theirs too.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from rekuest_codegen.errors import RekuestError
from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.caller.calls import cancel, where_it_runs
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.provider.relayed import WINDOW
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Watch
from rekuest_codegen.wire.lifecycle import terminal_kind
from rekuest_codegen.wire.raised import text_of


class _Call:
    """One call: its ``room`` for events in the process, and whether it is to be kept if it is dropped meanwhile."""

    def __init__(self, place: Nested) -> None:
        self.place = place
        self.room = asyncio.Semaphore(WINDOW)
        self.keep = False
        self.watch: Watch | None = None
        self.work: asyncio.Task[None]


class Relaying:
    """The calls of one run in a process. ``send`` puts a message into the pipe; to be used in the run's context."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._calls: dict[int, _Call] = {}
        self._answers: set[asyncio.Task[None]] = set()

    def hear(self, verb: str, number: int, *what: Any) -> None:
        """What the process asks for; of a call that is over, nothing."""
        call = self._calls.get(number)
        match verb:
            case "start":
                self._start(number, *what)
            case "repeatable":
                self._answer(number, self._repeatable, *what)
            case "steer":
                self._answer(number, self._steer, *what)
            case "room" if call is not None:
                for _ in range(what[0]):
                    call.room.release()
            case "outlive" if call is not None and call.watch is not None:
                call.watch.outlive(cancelled=what[0])
            case "drop" if call is not None:
                self._drop(number, call, *what)
            case _:
                pass

    def close(self) -> None:
        """The run is over: nobody waits for its calls any more."""
        for number, call in list(self._calls.items()):
            # Whether its task is cancelled with the one that called it is seen where that ends.
            self._drop(number, call, call.watch is not None and call.watch.runs_on)
        for answer in self._answers:
            answer.cancel()

    def _start(self, number: int, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None) -> None:
        call = self._calls[number] = _Call(_place(remote))
        kept = how._replace(keep=lambda: call.keep) if how is not None else None
        call.work = asyncio.create_task(self._follow(number, call, remote, args, kept))

    async def _follow(
        self, number: int, call: _Call, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None
    ) -> None:
        place = call.place
        try:
            call.watch = watch = await where_it_runs(place, place.caller.start, remote, args, how)
            self._say(number, "begun", (watch.task, watch.reference))
            over = False
            while not over:
                await call.room.acquire()  # until then the child's events stay where they are
                event = await where_it_runs(place, watch.next_event)
                self._say(number, "event", event)
                over = terminal_kind(event.kind)
        except Exception as error:
            self._say(number, "failed", _portable(error))
            if call.watch is not None:
                return  # its agent is lost, say: the process may want it cancelled still
        self._calls.pop(number, None)

    def _drop(self, number: int, call: _Call, keep: bool = False) -> None:
        """Let go of a call; its task is cancelled, if it is not to be kept."""
        del self._calls[number]
        call.keep = keep
        call.work.cancel()
        if call.watch is not None and not call.watch.ended and not keep:
            self._hold(where_it_runs(call.place, cancel, call.place.caller, call.watch), of=_leaving)

    async def _repeatable(self, remote: Remote[Any]) -> bool:
        place = _place(remote)
        return await where_it_runs(place, place.caller.repeatable, remote)

    async def _steer(self, number: int, kind: str, step: bool) -> None:
        call = self._calls.get(number)
        if call is None or call.watch is None:
            return  # it is over
        caller, watch = call.place.caller, call.watch

        async def told() -> None:
            await caller.steer(watch, kind, step=step)

        await where_it_runs(call.place, told)

    def _answer(self, number: int, ask: Callable[..., Coroutine[Any, Any, Any]], *what: Any) -> None:
        async def answered() -> None:
            try:
                value = await ask(*what)
            except Exception as error:
                self._say(number, "failed", _portable(error))
            else:
                self._say(number, "answer", value)

        self._hold(answered(), of=self._answers)

    def _hold(self, work: Coroutine[Any, Any, None], *, of: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        of.add(task)
        task.add_done_callback(of.discard)

    def _say(self, number: int, kind: str, value: Any) -> None:
        self._send("called", number, kind, value)


_leaving: set[asyncio.Task[None]] = set()
"""Requests under way to cancel what nobody waits for any more; a loop knows its tasks weakly."""


def _place(remote: Remote[Any]) -> Nested:
    place = context.nests(remote)
    assert place is not None  # noqa: S101 - whoever runs tasks sets it
    return place


def _portable(error: Exception) -> Exception:
    """``error``, or what it says where it cannot travel."""
    try:
        pickle.dumps(error)
    except Exception:
        return RekuestError(f"{type(error).__name__}: {text_of(error)}")
    return error
