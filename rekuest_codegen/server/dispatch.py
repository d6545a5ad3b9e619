"""Tasks: who runs a call, what a report means, what a request asks for. Decisions only, no I/O.

Every function changes `State`, and returns what to write and whom to tell afterwards. The life of a task is the
table in `wire.lifecycle`: a report the table does not allow changes nothing. A caller's ``reference`` makes calling
idempotent; a report's message id makes reporting so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from rekuest_codegen.errors import NodeNotFound, ServerError
from rekuest_codegen.server.decision import Created, Decision, Dispatch, Happened, Moment, ToldAgent
from rekuest_codegen.server.model import Event, Implementation, Json, Node, Run, Task
from rekuest_codegen.server.state import State
from rekuest_codegen.server.store import Delete
from rekuest_codegen.shapes import nests_deeper
from rekuest_codegen.wire.ids import new_id
from rekuest_codegen.wire.lifecycle import GIVE_AGAIN, LOST_PREFIX, NOT_BEGUN, IllegalTransition, advance
from rekuest_codegen.wire.messages import (
    MAX_FRAME,
    MAX_NESTING,
    Assign,
    Cancel,
    Critical,
    EventAck,
    Failed,
    Interrupt,
    Log,
    Pause,
    Progress,
    Report,
    Resume,
    ToAgent,
    Yield,
    type_of,
)

MAX_CHATTER = 10_000
"""Progress and log events kept of one task; later ones are dropped."""
MAX_RUN_BYTES = 256 * 1024 * 1024
"""Bytes of events of one task; above, it is ended."""
MAX_VALUE = MAX_FRAME - 64 * 1024
"""Bytes of arguments or returns as they are kept: a frame has to have room for what is said around them."""
MAX_STARTS = 3
"""How often work that may be repeated is started; an agent that dies of it thrice will die of it again."""
LEVELS = frozenset({"DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"})
ORGANIZATION = "default"


@dataclass(frozen=True, slots=True)
class Call:
    """A request to run something: one of ``node``, ``implementation``, ``hash``, ``agent`` and ``interface``."""

    caller: str
    args: Json
    reference: str | None = None
    caller_agent: int | None = None
    node: str | None = None
    implementation: str | None = None
    hash: str | None = None
    agent: str | None = None
    interface: str | None = None
    parent: str | None = None
    capture: bool = False
    step: bool | None = None
    trace: Mapping[str, str] | None = None
    within: float | None = None
    listener: str | None = None


def assign(state: State, call: Call, at: Moment) -> tuple[Run, Decision | None]:
    """The task of this call: a new one, or, without a decision, the one this reference was used for before.

    Raises:
        NodeNotFound: there is no such node, or nobody provides it now. ServerError: the arguments cannot be sent.
    """
    reference = call.reference or new_id()
    known = state.references.get((call.caller, call.caller_agent, reference))
    if known is not None:
        known.tell(call.listener)
        return known, None
    implementation = route(state, call)
    parent = _parent(state, call)
    task = Task(
        id=state.next_id(Task.kind),
        caller=call.caller,
        caller_agent=call.caller_agent,
        reference=reference,
        node=implementation.node,
        implementation=implementation.id,
        interface=implementation.interface,
        agent=implementation.agent,
        args=call.args,
        parent=parent.task.id if parent else None,
        root=(parent.task.root or parent.task.id) if parent else None,
        capture=call.capture,
        step=call.step,
        created=at.iso,
    )
    run = Run(task)
    run.listeners = () if call.listener is None else (call.listener,)
    if call.within is not None:
        run.until = at.mono + call.within
    decision = Decision(undo=[lambda: state.drop_run(run)])
    try:
        run.size = decision.put(task)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ServerError(f"the arguments cannot be sent: {error}") from None
    if run.size > MAX_VALUE:
        raise ServerError(f"the arguments cannot be sent: {run.size} bytes, more than the {MAX_VALUE} allowed")
    if run.size > MAX_NESTING and nests_deeper([task.args], MAX_NESTING):
        raise ServerError(f"the arguments cannot be sent: nested deeper than {MAX_NESTING} lists and objects")
    state.add_run(run)
    state.presence(task.agent).runs.add(task.id)
    decision.tell(Dispatch(run))
    decision.tell(Created(run))
    return run, decision


def route(state: State, call: Call) -> Implementation:
    """The implementation that runs ``call``: a connected one, and of several the least busy."""
    if call.implementation is not None:
        chosen = state.implementations.get(number(call.implementation))
        if chosen is None:
            raise NodeNotFound("Implementation matching query does not exist.")
        return _least_busy(state, [chosen], state.nodes[chosen.node])
    if call.agent is not None and call.interface is not None:
        chosen = state.provided.get(number(call.agent), {}).get(call.interface)
        if chosen is None:
            raise NodeNotFound("Implementation matching query does not exist.")
        return _least_busy(state, [chosen], state.nodes[chosen.node])
    if call.node is not None:
        nodes = [node] if (node := state.nodes.get(number(call.node))) else []
    elif call.hash is not None:
        nodes = [node for node in state.nodes.values() if node.hash == call.hash]
    else:
        raise ServerError("say what to run: action, implementation, actionHash, or agent and interface")
    if not nodes:
        raise NodeNotFound("Action matching query does not exist.")
    candidates = [item for node in nodes for item in state.implementations_of(node.id)]
    if call.agent is not None:
        candidates = [item for item in candidates if item.agent == number(call.agent)]
    return _least_busy(state, candidates, nodes[0])


def _least_busy(state: State, candidates: Iterable[Implementation], node: Node) -> Implementation:
    live = [item for item in candidates if state.connected(item.agent)]
    if not live:
        raise NodeNotFound(f"No active implementation found for action {node.definition.get('name') or node.key}")
    return min(live, key=lambda item: (len(state.presence(item.agent).runs), item.id))


def _parent(state: State, call: Call) -> Run | None:
    if call.parent is None:
        return None
    parent = state.runs.get(number(call.parent))
    if parent is None or (parent.task.caller != call.caller and parent.task.agent != call.caller_agent):
        raise NodeNotFound("Task matching query does not exist.")
    return parent


def assignment(state: State, run: Run) -> Assign:
    """The message that hands ``run`` to its agent."""
    task = run.task
    return Assign(
        interface=task.interface,
        task=str(task.id),
        args=task.args,
        user=task.caller,
        org=ORGANIZATION,
        action=state.nodes[task.node].hash,
        implementation=str(task.implementation),
        step=task.step,
        root=_text(task.root),
        parent=_text(task.parent),
        capture=task.capture,
        reference=task.reference,
    )


# -- what agents report ------------------------------------------------------------------------------------------


class UnknownTask(ServerError):
    """A report about a task that this agent never had."""


def report(state: State, agent: int, message: Report, at: Moment) -> Decision | None:
    """Take a report. None when it says nothing new.

    Raises:
        UnknownTask: the task is not one of this agent's.
    """
    key = number(message.task)
    run = state.runs.get(key)
    if run is None:
        if state.existed(Task.kind, key):
            return _acknowledged(agent, message)
        raise UnknownTask(f"report for an unknown task {message.task[:40]!r}")
    if run.task.agent != agent:
        raise UnknownTask(f"report for task {key}, which another agent runs")
    presence = state.presence(agent)
    lasting = message.terminal or isinstance(message, Yield)
    if run.phase.terminal or message.id in presence.reports:
        return _acknowledged(agent, message)
    if isinstance(message, Progress | Log):
        run.chatter += 1
        if run.chatter > MAX_CHATTER:
            return None
    decision = Decision()
    try:
        if isinstance(message, Critical) and _given_back(state, run, message, at, decision):
            return decision
        new = _happen(
            state, run, type_of(message), at, decision, **_content(message), report=message.id if lasting else None
        )
    except TooLarge as error:
        _answered(state, run, "CRITICAL", message, at, decision, message=f"the task was ended: {error}")
        decision.tell(ToldAgent(agent, Interrupt(task=message.task)))
        return decision
    if not new:
        return _acknowledged(agent, message)
    if lasting:
        presence.remember(message.id)
        decision.tell(ToldAgent(agent, _ack(message)))
    if run.size > MAX_RUN_BYTES and not run.phase.terminal:
        text = f"the task was ended: it reported more than {MAX_RUN_BYTES // 2**20} MiB"
        _happen(state, run, "CRITICAL", at, decision, message=text)
        decision.tell(ToldAgent(agent, Interrupt(task=message.task)))
    return decision


def _given_back(state: State, run: Run, message: Critical, at: Moment, decision: Decision) -> bool:
    """The agent is here, the task is not any more: whether it is queued again, because that does no harm.

    What an agent that is being stopped did not begin waits for the next one; what never reached it, or was not begun
    by the process before it, it is given again. What was asked to end is given to nobody: it ends as that.
    """
    said = message.error
    if not said.startswith(LOST_PREFIX):
        return False
    begun, again = not said.endswith(NOT_BEGUN), said.endswith(GIVE_AGAIN)
    if not begun and run.asked is not None:
        return _answered(state, run, ENDING[run.asked], message, at, decision)
    if begun or again:
        may = _may_restart(state, run) if begun else not run.yields and run.starts < MAX_STARTS
        if not may:
            return False
    if not _answered(state, run, "QUEUED", message, at, decision, message=said):
        return False
    if begun or again:
        run.starts += 1
        decision.tell(Dispatch(run))
    else:
        run.sent = False
    return True


def _answered(state: State, run: Run, what: str, given: Report, at: Moment, decision: Decision, **content: Any) -> bool:
    """Let ``what`` happen in place of what the agent reports, which learns that its report has arrived."""
    if not _happen(state, run, what, at, decision, report=given.id, **content):
        return False
    state.presence(run.task.agent).remember(given.id)
    decision.tell(ToldAgent(run.task.agent, _ack(given)))
    return True


def _acknowledged(agent: int, message: Report) -> Decision | None:
    """Nothing new, but whoever repeats it must learn that it has arrived."""
    if not message.terminal and not isinstance(message, Yield):
        return None
    return Decision(tells=[ToldAgent(agent, _ack(message))])


def _ack(message: Report) -> EventAck:
    return EventAck(event=message.id, task=message.task, seq=message.seq)


def _content(message: Report) -> dict[str, Any]:
    match message:
        case Progress():
            percent = message.progress
            return {
                "progress": None if percent is None else min(100, max(0, percent)),
                "message": message.message,
            }
        case Log():
            return {"message": message.message, "level": message.level if message.level in LEVELS else "INFO"}
        case Yield():
            return {"returns": message.returns if message.returns is not None else {}}
        case Failed() | Critical():
            return {"message": message.error}
        case _:
            return {}


# -- what callers ask for ----------------------------------------------------------------------------------------

ASKS: dict[str, tuple[str, type[Cancel | Interrupt | Pause | Resume]]] = {
    "cancel": ("CANCELLING", Cancel),
    "interrupt": ("INTERRUPTING", Interrupt),
    "pause": ("PAUSING", Pause),
    "resume": ("RESUMING", Resume),
}

ENDING = {"CANCELLING": "CANCELLED", "INTERRUPTING": "INTERRUPTED"}


class Refused(ServerError):
    """The request makes no sense in the task's present state."""


