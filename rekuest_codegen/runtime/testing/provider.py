"""For the tests of those who provide: a registered function, run as an agent runs it, with no server and no stubs.

What is given is put in wire form, framed, read and checked as if it had come from a server; what the function gives
goes back the same way. `call_local` gives the result, `Local` also what was said and done on the way, and keeps the
states and contexts of the app from one call to the next.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from rekuest_codegen.errors import ConfigurationError, NodeError, TaskCancelled
from rekuest_codegen.ir.nodes import NodeKind
from rekuest_codegen.runtime import portal
from rekuest_codegen.runtime.provider import register
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.runtime.provider.holdings import Holdings
from rekuest_codegen.runtime.provider.outbox import Outbox
from rekuest_codegen.runtime.provider.processes import Processes
from rekuest_codegen.runtime.provider.provided import Provided
from rekuest_codegen.runtime.provider.register import App
from rekuest_codegen.runtime.provider.sources import provision
from rekuest_codegen.runtime.provider.tasks import Tasks
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.runtime.testing.memory import Drawers, Inside
from rekuest_codegen.runtime.values import expand_all, shrink_all, values_walk
from rekuest_codegen.shapes import is_series
from rekuest_codegen.wire import messages

T = TypeVar("T")
WITHIN = 60.0
"""Seconds for services and hooks, and by default for a run."""
USER = "test"


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: ``args`` and ``returns`` in wire form, ``values`` as a caller gets them, ``end`` as a server would.

    ``progress`` has percent and message of each report, ``logs`` level and message. ``error`` is what the caller reads,
    ``cause`` the exception the function raised.
    """

    args: Mapping[str, Any]
    returns: tuple[Mapping[str, Any], ...]
    values: tuple[Any, ...]
    end: str
    error: str | None = None
    cause: BaseException | None = None
    progress: tuple[tuple[int | None, str | None], ...] = ()
    logs: tuple[tuple[str, str], ...] = ()


