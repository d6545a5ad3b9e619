"""What `calls_from_afar` of workshop.py does in its process: calls of nodes in every way there is."""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

from rekuest_codegen import current_task, map, options, submit
from rekuest_codegen.runtime.caller.calls import call

nodes: Any = importlib.import_module("workshop_stubs.workshop")


def children() -> list[str]:
    """Who is told to have called, by every way there is to call."""
    mine = current_task()
    assert mine is not None
    told = [nodes.whose(), asyncio.run(nodes.awhose()), submit(nodes.whose).result(10)]
    thread = threading.Thread(target=lambda: told.append(nodes.whose()))
    thread.start()
    thread.join()
    return ["own" if one == mine.id else one for one in told]


def results() -> list[str]:
    """What comes back: of a map, of a stream longer than a window, of a stream that is left, of a handle."""
    given = [f"map {sum(map(nodes.plain, range(20)))}", f"stream {sum(nodes.torrent(1000))}"]
    with closing(nodes.ticks()) as endless:
        given.append(f"left {list(islice(endless, 3))}")
    handle = submit(nodes.steps, 3)
    given.append(f"handle {handle.result(10)} {handle.logs}")
    handle = submit(nodes.waits)
    handle.cancel()
    given.append(f"cancelled {error(handle.result, 10)}")
    with options(agent="workshop", retries=1, reference="from afar"):
        given.append(f"options {nodes.plain(1)}")
    with options(reference="from afar"):
        given.append(f"taken up {nodes.plain(5)}")
    return given


def errors() -> list[str]:
    """What is raised here when a call goes wrong."""
    nowhere = replace(nodes._PLAIN, key="nowhere")
    given = [error(nodes.wrong_breakpoint), error(call, nowhere, {"x": 1})]
    with options(agent="nobody", retries=1):
        given.append(error(nodes.plain, 1))
    with options(timeout=0.3):
        given.append(error(nodes.waits))
    return given


def waiting() -> list[str]:
    """Wait for a call that does not end, and say how it did."""
    return [error(nodes.waits)]


def error(function: Callable[..., object], *args: object) -> str:
    try:
        return f"gave {function(*args)!r}"
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"


def leaving() -> list[str]:
    """Begin what waits for ever, and go."""
    return [submit(nodes.waits).id]


def leaving_a_stream() -> list[str]:
    """Begin an endless stream that is to be kept, and leave it."""
    with options(keep=True), closing(nodes.ticks()) as endless:
        return [str(next(endless))]