def find_run(state: State, caller: str, key: str, *, caller_agent: int | None = None) -> Run:
    """A task this identity called, or one its agents called, or (for an agent) one it runs.

    Raises:
        NodeNotFound: there is none with this id, or it is somebody else's.
    """
    run = state.runs.get(number(key))
    if run is None or (run.task.caller != caller and run.task.agent != caller_agent):
        raise NodeNotFound("Task matching query does not exist.")
    return run


def ask(state: State, run: Run, what: str, at: Moment, *, step: bool = False) -> Decision:
    """Pass on to the agent what the caller asks for; the outcome is an event to come.

    Raises:
        Refused: the task has ended, or cannot be asked this now.
    """
    kind, message = ASKS[what]
    if run.phase.terminal:
        raise Refused("Task is already terminal")
    decision = Decision()
    if not _happen(state, run, kind, at, decision):
        raise Refused(f"a task that is {run.phase} cannot {what}")
    if kind in ENDING:
        run.asked = kind
        if not run.sent and _happen(state, run, ENDING[kind], at, decision):
            return decision  # nobody has it: nobody is to run it any more
    key = str(run.task.id)
    said: ToAgent = Resume(task=key, step=step) if message is Resume else message(task=key)
    decision.tell(ToldAgent(run.task.agent, said))
    return decision


