"""Serving apps in this process until a signal says stop: one event loop for all of them.

While ``rekuest-codegen run`` imports a module, `postponed` keeps what the module itself runs from serving in the
middle of that import: the command serves it afterwards, once.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rekuest_codegen.errors import ConfigurationError, RekuestError

if TYPE_CHECKING:
    from rekuest_codegen.runtime.register import App


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
    if _postponed is not None:
        text = "arun() is awaited while the module is imported; put it under `if __name__ == '__main__':`"
        raise ConfigurationError(f"{app.name}: {text}")


def run_apps(apps: Sequence[App], *, url: str | None = None, token: str | None = None) -> None:
    """Provide until SIGINT or SIGTERM. What keeps an app from running ends all; it is printed, exit code 2."""
    if _postponed is not None:
        _postponed.extend(apps)
        return
    try:
        asyncio.run(_serve_until_signal(apps, url, token))
    except _Failed as failed:
        for line in str(failed.error).splitlines():
            print(f"{failed.app.name}: {line}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


class _Failed(Exception):
    def __init__(self, app: App, error: RekuestError) -> None:
        super().__init__(app.name)
        self.app = app
        self.error = error


async def _serve_until_signal(apps: Sequence[App], url: str | None, token: str | None) -> None:
    serving = asyncio.current_task()
    assert serving is not None  # noqa: S101 - asyncio.run made one
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped:  # a second signal would cut short what is being said on leaving
            serving.cancel()
        stopped = True

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, ValueError):  # Windows, or not the main thread
            loop.add_signal_handler(number, stop)
    try:
        async with asyncio.TaskGroup() as group:
            for app in apps:
                group.create_task(_serve(app, url, token))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None  # the first that failed; the others were stopped for it
    except asyncio.CancelledError:
        if not stopped:
            raise


async def _serve(app: App, url: str | None, token: str | None) -> None:
    def ready() -> None:
        print(f"{app.name}: providing {len(app.functions)} nodes", flush=True)

    try:
        await app.arun(url=url, token=token, on_ready=ready)
    except RekuestError as error:
        raise _Failed(app, error) from None
