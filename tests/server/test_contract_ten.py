"""Contract 10 at the server: agents that declare themselves, and documents of its clients."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from websockets.asyncio.client import connect

from rekuest_codegen.api.contracts import Contract, contract_of, enumeration
from rekuest_codegen.server import serving
from rekuest_codegen.wire.conversation import AgentSide
from rekuest_codegen.wire.messages import Completed, Progress, Yield
from tests.server.conftest import TOKEN, WAIT, Agent, definition

Make = Callable[..., Any]
NEEDED = {
    "GetMeActions", "PrimaryActions", "SearchActions", "SearchImplementations", "TaskEvents", "WatchMyTasks", "assign",
    "cancel", "interrupt", "pause", "resume", "requests", "find", "retrieveall", "ListActions", "GetImplementation",
    "ImplementationsFor", "ListImplementations", "MyImplementationAt", "GetEvent", "GetAgent", "ListAgents",
    "GetAgentByIdentifiers", "GetState", "shelve", "unshelve",
}  # fmt: skip
LIST_DOCUMENTS = """
import json, re, rekuest.api.schema as schema
found = {}
for thing in vars(schema).values():
    document = getattr(getattr(thing, "Meta", None), "document", None)
    if isinstance(document, str):
        for name in re.findall(r"(?:query|mutation|subscription) (\\w+)", document)[-1:]:
            found[name] = document
