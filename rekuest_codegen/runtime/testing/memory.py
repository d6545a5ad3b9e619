"""Apps served in this process: calls of their nodes run their functions, with no server and no socket.

Everything an agent does is done: arguments and results in wire form, services and startup hooks, threads, locks,
limits, cancelling. What a server would add (who may call, what is kept) is not there, nor are states told to anybody.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime import context, portal
from rekuest_codegen.runtime.caller.terms import Assignment
from rekuest_codegen.runtime.context import Nested
from rekuest_codegen.runtime.testing.standing import Standing
from rekuest_codegen.runtime.watch import Event, Watch
from rekuest_codegen.wire import messages

if TYPE_CHECKING:
    from rekuest_codegen.runtime.provider.children import Children
    from rekuest_codegen.runtime.provider.outbox import Outbox
    from rekuest_codegen.runtime.provider.register import App
    from rekuest_codegen.runtime.provider.sources import Provision
    from rekuest_codegen.runtime.remote import Remote

LOST_AFTER = 30.0
OPEN_WITHIN = 60.0
"""Seconds for services and startup hooks."""
CLOSE_WITHIN = 15.0
LOOK_AGAIN = 0.005
"""Seconds between looks whether a caller has read what was yielded."""


class InMemory(Standing):
    """Serves apps in a ``with`` block, or an ``async with`` one."""

    def __init__(self, apps: tuple[App, ...], *, everywhere: bool = False) -> None:
        super().__init__(everywhere=everywhere)
        self._apps = apps
        self._served: list[_Served] = []
        self._interfaces: dict[tuple[str, str], tuple[_Served, str]] = {}

    def __repr__(self) -> str:
        return f"in_memory({', '.join(app.name for app in self._apps)})"

    def takes(self, remote: Remote[Any]) -> bool:
        return (remote.app, remote.key) in self._interfaces

    @property
    def place(self) -> Nested:
        return Nested(self, portal.loop())

    def __enter__(self) -> Self:
        self._provide()
        try:
            portal.start(self._open).result(OPEN_WITHIN)
        except TimeoutError:
            raise self._late() from None
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        portal.start(self._close).result(CLOSE_WITHIN)

    async def __aenter__(self) -> Self:
        self._provide()
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await portal.hop(self._open)
        except TimeoutError:
            raise self._late() from None
        return super().__enter__()

    async def __aexit__(self, *error: object) -> None:
        super().__exit__(*error)
        async with asyncio.timeout(CLOSE_WITHIN):
            await portal.hop(self._close)

    def _late(self) -> ConfigurationError:
        return ConfigurationError(f"{self!r}: services and startup hooks took more than {OPEN_WITHIN:g} s")

    # -- as a caller, in the portal's loop ---------------------------------------------------------------------------

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        served, interface = self._interfaces[remote.app, remote.key]
        return served.begin(remote, interface, json.loads(json.dumps(dict(args), allow_nan=False)))

    async def repeatable(self, remote: Remote[Any]) -> bool:
        return False

    async def cancel(self, watch: Watch) -> None:
        await self.steer(watch, "cancel")

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        for served in self._served:
            match kind:
                case "cancel":
                    served.tasks.end(watch.task, messages.Cancelled)
                case "interrupt":
                    served.tasks.end(watch.task, messages.Interrupted)
                case "pause":
                    served.tasks.pause(watch.task)
                case _:
                    served.tasks.resume(watch.task, step=step)

    # -- life --------------------------------------------------------------------------------------------------------

    def _provide(self) -> None:
        from rekuest_codegen.runtime.provider.sources import provision

        if self._served:
            raise ConfigurationError(f"{self!r} is in use; make another one")
        self._served = [_Served(app, provision(app.name, app.parts)) for app in self._apps]
        self._interfaces = {
            (served.app.name, one.node.key): (served, one.interface)
            for served in self._served
            for one in served.provision.functions
        }

    async def _open(self) -> None:
        try:
            for served in self._served:
                await served.open()
        except BaseException:
            await self._close()
            raise

    async def _close(self) -> None:
        closing, self._served, self._interfaces = self._served, [], {}
        for served in reversed(closing):
            await served.close()


class _Served:
    """One app: its objects, and its tasks."""

    def __init__(self, app: App, provision: Provision) -> None:
        from rekuest_codegen.runtime.provider.holdings import Holdings
        from rekuest_codegen.runtime.provider.processes import Processes
        from rekuest_codegen.runtime.provider.tasks import Tasks
        from rekuest_codegen.runtime.provider.threads import DaemonThreads

        self.app = app
        self.provision = provision
        self._numbers = itertools.count(1)
        self._watches = _Watches()
        self._threads = DaemonThreads("rekuest-codegen task")
        self._processes = Processes(self._threads)
        self._holdings = Holdings(app.parts, self._threads, owners=provision.owners)
        self.tasks = Tasks(
            app.name,
            provision.functions,
            outbox=cast("Outbox", self._watches),
            children=cast("Children", Inside()),
            holdings=self._holdings,
            shelf=Drawers(),
            threads=self._threads,
            processes=self._processes,
        )

    async def open(self) -> None:
        self._watches.loop = asyncio.get_running_loop()
        await self._holdings.make()
        self._holdings.run_backgrounds()

    def begin(self, remote: Remote[Any], interface: str, args: dict[str, Any]) -> Watch:
        task, reference = f"{self.app.name}-{next(self._numbers)}", str(uuid.uuid4())
        watch = Watch(remote.title, task, reference, proven=True, lost_after=LOST_AFTER)
        self._watches.add(watch)
        assign = messages.Assign(
            interface=interface,
            task=task,
            args=args,
            user="",
            org="",
            action=remote.hash,
            implementation=interface,
            reference=reference,
        )
        self.tasks.begin(assign)
        return watch

    async def close(self) -> None:
        await self.tasks.end_all()
        await self._holdings.leave()
        self._processes.close()
        self._threads.shutdown()


class _Watches:
    """What tasks say goes to whoever called them, at the pace at which it is read: the outbox of an app in memory."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop
        self._watches: dict[str, tuple[Watch, itertools.count[int]]] = {}

    def add(self, watch: Watch) -> None:
        self._watches[watch.task] = watch, itertools.count(1)

    def send(self, message: messages.FromAgent) -> None:
        if not isinstance(message, messages.Report) or message.task not in self._watches:
            return  # who holds which lock is for others to see, and there are none
        watch, numbers = self._watches[message.task]
        event = Event(
            number=next(numbers),
            kind=messages.type_of(message),
            returns=getattr(message, "returns", None),
            message=getattr(message, "message", None) or getattr(message, "error", None),
            progress=getattr(message, "progress", None),
        )
        watch.feed([Event(**{**_plain(event), "returns": json.loads(json.dumps(event.returns, allow_nan=False))})])

    async def report(self, message: messages.Report, still: Callable[[], bool]) -> None:
        watch = self._watches[message.task][0]
        while not message.terminal and not watch.failed and watch.room < 2:  # noqa: ASYNC110 - a watch tells nobody that it was read
            await asyncio.sleep(LOOK_AGAIN)
        if still():
            self.send(message)

    def say(self, message: messages.Report) -> None:
        self.loop.call_soon_threadsafe(self._say, message)

    def _say(self, message: messages.Report) -> None:
        if message.task in self._watches and self._watches[message.task][0].room > 1:
            self.send(message)

    def say_all(self, task: str) -> None:
        """Everything was said when it was said."""

    def forget(self, task: str) -> None:
        self._watches.pop(task, None)


