"""The other side of `processes`: a process that runs one call after another, and is told and killed from outside.

It ends with the process that started it: when nobody is at the other end of its pipe any more, it leaves at once.
"""

from __future__ import annotations

import inspect
import itertools
import os
import queue
import signal
import threading
from collections.abc import Generator
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, cast

from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.provider import inheritance
from rekuest_codegen.runtime.provider import task as tasks
from rekuest_codegen.runtime.provider.controls import Control
from rekuest_codegen.runtime.provider.relayed import Relayed
from rekuest_codegen.wire.raised import tell, text_of


def main(pipe: Connection) -> None:
    """Take calls until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us
    inheritance.install()
    _Worker(pipe).serve()


class _Worker:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._work: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._control = Control()
        self._numbers = itertools.count(1)
        self._relayed: Relayed | None = None

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            message = self._work.get()
            if message[0] == "call":  # anything else was meant for the call before
                _, call, facts = message
                self._run(call, facts)

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(1)
            except BaseException as error:  # the call cannot be read here: its module fails to import, say
                text = f"the call could not be read in its process: {type(error).__name__}: {text_of(error)}"
                self._send("raised", text, None)
                continue
            match message[0]:
                case "cancel":
                    self._control.cancel()
                case "pause":
                    self._control.pause()
                case "resume":
                    if not self._control.resume(step=message[1]):
                        self._send("said", "RESUMED", {})
                case "called":
                    if self._relayed is not None:
                        self._relayed.hear(*message[1:])
                case "begin":
                    self._control = Control(step=message[1])
                case _:
                    self._work.put(message)

    def _run(self, call: partial[Any], facts: tasks.Facts) -> None:
        def say(kind: str, fields: Any) -> None:
            self._send("said", kind, dict(fields))

        task = tasks.Task(facts, self._control, say)
        named = {name: task if value == TASK_IS_HERE else value for name, value in call.keywords.items()}
        first = [task if value == TASK_IS_HERE else value for value in call.args]
        relayed = self._relayed = Relayed(self._send, self._numbers, portal.loop())
        inside = tasks.current.set(task), context.nested.set(context.Nested(relayed, portal.loop()))
        try:
            outcome = call.func(*first, **named)
            if inspect.isgenerator(outcome):
                self._stream(cast("Generator[Any]", outcome))
            else:
                self._send("item", outcome)
            relayed.close()
            self._send("done")
        except BaseException as error:
            text = text_of(error)
            relayed.close()
            self._send("raised", text, tell(error, text))
        finally:
            tasks.current.reset(inside[0])
            context.nested.reset(inside[1])

    def _stream(self, generator: Generator[Any]) -> None:
        try:
            for item in generator:
                self._send("item", item)
                if self._work.get()[0] != "next" or self._control.cancelled:
                    return
        finally:
            generator.close()

    def _send(self, *message: Any) -> None:
        with self._sending, suppress(BrokenPipeError):
            self._pipe.send(message)


TASK_IS_HERE = "rekuest_codegen: the task, as the process has it"
"""Stands for the task among the arguments that travel."""
