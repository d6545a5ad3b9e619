"""Registering functions, and running them as an agent.

`register` changes nothing about a function: it notes that it is to be provided. What the function is on the wire is
read from its source when the app runs, by the scanner, which is the only way from a signature to a definition.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from rekuest_codegen.errors import ConfigurationError, RekuestError
from rekuest_codegen.runtime import context

THREADS = "rekuest-codegen-task"
"""How the names of the threads begin that sync functions run on."""

F = TypeVar("F", bound=Callable[..., Any])


class App:
    """A named set of registered functions. The name is the app's identifier at the server."""

    def __init__(self, name: str, *, url: str | None = None, token: str | None = None) -> None:
        if not name.strip():
            raise ConfigurationError("an app needs a name: easy('my_app')")
        self.name = name
        self._url = url
        self._token = token
        self._functions: list[Callable[..., Any]] = []

    @property
    def rekuest(self) -> Self:
        """This app: ``app.rekuest.register()`` and ``app.rekuest.run()`` read as in rekuest's own examples."""
        return self

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """What is registered: this app's functions, and those registered with the plain `register`."""
        return (*self._functions, *_without_app)

    @overload
    def register(self, function: F, /) -> F: ...
    @overload
    def register(self, /, **options: Any) -> Callable[[F], F]: ...
    def register(self, function: F | None = None, /, **options: Any) -> F | Callable[[F], F]:
        """Provide a function: ``@app.register`` or ``@app.register(name="Threshold")``.

        The options are those of the scanner (name, key, interface, description, version, collections, …); they are
        read from the source, like the signature.
        """
        return _note(self._functions, function)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def run(self) -> None:
        """Provide until SIGINT or SIGTERM. What keeps it from running is printed in one line, exit code 2."""
        try:
            asyncio.run(self._run_until_signal())
        except RekuestError as error:
            print(f"{self.name}: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        _leave_stuck_threads()

    async def arun(self, *, on_ready: Callable[[], None] | None = None) -> None:
        """Provide until cancelled. ``on_ready`` is called each time the server has taken us in.

        Raises:
            DefinitionError: a registered function has no definition. AccessDenied, ConfigurationError, Unreachable:
            before the first connection; a connection lost later is restored for as long as it takes.
        """
        from rekuest_codegen.runtime.agent import Agent
        from rekuest_codegen.runtime.sources import provided_by

        url, token = context.settings(self._url, self._token)
        agent = Agent(url, token, self.name, provided_by(self.name, self.functions))
        await agent.serve(on_ready=on_ready)

    async def _run_until_signal(self) -> None:
        serving = asyncio.current_task()
        assert serving is not None  # noqa: S101 - asyncio.run made one
        loop = asyncio.get_running_loop()
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            serving.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, ValueError):  # Windows, or not the main thread
                loop.add_signal_handler(number, stop)
        try:
            await self.arun(on_ready=lambda: print(f"{self.name}: providing {len(self.functions)} nodes", flush=True))
        except asyncio.CancelledError:
            if not stopped:
                raise


def easy(name: str, url: str | None = None, token: str | None = None) -> App:
    """An app. Address and token come from the arguments, else from ``REKUEST_URL`` and ``REKUEST_TOKEN``."""
    return App(name, url=url, token=token)


def _leave_stuck_threads() -> None:
    """Exit although a sync function still runs: Python would wait for its thread, for as long as it takes."""
    deadline = time.monotonic() + 1.0
    while any(thread.name.startswith(THREADS) for thread in threading.enumerate()):
        if time.monotonic() > deadline:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
        time.sleep(0.01)


_without_app: list[Callable[..., Any]] = []


@overload
def register(function: F, /) -> F: ...
@overload
def register(**options: Any) -> Callable[[F], F]: ...
def register(function: F | None = None, /, **options: Any) -> F | Callable[[F], F]:
    """Provide a function with whatever app this process runs; otherwise as `App.register`."""
    return _note(_without_app, function)


def _note(functions: list[Callable[..., Any]], function: F | None) -> F | Callable[[F], F]:
    def note(decorated: F) -> F:
        functions.append(decorated)
        return decorated

    return note if function is None else note(function)