def _plain(event: Event) -> dict[str, Any]:
    return {"number": event.number, "kind": event.kind, "message": event.message, "progress": event.progress}


class Inside:
    """Who serves the calls that a task makes, where nothing stands in for a node: the client of the process."""

    def of(self, task: str) -> Inside:
        return self

    def end(self, parent: str, *, cancelled: bool) -> None:
        """Nothing of it is known here."""

    def caller_of(self, task: str) -> None:
        """Nothing of it is known here."""

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        client = await context.default_client()
        return await client.start(remote, args, how)

    async def repeatable(self, remote: Remote[Any]) -> bool:
        client = await context.default_client()
        return await client.repeatable(remote)

    async def cancel(self, watch: Watch) -> None:
        client = await context.default_client()
        await client.cancel(watch)

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        client = await context.default_client()
        await client.steer(watch, kind, step=step)


class Drawers:
    """The shelf of an app in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    async def put(self, identifier: str, value: Any) -> str:
        drawer = str(uuid.uuid4())
        self._kept[drawer] = value
        return drawer

    async def get(self, drawer: str) -> Any:
        return self._kept[drawer]


def in_memory(*apps: App, everywhere: bool = False) -> InMemory:
    """``with in_memory(app):`` calls of the app's nodes run its functions, in this process and without a server.

    The definitions are read from the source of the functions, as `App.run` does. In a coroutine write ``async with``,
    if services or startup hooks may take a while.

    Args:
        apps: apps as ``easy(...)`` makes them.
        everywhere: in all threads and tasks of the process, rather than in those that begin in the block.

    Raises:
        DefinitionError: a registered function has no definition. ConfigurationError: a service could not be made.
    """
    return InMemory(apps, everywhere=everywhere)
