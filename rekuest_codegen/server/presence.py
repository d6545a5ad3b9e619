"""Agents come and go: which agent a connection is, who has to yield, and what becomes of the tasks.

Decisions only. A connection is bound to an agent by name, by a session known already, or else to the one its
identity ensured last. The same session coming back takes its tasks up again; another session has lost them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rekuest_codegen.errors import Finding, ServerError
from rekuest_codegen.server import dispatch
from rekuest_codegen.server.decision import AgentChanged, Decision, Moment, ToldAgent
from rekuest_codegen.server.model import Agent, Event, Run
from rekuest_codegen.server.state import State
from rekuest_codegen.wire.messages import Register, TaskEvent, ToAgent, task_event


class NotEnsured(ServerError):
    """The connection is no agent's."""


class Busy(ServerError):
    """Another connection is live for this agent."""


@dataclass(slots=True)
class Welcome:
    """An accepted registration, and the tasks to inquire about; ``heard`` is what was acknowledged of its journal,
    ``findings`` what there is to say of what it declares."""

    agent: Agent
    decision: Decision
    inquiries: list[str] = field(default_factory=lambda: list[str]())
    heard: ToAgent | None = None
    findings: list[Finding] = field(default_factory=lambda: list[Finding]())


def register(state: State, owner: str, name: str | None, message: Register, at: Moment) -> Welcome:
    """Bind a connection to its agent.

    Raises:
        NotEnsured: this identity ensured no such agent. Busy: another connection is live, and ``force`` is not set.
    """
    agent = _bound(state, owner, name, message.session_id)
    presence = state.presence(agent.id)
    same = message.session_id is not None and message.session_id == agent.session
    if presence.connected and not (message.force or same):
        raise Busy("Another connection is already registered for this agent. Reconnect with force to take over.")
    decision = Decision()
    if presence.connected and not same:
        dispatch.suspend(state, agent.id, at, decision)
    presence.connected = True
    presence.lost_at = None
    agent.session = message.session_id
    agent.last_seen = at.iso
    decision.put(agent)
    decision.tell(AgentChanged(agent))
    if not same:
        dispatch.abandon(state, agent.id, "was started again", at, decision)
        return Welcome(agent, decision, heard=presence.heard)
    inquiries, unsent, asked = dispatch.reclaim(state, agent.id)
    for run in unsent:
        dispatch.hand_on(state, run, at, decision)
    for said in asked:
        decision.tell(ToldAgent(agent.id, said))
    for event in missed(state, agent.id, at):
        decision.tell(ToldAgent(agent.id, event))
    return Welcome(agent, decision, inquiries, presence.heard)


def _bound(state: State, owner: str, name: str | None, session: str | None) -> Agent:
    if name is not None:
        agent = state.agents_by_name.get((owner, name))
    else:
        mine = (agent for agent in state.agents.values() if agent.owner == owner and session is not None)
        agent = next((agent for agent in mine if agent.session == session), None) or state.last_ensured(owner)
    if agent is None:
        raise NotEnsured("no agent was ensured for this token: call ensureAgent first")
    return agent


def lose(state: State, agent: int, at: Moment) -> Decision:
    """The agent's connection is gone."""
    presence = state.presence(agent)
    presence.connected = False
    presence.lost_at = at.mono
    record = state.agents[agent]
    record.last_seen = at.iso
    decision = Decision()
    decision.put(record)
    decision.tell(AgentChanged(record))
    dispatch.suspend(state, agent, at, decision)
    return decision


def expire(state: State, at: Moment, grace: float) -> Decision | None:
    """End the tasks of agents that stayed away for longer than ``grace``."""
    decision = Decision()
    for agent, presence in state.presences.items():
        if presence.runs and presence.lost_at is not None and at.mono - presence.lost_at >= grace:
            dispatch.abandon(state, agent, f"stayed away for {grace:g} s", at, decision)
    return decision if decision.tells else None


def next_expiry(state: State, grace: float) -> float | None:
    """When `expire` will have something to do."""
    lost = [item.lost_at for item in state.presences.values() if item.runs and item.lost_at is not None]
    return min(lost) + grace if lost else None


def missed(state: State, agent: int, at: Moment) -> list[TaskEvent]:
    """The events of what this agent called over its socket, as it may have missed some."""
    runs = state.recent(state.calls_from(agent), at.mono)
    return [mirror(run, event) for run in runs for event in run.events]


def mirror(run: Run, event: Event) -> TaskEvent:
    """``event`` as the agent that called ``run`` is told of it."""
    return task_event(
        event.what,
        task=str(run.task.id),
        event=str(event.id),
        seq=event.id,
        progress=event.progress,
        message=event.message,
        returns=event.returns,
        level=event.level,
        error=event.message,
    )
