"""Nodes that use everything a provider has: tasks, states, contexts, services, hooks, locks, limits, processes."""

import asyncio
import importlib
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen

from rekuest_codegen import (
    App,
    Effects,
    ReadOnly,
    Task,
    abreakpoint,
    breakpoint,
    check_cancelled,
    current_task,
    log,
    memory_structure,
    model,
    options,
    progress,
    submit,
)

app = App("workshop", logs="INFO", bars=True)
stubs: Any = None
said: list[str] = []
logger = logging.getLogger("workshop")
shared_pool = ThreadPoolExecutor(1)


@app.state
@dataclass
class Stage:
    """Where the stage is."""

    x: float = 0.0
    moving: bool = False
    marks: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)


@app.state(name="lamp", required_locks=["lamp"])
@dataclass
class Lamp:
    """The lamp."""

    on: bool = False


@app.context
class Hardware:
    """What was opened at the start."""

    def __init__(self, port: str) -> None:
        self.port = port


class Database:
    """What a service gives."""

    def __init__(self) -> None:
        self.open = True


@app.service
async def database() -> AsyncIterator[Database]:
    opened = Database()
    said.append("opened")
    yield opened
    opened.open = False
    said.append("closed")


class Clock:
    """What another service gives."""

    ticks = 0


@app.service()
def clock() -> Clock:
    return Clock()


@app.startup
async def boot() -> Hardware:
    said.append("boot")
    return Hardware("COM1")


@app.startup
def light(hardware: Hardware) -> Lamp:
    said.append(f"light at {hardware.port}")
    return Lamp(on=True)


@app.shutdown
def leave(hardware: Hardware) -> None:
    said.append(f"leave {hardware.port}")


@app.background
async def tick(clock: Clock) -> None:
    while True:
        clock.ticks += 1
        await asyncio.sleep(0.01)


@app.background
def watch() -> None:
    try:
        while True:
            time.sleep(0.01)
    finally:
        said.append("unwatched")


# -- what is handed in -----------------------------------------------------------------------------------------------


@app.register
def whole(
    stage: Stage, task: Task, x: float, hardware: Hardware, *, db: Database, lamp: ReadOnly[Lamp], y: float = 1.0
) -> str:
    """Everything at once, between the arguments."""
    stage.x = x
    return f"{x + y:g} {hardware.port} {db.open} {lamp.on} {task.id.isdigit()} {task.user != ''}"


@app.register
def look(stage: "ReadOnly[Stage]") -> float:
    """Look, without touching."""
    stage.marks.append(1)
    try:
        stage.x = 5.0
    except AttributeError:
        return stage.x
    raise AssertionError("it could be set")


@app.register
def clocked(clock: Clock) -> bool:
    """Whether time passes."""
    before = clock.ticks
    time.sleep(0.1)
    return clock.ticks > before


class Counter:
    """A class with state, whose methods are nodes."""

    def __init__(self) -> None:
        self.count = 0

    @app.register
    def bump(self, by: int = 1) -> int:
        """Count."""
        self.count += by
        return self.count

    @app.register
    async def peek(self) -> int:
        """How far it is."""
        return self.count

    def reset(self) -> int:
        """Begin anew."""
        self.count, before = 0, self.count
        return before


other = Counter()
app.register(other.reset)


# -- what is said ----------------------------------------------------------------------------------------------------


@app.register
def steps(task: Task, number: int) -> int:
    """Say how far it is, from a thread."""
    for done in range(number):
        task.progress(100 * done / number, f"step {done}")
        time.sleep(0.06)
    log("all done", "WARNING")
    return number


@app.register
async def flood(number: int) -> int:
    """Say far more than anybody reads."""
    for done in range(number):
        progress(100 * done / number)
        log(f"line {done}")
    return number


@app.register
def logged(text: str) -> None:
    """Log by Python's own means."""
    logger.info("a record: %s", text)
    logger.debug("not this one")


@app.register
def barred(number: int) -> int:
    """Draw a bar."""
    import io

    from tqdm import tqdm  # type: ignore[import-untyped]  # it has no types

    total = 0
    for done in tqdm(range(number), desc="bar", file=io.StringIO(), mininterval=0):
        total += done
        time.sleep(0.03)
    return total


@app.register
def inherited() -> list[str]:
    """Whose task the threads of a task are, in every way to start one."""
    seen: list[str] = []

    def ask() -> None:
        task = current_task()
        seen.append("nobody" if task is None else task.id)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ask).result()
    shared_pool.submit(ask).result()
    own = current_task()
    assert own is not None
    return ["own" if one == own.id else one for one in seen]


