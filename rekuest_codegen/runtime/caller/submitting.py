"""Calls that are not waited for: a generated function and its arguments in, a handle of the task out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar, overload

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.caller.calls import caller_of, let_end, start, where_it_runs
from rekuest_codegen.runtime.caller.following import Following
from rekuest_codegen.runtime.caller.handles import TaskHandle
from rekuest_codegen.runtime.caller.servers import Server
from rekuest_codegen.runtime.caller.stubs import remote_of, values_of
from rekuest_codegen.runtime.caller.terms import Options, in_force
from rekuest_codegen.runtime.context import Caller, Nested
from rekuest_codegen.runtime.deadlines import within
from rekuest_codegen.runtime.operations import task_id
from rekuest_codegen.runtime.remote import Remote
from rekuest_codegen.runtime.values import shrink_all, values_walk
from rekuest_codegen.runtime.watch import Watch

P = ParamSpec("P")
R = TypeVar("R")
_Begun = tuple[Caller, Watch, TaskHandle[Any]]


# Which form of a function is given says nothing about the handle: it is of what the node gives.
@overload
def submit(function: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
@overload
def submit(function: Callable[P, AsyncIterator[R]], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
@overload
def submit(function: Callable[P, Iterator[R]], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
@overload
def submit(function: Callable[P, R], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
def submit(function: Callable[..., Any], /, *args: Any, **keywords: Any) -> TaskHandle[Any]:
    """Assign a task and come back once the server has it: ``task = submit(threshold, image, level=0.7)``.

    Of the options in force, ``timeout`` and ``retries`` are for that alone: the task takes as long as it takes, and is
    not done again. ``keep`` is for who is interrupted meanwhile; there is no bar of progress. Use
    ``task.result(timeout)``, ``task.cancel()`` and ``task.progress``.

    Raises:
        ConfigurationError: ``function`` is no generated one. Otherwise as a call until its task is assigned.
    """
    remote, values = _call(function, args, keywords)
    return portal.block(_submit, remote, values, instead="asubmit(...)")


@overload
async def asubmit(
    function: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **keywords: P.kwargs
) -> TaskHandle[R]: ...
@overload
async def asubmit(function: Callable[P, AsyncIterator[R]], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
@overload
async def asubmit(function: Callable[P, Iterator[R]], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
@overload
async def asubmit(function: Callable[P, R], /, *args: P.args, **keywords: P.kwargs) -> TaskHandle[R]: ...
async def asubmit(function: Callable[..., Any], /, *args: Any, **keywords: Any) -> TaskHandle[Any]:
    """`submit`, awaited."""
    remote, values = _call(function, args, keywords)
    return await _submit(remote, values)


@overload
def attach(function: Callable[..., Coroutine[Any, Any, R]], id: str) -> TaskHandle[R]: ...
@overload
def attach(function: Callable[..., AsyncIterator[R]], id: str) -> TaskHandle[R]: ...
@overload
def attach(function: Callable[..., Iterator[R]], id: str) -> TaskHandle[R]: ...
@overload
def attach(function: Callable[..., R], id: str) -> TaskHandle[R]: ...
def attach(function: Callable[..., Any], id: str) -> TaskHandle[Any]:
    """A handle of a task that was assigned before, here or elsewhere, with the same token: ``attach(threshold, id)``.

    All its events are there from the first one on, also when it is over.

    Raises:
        ConfigurationError: the task is of another node. NodeNotFound: the server knows no such task of this token.
        TransportError (CallTimeout with ``options(timeout=...)``), AccessDenied, ServerError
    """
    remote, _ = remote_of(function)
    return portal.block(_attach, remote, id, instead="aattach(...)")


@overload
async def aattach(function: Callable[..., Coroutine[Any, Any, R]], id: str) -> TaskHandle[R]: ...
@overload
async def aattach(function: Callable[..., AsyncIterator[R]], id: str) -> TaskHandle[R]: ...
@overload
async def aattach(function: Callable[..., Iterator[R]], id: str) -> TaskHandle[R]: ...
@overload
async def aattach(function: Callable[..., R], id: str) -> TaskHandle[R]: ...
async def aattach(function: Callable[..., Any], id: str) -> TaskHandle[Any]:
    """`attach`, awaited."""
    remote, _ = remote_of(function)
    return await _attach(remote, id)


def _call(
    function: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> tuple[Remote[Any], dict[str, Any]]:
    remote, _ = remote_of(function)
    return remote, values_of(function, args, keywords)


async def _submit(remote: Remote[Any], values: Mapping[str, Any]) -> TaskHandle[Any]:
    if portal.in_trio():
        return await portal.from_trio(_submit, remote, values)
    arguments = remote.check(values)
    options = in_force.get()
    wire = await shrink_all(remote.contract.args, arguments, values_walk(remote.types))
    server = context.serves(remote)

    def undo(begun: _Begun) -> None:
        if not options.keep:
            let_end(begun[:2])

    return (await where_it_runs(server, _begin, server, remote, wire, options, undo=undo))[2]


async def _begin(server: Nested | Server, remote: Remote[Any], wire: Mapping[str, Any], options: Options) -> _Begun:
    caller, watch = await start(server, remote, wire, options)
    watch.outlive(cancelled=options.keep)
    return caller, watch, TaskHandle(remote, caller, Following(watch))


async def _attach(remote: Remote[Any], id: str) -> TaskHandle[Any]:
    if portal.in_trio():
        return await portal.from_trio(_attach, remote, id)
    id = task_id(id)
    server = context.serves(remote)

    async def taken_up() -> TaskHandle[Any]:
        from rekuest_codegen.runtime.caller.client import Client

        client = await caller_of(server)
        if not isinstance(client, Client):
            raise ConfigurationError(f"{remote.title}: a task is taken up outside of running tasks and of tests")
        async with within(in_force.get().timeout, f"{remote.title}: task {id} not taken up"):
            return TaskHandle(remote, client, Following(await client.attach(remote, id)))

    return await where_it_runs(server, taken_up)
