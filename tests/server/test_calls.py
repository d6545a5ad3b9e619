"""Calls from end to end: an agent and a caller, each of frames, and a server between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.server import serving
from rekuest_codegen.wire.conversation import Answered
from rekuest_codegen.wire.messages import (
    Assign,
    AssignRequest,
    AssignResponse,
    Cancel,
    Cancelled,
    CancelRequest,
    Completed,
    ControlResponse,
    Critical,
    Init,
    Interrupt,
    Log,
    Pause,
    Paused,
    Progress,
    Resume,
    Resumed,
    Started,
    Yield,
    event_kind,
)

pytestmark = pytest.mark.anyio
Make = Callable[..., Any]


async def test_call(url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make) -> None:
    provide(url, "calc", define("add"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        events = await caller.watch()
        task = await caller.assign(action="1", reference="r1", args={"x": 41})
        assert task["reference"] == "r1"
        told = await events.of(task["id"], until="COMPLETED")
        assert [(event["kind"], event["returns"]) for event in told] == [
            ("YIELD", {"return0": 42}),
            ("COMPLETED", None),
        ]
        await agent.acknowledged()
        answer = await caller.ask(
            "query($id: ID!) { task(id: $id) { isDone finishedAt events { kind } } }", id=task["id"]
        )
        assert answer["data"]["task"]["isDone"]
        assert [event["kind"] for event in answer["data"]["task"]["events"]] == ["YIELD", "COMPLETED"]


async def test_same_reference_is_the_same_task(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        tasks = await asyncio.gather(*[caller.assign(action="1", reference="same") for _ in range(5)])
        assert len({task["id"] for task in tasks}) == 1
        other = await caller.assign(action="1")
        assert other["id"] != tasks[0]["id"]
        assert [(await agent.next()).task for _ in range(2)] == [tasks[0]["id"], other["id"]]
        assert agent.received.empty()


async def test_every_way_to_say_what_to_run(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make, post: Make
) -> None:
    key = provide(url, "calc", define("slow"))
    found = post(url, "{ actions { id hash implementations { id agent { connected } } } }")["data"]["actions"][0]
    async with agent_at(url) as agent, caller_at(url) as caller:
        ways = [
            {"action": found["id"]},
            {"actionHash": found["hash"]},
            {"implementation": found["implementations"][0]["id"]},
            {"agent": key, "interface": "slow"},
        ]
        for way in ways:
            task = await caller.assign(**way)
            assignment = await agent.next()
            assert isinstance(assignment, Assign)
            assert (assignment.task, assignment.interface, assignment.action) == (task["id"], "slow", found["hash"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"action": "1"}, "No active implementation found for action Slow"),
        ({"action": "99"}, "Action matching query does not exist."),
        ({"action": "no number"}, "Action matching query does not exist."),
        ({"actionHash": "beef"}, "Action matching query does not exist."),
        ({"implementation": "99"}, "Implementation matching query does not exist."),
        ({}, "say what to run: action, implementation, actionHash, or agent and interface"),
        ({"action": "1", "args": [1]}, "args: expected an object of port keys and values"),
    ],
)
async def test_refused_call(
    url: str, provide: Make, define: Make, post: Make, given: dict[str, Any], message: str
) -> None:
    provide(url, "calc", define("slow"))
    answer = post(url, "mutation($i: AssignInput!) { assign(input: $i) { id } }", {"i": {"args": {}, **given}})
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == message


async def test_subscriber_who_comes_late_is_told_everything(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("add"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        task = await caller.assign(action="1", reference="early")
        await agent.acknowledged()
        events = await caller.watch()
        assert (await events.next())["create"]["reference"] == "early"
        assert [event["kind"] for event in await events.of(task["id"], until="COMPLETED")] == ["YIELD", "COMPLETED"]


async def test_subscriber_who_wants_no_replay_is_told_what_is_new_only(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("add"))
    async with agent_at(url) as agent, caller_at(url, replay=False) as caller:
        await caller.assign(action="1", reference="early")
        await agent.acknowledged()
        events = await caller.watch()
        await caller.assign(action="1", reference="late")
        assert (await events.next())["create"]["reference"] == "late"


async def test_reports_become_events_and_what_may_not_follow_changes_nothing(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        events = await caller.watch()
        task = (await caller.assign(action="1"))["id"]
        await agent.next()
        await agent.send(
            Started(task=task),
            Resumed(task=task),
            Progress(task=task, progress=50, message="half"),
            Log(task=task, message="hello", level="NONSENSE"),
            Critical(task=task, error="boom"),
            Yield(task=task, returns={"return0": 1}),
            Completed(task=task),
        )
        told = await events.of(task, until="CRITICAL")
        assert [(event["kind"], event["message"], event["progress"]) for event in told] == [
            ("STARTED", None, None),
            ("PROGRESS", "half", 50),
            ("LOG", "hello", None),
            ("CRITICAL", "boom", None),
        ]
        ids = [int(event["id"]) for event in told]
        assert ids == sorted(set(ids))
        await agent.acknowledged()
        answer = await caller.ask("query($id: ID!) { task(id: $id) { latestEventKind events { level } } }", id=task)
        assert answer["data"]["task"]["latestEventKind"] == "CRITICAL"


async def test_control_is_two_phase(url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make) -> None:
    provide(url, "calc", define("slow"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        events = await caller.watch()
        task = (await caller.assign(action="1"))["id"]
        await agent.next()
        await agent.send(Started(task=task))
        for what, message, outcome in [
            ("pause", Pause, Paused(task=task)),
            ("resume", Resume, Resumed(task=task)),
            ("cancel", Cancel, None),
            ("interrupt", Interrupt, Cancelled(task=task)),
        ]:
            await caller.ask(f"mutation($t: ID!) {{ {what}(input: {{task: $t}}) {{ id }} }}", t=task)
            assert isinstance(await agent.next(), message)
            if outcome is not None:
                await agent.send(outcome)
                await events.of(task, until=str(type(outcome).__name__).upper())
        answer = await caller.ask("query($id: ID!) { task(id: $id) { isDone events { kind } } }", id=task)
        assert [event["kind"] for event in answer["data"]["task"]["events"]] == [
            "STARTED",
            "PAUSING",
            "PAUSED",
            "RESUMING",
            "RESUMED",
            "CANCELLING",
            "INTERRUPTING",
            "CANCELLED",
        ]
        late = await caller.ask("mutation($t: ID!) { cancel(input: {task: $t}) { isDone } }", t=task)
        assert late == {"data": {"cancel": {"isDone": True}}}


async def test_nested_call_goes_over_the_agents_socket(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("outer"), define("add"))
    async with agent_at(url) as agent, caller_at(url) as caller:
        events = await caller.watch()
        task = (await caller.assign(action="1"))["id"]
        assert (await agent.next()).parent is None
        request = AssignRequest(reference="inner", action="2", args={"x": 1}, parent=task)
        await agent.send(request)
        said = [await agent.next() for _ in range(3)]
        (answered,) = [item for item in said if isinstance(item, Answered)]
        assert answered.request is request
        assert isinstance(answered.response, AssignResponse)
        child = answered.response.task
        assert child is not None
        mirrors = [item for item in said if not isinstance(item, Answered)]
        assert [(event_kind(item), item.task) for item in mirrors] == [("YIELD", child), ("COMPLETED", child)]
        cancel = CancelRequest(task=child)
        await agent.send(cancel)
        control = (await agent.next()).response
        assert isinstance(control, ControlResponse)
        assert (control.accepted, control.error) == (False, "Task is already terminal")
        await agent.send(AssignRequest(reference="bad", action="77", parent=task))
        assert (await agent.next()).response.error == "Action matching query does not exist."
        await agent.send(Completed(task=task))
        assert len(await events.of(task, until="COMPLETED")) == 1
        tree = await caller.ask(
            "query($id: ID!) { task(id: $id) { children { id root { id } parent { id } } } }", id=task
        )
        assert tree["data"]["task"]["children"] == [{"id": child, "root": {"id": task}, "parent": {"id": task}}]


async def test_what_is_mine_is_mine(
    provide: Make, define: Make, agent_at: Make, caller_at: Make, tmp_path: Path
) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text('anna = "token-a"\nbert = "token-b"\n')
    with serving(token_file=file) as server:
        provide(server.url, "calc", define("slow"), token="token-a")
        async with (
            agent_at(server.url, token="token-a"),
            caller_at(server.url, "token-a") as anna,
            caller_at(server.url, "token-b") as bert,
        ):
            mine = await anna.assign(action="1", reference="same")
            his = await bert.assign(action="1", reference="same")
            assert mine["id"] != his["id"]
            for query in ("{ task(id: %s) { id } }", "mutation { cancel(input: {task: %s}) { id } }"):
                answer = await bert.ask(query % mine["id"])
                assert answer["errors"][0]["message"] == "Task matching query does not exist."
            assert (await bert.ask("{ tasks { id } }"))["data"]["tasks"] == [{"id": his["id"]}]


# -- agents that come and go -------------------------------------------------------------------------------------


async def test_same_session_takes_its_tasks_up_again(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    agent = agent_at(url)
    async with agent, caller_at(url) as caller:
        events = await caller.watch()
        task = (await caller.assign(action="1"))["id"]
        await agent.next()
        await agent.send(Progress(task=task))
        await events.of(task, until="PROGRESS")
        agent.cut()
        await events.of(task, until="DISCONNECTED")
        await caller.ask("mutation($t: ID!) { cancel(input: {task: $t}) { id } }", t=task)
        await agent.connect()
        init = await agent.next()
        assert isinstance(init, Init)
        assert [inquiry.task for inquiry in init.inquiries] == [task]
        assert isinstance(await agent.next(), Cancel), "what was asked meanwhile is asked again"
        await agent.send(Yield(task=task, returns={"return0": 1}), Completed(task=task))
        told = await events.of(task, until="COMPLETED")
        assert [event["kind"] for event in told] == ["CANCELLING", "YIELD", "COMPLETED"]


async def test_another_session_has_lost_the_tasks(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    agent = agent_at(url)
    async with caller_at(url) as caller:
        events = await caller.watch()
        async with agent:
            task = (await caller.assign(action="1"))["id"]
            await agent.next()
        async with agent_at(url):
            (*_, last) = await events.of(task, until="CRITICAL")
            assert last["message"].startswith("agent lost: calc was started again")


async def test_agent_that_stays_away_ends_its_tasks(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    async with caller_at(url) as caller:
        events = await caller.watch()
        async with agent_at(url) as agent:
            task = (await caller.assign(action="1"))["id"]
            await agent.next()
        (*_, last) = await events.of(task, until="CRITICAL")
        assert last["message"].startswith("agent lost: calc stayed away for 0.5 s")


async def test_repeatable_work_is_started_again_but_not_for_ever(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "calc", define("slow", idempotent=True))
    async with caller_at(url) as caller:
        events = await caller.watch()
        agent = agent_at(url)
        async with agent:
            task = (await caller.assign(action="1"))["id"]
            assert (await agent.next()).task == task
        for _ in range(2):
            agent = agent_at(url)
            async with agent:
                assert (await agent.next()).task == task
        async with agent_at(url):
            told = await events.of(task, until="CRITICAL")
        assert [event["kind"] for event in told].count("QUEUED") == 2


async def test_one_connection_an_agent(url: str, provide: Make, define: Make, agent_at: Make) -> None:
    provide(url, "calc", define("slow"))
    async with agent_at(url) as first:
        second = await agent_at(url).connect()
        refusal = await second.next()
        assert refusal.error.startswith("Another connection is already registered for this agent.")
        assert await second.closed() == 4004
        async with agent_at(url, force=True):
            assert await first.closed() == 4005


async def test_half_open_connection_is_displaced_by_its_own_session(
    url: str, provide: Make, define: Make, agent_at: Make
) -> None:
    provide(url, "calc", define("slow"))
    async with agent_at(url, session_id="s") as first, agent_at(url, session_id="s"):
        assert await first.closed() == 4005


async def test_agent_is_named_by_the_address_or_ensured_last(
    url: str, provide: Make, define: Make, agent_at: Make
) -> None:
    one, two = provide(url, "one", define("slow")), provide(url, "two", define("slow"))
    named = await agent_at(url).connect("?agent=one")
    last = await agent_at(url).connect()
    assert ((await named.next()).agent, (await last.next()).agent) == (one, two)
    unknown = await agent_at(url).connect("?agent=three")
    assert "call ensureAgent first" in (await unknown.next()).error
    assert await unknown.closed() == 3003
    named.cut()
    again = await named.connect()
    assert (await again.next()).agent == one, "a known session finds its agent without a name"
    await last.disconnect()
    await again.disconnect()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", 3002),
        ('{"type": []}', 3003),
        ('{"type": "YIELD", "task": "999999999999999999", "returns": {}}', 3003),
    ],
)
async def test_frames_that_end_a_connection(
    url: str, provide: Make, define: Make, agent_at: Make, frame: str, code: int
) -> None:
    provide(url, "calc", define("slow"))
    agent = agent_at(url)
    async with agent:
        await agent.frame(frame)
        assert await agent.closed() == code


async def test_refused_token_of_an_agent(url: str, agent_at: Make) -> None:
    agent = await agent_at(url, token="wrong").connect()
    assert (await agent.next()).error == "The token was refused"
    assert await agent.closed() == 3003


async def test_flood_of_progress_is_bounded_and_does_not_stop_the_others(
    url: str, provide: Make, define: Make, agent_at: Make, caller_at: Make
) -> None:
    provide(url, "noisy", define("slow"))
    noisy = await agent_at(url).connect("?agent=noisy")
    await noisy.next()
    provide(url, "calc", define("add"))
    async with agent_at(url), caller_at(url) as caller:
        task = (await caller.assign(action="1"))["id"]
        await noisy.next()
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(noisy.send(*[Progress(task=task) for _ in range(12_000)], Completed(task=task)))
            events = await caller.watch()
            other = (await caller.assign(action="2"))["id"]
            await events.of(other, until="COMPLETED")
        await noisy.acknowledged()
        query = "query($id: ID!) { task(id: $id) { events(filters: {kind: [PROGRESS]}) { id } } }"
        answer = await caller.ask(query, id=task)
        assert len(answer["data"]["task"]["events"]) == 10_000
    await noisy.disconnect()
