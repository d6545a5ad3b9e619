"""What a generated function calls: check, shrink, assign, follow, expand. One implementation, async.

Values are shrunk and expanded where the caller is: a structure's own upload runs in its user's event loop. The
conversation with the server runs in the portal's loop, or, inside a running task, in the agent's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from rekuest_codegen.errors import ArgumentError, ProtocolError
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.caller.attempts import Attempt
from rekuest_codegen.runtime.caller.servers import Server
from rekuest_codegen.runtime.caller.terms import AWAITED, NO_OPTIONS, Options, awaited_for, in_force
from rekuest_codegen.runtime.context import Caller, Nested
from rekuest_codegen.runtime.deadlines import overdue, within
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.values import Walk, expand_all, shrink_all, values_walk
from rekuest_codegen.runtime.watch import Watch

R = TypeVar("R")
T = TypeVar("T")

ENDING = "the task is being cancelled"


async def acall(remote: Remote[R], values: Mapping[str, Any]) -> R:
    """Call a node and await what it returns.

    Raises:
        ArgumentError: a value does not fit. NodeError: the node raised. AgentLost, NodeNotFound, AccessDenied,
        TransportError (CallTimeout with ``options(timeout=...)``).
    """
    if portal.in_trio():
        return await portal.from_trio(acall, remote, values)
    arguments = remote.check(values)
    walk = values_walk(remote.types)
    options = in_force.get()
    wire = await shrink_all(remote.contract.args, arguments, walk)
    server = context.serves(remote)
    returns = await where_it_runs(server, _result, server, remote, wire, options)
    return await expand_returns(remote, returns, walk)


def astream(remote: Remote[R], values: Mapping[str, Any]) -> AsyncGenerator[R]:
    """Call a generator node and yield what it yields, as it comes. Leaving the loop early cancels the task.

    Raises:
        ArgumentError: at once, before anything is sent. The rest as `acall`, while it is read.
    """
    arguments = remote.check(values)
    return portal.anywhere(_items(context.serves(remote), remote, arguments, in_force.get()))


async def _items(
    server: Nested | Server, remote: Remote[R], arguments: Mapping[str, Any], options: Options
) -> AsyncGenerator[R]:
    walk = values_walk(remote.types)
    wire = await shrink_all(remote.contract.args, arguments, walk)
    caller, watch = await where_it_runs(server, _open, server, remote, wire, options, undo=let_end)
    try:
        while (returns := await where_it_runs(server, _next, watch, options.timeout)) is not None:
            yield await expand_returns(remote, returns, walk)
    finally:
        if not watch.ended:
            await where_it_runs(server, cancel, caller, watch)


def call(remote: Remote[R], values: Mapping[str, Any]) -> R:
    """`acall`, waiting. Raises SyncInsideLoopError where an event loop runs."""
    result: R = portal.block(acall, remote, values, instead=f"{remote.async_form}(...)")
    return result


def stream(remote: Remote[R], values: Mapping[str, Any]) -> Generator[R]:
    """`astream`, waiting for each item."""
    portal.forbid_loop(f"async for ... in {remote.async_form}(...)")  # before the arguments are looked at
    return portal.iterate(astream(remote, values), instead=f"async for ... in {remote.async_form}(...)")


async def expand_returns(remote: Remote[R], returns: Mapping[str, Any], walk: Walk) -> R:
    """What a node returned or yielded, from wire form.

    Raises:
        ProtocolError: it is not what the node's definition says.
    """
    try:
        values = await expand_all(remote.contract.returns, returns, walk)
    except ArgumentError as error:
        raise ProtocolError(f"{remote.title}: what came back is not what its definition says: {error}") from error
    if remote.result is not None:
        return remote.result(*values.values())
    returned: Any = next(iter(values.values()), None)
    return cast("R", returned)


# -- in the loop that serves the call ----------------------------------------------------------------------------


async def caller_of(server: Nested | Server) -> Caller:
    """Who makes the calls; to be awaited where they run."""
    return server.caller if isinstance(server, Nested) else await server.client()


async def start(
    server: Nested | Server, remote: Remote[Any], wire: Mapping[str, Any], options: Options
) -> tuple[Caller, Watch]:
    """Assign a task, and who it was assigned through; to be awaited where it runs.

    Raises:
        CallTimeout: not within the timeout. NodeNotFound, AccessDenied, ServerError, TransportError
    """
    caller = await caller_of(server)
    async with within(options.timeout, f"{remote.title}: not begun", ENDING) as bound:
        if options.plain:
            return caller, await caller.start(remote, wire)
        return caller, await Attempt(caller, remote, wire, options._replace(progress=False), bound).begin()


async def _result(
    server: Nested | Server, remote: Remote[Any], wire: Mapping[str, Any], options: Options
) -> Mapping[str, Any]:
    watch: Watch | Attempt | None = None
    caller = await caller_of(server)
    if options is NO_OPTIONS:  # as almost always: what bounds it, what retries it, what shows it costs nothing
        try:
            watch = await caller.start(remote, wire, AWAITED)
            return await watch.result()
        finally:
            if watch is not None and not watch.ended:
                await cancel(caller, watch)
    try:
        async with within(options.timeout, f"{remote.title}: no result", ENDING) as bound:
            if options.plain:
                watch = await caller.start(remote, wire, awaited_for(options.timeout))
            else:
                watch = Attempt(caller, remote, wire, options, bound, awaited=True)
            with noting_lateness(watch):
                return await watch.result()
    finally:
        if watch is not None and not watch.ended:
            await cancel(caller, watch)


async def _open(
    server: Nested | Server, remote: Remote[Any], wire: Mapping[str, Any], options: Options
) -> tuple[Caller, Watch | Attempt]:
    if options.plain:
        return await start(server, remote, wire, options)
    caller = await caller_of(server)
    return caller, Attempt(caller, remote, wire, options)


async def _next(watch: Watch | Attempt, timeout: float | None) -> Mapping[str, Any] | None:
    async with within(timeout, f"{watch.title}: nothing yielded", ENDING) as bound:
        if isinstance(watch, Attempt):
            watch.bound = bound
        with noting_lateness(watch):
            return await watch.next_yield()


@contextmanager
def noting_lateness(watch: Watch | Attempt) -> Generator[None]:
    """What is awaited here and is not there in time is told by the span of the call: for who traces, it failed."""
    try:
        yield
    except asyncio.CancelledError:
        if late := overdue():
            watch.span.end("TIMEOUT", late)
        raise


async def cancel(caller: Caller, watch: Watch | Attempt) -> None:
    """Tell the server that a task is not waited for any more; done even if who tells it is cancelled."""
    work = asyncio.ensure_future(watch.leave() if isinstance(watch, Attempt) else caller.cancel(watch))
    portal.leaving.add(work)
    work.add_done_callback(portal.leaving.discard)
    await asyncio.shield(work)


def let_end(begun: tuple[Caller, Watch | Attempt]) -> None:
    """`cancel`, without waiting."""
    caller, watch = begun
    if not watch.ended:
        asyncio.ensure_future(cancel(caller, watch))  # noqa: RUF006 - the work that it waits for is held


# -- getting there -----------------------------------------------------------------------------------------------


async def where_it_runs(
    server: Nested | Server,
    function: Callable[..., Coroutine[Any, Any, T]],
    *args: Any,
    undo: Callable[[T], None] | None = None,
) -> T:
    """Await ``function(*args)`` in the loop of who serves the call, which may be this one. ``undo`` is called there
    with what comes too late for who was cancelled here."""
    if not isinstance(server, Nested):
        return await (function(*args) if portal.runs_here() else portal.hop(function, *args, undo=undo))
    return await (function(*args) if server.loop is None else portal.at(server.loop, function, *args, undo=undo))
