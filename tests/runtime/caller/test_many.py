"""Many calls: at once from threads and coroutines, and one after another without anything growing.

The callers are processes of their own, as servers and providers rightly keep something of every task.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.processes import run
from tests.runtime.caller.test_at_exit import settings

BOOKS = """
import asyncio, gc, json, os, threading, tracemalloc
from concurrent.futures import ThreadPoolExecutor
from lab_stubs import lab
from rekuest_codegen.runtime import context, portal

async def books():
    client = await context.default_client()
    connection = client._link._connection
    return [len(client._watches), len(client._early), client._assigning, len(connection._asked), len(connection._sinks)]

def held():
    for _ in range(200):  # the sweep ends at its next tick
        found = portal.start(books).result(10)
        if len(asyncio.all_tasks(portal.loop())) <= 1:
            break
        threading.Event().wait(0.01)
    gc.collect()
    tasks = len(asyncio.all_tasks(portal.loop()))
    return [len(os.listdir("/proc/self/fd")), threading.active_count(), tasks, *found]
"""
AT_ONCE = """
async def awaited():
    return await asyncio.gather(*(lab.aadd(number, 1) for number in range(1000)))

lab.add(0)
before = held()
with ThreadPoolExecutor(51) as pool:
    coroutines = pool.submit(asyncio.run, awaited())
    sums = list(pool.map(lambda number: sum(lab.add(number, one) for one in (1, 2)), range(50)))
    assert coroutines.result(60) == list(range(1, 1001))
assert sums == [2 * number + 3 for number in range(50)]
print(json.dumps([before, held()]))
"""
ONE_BY_ONE = """
def work(times):
    for number in range(times):
        assert lab.add(number, 1) == number + 1
    assert list(lab.count(times)) == list(range(times))

work(100)
before = held()
tracemalloc.start(1)
work(100)
gc.collect()
first = tracemalloc.get_traced_memory()[0]
work(500)
gc.collect()
print(json.dumps([before, held(), tracemalloc.get_traced_memory()[0] - first]))
"""


def said(lab: Any, program: str) -> Any:
    done = run([sys.executable, "-W", "error", "-c", BOOKS + program], environment=settings(lab))
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_fifty_threads_and_a_thousand_coroutines_through_one_client(lab: Any) -> None:
    before, after = said(lab, AT_ONCE)
    assert after == before
    assert before[3:] == [0, 0, 0, 0, 1]


def test_nothing_grows_from_call_to_call(lab: Any) -> None:
    before, after, grown = said(lab, ONE_BY_ONE)
    assert after == before
    assert grown < 15_000, "bytes after 500 calls and a stream of as many items; one kept object a call would show"
