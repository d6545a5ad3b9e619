"""What was asked of a running task: to pause, to go on, to end. Safe from any thread.

The function meets it where it asks for it: at a breakpoint, when it checks, when it reports. Nothing here waits by
itself: a breakpoint gives a future that is done when the function may go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

Listener = Callable[[str, bool], None]
"""Gets each request: its name (pause, resume, cancel), and whether to step."""


class Control:
    """The requests made of one task. ``step``: it stops at every breakpoint."""

    def __init__(self, *, step: bool = False) -> None:
        self._lock = threading.Lock()
        self._pausing = False
        self._stepping = step
        self._gate: Future[None] | None = None
        self._listener: Listener | None = None
        self.step = step
        self.cancelled = False

    def pass_on(self, listener: Listener | None) -> None:
        """The function runs elsewhere: tell ``listener`` of each request, and of one that was made already."""
        self._listener = listener
        if listener is not None and self.cancelled:
            listener("cancel", False)
        elif listener is not None and self._pausing:
            listener("pause", False)

    def pause(self) -> None:
        """Stop at the next breakpoint."""
        with self._lock:
            self._pausing = True
        if self._listener is not None:
            self._listener("pause", False)

    def resume(self, *, step: bool = False) -> bool:
        """Go on, with ``step`` to the next breakpoint only; False when nothing had stopped here."""
        with self._lock:
            self._pausing, self._stepping = False, step
            gate, self._gate = self._gate, None
        if gate is not None:
            gate.set_result(None)
        if self._listener is not None and not self.cancelled:
            self._listener("resume", step)
            return True
        return gate is not None

    def cancel(self) -> None:
        """End at the next opportunity; a function that had stopped goes on, to its end."""
        self.cancelled = True
        self.resume()
        if self._listener is not None:
            self._listener("cancel", False)

    def stop_here(self) -> Future[None] | None:
        """Done when the function may go on; None when nobody asked it to stop."""
        with self._lock:
            if self.cancelled or not (self._pausing or self._stepping):
                return None
            self._pausing = False
            if self._gate is None:
                self._gate = Future()
            return self._gate
