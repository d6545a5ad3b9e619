"""A provided function, and one run of it: expand the arguments, run, shrink what comes back, report.

The definition comes from the source, so what is registered is what is checked here: a caller of any make gets an
error that names the place, and the function never sees a value of the wrong kind. Sync functions run on threads;
inside a run, calls to generated functions become children of its task.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from concurrent.futures import Executor
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from rekuest_codegen.errors import ArgumentError
from rekuest_codegen.ir.nodes import Node
from rekuest_codegen.runtime.values import Shelf, Types, Walk, expand_all, returned, shrink_all, values_walk
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.messages import Unsendable

logger = logging.getLogger("rekuest_codegen.provider")
Report = Callable[[messages.Report], Awaitable[None]]
_END = object()


@dataclass(frozen=True)
class Provided:
    """A node and the function behind it; ``interface`` is the name the server asks for it by."""

    interface: str
    node: Node
    function: Callable[..., Any]
    types: Types

    def bind(self, values: Mapping[str, Any]) -> partial[Any]:
        """The function with its arguments by name, ready to be called."""
        parameters = inspect.signature(self.function).parameters
        unpacks = any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters.values())
        first: list[Any] = []
        named: dict[str, Any] = {}
        for name, value in values.items():
            kind = parameters[name].kind
            if value is None and parameters[name].default is not inspect.Parameter.empty:
                value = parameters[name].default  # left out by the caller; this may be an object no port can hold
            if kind is inspect.Parameter.VAR_POSITIONAL:
                first.extend(value or ())
            elif kind is inspect.Parameter.VAR_KEYWORD:
                named.update(value or {})
            elif kind is inspect.Parameter.POSITIONAL_ONLY or (
                unpacks and kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            ):
                first.append(value)
            else:
                named[name] = value
        return partial(self.function, *first, **named)


async def run(
    provided: Provided, task: str, wire: Mapping[str, Any], *, report: Report, shelf: Shelf, threads: Executor
) -> None:
    """Run one task to its terminal report; being cancelled is the one end that whoever cancels reports.

    FAILED: the arguments do not fit, or what came back does not. CRITICAL: the function raised.
    """
    walk = values_walk(provided.types, shelf)
    try:
        arguments = await expand_all(provided.node.args, wire, walk)
    except ArgumentError as error:
        await report(messages.Failed(task=task, error=f"arguments: {error}"))
        return
    except Exception as error:
        await report(messages.Failed(task=task, error=f"arguments: {_text(error)}"))
        return
    await report(messages.Progress(task=task, progress=0, message="Queued for running"))
    try:
        async with aclosing(_results(provided.bind(arguments), threads)) as results:
            async for result in results:
                await report(messages.Yield(task=task, returns=await _shrink(provided, result, walk)))
    except (Unreturnable, Unsendable) as error:
        await report(messages.Failed(task=task, error=f"returns: {error}"))
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        logger.debug("%s raised", provided.node.title, exc_info=True)
        await report(messages.Critical(task=task, error=_text(error)))
    else:
        await report(messages.Completed(task=task))


class Unreturnable(ArgumentError):
    """What the function returned does not fit the return ports."""


def _text(error: BaseException) -> str:
    return str(error) or type(error).__name__


async def _shrink(provided: Provided, result: Any, walk: Walk) -> dict[str, Any]:
    try:
        return await shrink_all(provided.node.returns, returned(provided.node.returns, result), walk)
    except ArgumentError as error:
        raise Unreturnable(error.path, error.problem) from None


async def _results(call: partial[Any], threads: Executor) -> AsyncGenerator[Any]:
    """What the function gives, one item for a function and many for a generator, whatever kind of either it is."""
    runs_here = inspect.iscoroutinefunction(call.func) or inspect.isasyncgenfunction(call.func)
    outcome: Any = call() if runs_here else await _in_thread(threads, call)
    if inspect.isawaitable(outcome):
        outcome = await outcome
    if inspect.isasyncgen(outcome):
        async with aclosing(outcome):
            async for item in outcome:
                yield item
    elif inspect.isgenerator(outcome):
        async with aclosing(_steps(cast("Generator[Any]", outcome), threads)) as steps:
            async for item in steps:
                yield item
    else:
        yield outcome


async def _steps(generator: Generator[Any], threads: Executor) -> AsyncGenerator[Any]:
    """The items of a sync generator, each made in a thread. Left early, it is closed as soon as its step is done."""
    step: asyncio.Future[Any] | None = None
    try:
        while True:
            step = asyncio.ensure_future(_in_thread(threads, next, generator, _END))
            item = await asyncio.shield(step)
            if item is _END:
                return
            yield item
    finally:
        if step is None or step.done():
            await asyncio.shield(_in_thread(threads, generator.close))
        else:
            # A generator cannot be closed while it runs; whoever cancelled need not wait for it either.
            step.add_done_callback(lambda done: done.cancelled() or done.exception() or threads.submit(generator.close))


async def _in_thread(threads: Executor, function: Callable[..., Any], *args: Any) -> Any:
    inside = copy_context()
    return await asyncio.get_running_loop().run_in_executor(threads, partial(inside.run, function, *args))
