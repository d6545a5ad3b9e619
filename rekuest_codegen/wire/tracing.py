"""Spans of OpenTelemetry, for a task as its caller, the server and its provider see it: one trace.

Whoever traces has imported opentelemetry already, so nothing here imports it: where it is not loaded, `begin` gives
`NO_SPAN`, which costs a look into a dictionary. What travels is W3C Trace Context (``traceparent``, ``tracestate``)
and nothing else. It travels beside the contract, never in it: as GraphQL-over-WebSocket's own ``extensions`` to a
server, and in a field of the agents' messages that is sent only to who said that they take it.
"""

from __future__ import annotations

import re
import sys
from asyncio import CancelledError
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rekuest_codegen.shapes import is_object

Carrier = dict[str, str]
SCOPE = "rekuest_codegen"
ASKED = "trace"
"""How an agent says that it takes carriers: this parameter of its socket's address. Servers ignore those they do not
know, and the answer's field of the same name says that carriers are taken there too."""
FAILURES = frozenset(["FAILED", "CRITICAL", "DISCONNECTED", "TIMEOUT"])
MAX_STATE = 512

# Compiled at first use: most processes read no carrier.
_PARENT = r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
_STATE = r"[\x20-\x7e]*"


def read_carrier(given: object) -> Carrier:
    """What is a trace context of what somebody sent; empty when nothing is."""
    if not is_object(given):
        return {}
    parent, state = given.get("traceparent"), given.get("tracestate")
    if not isinstance(parent, str) or not re.fullmatch(_PARENT, parent):
        return {}
    carrier = {"traceparent": parent}
    if isinstance(state, str) and state and len(state) <= MAX_STATE and re.fullmatch(_STATE, state):
        carrier["tracestate"] = state
    return carrier


class Span:
    """The span of a task in one process; this one is none, and passes on what it was given."""

    __slots__ = ("carrier",)

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """An error in the block ends the span; without one it goes on."""
        if error is not None:
            self.end("CANCELLED" if isinstance(error, CancelledError) else "FAILED", str(error))

    def note(self, **attributes: Any) -> None:
        """Add what is known by now."""

    def enter(self) -> None:
        """Make it the current one, for as long as this task of asyncio runs."""

    def end(self, outcome: str, message: str | None = None) -> None:
        """The task is over: ``outcome`` is the kind of its last event, ``LEFT`` or
        ``TIMEOUT``. Only the first call counts."""


NO_SPAN = Span({})


def begin(name: str, kind: str, carrier: Carrier | None = None, **attributes: Any) -> Span:
    """Begin a span of ``kind`` (CLIENT, INTERNAL, CONSUMER) below the one that ``carrier`` tells of, else below the
    current one. Attributes are given without their prefix ``rekuest.``."""
    if "opentelemetry.trace" not in sys.modules:
        return Span(carrier) if carrier else NO_SPAN
    return _Recorded(name, kind, carrier, attributes)


class _Recorded(Span):
    __slots__ = ("_span",)

    def __init__(self, name: str, kind: str, carrier: Carrier | None, attributes: Mapping[str, Any]) -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        propagator = TraceContextTextMapPropagator()
        self._span: trace.Span = trace.get_tracer(SCOPE).start_span(
            name,
            propagator.extract(carrier) if carrier else None,
            kind=trace.SpanKind[kind],
            attributes={f"rekuest.{key}": value for key, value in attributes.items() if value is not None},
        )
        found: Carrier = {}
        propagator.inject(found, trace.set_span_in_context(self._span))
        super().__init__(found or carrier or {})

    def note(self, **attributes: Any) -> None:
        for key, value in attributes.items():
            if value is not None:
                self._span.set_attribute(f"rekuest.{key}", value)

    def enter(self) -> None:
        from opentelemetry import context, trace

        context.attach(trace.set_span_in_context(self._span))

    def end(self, outcome: str, message: str | None = None) -> None:
        from opentelemetry.trace import Status, StatusCode

        if not self._span.is_recording():
            return  # not sampled, or over already
        self._span.set_attribute("rekuest.outcome", outcome)
        if outcome in FAILURES:
            self._span.set_status(Status(StatusCode.ERROR, message or outcome))
        self._span.end()
