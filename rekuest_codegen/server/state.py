"""The server's memory: every record it serves, found by whatever it is asked for by.

Loaded from the store once, then kept in step with it: decisions change it at once and their writes follow. Finished
tasks are kept for a while, so that a caller who was away can still learn how they ended, and then let go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.model import Agent, Drawer, Event, Implementation, Node, Record, Run, Task, unpack
from rekuest_codegen.server.store import Put
from rekuest_codegen.wire.lifecycle import IllegalTransition, advance, terminal_kind

if TYPE_CHECKING:
    from rekuest_codegen.server.shown import Shown
    from rekuest_codegen.wire.messages import ToAgent

RECENT = 60.0
"""Seconds for which a finished task is certainly kept."""
JUST_NOW = 2.0
"""Seconds for which a finished task is certainly told to a caller who subscribes."""
KEPT_RUNS = 10_000
KEPT_BYTES = 64 * 1024 * 1024
MOST_BYTES = 4 * KEPT_BYTES
"""Finished tasks are let go, oldest first, above KEPT_RUNS or KEPT_BYTES; above MOST_BYTES even recent ones."""
ENSURED = "ensured"
"""The sequence by which one sees which agent was ensured last."""
KEPT_REPORTS = 20_000
"""How many message ids of an agent are remembered, to know a repeated report again."""


@dataclass(slots=True)
class Presence:
    """Whether an agent is connected, and what hangs on it."""

    connected: bool = False
    lost_at: float | None = None
    runs: set[int] = field(default_factory=lambda: set[int]())
    reports: dict[str, None] = field(default_factory=lambda: dict[str, None]())
    heard: ToAgent | None = None
    """The last acknowledgement of its journal."""

    def remember(self, report: str) -> None:
        self.reports[report] = None
        if len(self.reports) > KEPT_REPORTS:
            del self.reports[next(iter(self.reports))]


class State:
    def __init__(self, *, first: int = 1) -> None:
        """``first`` is the id of the first task, and of the first drawer."""
        self.agents: dict[int, Agent] = {}
        self.nodes: dict[int, Node] = {}
        self.implementations: dict[int, Implementation] = {}
        self.drawers: dict[int, Drawer] = {}
        self.runs: dict[int, Run] = {}
        self.presences: dict[int, Presence] = {}
        self.agents_by_name: dict[tuple[str, str], Agent] = {}
        self.nodes_by_key: dict[tuple[str, str, str], Node] = {}
        self.providers: dict[int, set[int]] = {}
        self.provided: dict[int, dict[str, Implementation]] = {}
        self.references: dict[tuple[str, int | None, str], Run] = {}
        self.children: dict[int, list[int]] = {}
        self.shown: dict[tuple[int, str], Shown] = {}
        self.calls: dict[str, dict[int, Run]] = {}
        self.agent_calls: dict[int, dict[int, Run]] = {}
        self.finished: deque[tuple[int, float]] = deque()
        self.finished_bytes = 0
        self._last: dict[str, int] = {Task.kind: first - 1, Drawer.kind: first - 1}

    def next_id(self, kind: str) -> int:
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]

    def existed(self, kind: str, key: int) -> bool:
        """Whether this id was ever given out."""
        return 0 < key <= self._last.get(kind, 0)

    # -- loading -------------------------------------------------------------------------------------------------

    def load(self, rows: Iterable[Put], now: float) -> None:
        """Take over what a store holds. Nobody is connected; whoever was has just been lost.

        Raises:
            ConfigurationError: a record cannot be read.
        """
        for row in rows:
            try:
                self._restore(unpack(row.kind, row.body), len(row.body))
            except (msgspec.MsgspecError, KeyError, IllegalTransition) as error:
                raise ConfigurationError(f"database: {row.kind} {row.id} cannot be read: {error}") from None
            self._last[row.kind] = max(self._last.get(row.kind, 0), row.id)
        for run in self.runs.values():
            if run.done:
                self.settle(run, now)
            else:
                self.presence(run.task.agent).runs.add(run.task.id)
        for agent in self.agents.values():
            self.presence(agent.id).lost_at = now

    def _restore(self, record: Record, size: int) -> None:
        match record:
            case Agent():
                self.add_agent(record)
                self._last[ENSURED] = max(self._last.get(ENSURED, 0), record.ensured)
            case Node():
                self.add_node(record)
            case Implementation():
                self.add_implementation(record)
            case Drawer():
                self.drawers[record.id] = record
            case Task():
                self.add_run(Run(record))
                self.runs[record.id].size = size
                self.runs[record.id].sent = True
            case Event():
                run = self.runs.get(record.task)
                if run is None:
                    return  # of a task whose own write was refused
                run.phase = advance(run.phase, record.what)
                run.number = record.number
                run.size += size
                if record.report:
                    self.presence(run.task.agent).remember(record.report)
                if record.what != "DISCONNECTED":
                    run.sent = not record.gives_back
                if record.what == "QUEUED" and record.message and run.sent:
                    run.starts += 1
                if record.what in ("CANCELLING", "INTERRUPTING"):
                    run.asked = record.what
                if record.what == "YIELD":
                    run.yields += 1
                self.publish(run, record)
            case _:
                raise KeyError(record.kind)

    # -- providers -----------------------------------------------------------------------------------------------

    def presence(self, agent: int) -> Presence:
        return self.presences.setdefault(agent, Presence())

    def connected(self, agent: int) -> bool:
        return self.presence(agent).connected

    def add_agent(self, agent: Agent) -> None:
        self.agents[agent.id] = agent
        self.agents_by_name[agent.owner, agent.name] = agent
        self.presence(agent.id)

    def last_ensured(self, owner: str) -> Agent | None:
        mine = [agent for agent in self.agents.values() if agent.owner == owner]
        return max(mine, key=lambda agent: agent.ensured, default=None)

    def add_node(self, node: Node) -> None:
        self.nodes[node.id] = node
        self.nodes_by_key[node.app, node.key, node.version] = node

    def add_implementation(self, implementation: Implementation) -> None:
        self.implementations[implementation.id] = implementation
        self.providers.setdefault(implementation.node, set()).add(implementation.id)
        self.provided.setdefault(implementation.agent, {})[implementation.interface] = implementation

    def drop_implementation(self, implementation: Implementation) -> None:
        del self.implementations[implementation.id]
        self.providers[implementation.node].discard(implementation.id)
        del self.provided[implementation.agent][implementation.interface]

    def implementations_of(self, node: int) -> list[Implementation]:
        return [self.implementations[key] for key in sorted(self.providers.get(node, ()))]

    # -- tasks ---------------------------------------------------------------------------------------------------

    def add_run(self, run: Run) -> None:
        task = run.task
        self.runs[task.id] = run
        self.references[task.caller, task.caller_agent, task.reference] = run
        self._calls(task)[task.id] = run
        if task.parent is not None:
            self.children.setdefault(task.parent, []).append(task.id)

    def drop_run(self, run: Run) -> None:
        task = run.task
        self.runs.pop(task.id, None)
        self.references.pop((task.caller, task.caller_agent, task.reference), None)
        self._calls(task).pop(task.id, None)
        self.presence(task.agent).runs.discard(task.id)
        self.children.pop(task.id, None)
        if task.parent in self.children:
            self.children[task.parent].remove(task.id)

    def publish(self, run: Run, event: Event) -> None:
        """``event`` is durable: from now on it is part of what is told."""
        run.events.append(event)

    def settle(self, run: Run, now: float) -> None:
        """The end of ``run`` is durable: it is kept for a while only."""
        if run.task.id not in self.runs:
            return
        self.finished.append((run.task.id, now))
        self.finished_bytes += run.size

    def expired(self, now: float) -> Iterator[Run]:
        """Finished runs to let go, already dropped from here."""
        while self.finished and (len(self.finished) > KEPT_RUNS or self.finished_bytes > KEPT_BYTES):
            key, since = self.finished[0]
            if now - since < RECENT and self.finished_bytes <= MOST_BYTES:
                return
            self.finished.popleft()
            run = self.runs[key]
            self.finished_bytes -= run.size
            self.drop_run(run)
            yield run

    def recent(self, runs: Mapping[int, Run], now: float, *, events: int | None = None) -> list[Run]:
        """Those of ``runs`` that are unfinished or finished a moment ago.

        ``events`` bounds what they tell together: above it, only what finished just now is added to the unfinished.
        Each is told as a whole or not at all.
        """
        fresh, told = set[int](), 0
        for key, since in reversed(self.finished):
            if now - since > (RECENT if events is None or told <= events else JUST_NOW):
                break
            if (run := runs.get(key)) is not None:
                told += len(run.events)
                if events is None or told <= events or now - since <= JUST_NOW:
                    fresh.add(key)
        return [run for run in runs.values() if not run.done or run.task.id in fresh]

    def calls_of(self, caller: str) -> dict[int, Run]:
        """What this identity called itself, by id."""
        return self.calls.setdefault(caller, {})

    def calls_from(self, agent: int) -> dict[int, Run]:
        """What this agent called over its socket, by id."""
        return self.agent_calls.setdefault(agent, {})

    def _calls(self, task: Task) -> dict[int, Run]:
        return self.calls_of(task.caller) if task.caller_agent is None else self.calls_from(task.caller_agent)


def ended(run: Run) -> bool:
    """Whether the end is decided, durable or not."""
    return run.phase.terminal


def ends(event: Event) -> bool:
    return terminal_kind(event.what)
