"""Threads that a running task starts are part of it: they see its context, as coroutines and `to_thread` do.

Python does the same by itself from 3.14 on where it is asked to (``-X thread_inherit_context``). Here it is done in a
process that provides, for threads and pool work begun inside of a task, and for nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from rekuest_codegen.runtime import context

_installed = False


def install() -> None:
    """Have it so in this process, from now on."""
    global _installed
    if _installed:
        return
    _installed = True
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit

    def start_inside(self: threading.Thread) -> None:
        # The threads of a pool outlive the task that made it start them: its work carries the context instead.
        if context.nested.get() is not None and not _is_worker(self):
            self.run = partial(copy_context().run, self.run)  # type: ignore[method-assign]  # as Python 3.14 does
        start(self)

    def submit_inside(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if context.nested.get() is not None:
            return submit(self, copy_context().run, fn, *args, **kwargs)
        return submit(self, fn, *args, **kwargs)

    threading.Thread.start = start_inside  # type: ignore[method-assign]  # for every thread of the process
    ThreadPoolExecutor.submit = submit_inside  # type: ignore[method-assign,assignment]  # likewise


def _is_worker(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", "").startswith(("concurrent.futures", "rekuest_codegen"))
