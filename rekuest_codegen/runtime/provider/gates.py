"""What a task waits for before its function runs: the locks it names, and room for it at its node and in its agent.

Who waits holds nothing. A task passes when all it needs is there at once, so tasks that wait cannot wait for each other
in a circle. First come, first served: a lock that somebody waits for is kept from those who came later. A task that was
called from inside a running one uses what its callers hold, and waits behind nobody: its caller waits for it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from rekuest_codegen.wire import messages

AGENT = ""
"""Stands for the agent among the places that have a limit; the others are interfaces."""


class _Group(NamedTuple):
    """Tasks of one interface that were called from the same place: if the first may not pass, none of them may."""

    interface: str
    locks: tuple[str, ...]
    inside: frozenset[str]


class _Waiting(NamedTuple):
    number: int
    task: str
    passed: asyncio.Future[None]


class Gates:
    """All locks and all room of one agent. ``send`` puts a message on its socket: others may see who holds what.

    ``limits`` says how many tasks may run at a time, by interface and for `AGENT`; what is not in it has no limit.
    """

    def __init__(self, send: Callable[[messages.FromAgent], None], limits: Mapping[str, int]) -> None:
        self._send = send
        self._limits = limits
        self._holders: dict[str, str] = {}
        self._inside: dict[str, set[str]] = {place: set() for place in limits}
        self._queues: dict[_Group, deque[_Waiting]] = {}
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
        group = _Group(interface, tuple(sorted(set(locks))), inside)
        one = _Waiting(next(self._numbers), task, asyncio.get_running_loop().create_future())
        self._queues.setdefault(group, deque()).append(one)
        self._let_in()
        try:
            if not one.passed.done():
                await one.passed
            yield
        finally:
            one.passed.cancel()  # who leaves before it was let in is let in no more
            self._leave(task)
            self._let_in()

    def _let_in(self) -> None:
        """Let in whoever may pass now, in the order in which they came."""
        kept: set[str] = set()
        heads = [(queue[0].number, group) for group, queue in self._queues.items()]
        heapq.heapify(heads)
        while heads:
            _, group = heapq.heappop(heads)
            queue = self._queues[group]
            if not queue[0].passed.cancelled():
                if not self._may_pass(group, kept):
                    kept.update(group.locks)
                    continue
                self._enter(queue[0].task, group)
                queue[0].passed.set_result(None)
            queue.popleft()
            if queue:
                heapq.heappush(heads, (queue[0].number, group))
            else:
                del self._queues[group]

    def _may_pass(self, group: _Group, kept: set[str]) -> bool:
        free = all(
            self._holders[key] in group.inside if key in self._holders else bool(group.inside) or key not in kept
            for key in group.locks
        )
        return free and all(len(self._inside[place]) < self._limits[place] for place in self._needed(group))

    def _needed(self, group: _Group) -> list[str]:
        """The places at which tasks of ``group`` need room of their own: none of their callers has some there."""
        places = (place for place in (group.interface, AGENT) if place in self._limits)
        return [place for place in places if self._inside[place].isdisjoint(group.inside)]

    def _enter(self, task: str, group: _Group) -> None:
        for place in self._needed(group):
            self._inside[place].add(task)
        for key in group.locks:
            if key not in self._holders:
                self._holders[key] = task
                self._send(messages.Lock(key=key, task=task))

    def _leave(self, task: str) -> None:
        for tasks in self._inside.values():
            tasks.discard(task)
        for key in [key for key, holder in self._holders.items() if holder == task]:
            del self._holders[key]
            self._send(messages.Unlock(key=key))