@app.register
def nested_in_a_thread(by: int) -> int:
    """Call a node from a thread of one's own."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(stubs.plain(by)))
    thread.start()
    thread.join()
    return found[0]


@app.register
def plain(x: int) -> int:
    """Add one."""
    return x + 1


# -- what is asked ---------------------------------------------------------------------------------------------------


@app.register
def stops(number: int) -> int:
    """Pass breakpoints on a thread."""
    for done in range(number):
        progress(done)
        breakpoint()
        time.sleep(0.01)
    return number


@app.register
async def stops_async(number: int) -> int:
    """Pass breakpoints in the loop."""
    for _ in range(number):
        await abreakpoint()
        await asyncio.sleep(0.01)
    return number


@app.register
async def wrong_breakpoint() -> None:
    """Block the loop, or try to."""
    breakpoint()


@app.register
def polite() -> None:
    """End when asked to."""
    said.append("begun")
    try:
        while True:
            check_cancelled()
            time.sleep(0.01)
    finally:
        said.append("polite")


@app.register
def deaf() -> None:
    """Ask nobody; has to be made to end."""
    said.append("begun")
    try:
        while True:
            time.sleep(0.01)
    finally:
        said.append("deaf")


@app.register
def stone(seconds: float) -> str:
    """Sleep in C, where nothing arrives."""
    time.sleep(seconds)
    return "slept"


@app.register
async def stubborn() -> None:
    """Will not be cancelled."""
    said.append("begun")
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            said.append("no")


@app.register
def quick_after_all() -> str:
    """Finish although one was asked to end."""
    task = current_task()
    assert task is not None
    said.append("begun")
    while not task.cancelled:
        time.sleep(0.005)
    return "finished"


# -- one after the other ---------------------------------------------------------------------------------------------

inside: list[int] = []
most: list[int] = []


def _crowd() -> None:
    inside.append(1)
    most.append(len(inside))
    time.sleep(0.03)
    inside.pop()


@app.register(concurrency=2)
def in_pairs() -> None:
    """Two at a time."""
    _crowd()


@app.register(locks=["door"])
def through_the_door() -> None:
    """One at a time."""
    _crowd()


@app.register(locks=["door", "window"])
async def through_both(x: int) -> int:
    """Hold a lock, and call who needs it too."""
    answer: int = await stubs.atouch_the_door(x)
    return answer


@app.register(locks=["door"], concurrency=1)
def touch_the_door(x: int) -> int:
    """Called from inside of who holds the lock."""
    return x


# -- processes -------------------------------------------------------------------------------------------------------


@app.register(process=True)
def apart(task: Task, x: int) -> list[int]:
    """Run in a process of one's own."""
    task.progress(50, "half")
    log("from afar")
    return [os.getpid(), x + 1]


@app.register(process=True)
def stream_apart(to: int) -> Iterator[int]:
    """Stream from a process."""
    yield from range(to)


@app.register(process=True)
def spin(pid_file: str) -> None:
    """Compute for ever, in C for all anybody knows."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(pid_file, "w") as file:
        file.write(str(os.getpid()))
    while True:
        pass


@app.register(process=True)
def spin_politely() -> None:
    """Look up now and then."""
    while True:
        check_cancelled()
        breakpoint()
        time.sleep(0.01)


@app.register(process=True)
def collapse() -> None:
    """Die."""
    os._exit(7)


@app.register(process=True)
def refuse_apart(text: str) -> None:
    """Raise there."""
    raise ValueError(text)


# -- calls from processes --------------------------------------------------------------------------------------------


@app.register
def whose() -> str:
    """Who called."""
    task = current_task()
    assert task is not None
    return str(task.parent)


@app.register
async def waits() -> None:
    """Wait for ever."""
    said.append("begun")
    try:
        await asyncio.sleep(600)
    finally:
        said.append("left")


@app.register
def leaves(keep: bool, wait: bool) -> str:
    """Begin what waits for ever, in a thread, and go, or wait for it."""
    with options(keep=keep):
        handle = submit(stubs.waits)
    if wait:
        handle.result()
    return handle.id


@app.register
async def leaves_a_stream() -> int:
    """Begin an endless stream that is to be kept, and leave it."""
    with options(keep=True):
        async with aclosing(stubs.aticks()) as endless:
            first: int = await anext(endless)
    return first


@app.register(process=True)
def calls_from_afar(scene: str) -> list[str]:
    """Call nodes from a process, as a function of scenes.py says."""
    played: list[str] = getattr(importlib.import_module("scenes"), scene)()
    return played


@app.register
async def ticks() -> AsyncIterator[int]:
    """Yield now and then, without end."""
    number = 0
    try:
        while True:
            yield number
            number += 1
            await asyncio.sleep(0.005)
    finally:
        said.append("ticked")


@app.register(process=True)
def ticks_from_afar() -> Iterator[int]:
    """Pass on a stream from a process."""
    yield from importlib.import_module("scenes").nodes.ticks()


# -- values ----------------------------------------------------------------------------------------------------------


@app.register
def bounded(x: Annotated[int, Ge(1), Le(9)], name: Annotated[str, MaxLen(3)] = "abc") -> str:
    """Take what is within bounds."""
    return f"{name}{x}"


@model
@dataclass
class Region:
    """Where to look."""

    sides: list[Annotated[int, Ge(1), Le(9)]]
    zoom: Annotated[float, Ge(0.5)] = 1.0


@app.register
def bounded_within(
    regions: dict[str, Region],
    either: Annotated[int, Ge(1)] | str = 1,
    tags: list[Annotated[str, MaxLen(2)]] | None = None,
) -> int:
    """Take what is within bounds, at any depth."""
    return sum(sum(region.sides) for region in regions.values())


@memory_structure
class Camera:
    """Stays here."""

    name = "eye"


@app.register
def open_camera() -> Camera:
    """Open."""
    return Camera()


@app.register
def snap(camera: Camera) -> str:
    """Use what was opened."""
    return camera.name


@app.register
async def torrent(to: int) -> AsyncIterator[int]:
    """Yield as fast as one can."""
    try:
        for number in range(to):
            yield number
            made.append(number)
    finally:
        said.append("torrent")


made: list[int] = []


@app.register(effects=Effects.REPEATABLE)
async def again(seconds: float) -> int:
    """May be done twice."""
    await asyncio.sleep(seconds)
    return 1


# -- states ----------------------------------------------------------------------------------------------------------


@app.register
async def move(stage: Stage, x: float) -> float:
    """Move there."""
    stage.moving = True
    for _ in range(10):
        stage.x += (x - stage.x) / 2
        await asyncio.sleep(0.02)
    stage.x, stage.moving = x, False
    return stage.x


@app.register
def mark(stage: Stage, number: int) -> list[int]:
    """Change what the state holds."""
    stage.marks.append(number)
    stage.names["last"] = number
    return list(stage.marks)
