"""What a program leaves behind when it ends in the middle of calls: nothing, here or at the server; and it does end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.runtime import context
from tests.processes import run, running
from tests.runtime.watching import wait_for

WATCHFUL = """
import atexit, faulthandler, os, threading
faulthandler.dump_traceback_later(20, exit=True)
before = set(os.listdir("/proc/self/fd"))

def look():
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    for thread in others:
        thread.join(5)  # one that was told just now may have its say
    left = [thread.name for thread in others if thread.is_alive()]
    sockets = [fd for fd in os.listdir("/proc/self/fd") if fd not in before and is_socket(fd)]
    print("left", left, sockets, flush=True)

def is_socket(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}").startswith("socket:")
    except OSError:
        return False

atexit.register(look)  # registered first, it comes last
"""


def settings(lab: Any) -> dict[str, str]:
    url, token = context.settings()
    return {"REKUEST_URL": url, "REKUEST_TOKEN": str(token), "PYTHONPATH": str(Path(lab.__file__).parents[1])}


def program(code: str) -> list[str]:
    return [sys.executable, "-W", "error", "-c", f"{WATCHFUL}\nfrom lab_stubs import lab\n{code}"]


PROGRAMS = {
    "calls": "print(lab.add(1), list(lab.count(2)))",
    "a stream that was not read to its end": "items = lab.count(10_000_000)\nnext(items)",
    "a stream that nobody began to read": "items = lab.count(10_000_000)",
    "a map that was not read": "from rekuest_codegen import map\nsums = map(lab.add, range(100))\nnext(sums)",
    "a task that runs on": "from rekuest_codegen import submit\ntask = submit(lab.rest, 0.2)",
    "async calls": "import asyncio\nprint(asyncio.run(lab.aadd(1)))",
    "an error": "import contextlib\nwith contextlib.suppress(Exception): lab.fail('no')",
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_nothing_is_left(lab: Any, code: str) -> None:
    done = run(program(code), environment=settings(lab))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "left [] []"


def test_what_waits_in_other_threads_is_ended(lab: Any) -> None:
    """Of the task, the server is told before the connection closes."""
    sys.modules["lab"].ended.clear()
    code = """
import threading, time
def wait():
    try:
        lab.rest(60.0)
    except BaseException as error:
        print(type(error).__name__, error, flush=True)
items = lab.count(10_000_000)
next(items)
threading.Thread(target=wait, daemon=True).start()
time.sleep(0.5)
"""
    sys.modules["lab"].closed.clear()
    done = run(program(code), environment=settings(lab))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ConnectionLost the call was ended together with its loop; its task was cancelled" in done.stdout
    assert sys.modules["lab"].closed.wait(10)
    wait_for(lambda: sys.modules["lab"].ended == ["rest"])


def test_calls_after_the_end_are_refused(lab: Any) -> None:
    code = """
def late():
    try:
        lab.add(1)
    except Exception as error:
        print(type(error).__name__, error)
atexit.register(late)
lab.add(1)  # opens the loop, whose end is registered after that of `late`
"""
    done = run(program(code), environment=settings(lab))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ConnectionLost the process is ending: no more calls can be made" in done.stdout


@pytest.mark.parametrize("keep", [False, True])
def test_ctrl_c_cancels_unless_it_is_to_be_kept(lab: Any, keep: bool, tmp_path: Path) -> None:
    begun: list[str] = sys.modules["lab"].begun
    ended: list[str] = sys.modules["lab"].ended
    begun.clear()
    ended.clear()
    code = f"""
from rekuest_codegen import options
lab.add(1)
print("calling", flush=True)
with options(keep={keep}):
    lab.rest({5.0 if keep else 60.0})
"""
    with running(program(code), until="calling", environment=settings(lab)) as (process, _):
        wait_for(lambda: begun == ["rest"])
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == -signal.SIGINT
    if keep:
        time.sleep(0.3)
        assert ended == []
    else:
        wait_for(lambda: ended == ["rest"])


def test_who_is_killed_has_said_how_long_it_waits(lab: Any) -> None:
    begun: list[str] = sys.modules["lab"].begun
    ended: list[str] = sys.modules["lab"].ended
    begun.clear()
    ended.clear()
    code = """
from rekuest_codegen import options
print("calling", flush=True)
with options(timeout=2):
    lab.rest(60.0)
"""
    with running(program(code), until="calling", environment=settings(lab)) as (process, _):
        wait_for(lambda: begun == ["rest"])
        process.kill()
        assert process.wait(20) == -signal.SIGKILL
        assert ended == []
        wait_for(lambda: ended == ["rest"])


def test_a_worker_of_a_pool_that_was_forked(lab: Any) -> None:
    """The parent's connection is left alone by children, of which several call at once."""
    code = """
import multiprocessing, warnings
warnings.simplefilter("ignore")  # of forking with threads: that is the test
def work(number):
    return lab.add(number, 1)
if lab.add(0) == 1:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(work, range(6)))
        pool.close()
        pool.join()
    print(lab.add(1))
"""
    done = subprocess.run(
        [sys.executable, "-c", f"from lab_stubs import lab\n{code}"],
        env={**settings(lab), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, ["[1, 2, 3, 4, 5, 6]", "2"]), done.stderr