def call_local(function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
    """What a caller of the registered ``function`` gets; of a generator, the list of its items.

    Parameters that an agent hands in are left out: objects for them are made anew for this call, by the hooks of the
    function's app. Blocks; in a coroutine use `Local` and await `Local.arun`.

    Raises:
        ArgumentError: an argument cannot be sent. NodeError: the function refused its arguments, raised, or gave back
        what it did not promise; its cause is what it raised. ConfigurationError: the function is not registered.
    """
    with Local(app_of(function)) as local:
        return local.call(function, *args, **keywords)


def app_of(function: Callable[..., Any]) -> App:
    """The app a function is registered with.

    Raises:
        ConfigurationError: with none.
    """
    for app in register.apps():
        if function in app.own_functions:
            return app
    if function in register.without_app():
        return App(getattr(function, "__module__", "") or "test")
    raise ConfigurationError(f"{getattr(function, '__qualname__', function)} is not registered with any app")


class Local:
    """The functions of an app, ready to be run: ``with Local(app, handed=[Stage(x=1)]) as local``.

    ``handed`` are objects of states and contexts to begin with; others come from the app's hooks.
    """

    def __init__(self, app: App, *, handed: Iterable[object] = ()) -> None:
        self._app = app
        self._handed = list(handed)
        self._numbers = itertools.count(1)
        self._runs: dict[str, _Ear] = {}
        self._shelf = Drawers()

    def __enter__(self) -> Self:
        portal.forbid_loop("async with Local(...)")
        portal.start(self._open).result(WITHIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        portal.start(self._close).result(WITHIN)

    async def __aenter__(self) -> Self:
        await portal.hop(self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await portal.hop(self._close)

    def call(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
        """As `call_local`."""
        ran = self.run(function, *args, **keywords)
        name = getattr(function, "__name__", str(function))
        if ran.end in ("CANCELLED", "INTERRUPTED"):
            raise TaskCancelled(f"{self._app.name}/{name}: the task was {ran.end.lower()}")
        if ran.end != "COMPLETED":
            raise NodeError(f"{self._app.name}/{name}", "", ran.error or ran.end) from ran.cause
        provided = self._provided(function)
        return list(ran.values) if provided.node.kind is NodeKind.GENERATOR else ran.values[0]

    def run(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Ran:
        """Run it to its end, whatever that is.

        Raises:
            ArgumentError: an argument cannot be sent. ConfigurationError: the function is not this app's.
            TimeoutError: it takes longer than a minute.
        """
        return self._start(self.arun(function, *args, **keywords))

    async def arun(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Ran:
        """`run`, awaited."""
        provided = self._provided(function)
        return await self.arun_wire(function, await self._wire(provided, args, keywords))

    def run_wire(self, function: Callable[..., Any], /, wire: Mapping[str, Any]) -> Ran:
        """Run it with arguments as they travel, whatever they are: what would it say to a caller of another make?"""
        return self._start(self.arun_wire(function, wire))

    async def arun_wire(self, function: Callable[..., Any], /, wire: Mapping[str, Any]) -> Ran:
        """`run_wire`, awaited."""
        return await portal.hop(self._run, self._provided(function), wire)

    def background(self) -> None:
        """Start the app's background hooks; without this they rest."""

        async def start() -> None:
            self._holdings.run_backgrounds()
            await asyncio.sleep(0)

        portal.start(start).result(WITHIN)

    # -- in the portal's loop ----------------------------------------------------------------------------------------

    async def _open(self) -> None:
        app = self._app
        self._provision = provision(app.name, app.parts)
        self._threads = DaemonThreads("rekuest-codegen task")
        self._processes = Processes(self._threads)
        self._holdings = Holdings(app.parts, self._threads, owners=self._provision.owners)
        self._holdings.take(self._handed)
        await self._holdings.make()
        self._holdings.check(one for function in self._provision.functions for one in function.injected.values())
        self.tasks = Tasks(
            app.name,
            self._provision.functions,
            outbox=cast("Outbox", self),
            children=cast("Children", Inside()),
            holdings=self._holdings,
            shelf=self._shelf,
            threads=self._threads,
            processes=self._processes,
        )

    async def _close(self) -> None:
        await self.tasks.end_all()
        await self._holdings.leave()
        self._processes.close()
        self._threads.shutdown()

    async def _run(self, provided: Provided, wire: Mapping[str, Any]) -> Ran:
        task = str(next(self._numbers))
        ear = self._runs[task] = _Ear()
        assign = messages.Assign(
            interface=provided.interface,
            task=task,
            args=dict(wire),
            user=USER,
            org="",
            action="",
            implementation=provided.interface,
        )
        framed = messages.decode_to_agent(messages.encode(assign))
        assert isinstance(framed, messages.Assign)  # noqa: S101 - what was encoded is what is read
        try:
            run = self.tasks.begin(framed)
            async with asyncio.timeout(WITHIN):
                await ear.ended.wait()
        finally:
            self.tasks.end(task, messages.Interrupted)
            del self._runs[task]
        end = ear.reports[-1]
        returns = [report.returns or {} for report in ear.reports if isinstance(report, messages.Yield)]
        walk = values_walk(provided.types, self._shelf)
        values = [_result(await expand_all(provided.node.returns, each, walk)) for each in returns]
        reports = ear.reports
        return Ran(
            args=framed.args,
            returns=tuple(returns),
            values=tuple(values),
            end=messages.type_of(end),
            error=getattr(end, "error", None),
            cause=None if run is None else run.error,
            progress=tuple((one.progress, one.message) for one in reports if isinstance(one, messages.Progress))[1:],
            logs=tuple((one.level, one.message) for one in reports if isinstance(one, messages.Log)),
        )

    async def _wire(self, provided: Provided, args: Sequence[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as a caller sends them."""
        asked = [one for name, one in provided.parameters.items() if name not in provided.injected]
        try:
            given = inspect.Signature(asked).bind(*args, **keywords).arguments
        except TypeError as error:
            raise ConfigurationError(f"{provided.node.title}: {error}") from None
        values = {name: list(value) if is_series(value) else value for name, value in given.items()}
        ports = [port for port in provided.node.args if port.key in values]
        return await shrink_all(ports, values, values_walk(provided.types, self._shelf))

    def _provided(self, function: Callable[..., Any]) -> Provided:
        for provided in self._provision.functions:
            if provided.function == function:
                return provided
        raise ConfigurationError(
            f"{getattr(function, '__qualname__', function)} is not registered with {self._app.name}"
        )

    def _start(self, work: Coroutine[Any, Any, T]) -> T:
        portal.forbid_loop("arun(...)")
        return asyncio.run(work)

    # -- as the outbox of the tasks ----------------------------------------------------------------------------------

    def send(self, message: messages.FromAgent) -> None:
        """Hear a report, as it reads at the other end."""
        heard = messages.decode_from_agent(messages.encode(message))
        if isinstance(heard, messages.Report) and (ear := self._runs.get(heard.task)) is not None:
            ear.hear(heard)

    async def report(self, message: messages.Report, still: Callable[[], bool]) -> None:
        """As `send`."""
        if still():
            self.send(message)

    def say(self, message: messages.Report) -> None:
        """As `send`, from any thread."""
        self.send(message)

    def say_all(self, task: str) -> None:
        """Everything was heard when it was said."""

    def forget(self, task: str) -> None:
        """Nothing is kept here."""


@dataclass(slots=True)
class _Ear:
    reports: list[messages.Report] = field(default_factory=lambda: list[messages.Report]())
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, report: messages.Report) -> None:
        self.reports.append(report)
        if report.terminal:
            self.ended.set()


def _result(values: Mapping[str, Any]) -> Any:
    """As a generated function gives it: nothing, one value, or several."""
    several = tuple(values.values())
    return several if len(several) > 1 else (several[0] if several else None)
