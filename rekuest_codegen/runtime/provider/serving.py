"""Serving apps in this process until a signal says stop: one event loop for all of them.

While ``rekuest-codegen run`` imports a module, `postponed` keeps what the module itself runs from serving in the
middle of that import: the command serves it afterwards, once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rekuest_codegen.counted import counted
from rekuest_codegen.errors import ConfigurationError, RekuestError

if TYPE_CHECKING:
    from rekuest_codegen.runtime.provider.agent import Agent
    from rekuest_codegen.runtime.provider.register import App

WORKER = "rekuest-codegen worker"
"""The name of processes that run functions for an agent."""


DRAIN = 5.0
"""Seconds that running tasks have to end after the first signal."""
EXIT_WITHIN = 5.0
"""Seconds that coroutines and threads which were left to themselves get at the very end."""
SWITCH = 0.001
"""Seconds for which a thread may keep the others waiting."""
_postponed: list[App] | None = None


@contextmanager
def postponed() -> Generator[list[App]]:
    """Serve nothing in this block; gives a list of the apps that would have been."""
    global _postponed
    before, _postponed = _postponed, []
    try:
        yield _postponed
    finally:
        _postponed = before


def refuse_while_postponed(app: App) -> None:
    """Keep a coroutine from serving in the middle of an import: it cannot be told to come back later."""
    if in_worker():
        raise ConfigurationError(f"{app.name}: served in a worker process; put that under `if __name__ == '__main__':`")
    if _postponed is not None:
        text = "arun() is awaited while the module is imported; put it under `if __name__ == '__main__':`"
        raise ConfigurationError(f"{app.name}: {text}")


def in_worker() -> bool:
    """Whether this process only runs functions for an agent: there a module is imported again, and serves nothing."""
    process = sys.modules.get("multiprocessing.process")
    return process is not None and process.current_process().name == WORKER


def run_apps(apps: Sequence[App], *, url: str | None = None, token: str | None = None, drain: float = DRAIN) -> None:
    """Provide until SIGINT or SIGTERM. What keeps an app from running ends all; it is printed, exit code 2.

    At the first signal no more tasks are begun, and those that run have ``drain`` seconds to end.
    """
    if in_worker():
        return
    if _postponed is not None:
        _postponed.extend(apps)
        return
    # A thread that computes leaves the event loop its time sooner: it has a heartbeat to answer.
    sys.setswitchinterval(min(SWITCH, sys.getswitchinterval()))
    leaving = threading.Timer(EXIT_WITHIN, _leave_at_once)
    leaving.daemon = True
    try:
        asyncio.run(_serve_until_signal(apps, url, token, drain, leaving.start))
    except _Failed as failed:
        for line in str(failed.error).splitlines():
            print(f"{failed.app.name}: {line}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        leaving.cancel()


def _leave_at_once() -> None:
    """The event loop waits for its last coroutines and threads, and one of them will not end."""
    print("a task does not end; leaving without it", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


class _Failed(Exception):
    def __init__(self, app: App, error: RekuestError) -> None:
        super().__init__(app.name)
        self.app = app
        self.error = error


async def _serve_until_signal(
    apps: Sequence[App], url: str | None, token: str | None, drain: float, on_end: Callable[[], None]
) -> None:
    serving = asyncio.current_task()
    assert serving is not None  # noqa: S101 - asyncio.run made one
    loop = asyncio.get_running_loop()
    agents: list[Agent] = []
    stopped = False
    draining: asyncio.Task[None] | None = None

    async def leave() -> None:
        nonlocal stopped
        await asyncio.gather(*(agent.drain(drain) for agent in agents))
        stopped = True
        serving.cancel()

    def stop() -> None:
        nonlocal stopped, draining
        if draining is None:
            draining = asyncio.ensure_future(leave())
        elif not stopped:  # a third signal would cut short what is being said on leaving
            draining.cancel()
            stopped = True
            serving.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, ValueError):  # Windows, or not the main thread
            loop.add_signal_handler(number, stop)
    try:
        async with asyncio.TaskGroup() as group:
            for app in apps:
                group.create_task(_serve(app, url, token, agents))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None  # the first that failed; the others were stopped for it
    except asyncio.CancelledError:
        if not stopped:
            raise
    finally:
        on_end()


async def _serve(app: App, url: str | None, token: str | None, agents: list[Agent]) -> None:
    def ready() -> None:
        print(f"{app.name}: providing {counted(len(app.functions), 'node')}", flush=True)

    try:
        agent = app.agent(url=url, token=token, journal=app.journal(url, token))
        agents.append(agent)
        await agent.serve(on_ready=ready)
    except RekuestError as error:
        raise _Failed(app, error) from None
