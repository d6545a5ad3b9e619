"""The tasks of an agent, from ASSIGN to their end: who may run now, who is asked to end, and who is made to.

A task that is asked to end is given a grace (`Patience`): a coroutine is cancelled at once, a function on a thread
finds out at its next check, report or breakpoint. After the grace, and at an interrupt at once, it is made to end; what
does not end even then is reported as ended and left to itself. Each task has one terminal report, whatever happens.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekuest_codegen.runtime import context
from rekuest_codegen.runtime.provider import task as tasks
from rekuest_codegen.runtime.provider.children import Children
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.gates import AGENT, Gates
from rekuest_codegen.runtime.provider.holdings import Holdings
from rekuest_codegen.runtime.provider.outbox import Outbox
from rekuest_codegen.runtime.provider.provided import Provided
from rekuest_codegen.runtime.provider.running import Processes, Run, run
from rekuest_codegen.runtime.provider.threads import DaemonThreads
from rekuest_codegen.runtime.provider.tracing import run_span
from rekuest_codegen.runtime.values import Shelf
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.lifecycle import LOST_PREFIX, NOT_BEGUN
from rekuest_codegen.wire.raised import text_of
from rekuest_codegen.wire.tracing import NO_SPAN

logger = logging.getLogger("rekuest_codegen.provider")
End = type[messages.Cancelled] | type[messages.Interrupted]
SAYS: Mapping[str, type[messages.Report]] = {
    "PROGRESS": messages.Progress,
    "LOG": messages.Log,
    "PAUSED": messages.Paused,
    "RESUMED": messages.Resumed,
}
STOPPED = "the provider was stopped"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: ``grace`` for a task that is cancelled to end by itself, ``force`` for one that is made to."""

    grace: float = 5.0
    force: float = 1.0


class _Running(Run):
    """A task that is here. ``let_in`` once its function may run; ``over`` once its terminal report is made: nothing
    more is said of it."""

    def __init__(self, assign: messages.Assign, inside: frozenset[str]) -> None:
        super().__init__(Control(step=bool(assign.step)))
        self.assign = assign
        self.inside = inside
        self.asked: End | None = None
        self.begun = False
        self.let_in = False
        self.paused = False
        self.over = False
        self.span = NO_SPAN
        self.timer: asyncio.TimerHandle | None = None
        self.work: asyncio.Task[None] | None = None


