"""The threads that sync functions run on: as many as there are functions running, and never in the way of an exit.

A function that calls other nodes waits in its thread, so a pool of fixed size could fill up with functions waiting
for functions that wait for a thread. And a function that blocks for ever must not keep the process: Python's own
executor waits for its threads at exit, these are daemons.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_Work = Callable[[], None]

IDLE = 10.0
"""Seconds after which a thread without work ends."""


class DaemonThreads(Executor):
    """An executor without a bound: a new thread is started when no other is idle. Where the system gives no more of
    them, work waits for one that there is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._idle = 0
        self._threads = 0
        self._waiting = 0
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except StopIteration as error:
                # asyncio cannot carry it to who awaits; as in a generator, it is a mistake of the function's.
                failure = RuntimeError(f"the function raised StopIteration{error.args or ''}")
                failure.__cause__ = error
                future.set_exception(failure)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._idle > 0:
                self._idle -= 1
            else:
                self._begin_thread()
            self._work.put(work)
        return future

    def _begin_thread(self) -> None:
        try:
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()
        except RuntimeError:
            if self._threads == 0:
                raise
            self._waiting += 1
        else:
            self._threads += 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let idle threads end; those that run something are left to it, whatever ``wait`` says."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._work.put(None)

    def _serve(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=IDLE)
            except queue.Empty:
                with self._lock:
                    if self._idle == 0:
                        continue  # counted on for work that is about to be there
                    self._idle -= 1
                    self._threads -= 1
                return
            if work is None:
                return
            work()
            del work  # what it held goes now, not with the next one
            with self._lock:
                if self._waiting > 0:
                    self._waiting -= 1  # there is work that no thread was started for
                elif self._closed:  # what is submitted after the end is done, by threads that end with it
                    return
                else:
                    self._idle += 1
