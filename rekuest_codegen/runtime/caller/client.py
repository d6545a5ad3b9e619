"""A client: assigns tasks at one server and follows them, over one connection that it restores when it is lost.

All methods run in one event loop; `calls` brings callers from other loops and threads there. Every connection begins
with the subscription `mytasks`. While tasks are pending, a sweep reads back the events of those that are silent, so
that nothing a subscription loses can make a caller wait for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from rekuest_codegen.api.client.operations import (
    CANCEL_GQL,
    INTERRUPT_GQL,
    MY_TASKS_GQL,
    PAUSE_GQL,
    RESUME_GQL,
)
from rekuest_codegen.errors import (
    AccessDenied,
    ConnectionLost,
    NodeNotFound,
    RekuestError,
    ServerError,
)
from rekuest_codegen.runtime import operations, portal
from rekuest_codegen.runtime.auth import Credentials
from rekuest_codegen.runtime.caller.assigning import Assignments, Unassigned
from rekuest_codegen.runtime.caller.choosing import choose
from rekuest_codegen.runtime.caller.patience import Patience
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.caller.turns import Turns
from rekuest_codegen.runtime.deadlines import overdue, within
from rekuest_codegen.runtime.link import ConnectionState, Link
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.runtime.watch import Event, Watch, read_event
from rekuest_codegen.wire.endpoint import Endpoint
from rekuest_codegen.wire.ids import message_id, new_id
from rekuest_codegen.wire.tracing import Span, begin

SWEEPS = (0.3, 0.7, 1.5, 3.0, 6.0, 15.0)
"""Seconds of silence after which a pending task's events are read back; the last one repeats."""
TICK = 0.1
ATTEMPTS = 3
"""How often a task is assigned at the most, when the connection breaks each time before it arrives."""
MAX_EARLY = 1000
"""Events kept of tasks whose assignment is not answered yet; at the real server all tasks of the token bring theirs."""

TURNS = 3
"""Of the loop, within which it begins to close a stream that its reader dropped."""

STEERING = {"cancel": CANCEL_GQL, "interrupt": INTERRUPT_GQL, "pause": PAUSE_GQL, "resume": RESUME_GQL}


