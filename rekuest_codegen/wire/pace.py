"""How fast an agent may report to a server that acknowledges ends only, so that it does not fall behind.

The real server takes in about forty reports a second, one after the other, and the answer to its heartbeat waits
behind them: whoever is more than five seconds ahead of it is closed. So a report leaves only while few are estimated
to be under way; an acknowledged end says that everything before it has arrived.
"""

from __future__ import annotations

RATE = 25.0
"""Reports a second that any server is assumed to take in."""
AHEAD = 60
"""Reports that may be under way: at that rate, less than the five seconds in which a heartbeat is answered."""


class Pace:
    """Counts what is under way. ``now`` is any clock that only goes forward."""

    def __init__(self) -> None:
        self._level = 0.0
        self._at = 0.0
        self._sent = 0
        self._ends: dict[str, int] = {}

    def sent(self, now: float, *, end: str | None = None) -> None:
        """A report has left; ``end`` is the message id of one that will be acknowledged."""
        self._settle(now)
        self._level += 1
        self._sent += 1
        if end is not None:
            self._ends[end] = self._sent

    def acknowledged(self, end: str) -> None:
        """Everything up to this end has arrived."""
        position = self._ends.pop(end, None)
        if position is not None:
            self._level = min(self._level, float(self._sent - position))

    def wait(self, now: float) -> float:
        """Seconds until the next report may leave."""
        self._settle(now)
        return max(0.0, (self._level - AHEAD + 1) / RATE)

    def reset(self) -> None:
        """A new connection: nothing is under way on it."""
        self._level = 0.0
        self._ends.clear()

    def _settle(self, now: float) -> None:
        self._level = max(0.0, self._level - max(0.0, now - self._at) * RATE)
        self._at = now
