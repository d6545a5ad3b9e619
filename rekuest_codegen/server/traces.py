"""The spans of the tasks that are under way at a server, and what their agents are told of them.

Nothing of this is stored: a task that outlives its server is traced by its caller and its provider alone.
"""

from __future__ import annotations

from collections import OrderedDict

from rekuest_codegen.server.model import Event, Run
from rekuest_codegen.wire.tracing import NO_SPAN, Carrier, Span, begin

MAX_SPANS = 10_000
"""Tasks under way of which more is known than that they are; the oldest is forgotten first."""


class Traces:
    """The spans, by task."""

    def __init__(self) -> None:
        self._spans: OrderedDict[int, Span] = OrderedDict()

    def begin(self, run: Run, title: str, carrier: Carrier) -> None:
        """A task was taken on; ``carrier`` is what its caller said."""
        span = begin(f"task {title}", "INTERNAL", carrier, node=title, task=str(run.task.id))
        if span is NO_SPAN:
            return
        self._spans[run.task.id] = span
        if len(self._spans) > MAX_SPANS:
            _, oldest = self._spans.popitem(last=False)
            oldest.end("FORGOTTEN")

    def of(self, run: Run) -> Carrier | None:
        """What the task's agent is told, if there is something to tell."""
        span = self._spans.get(run.task.id)
        return (span.carrier or None) if span is not None else None

    def end(self, run: Run, event: Event) -> None:
        """The task is over."""
        span = self._spans.pop(run.task.id, None)
        if span is not None:
            span.end(event.what, event.message)

    def drop(self, run: Run) -> None:
        """The task was not taken on after all."""
        span = self._spans.pop(run.task.id, None)
        if span is not None:
            span.end("FAILED", "the task could not be written")