from importlib.resources import files
print(json.dumps({"documents": found, "sdl": files("rekuest.api").joinpath("schema.graphql").read_text()}))
"""


@pytest.fixture(scope="module")
def upstream(ten_python: Path) -> dict[str, Any]:
    """The documents and the SDL inside the unmodified package."""
    listed = subprocess.run([ten_python, "-c", LIST_DOCUMENTS], capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(listed.stdout)
    return found


def our_schema() -> Any:
    return build_schema(files("rekuest_codegen.api").joinpath("schema_ten.graphql").read_text("utf-8"))


def test_every_document_of_the_real_client_that_is_needed_fits(upstream: dict[str, Any]) -> None:
    schema = our_schema()
    for name in sorted(NEEDED):
        errors = validate(schema, parse(upstream["documents"][name]))
        assert not errors, f"{name}: {errors[0]}"


def test_names_and_types_are_those_of_the_real_contract(upstream: dict[str, Any]) -> None:
    ours, theirs = our_schema(), build_schema(upstream["sdl"], assume_valid=True)
    for name, kind in ours.type_map.items():
        if name.startswith("__"):
            continue
        other: Any = theirs.type_map[name]
        for field, info in getattr(kind, "fields", {}).items():
            assert str(info.type) == str(other.fields[field].type), f"{name}.{field}"
        assert set(getattr(kind, "values", ())) == set(getattr(other, "values", ())), name


# -- agents ------------------------------------------------------------------------------------------------------


def declared(*definitions: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = [{"interface": each["key"], "definition": each} for each in definitions]
    return {"hash": "h1", "implementations": given, "states": [], "locks": [], "name": "lab", **more}


def declaring(url: str, *definitions: dict[str, Any], session: str | None = None, **more: Any) -> Agent:
    side = AgentSide(TOKEN, session_id=session)
    side.speak(Contract.TEN, declared(*definitions, **more))
    return Agent(url, side)


async def test_what_is_declared_is_listed_and_called(url: str, caller_at: Make) -> None:
    checked = {"key": "x", "kind": "INT", "validators": [{"call": {"operation": "gt", "arguments": [
        {"key": "a", "value_path": "value"}, {"key": "b", "value_literal": 3}]}}]}  # fmt: skip
    text = {"key": "t", "kind": "STRING", "widget": {"kind": "STRING", "as_paragraph": True}}
    custom = {"key": "c", "kind": "STRING", "nullable": True, "widget": {"kind": "CUSTOM", "component": "Knob"}}
    nodes = definition("add"), definition("rich", args=[checked, text, custom])
    async with declaring(url, *nodes), caller_at(url) as caller:
        asked = """{ actions { id key app { identifier } args {
            key validators { function } widget { kind ... on StringAssignWidget { asParagraph } } } } }"""
        add, rich = (await caller.ask(asked))["data"]["actions"]
        assert (add["key"], add["app"]["identifier"]) == ("add", "lab")
        assert [port["validators"] for port in rich["args"]] == [[{"function": "(x) => x > 3"}], [], []]
        assert [port["widget"] for port in rich["args"]] == [None, {"kind": "STRING", "asParagraph": True}, None]
        ten = """{ actions { key args { key validators { callJson call { operation arguments { key valuePath } } }
            widget { kind ... on CustomAssignWidget { component } } } } }"""
        rich = (await caller.ask(ten))["data"]["actions"][1]
        assert rich["args"][0]["validators"][0]["call"]["arguments"] == [
            {"key": "a", "valuePath": "value"},
            {"key": "b", "valuePath": None},
        ]
        assert [port["widget"] and port["widget"]["kind"] for port in rich["args"]] == [None, "STRING", "CUSTOM"]
        events = await caller.watch()
        task = await caller.assign(action=add["id"])
        ended = await events.of(task["id"], until="COMPLETED")
        assert ended[-2]["returns"] == {"return0": 2}


async def test_what_cannot_be_expressed_is_left_out_and_said(url: str, post: Make) -> None:
    broken = definition("broken", args=[{"key": "a", "kind": "LIST"}])
    bloks = [{"key": "face", "components": []}]
    state = {"interface": "stage", "definition": {"name": "Stage", "ports": [{"key": "x", "kind": "LIST"}]}}
    agent = declaring(url, definition("add"), broken, bloks=bloks, states=[state])
    async with agent:
        codes = [code for one in agent.side.complaints for code in ("no-child", "not-used") if code in one]
        assert codes == ["no-child", "no-child", "not-used"]
        assert [node["key"] for node in post(url, "{ actions { key } }")["data"]["actions"]] == ["add"]


async def test_reports_are_acknowledged_and_survive_a_cut(url: str, caller_at: Make) -> None:
    agent = declaring(url, definition("slow"))
    async with agent, caller_at(url) as caller:
        action = (await caller.ask("{ actions { id } }"))["data"]["actions"][0]["id"]
        events = await caller.watch()
        task = (await caller.assign(action=action))["id"]
        assign = await agent.next()
        await agent.send(Progress(task=assign.task, progress=1), Yield(task=assign.task, returns={"return0": 1}))
        await agent.acknowledged()
        agent.cut()
        agent.side.send(Yield(task=assign.task, returns={"return0": 2}))
        agent.side.send(Completed(task=assign.task))
        async with agent:
            await agent.acknowledged()
            told = await events.of(task, until="COMPLETED")
    assert [event["returns"] for event in told if event["kind"] == "YIELD"] == [{"return0": 1}, {"return0": 2}]
    assert [event["kind"] for event in told].count("COMPLETED") == 1


async def test_a_report_of_a_task_that_was_never_here_does_not_end_the_connection(url: str) -> None:
    async with declaring(url, definition("add")) as agent:
        await agent.send(Completed(task="99"))
        await agent.acknowledged()


async def test_a_second_agent_is_refused_and_declares_nothing(url: str, post: Make) -> None:
    async with declaring(url, definition("add")):
        second = declaring(url, definition("other"))
        await second.connect()
        assert await second.closed() == 4004
        await second.disconnect()
        assert [node["key"] for node in post(url, "{ actions { key } }")["data"]["actions"]] == ["add"]


async def test_a_refused_declaration_is_told_why(url: str) -> None:
    agent = await declaring(url, name="n" * 300).connect()
    assert (await agent.next()).error == "an agent's name has at most 200 characters"
    assert await agent.closed() == 3003
    await agent.disconnect()


LOST = """query($id: ID!) { task(id: $id) { latestEventKind policy events { kind message value } } }"""


async def test_a_lost_task_is_lost_in_one_contract_and_critical_in_the_other(url: str, caller_at: Make) -> None:
    agent = declaring(url, {**definition("slow")})
    async with caller_at(url) as caller:
        async with agent:
            action = (await caller.ask("{ actions { id } }"))["data"]["actions"][0]["id"]
            events = await caller.watch()
            task = (await caller.assign(action=action))["id"]
            await agent.send(Progress(task=(await agent.next()).task, progress=40))
            await agent.acknowledged()
        (*_, end) = await events.of(task, until="CRITICAL")
        assert end["message"].startswith("agent lost: ")
        ten = (await caller.ask(LOST, id=task))["data"]["task"]
    assert (ten["latestEventKind"], ten["policy"]) == ("LOST", "AUTO")
    assert [event["kind"] for event in ten["events"]] == ["PROGRESS", "LOST"]
    assert ten["events"][-1]["value"] == {
        "started": True,
        "last_progress": 40,
        "effects": "UNKNOWN",
        "reason": "lab stayed away for 0.5 s; it may have done the work, or not",
    }


async def test_values_are_named_over_the_socket(url: str) -> None:
    async with declaring(url, definition("add")), connect(f"{url.replace('http', 'ws')}/agi") as socket:

        async def ask(**frame: Any) -> dict[str, Any]:
            await socket.send(json.dumps(frame))
            while True:
                told: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), WAIT))
                if told["type"] != "JOURNAL_ACK":
                    return told

        first = await ask(type="REGISTER", token=TOKEN, session_id="x", **{**declared(), "name": "other"})
        assert first["type"] == "INIT"
        numbers = {"journal_session": "x", "pos": 1}
        shelved = await ask(type="SHELVE", ref="r1", identifier="@lab/array", resource_id="a", **numbers)
        assert (shelved["type"], shelved["ref"], shelved["error"]) == ("SHELVED", "r1", None)
        unshelve = {"type": "UNSHELVE", "drawer": shelved["drawer"], "journal_session": "x"}
        first, again = [await ask(ref=ref, pos=pos, **unshelve) for pos, ref in ((2, "r2"), (3, "r3"))]
        assert (first["type"], first["ref"], first["error"]) == ("UNSHELVED", "r2", None)
        assert (again["ref"], again["error"]) == ("r3", "MemoryDrawer matching query does not exist.")


# -- one generation only -----------------------------------------------------------------------------------------

LOOK = '{ __type(name: "Validator") { fields { name } } }'


@pytest.fixture
def old() -> Iterator[str]:
    with serving(token=TOKEN, contract=2) as running:
        yield running.url


@pytest.fixture
def new() -> Iterator[str]:
    with serving(token=TOKEN, contract=10) as running:
        yield running.url


def test_a_server_of_either_generation_is_known_by_its_look(url: str, old: str, new: str, post: Make) -> None:
    found = [contract_of(post(place, LOOK)["data"]) for place in (url, old, new)]
    assert found == [Contract.TWO, Contract.TWO, Contract.TEN]


def test_a_server_of_one_generation_takes_its_documents_only(old: str, new: str, post: Make) -> None:
    two, ten = enumeration(Contract.TWO), enumeration(Contract.TEN)
    assert post(old, two) == post(new, ten) == {"data": {"actions": []}}
    assert "Cannot query field" in post(old, ten)["errors"][0]["message"]
    assert "Cannot query field" in post(new, two)["errors"][0]["message"]
    assert "ensureAgent" in post(new, "mutation { ensureAgent(input: {}) { id } }")["errors"][0]["message"]


async def test_a_server_of_contract_2_wants_no_declarations(old: str) -> None:
    agent = declaring(old, definition("add"))
    await agent.connect()
    assert await agent.closed() == 3003
    assert "contract 10" in (await agent.next()).error
    await agent.disconnect()


async def test_what_calls_must_wait_for_is_refused(url: str, caller_at: Make) -> None:
    document = "mutation($i: AssignInput!) { assign(input: $i) { id policy } }"
    async with declaring(url, definition("add")), caller_at(url) as caller:
        action = (await caller.ask("{ actions { id } }"))["data"]["actions"][0]["id"]
        given = {"action": action, "args": {"x": 1}, "capture": False}
        assert (await caller.ask(document, i=given))["data"]["assign"]["policy"] == "AUTO"
        for more in ({"notBefore": "2030-01-01T00:00:00Z"}, {"stateRequires": [
            {"state": "stage", "path": "x", "operator": "EXISTS"}]}):  # fmt: skip
            answer = await caller.ask(document, i={**given, **more})
            assert "notBefore and stateRequires" in answer["errors"][0]["message"]
