"""One trace from caller through server to provider and what it calls; nothing of it where nobody traces."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from rekuest_codegen.errors import CallTimeout, NodeError, NodeNotFound
from rekuest_codegen.runtime import context, options
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.runtime.deadlines import within
from rekuest_codegen.wire import messages
from rekuest_codegen.wire.tracing import NO_SPAN, begin, read_carrier
from tests.processes import cli, running
from tests.runtime.test_auth_walks import called, node, provided

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Generator[InMemorySpanExporter]:
    exporter.clear()
    yield exporter
    exporter.clear()


async def finished(exporter: InMemorySpanExporter, count: int) -> list[ReadableSpan]:
    """All spans, once there are ``count``; the server and the provider end theirs in threads of their own."""
    for _ in range(500):
        found = exporter.get_finished_spans()
        if len(found) >= count:
            return list(found)
        await asyncio.sleep(0.01)
    raise AssertionError(f"{[span.name for span in exporter.get_finished_spans()]}: fewer than {count}")


def named(found: list[ReadableSpan], name: str) -> ReadableSpan:
    [span] = [span for span in found if span.name == name]
    return span


def is_below(span: ReadableSpan, above: ReadableSpan) -> bool:
    return span.parent is not None and above.context is not None and span.parent.span_id == above.context.span_id


async def test_one_trace_through_all_three(lab: Any, spans: InMemorySpanExporter) -> None:
    with trace.get_tracer("a user").start_as_current_span("experiment"):
        assert await lab.aadd(1, 2) == 3
    found = await finished(spans, 4)
    experiment, call, task, run = (
        named(found, n) for n in ("experiment", "call lab/add", "task lab/add", "run lab/add")
    )
    assert len({span.context.trace_id for span in found if span.context is not None}) == 1
    assert is_below(call, experiment)
    assert is_below(task, call)
    assert is_below(run, task)
    assert [span.kind for span in (call, task, run)] == [SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.CONSUMER]
    attributes = [dict(span.attributes or {}) for span in (call, task, run)]
    assert {one["rekuest.node"] for one in attributes} == {"lab/add"}
    assert len({one["rekuest.task"] for one in attributes}) == 1
    assert {one["rekuest.outcome"] for one in attributes} == {"COMPLETED"}
    assert attributes[0]["rekuest.reference"] == attributes[2]["rekuest.reference"]


@pytest.mark.parametrize("name", ["ask", "ask_in_thread"])
async def test_children_lie_below_the_run_that_called_them(lab: Any, spans: InMemorySpanExporter, name: str) -> None:
    await getattr(lab, f"a{name}")(1)
    found = await finished(spans, 9 if name == "ask_in_thread" else 6)
    run = named(found, f"run lab/{name}")
    child = named(found, "call lab/add")
    assert is_below(child, run)
    assert is_below(named(found, "task lab/add"), child)
    assert is_below(named(found, "run lab/add"), named(found, "task lab/add"))
    assert len({span.context.trace_id for span in found if span.context is not None}) == 1


async def test_streams_and_failures(lab: Any, spans: InMemorySpanExporter) -> None:
    assert [item async for item in lab.acount(3)] == [0, 1, 2]
    with pytest.raises(NodeError):
        await lab.afail("oh no")
    found = await finished(spans, 6)
    assert named(found, "call lab/count").status.status_code is StatusCode.UNSET
    for name in ("call", "task", "run"):
        failed = named(found, f"{name} lab/fail")
        assert failed.status.status_code is StatusCode.ERROR
        assert failed.status.description == "oh no"


async def test_what_is_cancelled_or_refused_ends_too(lab: Any, spans: InMemorySpanExporter) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):  # the caller's own, as a cancelled task is
            await lab.arest(60)
    found = await finished(spans, 3)
    assert {dict(span.attributes or {})["rekuest.outcome"] for span in found} == {"CANCELLED"}
    assert {span.status.status_code for span in found} == {StatusCode.UNSET}
    spans.clear()
    url, token = context.settings()
    async with Client(url, token) as client:
        with pytest.raises(NodeNotFound):
            await called(client, node(app="lab", key="nothing"))
    [refused] = await finished(spans, 1)
    assert refused.status.status_code is StatusCode.ERROR


@pytest.mark.parametrize("said", [{}, {"retries": 1}, {"progress": True}])
async def test_who_does_not_wait_any_longer_has_failed(
    lab: Any, spans: InMemorySpanExporter, said: dict[str, Any]
) -> None:
    with options(timeout=0.3, **said), pytest.raises(CallTimeout) as caught:
        await lab.arest(60)
    with options(timeout=0.3, **said), pytest.raises(CallTimeout):
        async for _ in lab.atick(2, 60.0):
            pass
    found = await finished(spans, 6)
    for name in ("rest", "tick"):
        call = named(found, f"call lab/{name}")
        assert (call.status.status_code, dict(call.attributes or {})["rekuest.outcome"]) == (
            StatusCode.ERROR,
            "TIMEOUT",
        )
        assert named(found, f"run lab/{name}").status.status_code is StatusCode.UNSET
    assert named(found, "call lab/rest").status.description == str(caught.value)


async def test_what_was_not_assigned_in_time_has_failed(spans: InMemorySpanExporter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with Client(f"http://127.0.0.1:{silent.getsockname()[1]}", "token") as client:
            with pytest.raises(CallTimeout, match="lab/add: not begun within"):
                async with within(0.2, "lab/add: not begun"):
                    await client.start(node(app="lab", key="add"), {})
    [call] = await finished(spans, 1)
    assert (call.status.status_code, call.status.description) == (
        StatusCode.ERROR,
        "lab/add: not begun within 0.2 s",
    )


async def test_a_server_that_does_not_trace_passes_the_trace_on(spans: InMemorySpanExporter) -> None:
    command = cli("serve", "--memory", "--port", "0")
    with running(command, until="ready", environment={"REKUEST_TOKEN": "quiet"}) as (_, line):
        url = line.split()[2]
        async with asyncio.timeout(30), provided(url, "quiet"), Client(url, "quiet") as client:
            assert await called(client, node()) == 42
            found = await finished(spans, 2)
    assert is_below(named(found, "run vault/double"), named(found, "call vault/double"))


def test_nothing_where_nobody_traces() -> None:
    program = """
