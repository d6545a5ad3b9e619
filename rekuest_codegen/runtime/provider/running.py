"""One run of a provided function: expand the arguments, run, shrink what comes back, report.

Sync functions run on threads or in a process; inside a run, calls to generated functions become children of its task.
A task that is asked to end is asked nicely first: a coroutine is cancelled, a thread finds out when it looks. What
does not end is ended by force (see `steps`), and what cannot be is left to itself.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from concurrent.futures import Executor
from contextlib import aclosing
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, cast

from rekuest_codegen.errors import ArgumentError, ConfigurationError
from rekuest_codegen.runtime.provider.arguments import expand_arguments
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.provided import Provided
from rekuest_codegen.runtime.provider.steps import Step
from rekuest_codegen.runtime.values import Shelf, Walk, returned, shrink_all, values_walk
from rekuest_codegen.runtime.values.references import Unexpanded
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.messages import Unsendable
from rekuest_codegen.wire.raised import tell, text_of

logger = logging.getLogger("rekuest_codegen.provider")
Report = Callable[[messages.Report], Awaitable[None]]
_END = object()


class Forcible(Protocol):
    """Work that is done elsewhere than in the event loop, and can be made to stop."""

    def force(self) -> None: ...


class ProcessFailed(Exception):
    """What the function raised in its process, and what is to be ``told`` of that; or how the process ended."""

    def __init__(self, text: str, told: str | None = None) -> None:
        super().__init__(text)
        self.told = told


class Processes(Protocol):
    """Runs functions in processes of their own."""

    def results(self, call: partial[Any], run: Run) -> AsyncGenerator[Any]: ...


class Run:
    """A run as those see it who may have to end it.

    ``busy`` is the work under way outside of the loop, if any; ``error`` is what the function raised.
    """

    def __init__(self, control: Control) -> None:
        self.control = control
        self.busy: Forcible | None = None
        self.error: BaseException | None = None


async def run(
    provided: Provided,
    task: str,
    wire: Mapping[str, Any],
    state: Run,
    *,
    handed: Callable[[], Mapping[str, Any]],
    report: Report,
    shelf: Shelf,
    threads: Executor,
    processes: Processes | None = None,
) -> None:
    """Run one task to its terminal report; being cancelled is the one end that whoever cancels reports.

    FAILED: the arguments do not fit, or what came back does not. CRITICAL: the function raised.
    """
    walk = values_walk(provided.types, shelf)
    try:
        arguments = await expand_arguments(provided.node.args, wire, walk)
        call = provided.bind(arguments, handed())
    except ArgumentError as error:
        text = f"arguments: {text_of(error)}"
        if isinstance(error, Unexpanded) and error.__cause__ is not None:
            await report(messages.Log(task=task, level="ERROR", message=tell(error.__cause__, text)))
        await report(messages.Failed(task=task, error=text))
        return
    except ConfigurationError as error:
        await report(messages.Critical(task=task, error=text_of(error)))
        return
    except Exception as error:
        await report(messages.Failed(task=task, error=f"arguments: {text_of(error)}"))
        return
    await report(messages.Progress(task=task, progress=0, message="Queued for running"))
    try:
        if provided.options.process and processes is not None:
            items = processes.results(call, state)
        else:
            items = _results(provided, call, state, threads)
        async with aclosing(items) as results:
            async for result in results:
                await report(messages.Yield(task=task, returns=await _shrink(provided, result, walk)))
    except (Unreturnable, Unsendable) as error:
        await report(messages.Failed(task=task, error=f"returns: {text_of(error)}"))
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        logger.debug("%s raised", provided.node.title, exc_info=True)
        state.error = error
        if state.control.cancelled:
            raise asyncio.CancelledError from error  # whatever it left with, it was asked to
        text = text_of(error)
        told = error.told if isinstance(error, ProcessFailed) else tell(error, text)
        if told is not None:
            await report(messages.Log(task=task, level="ERROR", message=told))
        await report(messages.Critical(task=task, error=text))
    else:
        await report(messages.Completed(task=task))


class Unreturnable(ArgumentError):
    """What the function returned does not fit the return ports."""


async def _shrink(provided: Provided, result: Any, walk: Walk) -> dict[str, Any]:
    try:
        return await shrink_all(provided.node.returns, returned(provided.node.returns, result), walk)
    except ArgumentError as error:
        raise Unreturnable(error.path, error.problem) from None


async def _results(provided: Provided, call: partial[Any], state: Run, threads: Executor) -> AsyncGenerator[Any]:
    """What the function gives, one item for a function and many for a generator, whatever kind of either it is."""
    outcome: Any = call() if provided.is_async else await _in_thread(threads, state, call)
    if inspect.isawaitable(outcome):
        outcome = await outcome
    if inspect.isasyncgen(outcome):
        async with aclosing(outcome):
            async for item in outcome:
                yield item
    elif inspect.isgenerator(outcome):
        async with aclosing(_steps(cast("Generator[Any]", outcome), state, threads)) as steps:
            async for item in steps:
                yield item
    else:
        yield outcome


async def _steps(generator: Generator[Any], state: Run, threads: Executor) -> AsyncGenerator[Any]:
    """The items of a sync generator, each made in a thread. Left early, it is closed as soon as its step is done."""
    step: asyncio.Future[Any] | None = None
    try:
        while True:
            step = asyncio.ensure_future(_in_thread(threads, state, partial(next, generator, _END)))
            item = await asyncio.shield(step)
            if item is _END:
                return
            if state.control.cancelled:
                raise asyncio.CancelledError
            yield item
    finally:
        if step is None or step.done():
            await asyncio.shield(_in_thread(threads, state, generator.close))
        else:
            # A generator cannot be closed while it runs; whoever cancelled need not wait for it either.
            step.add_done_callback(lambda done: done.cancelled() or done.exception() or threads.submit(generator.close))


async def _in_thread(threads: Executor, state: Run, function: Callable[[], Any]) -> Any:
    step = Step(partial(copy_context().run, function))
    state.busy = step
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, step)
    finally:
        if state.busy is step:
            state.busy = None