class Tasks:
    """All tasks of one agent."""

    def __init__(
        self,
        name: str,
        functions: Sequence[Provided],
        *,
        outbox: Outbox,
        children: Children,
        holdings: Holdings,
        shelf: Shelf,
        threads: DaemonThreads,
        processes: Processes,
        concurrency: int | None = None,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        on_begin: Callable[[str], None] = lambda task: None,
    ) -> None:
        """``on_begin`` is called with each task, before it is begun."""
        self._name = name
        self._functions = {function.interface: function for function in functions}
        self._outbox = outbox
        self._children = children
        self._holdings = holdings
        self._shelf = shelf
        self._threads = threads
        self._processes = processes
        self._patience = patience
        self._on_begin = on_begin
        bounds = {AGENT: concurrency, **{one.interface: one.options.concurrency for one in functions}}
        self.gates = Gates(outbox.send, {place: most for place, most in bounds.items() if most is not None})
        self._running: dict[str, _Running] = {}
        self._strays: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._refusal = ""
        self.outcomes: Counter[str] = Counter()

    def __contains__(self, task: object) -> bool:
        return task in self._running

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[str]:
        return iter(self._running)

    # -- what the server asks for ------------------------------------------------------------------------------------

    def begin(self, assign: messages.Assign) -> Run | None:
        """Run a task, as soon as there is room for it; None when it runs already, or no more are begun."""
        if assign.task in self._running:
            return None  # delivered again after a reconnect
        inside = self._inside(assign)
        if self._refusal and not inside:
            self._outbox.send(messages.Critical(task=assign.task, error=self._refusal))
            return None
        running = _Running(assign, inside)
        self._running[assign.task] = running
        self._quiet.clear()
        running.work = asyncio.create_task(self._run(running), name=f"task {assign.task}")
        running.work.add_done_callback(lambda _: self._forget(running))
        return running

    def end(self, task: str, kind: End) -> None:
        """Ask a task to end; an interrupt does not wait for it to do so by itself."""
        running = self._running.get(task)
        if running is None:
            return
        urgent = kind is messages.Interrupted
        if running.asked is not None and not (urgent and running.asked is not kind):
            return  # it knows
        running.asked = kind
        running.control.cancel()
        self._children.end(task, cancelled=True)  # a thread that waits for one of them is let go
        if running.timer is not None:
            running.timer.cancel()
        if running.busy is None:
            self._cancel(running)
        if urgent:
            self._force(running)
        else:
            self._later(running, self._patience.grace, self._force)

    def pause(self, task: str) -> None:
        if (running := self._running.get(task)) is not None:
            running.control.pause()

    def resume(self, task: str, *, step: bool) -> None:
        running = self._running.get(task)
        if running is not None and not running.control.resume(step=step):
            self._say(running, "RESUMED", {})  # it had not stopped yet

    def confirm(self, task: str) -> None:
        """Say that a task is here: one that is paused has to be known as such, or nobody could resume it."""
        running = self._running[task]
        said = messages.Progress(task=task, progress=0, message="still running")
        self._outbox.send(messages.Paused(task=task) if running.paused else said)

    # -- the end of everything ---------------------------------------------------------------------------------------

    def refuse(self, why: str) -> None:
        """Begin no more tasks: what waits, and what comes, is reported as lost, never begun. What running tasks call
        is begun still: they could not end without."""
        self._refusal = f"{LOST_PREFIX}{self._name} {why}{NOT_BEGUN}"
        for running in list(self._running.values()):
            if not running.let_in and not running.inside:
                self._finish(running, self._stopped(running))
                self._cancel(running)

    async def quiet(self) -> None:
        """Wait until nothing runs."""
        await self._quiet.wait()

    async def end_all(self) -> None:
        """End what runs now; each task reports that the provider was stopped."""
        self.refuse("is being stopped")
        for running in list(self._running.values()):
            running.control.cancel()
            if running.busy is not None:
                running.busy.force()
            self._cancel(running)
        works = [running.work for running in self._running.values() if running.work is not None]
        if works:
            _, late = await asyncio.wait(works, timeout=self._patience.force)
            for running in [running for running in self._running.values() if running.work in late]:
                self._give_up(running)
        for stray in self._strays:
            stray.cancel()

    # -- one task ----------------------------------------------------------------------------------------------------

    def _inside(self, assign: messages.Assign) -> frozenset[str]:
        """The tasks here that this one was called from, at any distance; what one of them called elsewhere may be
        between."""
        found = {assign.root} if assign.root in self._running else set[str | None]()
        parent = assign.parent
        while parent is not None:
            if parent in self._running:
                found.add(parent)
                parent = self._running[parent].assign.parent
            else:
                parent = self._children.caller_of(parent)
        return frozenset(task for task in found if task is not None)

    async def _run(self, running: _Running) -> None:
        running.begun = True
        assign = running.assign
        try:
            function = self._functions.get(assign.interface)
            if function is None:
                self._finish(running, messages.Critical(task=assign.task, error=self._missing(assign.interface)))
                return
            running.span = run_span(function.node.title, assign)
            context.nested.set(context.Nested(self._children.of(assign.task), asyncio.get_running_loop()))
            facts = tasks.Facts(assign.task, assign.interface, assign.user, assign.reference, assign.parent, self._name)
            task = tasks.Task(facts, running.control, lambda kind, fields: self._say(running, kind, fields))
            tasks.current.set(task)
            locks = function.options.locks
            if self.gates.open_to(assign.interface, locks):
                await self._work(running, function, task)
            else:
                async with self.gates.passed(assign.task, assign.interface, locks, running.inside):
                    await self._work(running, function, task)
        except asyncio.CancelledError:
            error = "the function was cancelled from within"
            said = messages.Critical(task=assign.task, error=error)
            self._finish(running, self._stopped(running) if running.control.cancelled else said)
        except Exception as error:  # our own mistake, and still the task has to end
            logger.exception("%s: task %s (%s) failed here", self._name, assign.task, assign.interface)
            self._finish(running, messages.Critical(task=assign.task, error=text_of(error)))

    async def _work(self, running: _Running, function: Provided, task: tasks.Task) -> None:
        running.let_in = True
        self._on_begin(running.assign.task)
        await run(
            function,
            running.assign.task,
            running.assign.args,
            running,
            handed=lambda: self._holdings.give(function.injected, task),
            report=lambda report: self._report(running, report),
            shelf=self._shelf,
            threads=self._threads,
            processes=self._processes,
        )

    def _stopped(self, running: _Running) -> messages.Report:
        """The end of a task that was made to end: as it was asked to, or, where nobody did, somebody else may do what
        was not begun here."""
        if running.asked is not None:
            return running.asked(task=running.assign.task)
        given_back = self._refusal and not running.let_in
        return messages.Critical(task=running.assign.task, error=self._refusal if given_back else STOPPED)

    def _missing(self, interface: str) -> str:
        return f"{self._name} does not provide {interface!r}"

    async def _report(self, running: _Running, report: messages.Report) -> None:
        def still() -> bool:
            if running.over:
                return False
            if report.terminal:
                running.over = True
                self._count(running, report)
            return True

        if not running.over:
            await self._outbox.report(report, still)

    def _finish(self, running: _Running, report: messages.Report) -> None:
        """Make the terminal report, at once, if there is none yet."""
        if running.over:
            return
        running.over = True
        self._count(running, report)
        self._outbox.say_all(report.task)
        self._outbox.send(report)

    def _count(self, running: _Running, report: messages.Report) -> None:
        outcome = messages.type_of(report)
        self.outcomes[outcome] += 1
        running.span.end(outcome, getattr(report, "error", None))

    def _say(self, running: _Running, kind: str, fields: Mapping[str, Any]) -> None:
        if not running.over:
            running.paused = kind == "PAUSED" or (running.paused and kind != "RESUMED")
            self._outbox.say(SAYS[kind](task=running.assign.task, **fields))

    def _forget(self, running: _Running) -> None:
        task = running.assign.task
        if running.timer is not None:
            running.timer.cancel()
        if not running.begun and not running.over:  # cancelled before its first step, it could say nothing itself
            self._finish(running, self._stopped(running))
        if running.work is not None:
            self._strays.discard(running.work)
        if self._running.get(task) is running:
            del self._running[task]
        self._outbox.forget(task)
        self._children.end(task, cancelled=running.control.cancelled)
        if not self._running:
            self._quiet.set()

    # -- those who do not end by themselves --------------------------------------------------------------------------

    def _later(self, running: _Running, seconds: float, what: Any) -> None:
        running.timer = asyncio.get_running_loop().call_later(seconds, what, running)

    def _cancel(self, running: _Running) -> None:
        if running.work is not None:
            running.work.cancel()

    def _force(self, running: _Running) -> None:
        if running.busy is not None:
            running.busy.force()
        else:
            self._cancel(running)
        self._later(running, self._patience.force, self._give_up)

    def _give_up(self, running: _Running) -> None:
        task = running.assign.task
        logger.warning(
            "%s: task %s (%s) does not end; it is left to itself", self._name, task, running.assign.interface
        )
        self._finish(running, self._stopped(running))
        self._running.pop(task, None)
        if running.work is not None:
            self._strays.add(running.work)
            running.work.cancel()
        if not self._running:
            self._quiet.set()