class Client:
    """Calls nodes of one server. Use and close it in one event loop."""

    def __init__(
        self,
        url: str,
        token: Credentials,
        *,
        request_timeout: float = 30.0,
        lost_after: float = 30.0,
        reconnect_within: float = 30.0,
        on_state: Callable[[ConnectionState], None] | None = None,
    ) -> None:
        self.endpoint = Endpoint.parse(url)
        self._lost_after = lost_after
        self._link = Link(
            self.endpoint,
            token,
            timeout=request_timeout,
            on_open=self._subscribe,
            on_state=on_state,
            listener=new_id(),
        )
        self._patience = Patience(self._link, reconnect_within)
        self._assignments = Assignments(self._link, self._patience, self._hold, self._wanted)
        self._live = False
        self._subscribed = False
        self._subscriptions = 0
        self._watches: dict[str, list[Watch]] = {}
        """By task, one for each who follows it here."""
        self._turns = Turns()
        self._recall = partial(operations.recall, self._link)
        self._assigning = 0
        self._early: dict[str, list[Event]] = {}
        self._early_kept = 0
        self._early_dropped = False
        self._actions: dict[tuple[str, str], str] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self._recovering = False
        self._sweeping = False

    def __repr__(self) -> str:
        return f"Client({self.endpoint.base!r})"

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def state(self) -> ConnectionState:
        """How its connection stands."""
        return self._link.state

    @property
    def idle(self) -> bool:
        """Whether nobody waits for anything here."""
        return not (self._watches or self._assigning or self._background or self._link.busy)

    async def connected(self, timeout: float | None = None) -> None:
        """Connect, unless that is done; once, within ``timeout`` seconds.

        Raises:
            Unreachable, AccessDenied, CallTimeout, ConnectionLost, ProtocolError
        """
        async with within(timeout, f"{self.endpoint.base}: no connection"):
            await self._link.connected()

    # -- calling ----------------------------------------------------------------------------------------------

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        """Assign one task and watch it from its first event on. ``args`` are in wire form, by wire key.

        Raises:
            NodeNotFound, AccessDenied, ServerError, TransportError
            ConfigurationError: the reference in ``how`` is one of another node's task.
        """
        reference = message_id() if how is None or how.reference is None else how.reference
        if how is None or not how.known:
            return await self._assign(remote, args, reference, how)
        async with self._turns.of(reference):
            try:
                if task := await self._assignments.find(reference):
                    return await self.attach(remote, task)
            except asyncio.CancelledError:
                if how.keep is None or not how.keep():
                    self._assignments.abandon(reference)  # others may have left it to this one
                raise
            return await self._assign(remote, args, reference, how)

    async def _assign(
        self, remote: Remote[Any], args: Mapping[str, Any], reference: str, how: Assignment | None
    ) -> Watch:
        with begin(f"call {remote.title}", "CLIENT", node=remote.title, reference=reference) as span:
            try:
                return await self._start(remote, args, reference, span, how)
            except asyncio.CancelledError:
                if late := overdue():
                    span.end("TIMEOUT", late)
                raise

    async def repeatable(self, remote: Remote[Any]) -> bool:
        """Whether the server calls the node idempotent or pure.

        Raises:
            NodeNotFound, AccessDenied, ServerError, TransportError
        """
        return await self._patience.through(lambda: operations.repeatable(self._link, remote))

    async def _start(
        self, remote: Remote[Any], args: Mapping[str, Any], reference: str, span: Span, how: Assignment | None
    ) -> Watch:
        for _ in range(ATTEMPTS):
            action, remembered = await self._resolve(remote)
            target = {"action": action}
            if how is not None and how.chosen:
                target = {"implementation": await choose(self._link, remote, action, how)}
            try:
                return await self._begin(remote, target, args, reference, span, how)
            except NodeNotFound as error:
                self._actions.pop((remote.app, remote.key), None)
                if not remembered:
                    raise NodeNotFound(f"{remote.title}: {error}") from None
            except Unassigned:
                continue  # on the new connection the node may have another id: ask for it again
        raise ConnectionLost(f"{remote.title}: the connection broke at each of {ATTEMPTS} attempts to assign the task")

    async def _begin(
        self,
        remote: Remote[Any],
        target: Mapping[str, str],
        args: Mapping[str, Any],
        reference: str,
        span: Span,
        how: Assignment | None,
    ) -> Watch:
        assign: Payload = {
            **target,
            "args": dict(args),
            "reference": reference,
            "hooks": [],
            "capture": False,
        }
        live, subscription = self._live, self._subscriptions
        self._assigning += 1
        try:
            task = await self._assignments.assign(assign, span, how)
            early, whole = self._early.pop(task, []), not self._early_dropped
            self._early_kept -= len(early)
        finally:
            self._assigning -= 1
            if not self._assigning:
                self._early, self._early_kept, self._early_dropped = {}, 0, False
        if self._link.closed:
            raise ConnectionLost(f"{remote.title}: {self._why_closed}; the task may run")
        # A task that was begun before, as another's who gave the same reference, has told much that went by.
        new = task not in self._watches and (how is None or not how.known)
        proven = new and live and self._live and whole and subscription == self._subscriptions
        watch = self._watch(remote, task, reference, proven=proven)
        watch.span = span
        span.note(task=task)
        if early:
            self._deliver(watch, early)
        if not watch.ended:  # as it is, where all of it came with the answer
            self._attend()
        return watch

    async def cancel(self, watch: Watch) -> None:
        """Ask for the task to be cancelled, once and within two seconds; what comes of it is not awaited. As long as
        somebody else follows the task here, or is about to, it is only left."""
        self._drop(watch)
        if watch.ended:
            return
        if self._wanted(watch.reference, watch.task):
            watch.leave(f"{watch.title}: the call was left, and others wait for its task")
            return
        watch.span.end("CANCELLED")
        with suppress(RekuestError, TimeoutError):
            async with asyncio.timeout(2):
                await self._link.request(CANCEL_GQL, {"input": {"task": watch.task}}, again=True)

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        """Tell a task to ``cancel``, ``interrupt``, ``pause`` or ``resume`` (with ``step`` to its next breakpoint).

        Raises:
            TransportError, AccessDenied, ServerError
        """
        document = STEERING[kind]
        more = {"step": step} if kind == "resume" else {}
        await self._link.request(document, {"input": {"task": watch.task, **more}}, again=True)

    async def attach(self, remote: Remote[Any], id: str) -> Watch:
        """Watch a task that was assigned before, from its first event on.

        Raises:
            NodeNotFound: the server knows no such task of this token. ConfigurationError: it is of another node.
            TransportError, AccessDenied, ServerError
        """
        reference = await operations.reference_of(self._link, remote, id)
        watch = self._watch(remote, id, reference, proven=False)
        try:
            await self._read_back(watch)
        except BaseException:
            self._drop(watch)  # nobody has a handle of it
            raise
        self._attend()
        return watch

    async def wind_up(self) -> None:
        """`close`, once the server was told to cancel the calls and streams that somebody still waits for, and what
        was left shortly before. Tasks that are to run on do."""
        try:
            await self._cancel_all()
        finally:  # also when whoever ends it is cancelled once more
            closing = asyncio.ensure_future(self.close())
            portal.leaving.add(closing)
            closing.add_done_callback(portal.leaving.discard)
            await asyncio.shield(closing)

    async def _cancel_all(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(portal.TELL_WITHIN):
                while self._assigning:  # noqa: ASYNC110 - what nobody knows yet cannot be cancelled; an end is rare
                    await asyncio.sleep(0.005)
        waited_for = [watch for watch in self._all() if not watch.runs_on]
        await asyncio.gather(*(self.cancel(watch) for watch in waited_for))
        for watch in waited_for:
            watch.fail(ConnectionLost(f"{watch.title}: {self._why_closed}; the task was cancelled"))
        telling = [work for work in portal.leaving if work.get_loop() is asyncio.get_running_loop()]
        if telling:
            await asyncio.wait(telling, timeout=portal.TELL_WITHIN)

    async def close(self) -> None:
        """Close the connection, for good: pending calls and later ones get ConnectionLost."""
        self._link.closed = True
        self._fail_all(self._why_closed)
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._link.close()

    @property
    def _why_closed(self) -> str:
        return f"the client of {self.endpoint.base} was closed"

    async def _connect(self) -> None:
        """Connect and subscribe, unless that is done: a server may end the subscription on a connection that lives."""
        connection = await self._link.connected()
        if not self._subscribed:
            await self._subscribe(connection)

    async def _resolve(self, remote: Remote[Any]) -> tuple[str, bool]:
        """The server's id of the node, asked for once a connection; and whether it was known before."""
        await self._connect()
        place = (remote.app, remote.key)
        remembered = place in self._actions
        if not remembered:
            self._actions[place] = await operations.resolve(self._link, remote)
        return self._actions[place], remembered

    # -- who follows what -------------------------------------------------------------------------------------

    def _watch(self, remote: Remote[Any], task: str, reference: str, *, proven: bool) -> Watch:
        watch = Watch(remote.title, task, reference, proven=proven, lost_after=self._lost_after)
        watch.recall = self._recall
        self._watches.setdefault(task, []).append(watch)
        return watch

    def _all(self) -> list[Watch]:
        return [watch for watches in self._watches.values() for watch in watches]

    def _followed(self, task: str) -> bool:
        """Whether anybody here waits for what comes of ``task``."""
        return any(not watch.failed for watch in self._watches.get(task, ()))

    def _wanted(self, reference: str, task: str) -> bool:
        """Whether anybody here wants the task, or is about to."""
        return self._turns.wanted(reference) or self._followed(task)

    def _drop(self, watch: Watch) -> None:
        watches = self._watches.get(watch.task, [])
        if watch in watches:
            watches.remove(watch)
            if not watches:
                del self._watches[watch.task]

    # -- the connection ---------------------------------------------------------------------------------------

    async def _subscribe(self, connection: Connection) -> None:
        self._live, self._subscribed = False, True
        self._actions.clear()  # a server that was restarted without its store gives the ids to other nodes
        self._subscriptions += 1
        for watch in self._all():
            watch.proven, watch.held = False, []
        try:
            await connection.listen(MY_TASKS_GQL, {}, self._hear)
        except BaseException:
            self._subscribed = False
            raise

    async def _recover(self) -> None:
        """Restore the connection for the tasks that are pending, or tell their callers that it is lost."""

        async def attempt() -> None:
            await self._connect()
            await asyncio.gather(*(self._read_back(watch) for watch in self._all()))

        try:
            while True:
                await self._patience.after_loss(attempt)
                if self._subscribed or not self._watches:  # else it was ended again meanwhile
                    return
        except RekuestError as error:
            self._fail_all(str(error))
        finally:
            self._recovering = False

    def _lost(self, error: RekuestError | None) -> None:
        self._live = self._subscribed = False
        if isinstance(error, AccessDenied | ServerError):
            self._fail_all(str(error))
        elif self._watches and not self._recovering:
            self._recovering = True
            self._spawn(self._recover())

    def _fail_all(self, why: str) -> None:
        """Tell every pending caller. Their tasks were assigned, so none of them may be told that a repeat is safe."""
        watches, self._watches = self._all(), {}
        for watch in watches:
            watch.fail(ConnectionLost(f"{watch.title}: {why}; the task may have run"))

    # -- events -----------------------------------------------------------------------------------------------

    def _hear(self, data: Payload | None, error: RekuestError | None) -> None:
        """What the subscription brings."""
        if data is None:
            self._lost(error)
            return
        change: Payload | None = data.get("mytasks")
        raw: Payload | None = change.get("event") if change else None
        if not raw:
            return
        self._live = True
        task, event = str(raw["task"]), read_event(raw)
        if (watches := self._watches.get(task)) is not None:
            for watch in [*watches]:
                self._deliver(watch, [event])
        elif self._assigning and not self._early_dropped:
            self._early.setdefault(task, []).append(event)
            self._early_kept += 1
            if self._early_kept > MAX_EARLY:
                self._early, self._early_dropped = {}, True

    def _deliver(self, watch: Watch, events: list[Event]) -> None:
        if watch.proven and not watch.held and not any(event.tells_of_loss for event in events):
            watch.hear(events)
            self._settle(watch)
            return
        watch.held += events
        if len(watch.held) == len(events):
            self._spawn(self._prove(watch))

    async def _prove(self, watch: Watch) -> None:
        """The subscription is live for this task now, or tells that its agent is gone, whose name is to be asked for:
        read what came before, then go on from what was held. What was read over another connection proves nothing of
        the subscription there, which proves itself by its own first event."""
        subscription, proven = self._subscriptions, False
        with suppress(RekuestError):  # after a loss the recovery reads back, after an error the sweep
            await self._read_back(watch)
            proven = True
        if subscription != self._subscriptions:
            return
        watch.proven = watch.proven or proven
        held, watch.held = watch.held, []
        if watch.proven:
            watch.hear(held)
            self._settle(watch)

    async def _read_back(self, watch: Watch) -> None:
        await operations.read_back(self._link, watch)
        self._settle(watch)

    def _settle(self, watch: Watch) -> None:
        if watch.ended or watch.failed:
            self._drop(watch)

    # -- the sweep --------------------------------------------------------------------------------------------

    def _attend(self) -> None:
        """There is one more task to look after."""
        if not self._subscribed:  # that was lost while there was none
            self._lost(None)
        if not self._sweeping:
            self._sweeping = True
            self._spawn(self._sweep())

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._watches:
                await asyncio.sleep(TICK)
                now = loop.time()
                for watch in [watch for watch in self._all() if watch.failed]:
                    self._settle(watch)  # its reader left, or gave it up
                for watch in [watch for watch in self._all() if _due(watch, now)]:
                    watch.swept += 1
                    watch.heard_at = now
                    with suppress(RekuestError):
                        await self._read_back(watch)
        finally:
            self._sweeping = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._hold(asyncio.create_task(work))

    def _hold(self, task: asyncio.Task[Any]) -> None:
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _due(watch: Watch, now: float) -> bool:
    """Whether to read back: it was silent for long, or it was behind and its reader has made room."""
    if watch.behind:
        return operations.can_go_on(watch)
    return now - watch.heard_at > SWEEPS[min(watch.swept, len(SWEEPS) - 1)]