def late(run: Run, at: Moment) -> bool:
    """Whether its caller has stopped waiting by now."""
    return run.until is not None and at.mono >= run.until


def overdue(state: State, run: Run, at: Moment) -> Decision | None:
    """The caller stopped waiting and did not say so: end the task in its place, unless its agent was asked to."""
    if run.asked is not None:
        decision = Decision()
        return decision if not run.sent and _happen(state, run, ENDING[run.asked], at, decision) else None
    try:
        return ask(state, run, "cancel", at)
    except Refused:
        return None


# -- what happens to agents --------------------------------------------------------------------------------------


def suspend(state: State, agent: int, at: Moment, decision: Decision) -> None:
    """The agent is gone, perhaps for a moment: its tasks go on if it comes back in time."""
    for run in _runs(state, agent):
        if run.phase != "DISCONNECTED":
            _happen(state, run, "DISCONNECTED", at, decision, message="Agent disconnected. Fate unknown")


def abandon(state: State, agent: int, why: str, at: Moment, decision: Decision) -> None:
    """The agent will not come back to its tasks: end them, or start again what may be started again."""
    lost = f"{LOST_PREFIX}{state.agents[agent].name} {why}"
    for run in _runs(state, agent):
        if not run.sent and state.connected(agent):
            hand_on(state, run, at, decision)
        elif _may_restart(state, run) and _happen(state, run, "QUEUED", at, decision, message=lost):
            run.starts += 1
            decision.tell(Dispatch(run))
        else:
            fate = "; it may have done the work, or not" if run.sent else NOT_BEGUN
            _happen(state, run, "CRITICAL", at, decision, message=f"{lost}{fate}")


