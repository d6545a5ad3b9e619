"""Whether a sync call may block a thread in which an event loop runs.

In a notebook every cell runs inside the kernel's loop, and under a Qt loop (qasync, PySide6.QtAsyncio) so does every
slot: whoever calls there waits knowingly, as for any other function. A coroutine of a program would stop everything
else that its loop does: there the async form is the one to take. ``options(blocking=...)`` says otherwise, either way.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from rekuest_codegen.runtime.caller.terms import in_force

QT_LOOPS = ("qasync", "PySide6.QtAsyncio", "quamash", "asyncqt")


def may_block() -> bool:
    """Whether to block the loop that runs in this thread."""
    from rekuest_codegen.runtime.context import nested

    loop = asyncio.get_running_loop()
    serving = nested.get()
    if serving is not None and serving.loop is loop:
        return False  # the call would wait for the loop it keeps from running
    said = in_force.get().blocking
    if said is not None:
        return said
    if in_notebook():
        return True
    return type(loop).__module__.startswith(QT_LOOPS) and asyncio.current_task(loop) is None


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython: Any = sys.modules.get("IPython")
    if ipython is None or "ipykernel" not in sys.modules:
        return False
    shell: Any = ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None
