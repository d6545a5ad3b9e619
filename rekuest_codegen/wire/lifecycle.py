"""The life of a task as one table: what may follow what. What is not in the table does not happen.

A request is not an outcome: CANCELLING says somebody asked, CANCELLED that it happened, and between the two the
function may still finish. DISCONNECTED says the agent's socket is gone; the task goes on if the agent comes back.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PAUSING = "PAUSING"
    PAUSED = "PAUSED"
    RESUMING = "RESUMING"
    CANCELLING = "CANCELLING"
    INTERRUPTING = "INTERRUPTING"
    DISCONNECTED = "DISCONNECTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CRITICAL = "CRITICAL"
    CANCELLED = "CANCELLED"
    INTERRUPTED = "INTERRUPTED"

    @property
    def terminal(self) -> bool:
        return self in TERMINAL


TERMINAL = frozenset({State.COMPLETED, State.FAILED, State.CRITICAL, State.CANCELLED, State.INTERRUPTED})
LIVE = frozenset(State) - TERMINAL

STAYS = frozenset({"PROGRESS", "LOG", "YIELD", "DELEGATE"})
"""Reports that say something and change nothing; from QUEUED and DISCONNECTED they mean the task is running."""

LOST_PREFIX = "agent lost: "
"""How the message of the CRITICAL begins that ends a task whose agent did not come back, or came back without it."""

NOT_BEGUN = "; the task was not begun"
"""How it ends when the agent knows that it did nothing of the task."""

GIVE_AGAIN = f" and could run it{NOT_BEGUN}"
"""How it ends when the agent is here besides: the server may hand it the task once more."""

_ENDS = {str(state): state for state in TERMINAL}
_ASKS = {"CANCELLING": State.CANCELLING, "INTERRUPTING": State.INTERRUPTING}
_ALWAYS = {**_ENDS, **_ASKS, "DISCONNECTED": State.DISCONNECTED}

TRANSITIONS: dict[State, dict[str, State]] = {
    State.QUEUED: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.RUNNING),
        "BOUND": State.QUEUED,
        "QUEUED": State.QUEUED,
        "STARTED": State.RUNNING,
        "PAUSING": State.PAUSING,
    },
    State.RUNNING: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.RUNNING),
        "STARTED": State.RUNNING,
        "PAUSING": State.PAUSING,
        "PAUSED": State.PAUSED,
    },
    State.PAUSING: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.PAUSING),
        "STARTED": State.PAUSING,
        "PAUSED": State.PAUSED,
        "RESUMING": State.RESUMING,
    },
    State.PAUSED: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.PAUSED),
        "RESUMING": State.RESUMING,
        "RESUMED": State.RUNNING,
    },
    State.RESUMING: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.RESUMING),
        "RESUMED": State.RUNNING,
        "PAUSING": State.PAUSING,
        "PAUSED": State.PAUSED,
    },
    State.CANCELLING: {
        **_ENDS,
        **dict.fromkeys(STAYS, State.CANCELLING),
        "STARTED": State.CANCELLING,
        "PAUSED": State.CANCELLING,
        "RESUMED": State.CANCELLING,
        "CANCELLING": State.CANCELLING,
        "INTERRUPTING": State.INTERRUPTING,
        "DISCONNECTED": State.DISCONNECTED,
    },
    State.INTERRUPTING: {
        **_ENDS,
        **dict.fromkeys(STAYS, State.INTERRUPTING),
        "STARTED": State.INTERRUPTING,
        "PAUSED": State.INTERRUPTING,
        "RESUMED": State.INTERRUPTING,
        "INTERRUPTING": State.INTERRUPTING,
        "DISCONNECTED": State.DISCONNECTED,
    },
    State.DISCONNECTED: {
        **_ALWAYS,
        **dict.fromkeys(STAYS, State.RUNNING),
        "QUEUED": State.QUEUED,
        "STARTED": State.RUNNING,
        "PAUSED": State.PAUSED,
        "RESUMED": State.RUNNING,
    },
    **{state: {} for state in TERMINAL},
}

EVENT_KINDS = frozenset(kind for row in TRANSITIONS.values() for kind in row)


class IllegalTransition(ValueError):
    """An event that the table does not allow in this state."""

    def __init__(self, state: State, event: str) -> None:
        super().__init__(f"{event} cannot follow {state}")
        self.state = state
        self.event = event


def advance(state: State, event: str) -> State:
    """The state after ``event``.

    Raises:
        IllegalTransition: the table has no such step; a terminal state has none at all.
    """
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise IllegalTransition(state, event) from None


def terminal_kind(event: str) -> bool:
    """Whether an event of this kind ends a task."""
    return event in _ENDS


def as_in_two(event: str, message: str | None) -> tuple[str, str | None]:
    """The kind and message of an event, with what contract 10 calls LOST as the CRITICAL that says so."""
    if event != "LOST":
        return event, message
    said = message or "the server does not say why"
    return "CRITICAL", said if said.startswith(LOST_PREFIX) else f"{LOST_PREFIX}{said}"