def hand_on(state: State, run: Run, at: Moment, decision: Decision) -> None:
    """Give a task that nobody has to its agent; that it was given to somebody is durable before it is. One that was
    asked to end does so instead."""
    if run.asked is not None:
        _happen(state, run, ENDING[run.asked], at, decision)
        return
    _happen(state, run, "QUEUED", at, decision)
    decision.tell(Dispatch(run))


def _may_restart(state: State, run: Run) -> bool:
    harmless = state.nodes[run.task.node].repeatable and not run.yields and run.asked is None
    return harmless and run.starts < MAX_STARTS and state.connected(run.task.agent)


def reclaim(state: State, agent: int) -> tuple[list[str], list[Run], list[ToAgent]]:
    """The agent is back with its session: tasks to inquire about, tasks it never got, and what it missed."""
    inquiries: list[str] = []
    unsent: list[Run] = []
    asked: list[ToAgent] = []
    for run in _runs(state, agent):
        if not run.sent:
            unsent.append(run)
            continue
        key = str(run.task.id)
        inquiries.append(key)
        if run.asked is not None:
            asked.append(Cancel(task=key) if run.asked == "CANCELLING" else Interrupt(task=key))
    return inquiries, unsent, asked


def _runs(state: State, agent: int) -> list[Run]:
    return [state.runs[key] for key in sorted(state.presence(agent).runs)]


# -- the one place where something happens to a task -----------------------------------------------------------------


class TooLarge(ServerError):
    """What was reported is more than could be passed on."""


def _happen(state: State, run: Run, what: str, at: Moment, decision: Decision, **content: Any) -> bool:
    """Let ``what`` happen to ``run``, if the table allows it.

    Raises:
        TooLarge: it would have to be told in more than a frame; nothing has happened.
    """
    try:
        phase = advance(run.phase, what)
    except IllegalTransition:
        return False
    number = run.number + 1
    event = Event(id=state.next_id(Event.kind), task=run.task.id, number=number, what=what, created=at.iso, **content)
    size = decision.put(event)
    if size > MAX_VALUE:
        decision.writes.pop()
        raise TooLarge(f"it reported {size} bytes at once, more than the {MAX_VALUE} allowed")
    run.phase, run.number = phase, number
    if what == "YIELD":
        run.yields += 1
    run.size += size
    if run.phase.terminal:
        state.presence(run.task.agent).runs.discard(run.task.id)
    decision.tell(Happened(run, event, size))
    return True


def let_go(state: State, at: Moment) -> Decision | None:
    """Drop finished tasks that are kept no longer."""
    decision = Decision()
    for run in state.expired(at.mono):
        decision.delete(run.task)
        decision.writes.extend(Delete(Event.kind, event.id) for event in run.events)
    return decision if decision.writes else None


def number(key: str) -> int:
    """The id written as ``key``; one that nothing has when it is no number."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


def _text(key: int | None) -> str | None:
    return None if key is None else str(key)
