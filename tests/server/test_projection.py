"""A projection gives what graphql-core gives, or nothing."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLObjectType, GraphQLSchema, execute, get_named_type, is_object_type
from hypothesis import given
from hypothesis import strategies as st

from rekuest_codegen.api.client.operations import MY_TASKS_GQL
from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.server.decision import Created, Happened
from rekuest_codegen.server.documents import Context, Documents
from rekuest_codegen.server.fields import Asker
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.memory import MemoryStore
from rekuest_codegen.server.model import Event, Run, Task
from rekuest_codegen.server.schema import build_schema

TEXT = st.none() | st.text(max_size=5)
JSON = st.recursive(TEXT | st.booleans() | st.integers(), lambda inner: st.dictionaries(st.text(max_size=3), inner))


@cache
def schema() -> GraphQLSchema:
    return build_schema(Contract.TWO)


@st.composite
def selections(draw: st.DrawFn, kind: GraphQLObjectType) -> str:
    """Some of what may be asked of ``kind``, under other names now and then, in fragments, and twice."""
    parts: list[str] = []
    for name in draw(st.lists(st.sampled_from(sorted(kind.fields)), min_size=1, max_size=6)):
        inner = get_named_type(kind.fields[name].type)
        asked = f"{name} {draw(selections(inner))}" if is_object_type(inner) else name
        asked = draw(st.sampled_from([asked, asked, f"other_{name}: {asked}", f"... on {kind.name} {{ {asked} }}"]))
        parts.append(asked)
    return "{ " + " ".join([*parts, *draw(st.sampled_from([[], ["__typename"]]))]) + " }"


@st.composite
def changes(draw: st.DrawFn, *, sound: bool) -> Created | Happened:
    """What happened to a task; unless ``sound``, of kinds and with progress that the contract does not have."""
    at = "2026-01-01T00:00:00+00:00"
    keys = st.integers(1, 99)
    task = Task(
        id=draw(keys),
        caller="developer",
        caller_agent=None,
        reference=draw(st.text(max_size=5)),
        node=1,
        implementation=draw(keys),
        interface="f",
        agent=draw(keys),
        args={},
        parent=draw(st.none() | keys),
        root=draw(st.none() | keys),
        capture=False,
        step=None,
        created=at,
    )
    run = Run(task)
    if draw(st.booleans()):
        return Created(run)
    what = draw(st.sampled_from(["YIELD", "PROGRESS", "COMPLETED"] if sound else ["YIELD", "DANCED"]))
    progress: Any = draw(st.none() | (st.integers(0, 100) if sound else st.text(max_size=2)))
    returns: Any = draw(st.none() | st.dictionaries(st.text(max_size=3), JSON))
    event = Event(
        id=draw(keys),
        task=task.id,
        number=1,
        what=what,
        created=at,
        returns=returns,
        message=draw(TEXT),
        progress=progress,
    )
    return Happened(run, event)


def both(query: str, change: Created | Happened) -> tuple[str | None, ExecutionResult]:
    """The projection's answer, or None where it leaves the case to graphql-core; and graphql-core's."""
    document = Documents(schema).read(query)
    asker = Asker("developer", Hub(MemoryStore()))
    plain = document.plain(None)
    assert plain is not None
    try:
        projected: str | None = json.dumps(plain.project(change, Context(asker)))
    except Exception:
        projected = None
    result = execute(document.schema, document.node, change, context_value=asker)
    assert isinstance(result, ExecutionResult)
    return projected, result


def query_of(change: str) -> str:
    return f"subscription {{ mytasks {change} }}"


def change_type() -> GraphQLObjectType:
    kind = schema().get_type("TaskChangeEvent")
    assert isinstance(kind, GraphQLObjectType)
    return kind


@given(st.data())
def test_it_gives_what_graphql_core_gives(data: st.DataObject) -> None:
    change = data.draw(changes(sound=True))
    projected, result = both(query_of(data.draw(selections(change_type()))), change)
    assert not result.errors
    assert projected == json.dumps(result.data)


@given(st.data())
def test_it_leaves_to_graphql_core_what_is_wrong(data: st.DataObject) -> None:
    change = data.draw(changes(sound=False))
    projected, result = both(query_of(data.draw(selections(change_type()))), change)
    if result.errors:
        assert projected is None
    else:
        assert projected == json.dumps(result.data)


@given(changes(sound=True).filter(lambda change: isinstance(change, Happened)))
def test_an_unknown_kind_is_such_a_case(change: Happened) -> None:
    change.event.what = "DANCED"
    projected, result = both(query_of("{ event { kind } }"), change)
    assert projected is None
    assert result.errors


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        (MY_TASKS_GQL, True),
        ("subscription { mytasks { ...F } } fragment F on TaskChangeEvent { create { id } }", True),
        ("subscription { mytasks { event { id @include(if: true) } } }", False),
        ("subscription { mytasks { ... on TaskChangeEvent @skip(if: false) { event { id } } } }", False),
        ("subscription { agents { update { connected lastSeen } delete } }", True),
        ('subscription { newActions(cage: "1") { id } }', False),
        ('subscription { watchState(stateId: "1") { ... on StatePatchEvent { stateId } } }', False),
    ],
)
def test_what_is_plain(query: str, plain: bool) -> None:
    assert (Documents(schema).read(query).plain(None) is not None) == plain
