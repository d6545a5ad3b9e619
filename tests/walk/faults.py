"""For faults: a server with quick heartbeats in a process, a provider, and a ledger of what really ran."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.processes import running

WITHIN = 25.0
TOKEN = "faults"

SERVER = """
import sys
from pathlib import Path
from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.server import ServerConfig, run_server
port, db, grace, beat, *contract = sys.argv[1:]
run_server(
    ServerConfig(
        port=int(port),
        token="faults",
        db=Path(db),
        grace=float(grace),
        heartbeat=float(beat),
        answer_within=float(beat),
        contract=Contract(int(contract[0])) if contract else None,
    ),
    on_ready=lambda line: print(line, flush=True),
)
"""

PROVIDER = '''
import asyncio, json, os, signal, sys, time
from collections.abc import AsyncIterator
from rekuest_codegen import Effects, check_cancelled, current_task, easy, log, progress
from rekuest_codegen.wire.conversation import AgentSide

AgentSide.__init__.__kwdefaults__["silence"] = float(os.environ.get("SILENCE", "1.5"))
frames_to_send = AgentSide.frames_to_send


def noting(side: AgentSide, most: int | None = None) -> list[str]:
    """What leaves, and a note of each yield that does."""
    frames = frames_to_send(side, most)
    yields = [json.loads(frame) for frame in frames if '"YIELD"' in frame]
    with open(os.environ["LEDGER"], "a") as file:
        file.writelines(f"{one['task']} sent-{one['returns']['return0']}\\n" for one in yields)
    return frames


AgentSide.frames_to_send = noting
app = easy("faulty")


def note(what: str) -> None:
    with open(os.environ["LEDGER"], "a") as file:
        file.write(f"{current_task().id} {what}\\n")
        file.flush()
        os.fsync(file.fileno())


@app.register
async def work(seconds: float) -> str:
    """Work that must not be done twice."""
    note("began")
    await asyncio.sleep(seconds)
    note("ended")
    return "done"


@app.register(effects=Effects.REPEATABLE)
async def harmless(seconds: float) -> str:
    """Work that may be done twice."""
    note("began")
    await asyncio.sleep(seconds)
    note("ended")
    return "done"


@app.register
def effect() -> str:
    """Do the work, and die before it can be said."""
    note("did")
    if not os.path.exists("spare"):
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


@app.register(effects=Effects.REPEATABLE)
def harmless_effect() -> str:
    """Do it where twice is as once."""
    return effect()


@app.register(concurrency=1)
async def alone(seconds: float) -> str:
    """One at a time."""
    note("began")
    await asyncio.sleep(seconds)
    return "done"


@app.register
async def tick(count: int) -> AsyncIterator[int]:
    """Tick."""
    note("began")
    for number in range(count):
        yield number
        await asyncio.sleep(0.05)


@app.register
async def tick_fast(count: int) -> AsyncIterator[int]:
    """Tick as fast as one can."""
    for number in range(count):
        yield number


@app.register
def patient(seconds: float) -> str:
    """Block, looking up now and then."""
    note("began")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.01)
        check_cancelled()
    note("ended")
    return "done"


@app.register(concurrency=1)
async def in_line(x: int) -> int:
    """One at a time."""
    await asyncio.sleep(0)
    return x


@app.register
def quick(x: int) -> int:
    """Add one."""
    return x + 1


@app.register
def flood(seconds: float) -> int:
    """Say more than anybody reads."""
    until, said = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        progress(50, str(said))
        log(str(said))
        said += 1
    return said


app.run(drain=float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
'''


@contextmanager
def served(
    folder: Path, *, port: int = 0, grace: float = 2.0, heartbeat: float = 0.4, contract: int | None = None
) -> Generator[tuple[Any, str]]:
    """A server process on the store in ``folder``, and its address. ``heartbeat`` seconds between two of them, and to
    answer one; ``contract``, the only one it speaks."""
    command = [sys.executable, "-c", SERVER, str(port), str(folder / "server.db"), str(grace), str(heartbeat)]
    command += [] if contract is None else [str(contract)]
    with running(command, until="ready", cwd=folder) as (process, line):
        yield process, next(word for word in line.split() if word.startswith("http"))


@contextmanager
def provided(folder: Path, url: str, *arguments: str, silence: float = 1.5) -> Generator[Any]:
    """A provider process, which takes a server for dead after ``silence`` seconds; what really runs is noted in
    ``folder/ledger``."""
    (folder / "faulty.py").write_text(PROVIDER, encoding="utf-8")
    settings = {"REKUEST_URL": url, "REKUEST_TOKEN": TOKEN, "LEDGER": str(folder / "ledger")}
    settings["SILENCE"] = str(silence)
    command = [sys.executable, "faulty.py", *arguments]
    with running(command, until="providing", environment=settings, cwd=folder) as (process, _):
        yield process


def ledger(folder: Path, task: str, what: str) -> int:
    """How often ``task`` did ``what``."""
    path = folder / "ledger"
    return path.read_text().splitlines().count(f"{task} {what}") if path.exists() else 0


def wait_until(condition: Any, why: str = "") -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


class Caller:
    """Assigns and asks over HTTP, a request each: nothing of it can be lost with a connection."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]

    def assign(self, key: str, **args: Any) -> str:
        """Begin a task; its id."""
        actions = self.ask("{ actions { id key } }")["actions"]
        (action,) = [one["id"] for one in actions if one["key"] == key]
        query = "mutation($i: AssignInput!) { assign(input: $i) { id } }"
        return str(self.ask(query, i={"action": action, "args": args, "capture": False})["assign"]["id"])

    def connected(self) -> bool:
        """Whether a provider is there."""
        return any(agent["connected"] for agent in self.ask("{ agents { connected } }")["agents"])

    def assign_many(self, key: str, number: int, **args: Any) -> list[str]:
        """Begin many tasks, a hundred a request; their ids, in order."""
        actions = self.ask("{ actions { id key } }")["actions"]
        (action,) = [one["id"] for one in actions if one["key"] == key]
        tasks: list[str] = []
        while len(tasks) < number:
            size = min(100, number - len(tasks))
            fields = " ".join(f"t{index}: assign(input: $i) {{ id }}" for index in range(size))
            answer = self.ask(
                f"mutation($i: AssignInput!) {{ {fields} }}", i={"action": action, "args": args, "capture": False}
            )
            tasks += [str(answer[f"t{index}"]["id"]) for index in range(size)]
        return tasks

    def cancel(self, task: str) -> None:
        self.ask("mutation($i: CancelInput!) { cancel(input: $i) { id } }", i={"task": task})

    def events(self, task: str) -> list[dict[str, Any]]:
        query = "query($t: ID!) { task(id: $t) { events(ordering: [{createdAt: ASC}]) { id kind returns message } } }"
        events: list[dict[str, Any]] = self.ask(query, t=task)["task"]["events"]
        return events

    def until(self, task: str, *kinds: str) -> list[dict[str, Any]]:
        """The events of ``task`` once the last one is of one of ``kinds``, by default any end."""
        wanted = kinds or ("COMPLETED", "CRITICAL", "LOST", "FAILED", "CANCELLED", "INTERRUPTED")
        deadline = time.monotonic() + WITHIN
        while True:
            events = self.events(task)
            if any(event["kind"] in wanted for event in events):
                ends = [
                    event
                    for event in events
                    if event["kind"] in ("COMPLETED", "CRITICAL", "LOST", "FAILED", "CANCELLED")
                ]
                assert len(ends) <= 1, "a task ends once"
                return events
            assert time.monotonic() < deadline, events
            time.sleep(0.02)
