"""The house's switchboard: takes requests and reports, has them decided, has the writes committed, tells the result.

The one order that matters is kept here: decide, commit, then tell. Connections and subscribers are known here and
nowhere else. Everything runs in one event loop; nothing in here blocks it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from rekuest_codegen.server import dispatch, presence, registry, shown
from rekuest_codegen.server.deadlines import Deadlines
from rekuest_codegen.server.decision import (
    AgentChanged,
    Created,
    Decision,
    Dispatch,
    Happened,
    Moment,
    NodeDefined,
    Tell,
    ToldAgent,
)
from rekuest_codegen.server.dispatch import Call
from rekuest_codegen.server.feeds import Feed, Feeds
from rekuest_codegen.server.model import Agent, Drawer, Event, Json, Run
from rekuest_codegen.server.presence import Welcome
from rekuest_codegen.server.shown import Change, Shown
from rekuest_codegen.server.state import State, ends
from rekuest_codegen.server.store import Store, StoreFailure
from rekuest_codegen.server.traces import Traces
from rekuest_codegen.wire.contracts import Declaration
from rekuest_codegen.wire.messages import Register, Report, SessionInit, StatePatch, StateSnapshot, ToAgent

GRACE = 30.0
"""Seconds for which a lost agent may come back to its tasks."""
COMMIT_WITHIN = 10.0
MAX_PENDING = 5_000
"""Commits under way above which agents are not listened to."""
MAX_REPLAY = 1_000
"""Events of finished tasks that a caller who subscribes is told; of what finished just now, and is unfinished, all."""
_log = logging.getLogger(__name__)
AGENTS = "agents"
NODES = "nodes"


class Link(Protocol):
    """A live agent connection, as the hub uses it."""

    def welcome(self, welcome: Welcome) -> None: ...

    def tell(self, message: ToAgent) -> None: ...

    def displace(self) -> None: ...


class Hub:
    def __init__(self, store: Store, *, grace: float = GRACE, first: int = 1) -> None:
        self.state = State(first=first)
        self.grace = grace
        self._store = store
        self._links: dict[int, Link] = {}
        self._traces = Traces()
        self._deadlines = Deadlines(self._overdue)
        self._calls = Feeds()
        self._topics = Feeds()
        self._pending = 0
        self._room = asyncio.Event()
        self._room.set()
        self._expiry: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Load what is stored, and start to serve. Agents that were connected have the grace to come back.

        Raises:
            ConfigurationError: the store is damaged.
        """
        at = moment()
        self.state.load(self._store.load(), at.mono)
        self._store.start()
        decision = Decision()
        for agent in self.state.agents:
            dispatch.suspend(self.state, agent, at, decision)
        self._commit(decision)
        self._schedule_expiry()

    async def stop(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        self._deadlines.close()
        await self._store.close()

    async def room(self) -> None:
        """Wait until the store has caught up: whoever brings in reports waits here first."""
        await self._room.wait()

    # -- providers -----------------------------------------------------------------------------------------------

    async def ensure_agent(self, owner: str, name: str | None) -> Agent:
        agent, decision = registry.ensure_agent(self.state, owner, name, moment())
        await self._committed(decision)
        return agent

    async def implement_agent(self, owner: str, wanted: Json) -> Agent:
        agent, decision = registry.implement_agent(self.state, owner, wanted, moment())
        await self._committed(decision)
        return agent

    async def shelve(self, owner: str, wanted: Json, agent: Agent | None = None) -> Drawer:
        drawer, decision = registry.shelve(self.state, owner, wanted, moment(), agent)
        await self._committed(decision)
        return drawer

    async def unshelve(self, owner: str, key: str, agent: Agent | None = None) -> None:
        await self._committed(registry.unshelve(self.state, owner, dispatch.number(key), agent))

    # -- agents' connections -------------------------------------------------------------------------------------

    def register(
        self, owner: str, name: str | None, message: Register, link: Link, declared: Declaration | None = None
    ) -> Agent:
        """Make ``link`` the agent's connection; it is welcomed as soon as that is durable. An agent that has
        ``declared`` what it provides is made known by that.

        Raises:
            NotEnsured, Busy: see `presence.register`.
        """
        at = moment()
        if declared is not None:
            agent, decision = registry.ensure_agent(self.state, owner, declared.name, at)
            self._commit(decision)
            name = agent.name
        welcome = presence.register(self.state, owner, name, message, at)
        agent = welcome.agent
        if declared is not None:
            decision, welcome.findings = registry.declare(self.state, agent, declared, at)
            self._commit(decision)
        old = self._links.pop(agent.id, None)
        self._links[agent.id] = link
        if old is not None:
            old.displace()
        self._commit(welcome.decision, first=lambda: link.welcome(welcome))
        return agent

    def lose(self, agent: int, link: Link) -> None:
        """``link`` is gone. A displaced one says nothing about its agent."""
        if self._links.get(agent) is link:
            del self._links[agent]
            self._commit(presence.lose(self.state, agent, moment()))
            self._schedule_expiry()

    def current(self, agent: int, link: Link) -> bool:
        """Whether ``link`` may still speak for its agent."""
        return self._links.get(agent) is link

    def report(self, agent: int, message: Report) -> None:
        """Raises UnknownTask: the task is not this agent's."""
        decision = dispatch.report(self.state, agent, message, moment())
        if decision is not None:
            self._commit(decision)

    def acknowledge(self, agent: int, said: list[ToAgent], link: Link) -> None:
        """All that ``link`` has brought up to now was taken; it is told so as soon as it is durable."""
        self.state.presence(agent).heard = said[-1]

        def tell() -> None:
            for acknowledgement in said:
                link.tell(acknowledgement)

        self._commit(Decision(), first=tell)

    def show(self, agent: int, message: SessionInit | StateSnapshot | StatePatch) -> None:
        """An agent says what its states are."""
        for change in shown.take(self.state, agent, message, moment()):
            self._topics.put(change.shown.id, change)

    def watch_state(self, state: Shown) -> Feed:
        """What the state is, then how it changes (Change)."""
        return Feed(self._topics, state.id, [Change(state, state.value, state.revision, state.updated)])

    # -- callers -------------------------------------------------------------------------------------------------

    async def assign(self, call: Call) -> tuple[Run, bool]:
        """The task, and whether it is new. It is durable, and on its way to its agent.

        Raises:
            NodeNotFound: nobody provides that. StoreFailure: it could not be written, and was not dispatched.
        """
        run, decision = dispatch.assign(self.state, call, moment())
        if decision is None:
            decision = Decision()  # behind the commit of the first call, so that this one shares its fate
            await self._committed(decision, essential=False)
            if run.task.id not in self.state.runs:
                raise StoreFailure("the task could not be written; try again later")
            return run, False
        node = self.state.nodes[run.task.node]
        self._traces.begin(run, f"{node.app}/{node.key}", dict(call.trace or {}))
        decision.undo.append(lambda: self._traces.drop(run))
        await self._committed(decision, essential=False)
        return run, True

    async def ask(self, run: Run, what: str, *, step: bool = False) -> None:
        """Raises Refused: see `dispatch.ask`."""
        await self._committed(dispatch.ask(self.state, run, what, moment(), step=step))

    def watch_calls(self, caller: str, *, replay: bool = True, listener: str | None = None) -> Feed:
        """What happens to this identity's tasks (Created, Happened), or to those that the ``listener`` wants to hear
        of; ``replay``: and what happened to all of them a moment ago."""
        past: list[Created | Happened] = []
        if replay:
            for run in self.state.recent(self.state.calls_of(caller), time.monotonic(), events=MAX_REPLAY):
                past.append(Created(run))
                past.extend(Happened(run, event) for event in run.events)
        return Feed(self._calls, caller, past, listener=listener)

    def watch_agents(self) -> Feed:
        """AgentChanged, as they come."""
        return Feed(self._topics, AGENTS)

    def watch_nodes(self) -> Feed:
        """NodeDefined, as they come."""
        return Feed(self._topics, NODES)

    # -- commit, then tell ---------------------------------------------------------------------------------------

    async def _committed(self, decision: Decision, *, essential: bool = True) -> None:
        """Commit and tell; returns when it is done.

        Raises:
            StoreFailure: nothing was written and nobody told, or, if essential, not in time.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def settle(failure: Exception | None) -> None:
            if future.done():
                return
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)

        self._commit(decision, last=settle, essential=essential)
        if not future.done():
            try:
                async with asyncio.timeout(COMMIT_WITHIN):
                    await future
            except TimeoutError:
                raise StoreFailure("the server cannot write its database now; try again later") from None
        future.result()

    def _commit(
        self,
        decision: Decision,
        *,
        first: Callable[[], None] | None = None,
        last: Callable[[Exception | None], None] | None = None,
        essential: bool = True,
    ) -> None:
        self._pending += 1
        if self._pending > MAX_PENDING:
            self._room.clear()

        def done(failure: Exception | None) -> None:
            self._pending -= 1
            if self._pending <= MAX_PENDING // 2:
                self._room.set()
            if failure is None:
                if first is not None:
                    first()
                for tell in decision.tells:
                    try:
                        self._tell(tell)
                    except Exception:  # it is our mistake, and none of those who are to be told the rest
                        _log.exception("something could not be told: %r", type(tell))
            else:
                for undo in decision.undo:
                    undo()
            if last is not None:
                last(failure)

        self._store.commit(decision.writes, done, essential=essential)

    def _tell(self, tell: Tell) -> None:
        match tell:
            case Happened(run=run, event=event):
                self._happened(tell, run, event)
            case ToldAgent(agent=agent, message=message):
                if link := self._links.get(agent):
                    link.tell(message)
            case Dispatch(run=run):
                self._dispatch(run)
            case Created(run=run):
                self._deadlines.begin(run)
                if run.task.caller_agent is None:
                    self._calls.put(run.task.caller, tell, waits=True, to=run.listeners)
            case AgentChanged():
                self._topics.put(AGENTS, tell)
            case NodeDefined():
                self._topics.put(NODES, tell)

    def _happened(self, tell: Happened, run: Run, event: Event) -> None:
        task = run.task
        self.state.publish(run, event)
        if task.caller_agent is None:
            waits = not self._ends_a_wait(run, event)
            self._calls.put(task.caller, tell, tell.size, waits=waits, to=run.listeners)
        elif link := self._links.get(task.caller_agent):
            link.tell(presence.mirror(run, event))
        if ends(event):
            self._traces.end(run, event)
            self._deadlines.end(run)
            self.state.settle(run, time.monotonic())
            if (dropped := dispatch.let_go(self.state, moment())) is not None:
                self._commit(dropped)

    def _ends_a_wait(self, run: Run, event: Event) -> bool:
        """Whether a caller waits for it: for the end of a function, and for each item of a stream."""
        return ends(event) or (
            event.what == "YIELD" and self.state.nodes[run.task.node].definition["kind"] != "FUNCTION"
        )

    def _dispatch(self, run: Run) -> None:
        """Hand the task to its agent. One that has left since then has the grace to come back for it."""
        if run.phase.terminal:
            return
        if dispatch.late(run, moment()):
            run.sent = False  # nobody has it, and nobody is given it any more
            self._overdue(run)
            return
        if link := self._links.get(run.task.agent):
            run.sent = True
            assignment = dispatch.assignment(self.state, run)
            if (trace := self._traces.of(run)) is not None:
                assignment.trace = trace
            link.tell(assignment)
        else:
            self._schedule_expiry()

    def _overdue(self, run: Run) -> None:
        decision = dispatch.overdue(self.state, run, moment())
        if decision is not None:
            self._commit(decision)

    def _schedule_expiry(self) -> None:
        due = presence.next_expiry(self.state, self.grace)
        if due is None or (self._expiry is not None and not self._expiry.cancelled()):
            return
        loop = asyncio.get_running_loop()
        self._expiry = loop.call_later(max(0.0, due - time.monotonic()), self._expire)

    def _expire(self) -> None:
        self._expiry = None
        decision = presence.expire(self.state, moment(), self.grace)
        if decision is not None:
            self._commit(decision)
        self._schedule_expiry()


def moment() -> Moment:
    return Moment(time.monotonic(), datetime.now(UTC).isoformat())
