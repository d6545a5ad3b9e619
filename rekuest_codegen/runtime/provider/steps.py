"""One call on a thread that can be made to stop: the flag first, and, when that is not heeded, by force.

Force is an exception that Python raises in the thread at its next bytecode (asyncio.CancelledError, as an await
raises it), so ``finally`` blocks run. A thread that is inside a call of C code meets it when that call is over.
"""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable
from typing import Any


class Step:
    """A function to be called once, on some thread."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._forced = False

    def __call__(self) -> Any:
        try:
            with self._lock:
                if self._forced:
                    raise asyncio.CancelledError
                self._thread = threading.get_ident()
            try:
                return self._function()
            finally:
                self._leave()
        except asyncio.CancelledError:
            # It may have come a moment too late, in the midst of leaving: after this nothing is on its way.
            self._leave()
            raise

    def force(self) -> None:
        """Stop it now, as far as that can be done."""
        with self._lock:
            self._forced = True
            if self._thread is not None:
                _raise_in(self._thread, asyncio.CancelledError)

    def _leave(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None and self._forced:
                _raise_in(thread, None)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have ``error`` raised in ``thread``; with None, take back what was not raised yet."""
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