import json, sys, timeit
from rekuest_codegen.runtime.caller.client import Client
from rekuest_codegen.wire.tracing import NO_SPAN, begin
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
assert begin("call", "CLIENT", node="n") is NO_SPAN
def step():
    with begin("call a/b", "CLIENT", node="a/b", reference="r") as span:
        span.note(task="1")
    span.end("COMPLETED")
print(json.dumps(min(timeit.repeat(step, number=10000, repeat=5)) / 10000))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) < 20e-6, "seconds for the whole of a call"


# -- what travels ------------------------------------------------------------------------------------------------


def test_what_travels() -> None:
    assert read_carrier({"traceparent": PARENT, "tracestate": "a=1", "baggage": "secret"}) == {
        "traceparent": PARENT,
        "tracestate": "a=1",
    }
    assert read_carrier({"traceparent": PARENT, "tracestate": "x" * 513}) == {"traceparent": PARENT}
    assert read_carrier({"traceparent": PARENT, "tracestate": "a=1\r\nx: y"}) == {"traceparent": PARENT}
    assert begin("x", "CLIENT", None).carrier != {"traceparent": PARENT}
    assert NO_SPAN.carrier == {}


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_what_strangers_send(given: Any) -> None:
    assert read_carrier(given) == {}
    assert read_carrier({"traceparent": given}) == {}
    assert set(read_carrier({"traceparent": PARENT, "tracestate": given})) <= {"traceparent", "tracestate"}


def test_frames_have_no_field_that_nobody_asked_for() -> None:
    assign = messages.Assign(interface="i", task="1", args={}, user="u", org="o", action="a", implementation="1")
    for message in (assign, messages.Init(agent="1"), messages.AssignRequest(reference="r")):
        assert "trace" not in json.loads(messages.encode(message))
