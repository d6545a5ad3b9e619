"""When to generate again: what may have changed the nodes of targets, told as it happens.

A server tells by its subscription to agents, which change whenever they register; what a subscription does not tell,
or tells while the connection is lost, a look from time to time finds. Source code tells by its files. A burst of
changes is told once, when it is over.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path

from rekuest_codegen.api.client.operations import AGENT_CHANGES_GQL
from rekuest_codegen.build.logins import Login
from rekuest_codegen.build.origins import source_path
from rekuest_codegen.errors import AccessDenied, MissingExtraError, RekuestError, TransportError
from rekuest_codegen.jitter import jittered
from rekuest_codegen.project import Target
from rekuest_codegen.runtime.auth import Credentials
from rekuest_codegen.runtime.link import Link
from rekuest_codegen.runtime.transport import Connection, Payload
from rekuest_codegen.wire.endpoint import Endpoint

QUIET = 0.3
"""Seconds without a change after which a burst is over."""
AT_MOST = 2.0
"""Seconds that a burst goes on before it is told all the same."""
LOOK_EVERY = 60.0
"""Seconds after which a server is looked at although it told nothing."""
BACKOFF = (0.5, 1.0, 2.0, 5.0, 15.0)
"""Seconds between attempts to reach a server; the last one repeats."""


async def watch(
    targets: Sequence[Target], logins: Sequence[Login | None], *, look_every: float = LOOK_EVERY
) -> AsyncGenerator[str]:
    """What changed, in a few words, each time the nodes of ``targets`` may be others. Ends when it is closed.

    ``logins`` has the one for the server of each, None where it is read from source code.

    Raises:
        AccessDenied: a server refuses the token. MissingExtraError: what watches files is not installed.
        ConfigurationError: there is no such source.
    """
    told: asyncio.Queue[str] = asyncio.Queue()
    servers = {Endpoint.parse(login.url): login.auth for login in logins if login is not None}
    sources = sorted({source_path(target.source, target.root) for target in targets if target.source is not None})
    watchers = [asyncio.create_task(_server(*server, told, look_every)) for server in servers.items()]
    if sources:
        if importlib.util.find_spec("watchfiles") is None:
            raise MissingExtraError("watching source code", "reload")
        replaced = asyncio.Event()
        watchers += [asyncio.create_task(look(sources, told, replaced)) for look in (_names, _insides)]
    try:
        while True:
            yield await _burst(told, watchers)
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _burst(told: asyncio.Queue[str], watchers: Sequence[asyncio.Task[None]]) -> str:
    """The first of what is told, once nothing more is. Raises what ended a watcher."""
    first = asyncio.ensure_future(told.get())
    try:
        await asyncio.wait([first, *watchers], return_when=asyncio.FIRST_COMPLETED)
        for watcher in watchers:
            if watcher.done():
                watcher.result()
        said = await first
    finally:
        first.cancel()
    with suppress(TimeoutError):
        async with asyncio.timeout(AT_MOST):
            while True:
                async with asyncio.timeout(QUIET):
                    await told.get()
    return said


async def _server(endpoint: Endpoint, token: Credentials, told: asyncio.Queue[str], look_every: float) -> None:
    lost = asyncio.Event()
    failures = 0

    def hear(payload: Payload | None, error: RekuestError | None) -> None:
        if payload is not None:
            told.put_nowait(f"an agent changed at {endpoint.base}")
        else:
            lost.set()  # the server ended the subscription, or the connection is gone

    async def listen(connection: Connection) -> None:
        lost.clear()
        await connection.listen(AGENT_CHANGES_GQL, {}, hear)

    link = Link(endpoint, token, timeout=30.0, on_open=listen)
    known = False
    try:
        while True:
            try:
                await link.connected()
            except AccessDenied:
                raise
            except TransportError:
                pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
                failures += 1
                await asyncio.sleep(jittered(pause))
                continue
            failures = 0
            if known:  # what happened while nobody listened
                told.put_nowait(f"looked at {endpoint.base}")
            known = True
            with suppress(TimeoutError):
                async with asyncio.timeout(look_every):
                    await lost.wait()
            if lost.is_set():
                await link.leave()
    finally:
        await link.close()


async def _names(sources: Sequence[Path], told: asyncio.Queue[str], replaced: asyncio.Event) -> None:
    """Tell of sources that are written, replaced or made, by what happens in the folders they stand in: most editors
    save a file by putting another in its place, and a watch on the file itself would go on looking at the old one.

    A folder is another one when it is ``replaced``.
    """
    from watchfiles import Change, awatch

    # A link changes by its own name, and by that of what it points to.
    named = {place.parent.resolve() / place.name for source in sources for place in (source, source.resolve())}
    folders = _folders(sources)
    around = sorted({place.parent for place in named})
    async for changes in awatch(*around, recursive=False, watch_filter=lambda _, name: Path(name) in named):
        there = [Path(name) for change, name in changes if change is not Change.deleted or Path(name) not in folders]
        if not folders.isdisjoint(there):
            replaced.set()
        if there:
            told.put_nowait(f"{min(there).name} changed")


async def _insides(sources: Sequence[Path], told: asyncio.Queue[str], replaced: asyncio.Event) -> None:
    """Tell of files of code in those ``sources`` that are folders."""
    from watchfiles import Change, DefaultFilter, awatch

    folders = _folders(sources)
    usual = DefaultFilter()

    def is_code(change: Change, name: str) -> bool:
        folder = next((folder for folder in folders if Path(name).is_relative_to(folder)), Path(name).parent)
        inside = str(Path(name).relative_to(folder))  # what is above it does not matter: an environment, perhaps
        return name.endswith((".py", ".pyi", ".toml")) and usual(change, inside)

    while folders:
        replaced.clear()
        there = [folder for folder in folders if folder.is_dir()]
        if not there:
            await replaced.wait()
            continue
        async for changes in awatch(*there, watch_filter=is_code, stop_event=replaced):
            told.put_nowait(f"{Path(min(name for _, name in changes)).name} changed")


def _folders(sources: Sequence[Path]) -> frozenset[Path]:
    return frozenset(source.resolve() for source in sources if source.is_dir())
