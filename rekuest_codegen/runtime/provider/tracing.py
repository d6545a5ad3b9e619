"""The span of a task at its provider: current while the function runs, so that what it traces itself lies below it."""

from __future__ import annotations

from rekuest_codegen.wire.messages import Assign
from rekuest_codegen.wire.tracing import Span, begin, read_carrier


def run_span(title: str, assign: Assign) -> Span:
    """Begin the span of the task ``assign``, below that of its server or caller, for this task of asyncio."""
    carrier = read_carrier(assign.trace)
    span = begin(f"run {title}", "CONSUMER", carrier, node=title, task=assign.task, reference=assign.reference)
    span.enter()
    return span
