"""What a task waits for before its function runs: the locks it names, and room for it at its node and in its agent.

Who waits holds nothing. A task passes when all it needs is there at once, so tasks that wait cannot wait for each other
in a circle. First come, first served: a lock that somebody waits for is kept from those who came later. A task that was
called from inside a running one uses what its callers hold, and waits behind nobody: its caller waits for it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Set
from contextlib import asynccontextmanager
from typing import NamedTuple

from rekuest_codegen.wire import messages

AGENT = ""
"""Stands for the agent among the places that have a limit; the others are interfaces."""


class _Waiting(NamedTuple):
    number: int
    task: str
    inside: frozenset[str]
    passed: asyncio.Future[None]


class _Line:
    """Tasks that wait to run one interface, in the order in which they came: those that were called from inside of
    running tasks, found by each of these, or all others. If the first of the others may not pass, none of them may."""

    def __init__(self, locks: tuple[str, ...], places: tuple[str, ...]) -> None:
        self.locks = locks
        self.places = places
        self.waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self.called_by: dict[str, OrderedDict[int, None]] = {}

    @property
    def first(self) -> _Waiting:
        return next(iter(self.waiting.values()))

    def add(self, one: _Waiting) -> None:
        self.waiting[one.number] = one
        for caller in one.inside:
            self.called_by.setdefault(caller, OrderedDict())[one.number] = None

    def remove(self, one: _Waiting) -> None:
        del self.waiting[one.number]
        for caller in one.inside:
            del self.called_by[caller][one.number]
            if not self.called_by[caller]:
                del self.called_by[caller]


class Gates:
    """All locks and all room of one agent. ``send`` puts a message on its socket: others may see who holds what.

    ``limits`` says how many tasks may run at a time, by interface and for `AGENT`; what is not in it has no limit.

    After each step nobody is left who may pass. So whoever comes is the only one to be looked at, and when somebody
    leaves, it is the first of each line, and who was called from inside of what is in the way.
    """

    def __init__(self, send: Callable[[messages.FromAgent], None], limits: Mapping[str, int]) -> None:
        self._send = send
        self._limits = limits
        self._holders: dict[str, str] = {}
        self._inside: dict[str, set[str]] = {place: set() for place in limits}
        self._lines: dict[tuple[str, tuple[str, ...], bool], _Line] = {}
        self._numbers = itertools.count()

    @property
    def holders(self) -> dict[str, str]:
        """The task that holds each lock that is held."""
        return dict(self._holders)

    def open_to(self, interface: str, locks: Iterable[str]) -> bool:
        """Whether tasks of ``interface``, which name ``locks``, have nothing to pass at all."""
        return not locks and interface not in self._limits and AGENT not in self._limits

    @asynccontextmanager
    async def passed(
        self, task: str, interface: str, locks: Iterable[str], inside: frozenset[str] = frozenset()
    ) -> AsyncGenerator[None]:
        """Be one of those who run, with ``locks``. ``inside`` are the running tasks that ``task`` was called from."""
        named = tuple(sorted(set(locks)))
        line = _Line(named, tuple(place for place in (interface, AGENT) if place in self._limits))
        one = _Waiting(next(self._numbers), task, inside, asyncio.get_running_loop().create_future())
        if self._may_pass(one, line):
            self._enter(one, line)
            if any(task in other.called_by for other in self._lines.values()):
                self._let_in()
        else:
            line = self._lines.setdefault((interface, named, bool(inside)), line)
            line.add(one)
        try:
            if not one.passed.done():
                await one.passed
            yield
        finally:
            if one.number in line.waiting:
                line.remove(one)
            else:
                self._leave(task)
            self._let_in()

    def _let_in(self) -> None:
        """Let in whoever may pass now, in the order in which they came."""
        while True:
            self._lines = {key: line for key, line in self._lines.items() if line.waiting}
            able = [(one, line) for line in self._lines.values() if (one := self._able(line)) is not None]
            if not able:
                return
            one, line = min(able, key=lambda found: found[0].number)
            line.remove(one)
            if not one.passed.cancelled():
                self._enter(one, line)

    def _able(self, line: _Line) -> _Waiting | None:
        """The first in ``line`` that may pass."""
        if self._may_pass(line.first, line):
            return line.first
        fewest: list[OrderedDict[int, None]] = []
        for tasks in sorted(self._in_the_way(line), key=len):
            called = [line.called_by[task] for task in tasks if task in line.called_by]
            if not called:
                return None
            fewest = min(fewest or called, called, key=lambda some: sum(map(len, some)))
        found = (line.waiting[number] for number in heapq.merge(*fewest))
        return next((one for one in found if self._may_pass(one, line)), None)

    def _may_pass(self, one: _Waiting, line: _Line) -> bool:
        if any(tasks.isdisjoint(one.inside) for tasks in self._in_the_way(line)):
            return False
        return bool(one.inside) or not any(
            other.first.number < one.number and any(key in line.locks for key in other.locks)
            for other in self._lines.values()
        )

    def _in_the_way(self, line: _Line) -> list[Set[str]]:
        """Of each thing that is not to be had, the tasks that have it: whoever was called from one of them uses it."""
        full = [self._inside[place] for place in line.places if len(self._inside[place]) >= self._limits[place]]
        return [*full, *({self._holders[key]} for key in line.locks if key in self._holders)]

    def _enter(self, one: _Waiting, line: _Line) -> None:
        for place in line.places:
            if self._inside[place].isdisjoint(one.inside):
                self._inside[place].add(one.task)
        for key in line.locks:
            if key not in self._holders:
                self._holders[key] = one.task
                self._send(messages.Lock(key=key, task=one.task))
        one.passed.set_result(None)

    def _leave(self, task: str) -> None:
        for tasks in self._inside.values():
            tasks.discard(task)
        for key in [key for key, holder in self._holders.items() if holder == task]:
            del self._holders[key]
            self._send(messages.Unlock(key=key))
