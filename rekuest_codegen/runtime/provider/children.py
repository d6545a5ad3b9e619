"""Calls from inside a running task: they go over the agent's own socket and become the task's children."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from rekuest_codegen.errors import ConnectionLost, NodeNotFound, RekuestError, ServerError, TaskCancelled
from rekuest_codegen.runtime import operations
from rekuest_codegen.runtime.caller.choosing import choose
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.caller.turns import Turns
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.answers import why_not
from rekuest_codegen.wire.conversation import Answered
from rekuest_codegen.wire.tracing import Span, begin


class Children:
    """All tasks that an agent's tasks called. ``send`` puts a message on the agent's socket."""

    def __init__(self, link: Link, send: Callable[[messages.FromAgent], None], *, lost_after: float) -> None:
        self._link = link
        self._send = send
        self._lost_after = lost_after
        self._answers: dict[str, asyncio.Future[messages.AssignResponse]] = {}
        self._watches: dict[str, list[Watch]] = {}
        """By task, one for each who follows it: two calls with one reference have one task."""
        self._recall = partial(operations.recall, link)
        self._early: dict[str, list[messages.TaskEvent]] = {}
        self._turns = Turns()
        self._abandoned: set[str] = set()
        self._catching_up: dict[Watch, asyncio.Task[None]] = {}
        self._parents: dict[str, set[str]] = {}
        self._parent_of: dict[Watch, str] = {}
        self.traced = False
        """Whether the server takes trace contexts in requests."""
        self._actions: dict[tuple[str, str], str] = {}

    def of(self, task: str) -> Parent:
        """The caller that a running task's calls go to."""
        return Parent(self, task)

    def caller_of(self, task: str) -> str | None:
        """The task of ours that called ``task``, if one did."""
        return next((parent for parent, called in self._parents.items() if task in called), None)

    async def start(
        self, remote: Remote[Any], args: Mapping[str, Any], parent: str, how: Assignment | None = None
    ) -> Watch:
        """Have a task of ``remote`` assigned as a child of ``parent``, and watch it from its first event on.

        Raises:
            NodeNotFound, AccessDenied, ServerError, TransportError
        """
        if how is None or how.reference is None:
            return await self._started(remote, args, parent, str(uuid.uuid4()), how)
        async with self._turns.of(how.reference):
            return await self._started(remote, args, parent, how.reference, how)

    async def _started(
        self, remote: Remote[Any], args: Mapping[str, Any], parent: str, reference: str, how: Assignment | None
    ) -> Watch:
        with begin(f"call {remote.title}", "CLIENT", node=remote.title, reference=reference) as span:
            watch = await self._start(remote, args, parent, reference, span, how)
        if watch.behind:
            try:
                await operations.read_back(self._link, watch)
            except BaseException as error:  # nobody has the watch
                self._drop(watch)
                if isinstance(error, asyncio.CancelledError) and (how is None or how.keep is None or not how.keep()):
                    self._give_up(watch.task, reference, besides=1)
                raise
            self._settle(watch)
            self._look_after(watch)
        return watch

    async def repeatable(self, remote: Remote[Any]) -> bool:
        """As `Caller.repeatable`."""
        return await operations.repeatable(self._link, remote)

    async def _start(
        self,
        remote: Remote[Any],
        args: Mapping[str, Any],
        parent: str,
        reference: str,
        span: Span,
        how: Assignment | None,
    ) -> Watch:
        place = (remote.app, remote.key)
        if place not in self._actions:
            self._actions[place] = await operations.resolve(self._link, remote)
        chosen = None
        if how is not None and how.chosen:
            chosen = await choose(self._link, remote, self._actions[place], how)
        request = messages.AssignRequest(
            reference=reference,
            args=dict(args),
            action=self._actions[place] if chosen is None else None,
            implementation=chosen,
            parent=parent,
            hooks=[],
            capture=False,
        )
        if self.traced and span.carrier:
            request.trace = span.carrier
        answer: asyncio.Future[messages.AssignResponse] = asyncio.get_running_loop().create_future()
        self._answers[request.id] = answer
        self._send(request)
        try:
            response = await answer
        except asyncio.CancelledError:
            if how is None or how.keep is None or not how.keep():
                if answer.cancelled():
                    self._abandoned.add(request.id)  # it may be under way: the answer names the task to cancel
                elif answer.exception() is None:  # it was on its way to who waited
                    self._give_up(answer.result().task, reference, besides=1)
            raise
        finally:
            self._answers.pop(request.id, None)
        if response.error is not None or response.task is None:
            self._actions.pop(place, None)
            raise _refusal(remote.title, response.error or "the server gave no task")
        watch = Watch(remote.title, response.task, reference, proven=True, lost_after=self._lost_after)
        watch.span = span
        watch.recall = self._recall
        span.note(task=response.task)
        # A task that was begun before has told much already, which is to be read first.
        watch.behind = (how is not None and how.known) or response.task in self._watches
        self._watches.setdefault(response.task, []).append(watch)
        self._parent_of[watch] = parent
        self._parents.setdefault(parent, set()).add(response.task)
        for event in self._early.pop(response.task, []):
            watch.hear([_event(event)])
        self._settle(watch)
        return watch

    async def cancel(self, watch: Watch) -> None:
        """As `Caller.cancel`: as long as somebody else follows the task here, or is about to, it is only left."""
        self._drop(watch)
        if watch.ended:
            return
        if self._wanted(watch.task, watch.reference):
            watch.leave(f"{watch.title}: the call was left, and others wait for its task")
            return
        watch.span.end("CANCELLED")
        self._send(messages.CancelRequest(task=watch.task))

    def _wanted(self, task: str, reference: str, *, besides: int = 0) -> bool:
        """Whether anybody here follows the task, or is about to; ``besides`` one who asks in its turn."""
        return self._followed(task) or self._turns.wanted(reference, besides=besides)

    def _give_up(self, task: str | None, reference: str, *, besides: int = 0) -> None:
        """Who asked for this task waits for it no more."""
        if task is not None and not self._wanted(task, reference, besides=besides):
            self._send(messages.CancelRequest(task=task))

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        """As `Caller.steer`."""
        match kind:
            case "cancel":
                self._send(messages.CancelRequest(task=watch.task))
            case "interrupt":
                self._send(messages.InterruptRequest(task=watch.task))
            case "pause":
                self._send(messages.PauseRequest(task=watch.task))
            case _:
                self._send(messages.ResumeRequest(task=watch.task, step=step))

    def answer(self, answered: Answered) -> None:
        """The server's answer to one of our requests."""
        response = answered.response
        if answered.request.id in self._abandoned:
            self._abandoned.discard(answered.request.id)
            if isinstance(response, messages.AssignResponse):
                self._give_up(response.task, response.reference)
            return
        future = self._answers.get(answered.request.id)
        if future is not None and not future.done() and isinstance(response, messages.AssignResponse):
            parent = getattr(answered.request, "parent", None)
            if response.task is not None and parent is not None:
                self._parents.setdefault(parent, set()).add(response.task)  # it may call us before its caller hears
            future.set_result(response)

    def hear(self, message: messages.TaskEvent) -> None:
        """An event of a task that one of ours called."""
        if (watches := self._watches.get(message.task)) is not None:
            for watch in [*watches]:
                watch.hear([_event(message)])
                self._settle(watch)
                self._look_after(watch)
        elif self._answers:
            self._early.setdefault(message.task, []).append(message)
        if not self._answers:
            self._early.clear()

    async def read_back(self) -> None:
        """After a loss: what happened to the children meanwhile."""
        self._actions.clear()
        for watch in self._all():
            with suppress(RekuestError):
                await operations.read_back(self._link, watch)
                self._settle(watch)
                self._look_after(watch)

    def end(self, parent: str, *, cancelled: bool) -> None:
        """A task of ours is over, or is asked to end: whatever it called is cancelled, unless others wait for it too,
        and its threads that wait for it are let go. What it has handles of runs on if it ends by itself, and what is to
        be kept in any case."""
        self._parents.pop(parent, None)
        for watch in [watch for watch, caller in self._parent_of.items() if caller == parent]:
            if watch.runs_on and not cancelled:
                continue
            self._drop(watch)
            if watch.ended:
                continue
            if not watch.outlives_cancel and not self._followed(watch.task):
                self._send(messages.CancelRequest(task=watch.task))
            watch.fail(TaskCancelled(f"{watch.title}: the task that called it is over"))

    def close(self) -> None:
        """The agent stops: whoever waits for a child gets ConnectionLost."""
        for watch in self._all():
            watch.fail(ConnectionLost("the provider was stopped"))
        for work in self._catching_up.values():
            work.cancel()
        self.forget("the provider was stopped")

    def forget(self, why: str) -> None:
        """No request will be answered any more: who waits for an answer gets ConnectionLost."""
        self._abandoned.clear()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(ConnectionLost(why))

    def _look_after(self, watch: Watch) -> None:
        """Where its reader is behind, what there is no room for stays at the server, and is read back."""
        if watch.behind and watch not in self._catching_up:
            self._catching_up[watch] = asyncio.create_task(self._catch_up(watch))

    async def _catch_up(self, watch: Watch) -> None:
        try:
            await operations.catch_up(self._link, watch)
            self._settle(watch)
        finally:
            self._catching_up.pop(watch, None)

    def _all(self) -> list[Watch]:
        return [watch for watches in self._watches.values() for watch in watches]

    def _followed(self, task: str) -> bool:
        """Whether anybody waits for what comes of ``task``."""
        return any(not watch.failed for watch in self._watches.get(task, ()))

    def _drop(self, watch: Watch) -> None:
        if work := self._catching_up.pop(watch, None):
            work.cancel()
        self._forget(watch)

    def _settle(self, watch: Watch) -> None:
        if watch.ended or watch.failed:
            self._forget(watch)

    def _forget(self, watch: Watch) -> None:
        if self._parent_of.pop(watch, None) is not None:
            self._watches[watch.task].remove(watch)
            if not self._watches[watch.task]:
                del self._watches[watch.task]


class Parent:
    """A running task as a caller: what it starts becomes its child."""

    def __init__(self, children: Children, task: str) -> None:
        self._children = children
        self._task = task

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        return await self._children.start(remote, args, self._task, how)

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return await self._children.repeatable(remote)

    async def cancel(self, watch: Watch) -> None:
        await self._children.cancel(watch)

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        await self._children.steer(watch, kind, step=step)


def _event(message: messages.TaskEvent) -> Event:
    return Event(
        number=message.seq,
        kind=messages.event_kind(message),
        returns=getattr(message, "returns", None),
        message=getattr(message, "message", None) or getattr(message, "error", None),
        progress=getattr(message, "progress", None),
    )


def _refusal(title: str, error: str) -> RekuestError:
    """Why the server gave no task: nobody provides the node, or an error of its own."""
    if any(words in error for words in ("No active implementation", "does not exist", "is not available")):
        return NodeNotFound(f"{title}: {why_not(error)}")
    return ServerError(f"{title}: {error}")
