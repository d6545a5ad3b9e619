"""What an agent holds while it runs, and hands to functions: its services, contexts and states.

They are made when the agent starts, in the order services, startup hooks, and whatever no hook returned; background
hooks run in between; at the end come the shutdown hooks, then the services are left.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

from rekuest_codegen.errors import ConfigurationError, RekuestError
from rekuest_codegen.runtime.provider.injection import Wanted, annotation_of, wanted_by
from rekuest_codegen.runtime.provider.observed import view
from rekuest_codegen.runtime.provider.parts import Parts
from rekuest_codegen.runtime.provider.steps import Step
from rekuest_codegen.shapes import is_series

logger = logging.getLogger("rekuest_codegen.provider")
STOP_WITHIN = 5.0
"""Seconds that background hooks get to end."""
LEAVE_WITHIN = 30.0
"""Seconds that a shutdown hook gets, and all services together get to clean up."""


class Holdings:
    """The objects of one agent. ``threads`` runs what is not async; of ``owners`` methods are provided."""

    def __init__(self, parts: Parts, threads: Executor, *, owners: Sequence[type[Any]] = ()) -> None:
        self._parts = parts
        self._owners = owners
        self._threads = threads
        self._objects: dict[type[Any], Any] = {}
        self._stack = AsyncExitStack()
        self._backgrounds: list[asyncio.Task[None]] = []
        self._steps: list[Step] = []

    @property
    def known(self) -> Mapping[str, type[Any]]:
        """The declared classes by name, for annotations of functions that cannot see them where they are."""
        return {held.cls.__name__: held.cls for held in (*self._parts.states, *self._parts.contexts)}

    @property
    def objects(self) -> dict[type[Any], Any]:
        return self._objects

    async def make(self) -> None:
        """Make everything that is handed in.

        Raises:
            ConfigurationError: a service or a startup hook raised, or an object could not be made.
        """
        for service in self._parts.services:
            made = await self._make(service)
            declared = annotation_of(service, "return", self.known)
            self._objects[declared if isinstance(declared, type) else type(made)] = made
        for hook in self._parts.startups:
            made = await self._call("startup", hook)
            self.take(made if is_series(made) else [made], by=f"startup {hook.__name__}")
        for held in (*self._parts.states, *self._parts.contexts):
            if held.cls not in self._objects:
                self._objects[held.cls] = self._made(held.cls)
        for cls in self._owners:
            if self._found(cls) is None:
                self._objects[cls] = self._made(cls)

    def check(self, wanted: Iterable[Wanted]) -> None:
        """Whether everything that functions ask for is here.

        Raises:
            ConfigurationError: there is no object of a class.
        """
        for one in wanted:
            if one.cls is not None:
                self._of(one)

    def run_backgrounds(self) -> None:
        """Start the background hooks."""
        for hook in self._parts.backgrounds:
            self._backgrounds.append(asyncio.create_task(self._background(hook), name=f"background {hook.__name__}"))

    async def leave(self) -> None:
        """End the background hooks, run the shutdown hooks, leave the services. Whatever they raise is logged."""
        for task in self._backgrounds:
            task.cancel()
        for step in self._steps:
            step.force()
        if self._backgrounds:
            await asyncio.wait(self._backgrounds, timeout=STOP_WITHIN)
        for hook in reversed(self._parts.shutdowns):
            await _bounded(self._call("shutdown", hook), f"shutdown {hook.__name__}")
        try:
            async with asyncio.timeout(LEAVE_WITHIN):  # not `_bounded`: what was entered here has to be left here
                await self._stack.aclose()
        except Exception:
            logger.exception("a service could not be left")

    def give(self, wanted: Mapping[str, Wanted], task: object) -> dict[str, Any]:
        """The objects for the parameters of one call.

        Raises:
            ConfigurationError: this agent has none of a class.
        """
        return {name: task if one.cls is None else self._of(one) for name, one in wanted.items()}

    def _of(self, wanted: Wanted) -> Any:
        assert wanted.cls is not None  # noqa: S101 - that is the task
        found = self._found(wanted.cls)
        if found is None:
            text = "no state, context or service is one"
            raise ConfigurationError(f"this agent has no {wanted.cls.__name__} to hand in: {text}")
        return view(found) if wanted.read_only else found

    def _found(self, wanted: type[Any]) -> Any:
        if wanted in self._objects:
            return self._objects[wanted]
        return next((value for cls, value in self._objects.items() if issubclass(cls, wanted)), None)

    def take(self, made: Iterable[object], *, by: str = "handed") -> None:
        """Hold these objects of states and contexts, in place of any made before.

        Raises:
            ConfigurationError: one is neither.
        """
        for item in made:
            if item is not None:
                self._take(item, by)

    def _take(self, item: object, by: str) -> None:
        declared = [*(held.cls for held in (*self._parts.states, *self._parts.contexts)), *self._owners]
        cls = next((cls for cls in declared if isinstance(item, cls)), None)
        if cls is None:
            text = "returned neither a state nor a context; declare its class with @state or @context"
            raise ConfigurationError(f"{by}: {text} ({type(item).__name__})")
        self._objects[cls] = item

    def _made(self, cls: type[Any]) -> Any:
        try:
            return cls()
        except Exception as error:
            text = f"cannot be made without arguments ({error}); return one from a startup hook"
            raise ConfigurationError(f"{cls.__name__}: {text}") from error

    async def _make(self, service: Callable[..., Any]) -> Any:
        """A service: what the function gives, and, of a generator, what it yields until the end."""
        try:
            if inspect.isasyncgenfunction(service):
                return await self._stack.enter_async_context(asynccontextmanager(service)(**self._given(service)))
            if inspect.isgeneratorfunction(service):
                return self._stack.enter_context(contextmanager(service)(**self._given(service)))
        except RekuestError:
            raise
        except Exception as error:
            raise _failed("service", service, error) from error
        return await self._call("service", service)

    async def _call(self, what: str, hook: Callable[..., Any]) -> Any:
        given = self._given(hook)
        try:
            if inspect.iscoroutinefunction(hook):
                return await hook(**given)
            outcome = await asyncio.get_running_loop().run_in_executor(self._threads, partial(hook, **given))
            return await outcome if inspect.isawaitable(outcome) else outcome
        except Exception as error:
            raise _failed(what, hook, error) from error

    async def _background(self, hook: Callable[..., Any]) -> None:
        try:
            given = self._given(hook)
            if inspect.iscoroutinefunction(hook):
                await hook(**given)
                return
            step = Step(partial(hook, **given))
            self._steps.append(step)
            await asyncio.get_running_loop().run_in_executor(self._threads, step)
        except asyncio.CancelledError:
            pass
        except Exception:
            logger.exception("the background hook %s ended", hook.__name__)

    def _given(self, hook: Callable[..., Any]) -> dict[str, Any]:
        names = [name for name, one in inspect.signature(hook).parameters.items() if one.default is one.empty]
        return self.give(wanted_by(hook, names, self.known), None)


async def _bounded(hook: Coroutine[Any, Any, Any], what: str) -> None:
    """Await ``hook``, for a while: whatever it does, the agent has to come to its end."""
    task = asyncio.create_task(hook)
    await asyncio.wait([task], timeout=LEAVE_WITHIN)
    if not task.done():
        logger.error("%s does not end; it is left to itself", what)
        task.cancel()
    elif not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s", error)


def _failed(what: str, hook: Callable[..., Any], error: Exception) -> ConfigurationError:
    return ConfigurationError(f"{what} {getattr(hook, '__name__', hook)}: {type(error).__name__}: {error}")
