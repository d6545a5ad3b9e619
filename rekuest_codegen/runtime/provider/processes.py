"""Sync functions in processes of their own: what computes for long holds up nothing here, and can be killed.

A process serves one call after another and is kept for the next one; one that was interrupted, or died, is not. What
goes there and comes back is pickled, so the function must be at the top of a module. What the function says there
(progress, logs, breakpoints) is said by its task here, and calls it makes to other nodes are its task's (`relaying`).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import queue
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from rekuest_codegen.runtime.provider import task as tasks
from rekuest_codegen.runtime.provider import worker
from rekuest_codegen.runtime.provider.relaying import Relaying
from rekuest_codegen.runtime.provider.running import ProcessFailed, Run
from rekuest_codegen.runtime.provider.serving import WORKER

IDLE = 4
"""Processes kept for the next call."""


class Processes:
    """The processes of one agent. ``threads`` wait for them."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._idle: list[_Process] = []
        self._context = multiprocessing.get_context("spawn")

    async def results(self, call: partial[Any], run: Run) -> AsyncGenerator[Any]:
        """What the function gives, item by item; each is made when the one before was taken.

        Raises:
            ProcessFailed: it raised, or its process died. asyncio.CancelledError: it was killed.
        """
        task = tasks.current.get()
        assert task is not None  # noqa: S101 - whoever runs tasks sets it
        process = self._kept() or await self._in_thread(self._start)
        run.busy = process
        heard: asyncio.Queue[Any] = asyncio.Queue()
        reader = asyncio.create_task(self._read(process, task, heard))
        whole = False
        try:
            process.tell("begin", run.control.step)  # what was asked of the call before is over
            run.control.pass_on(process.tell)
            travelling = partial(call.func, *map(_travelling, call.args), **_each_travelling(call.keywords))
            await self._in_thread(partial(process.send, "call", travelling, task.facts))
            while True:
                message = await heard.get()
                match message[0]:
                    case "item":
                        yield message[1]
                        process.tell("next", False)
                    case "done":
                        whole = True
                        return
                    case "raised":
                        whole = True
                        raise ProcessFailed(message[1], message[2])
                    case _:
                        raise message[1]
        except (EOFError, OSError):
            if process.killed:
                raise asyncio.CancelledError from None
            raise ProcessFailed(f"the function's process died ({await self._in_thread(process.end)})") from None
        finally:
            run.control.pass_on(None)
            run.busy = None
            reader.cancel()
            if whole and len(self._idle) < IDLE and not run.control.cancelled:
                self._idle.append(process)
            else:
                process.force()
            await asyncio.wait([reader])

    async def _read(self, process: _Process, task: tasks.Task, heard: asyncio.Queue[Any]) -> None:
        """Take what comes, to its end; what the function gives goes into ``heard``, also while nobody takes it."""
        relaying = Relaying(process.send)
        try:
            while True:
                message = await self._in_thread(process.receive)
                match message[0]:
                    case "said":
                        task.say(message[1], message[2])
                    case "call":
                        relaying.hear(*message[1:])
                    case "item":
                        heard.put_nowait(message)
                    case _:
                        heard.put_nowait(message)
                        return
        except Exception as error:
            heard.put_nowait(("broken", error))
        finally:
            relaying.close()

    def close(self) -> None:
        """End the processes that are kept."""
        for process in self._idle:
            process.force()
        self._idle.clear()

    def _kept(self) -> _Process | None:
        """One that waits for work; those that have died meanwhile are let go."""
        while self._idle:
            process = self._idle.pop()
            if process.alive:
                return process
            process.force()
        return None

    def _start(self) -> _Process:
        here, there = self._context.Pipe()
        child = self._context.Process(target=worker.main, args=(there,), name=WORKER, daemon=True)
        child.start()
        there.close()
        return _Process(child, here)

    async def _in_thread(self, function: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


class _Process:
    """One process and the pipe to it. A thread writes: a process that is starting reads nothing yet."""

    def __init__(self, child: Any, pipe: Connection) -> None:
        self._child = child
        self._pipe = pipe
        self._unsent: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()
        self.killed = False

    @property
    def alive(self) -> bool:
        running: bool = self._child.is_alive()
        return running

    def send(self, *message: Any) -> None:
        """Send, without waiting. Raises what pickling raises; a process that is gone hears nothing."""
        self._unsent.put(ForkingPickler.dumps(message))

    def tell(self, what: str, step: bool) -> None:
        """Pass on a request."""
        self.send(what, step)

    def _write(self) -> None:
        with suppress(OSError, ValueError):
            while (data := self._unsent.get()) is not None:
                self._pipe.send_bytes(data)

    def receive(self) -> Any:
        return self._pipe.recv()

    def end(self) -> str:
        """How it ended, in words."""
        self._child.join(1.0)
        code = self._child.exitcode
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def force(self) -> None:
        """Kill it."""
        self.killed = True
        self._child.kill()
        self._unsent.put(None)
        threading.Thread(target=self._child.join, args=(5.0,), daemon=True).start()


def _travelling(value: Any) -> Any:
    return worker.TASK_IS_HERE if isinstance(value, tasks.Task) else value


def _each_travelling(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _travelling(value) for name, value in values.items()}
