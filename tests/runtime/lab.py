"""Nodes that behave in every way a function can: slow, failing, blocking, calling others, giving back nonsense."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from rekuest_codegen import easy, model, progress

app = easy("lab")
stubs: Any = None
begun: list[str] = []
ended: list[str] = []
closed = threading.Event()


@model
@dataclass
class Note:
    text: str
    tags: list[str]


class Store:
    """A structure with plain shrink and expand, which keeps its objects here."""

    kept: ClassVar[dict[str, "Store"]] = {}

    def __init__(self, content: str) -> None:
        self.content = content

    @classmethod
    def get_identifier(cls) -> str:
        return "@lab/store"

    def shrink(self) -> str:
        Store.kept[self.content] = self
        return self.content

    @classmethod
    def expand(cls, value: str) -> "Store":
        return cls.kept[value]


@app.register()
def add(x: int, y: int = 1) -> int:
    """Add."""
    return x + y


@app.register()
async def rest(seconds: float) -> str:
    """Rest; says so when it begins, and when it is cancelled."""
    begun.append("rest")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        ended.append("rest")
        raise
    return "rested"


@app.register()
def told(steps: int) -> str:
    """Say how far it is."""
    for step in range(steps):
        progress(100 * step // steps, f"step {step}")
        time.sleep(0.15)
    return f"told {steps}"


@app.register()
def block(seconds: float) -> str:
    """Block a thread."""
    time.sleep(seconds)
    return "done"


@app.register()
def fail(text: str) -> int:
    """Fail."""
    raise ValueError(text)


@app.register()
def leave() -> int:
    """Try to end the provider."""
    raise SystemExit("not so")


@app.register()
def lie() -> int:
    """Give back what was not promised."""
    return "a text"  # type: ignore[return-value]  # the mistake that is tested


@app.register()
def pair(x: int) -> tuple[int, str]:
    """Give back two."""
    return x, str(x)


@app.register()
def keep(content: str) -> Store:
    """Keep something."""
    return Store(content)


@app.register()
def look(store: Store) -> str:
    """Look at what was kept."""
    return store.content


@app.register()
def annotate(note: Note, tag: str) -> Note:
    """Add a tag."""
    return Note(note.text, [*note.tags, tag])


@app.register()
def spread(first: int, *rest: int, **named: int) -> int:
    """Sum up whatever comes."""
    return first + sum(rest) + sum(named.values())


@app.register()
def count(to: int) -> Iterator[int]:
    """Count, in a thread; says so when it is closed early."""
    try:
        yield from range(to)
    finally:
        closed.set()


@app.register()
async def tick(to: int, every: float = 0.0) -> AsyncIterator[int]:
    """Count, in the loop."""
    for number in range(to):
        await asyncio.sleep(every)
        yield number


@app.register()
async def ask(x: int) -> int:
    """Call another node from a coroutine."""
    answer: int = await stubs.aadd(x, 1)
    return answer


@app.register()
def ask_in_thread(x: int) -> int:
    """Call other nodes from a thread, streaming too."""
    total: int = stubs.add(x, 1) + sum(stubs.count(3))
    return total


@app.register()
async def ask_in_vain(x: int) -> int:
    """Call a node that fails."""
    answer: int = await stubs.afail(f"deep {x}")
    return answer


@app.register()
async def ask_and_wait() -> str:
    """Call a node that takes long."""
    answer: str = await stubs.arest(60)
    return answer


@app.register()
def exhaust() -> int:
    """Raise StopIteration."""
    return next(iter([]))


@app.register()
def slow_steps(pause: float) -> Iterator[int]:
    """Yield after long steps; says so when it is closed."""
    try:
        while True:
            time.sleep(pause)
            yield 1
    finally:
        closed.set()


@app.register()
def too_much(size: int) -> str:
    """Give back more than a frame holds."""
    return "x" * size


@app.register()
def unspeakable() -> list[str]:
    """Give back what JSON has no form for."""
    return ["\ud800"]


@app.register()
def child(x: int) -> int:
    """Be called by `parent`."""
    time.sleep(0.01)
    return x + 1


@app.register()
def parent(x: int) -> int:
    """Call `child` from a thread, and wait for it there."""
    answer: int = stubs.child(x)
    return answer


@app.register()
def parent_of_the_slow() -> str:
    """Call what takes long from a thread; says so when it is let go."""
    try:
        answer: str = stubs.rest(60)
    finally:
        closed.set()
    return answer
