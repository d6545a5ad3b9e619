"""Where a call goes: the client in force, and the task we are inside of, if any."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from rekuest_codegen.errors import ConfigurationError

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials
    from rekuest_codegen.runtime.caller.client import Client
    from rekuest_codegen.runtime.caller.terms import Assignment
    from rekuest_codegen.runtime.remote import Remote
    from rekuest_codegen.runtime.watch import Watch


class Caller(Protocol):
    """Whoever can start tasks: a client, or a running task, whose calls become its children."""

    async def start(self, remote: Remote[Any], args: Mapping[str, Any], how: Assignment | None = None) -> Watch:
        """Assign a task of ``remote``; ``how`` is None for most."""
        ...

    async def repeatable(self, remote: Remote[Any]) -> bool:
        """Whether doing ``remote`` twice is as good as once, so far as who serves it says so."""
        ...

    async def cancel(self, watch: Watch) -> None:
        """Ask for the end of a task whose caller has left."""
        ...

    async def steer(self, watch: Watch, kind: str, *, step: bool = False) -> None:
        """Tell a task to ``cancel``, ``interrupt``, ``pause`` or ``resume``, and go on watching it."""
        ...


class Nested(NamedTuple):
    """Where calls go instead of to a server: from inside of a running task to its caller, in the loop that serves it;
    in a test to what stands in for nodes. Without a loop, calls are served where they are made."""

    caller: Caller
    loop: asyncio.AbstractEventLoop | None


StandIn = Callable[["Remote[Any]"], Nested | None]
"""Where calls of a node go, or None where nothing stands in for it."""

stand_in: ContextVar[StandIn | None] = ContextVar("rekuest_codegen_stand_in", default=None)
stand_in_everywhere: StandIn | None = None
"""For threads and tasks that have no `stand_in` of their own."""
nested: ContextVar[Nested | None] = ContextVar("rekuest_codegen_nested", default=None)
leaving: set[asyncio.Future[None]] = set()
"""Requests under way to cancel what nobody waits for any more: the process ends after them."""
_default: tuple[tuple[str, Credentials], Client] | None = None
_configured: tuple[str, Credentials] | None = None


def serves(remote: Remote[Any]) -> Nested | None:
    """Who serves calls of ``remote`` made here: what stands in for it, else the task we are inside of; None means the
    client of the process."""
    find = stand_in.get() or stand_in_everywhere
    found = find(remote) if find is not None else None
    return found if found is not None else nested.get()


def connect(url: str | None = None, token: str | None = None, *, auth: Credentials | None = None) -> None:
    """Say which server the generated functions call, instead of ``REKUEST_URL`` and ``REKUEST_TOKEN``.

    ``auth`` is what gives tokens, instead of one: a function, an `httpx.Auth`, ``client_credentials(...)``,
    ``device_flow(...)``. Nothing is opened before the first call.

    Raises:
        ConfigurationError: neither argument nor environment says it.
    """
    global _configured
    if token is not None and auth is not None:
        raise ConfigurationError("connect: a token and auth were given; leave one of them out")
    _configured = settings(url, auth or token)


def settings(url: str | None = None, token: Credentials | None = None) -> tuple[str, Credentials]:
    """Address and what gives tokens: as given, else as `connect` was told, else from the environment.

    Raises:
        ConfigurationError: one of them is missing.
    """
    from rekuest_codegen.runtime.auth import auth_from_environment
    from rekuest_codegen.wire.endpoint import Endpoint

    known = _configured or (None, None)
    url = url or known[0] or os.environ.get("REKUEST_URL")
    token = token or known[1] or os.environ.get("REKUEST_TOKEN") or auth_from_environment()
    if not url:
        raise ConfigurationError("no server: call connect(url, token), or set REKUEST_URL (http://127.0.0.1:8000)")
    if not token:
        raise ConfigurationError(f"no token for {url}: call connect(url, token), or set REKUEST_TOKEN")
    return Endpoint.parse(url).base, token


async def default_client() -> Client:
    """The process's client, in the portal's loop; a new one when the settings changed."""
    from rekuest_codegen.runtime import portal
    from rekuest_codegen.runtime.caller.client import Client

    global _default
    wanted = settings()
    if _default is None:
        portal.on_close(_close_default)
    elif _default[0] == wanted:
        return _default[1]
    replaced, _default = _default, (wanted, Client(*wanted))
    opened = _default[1]
    if replaced is not None:
        await replaced[1].close()
    return opened


async def _close_default() -> None:
    global _default
    closing, _default = _default, None
    if any(one.get_loop() is asyncio.get_running_loop() for one in leaving):
        await asyncio.wait([one for one in leaving if one.get_loop() is asyncio.get_running_loop()], timeout=2)
    if closing is not None:
        await closing[1].close()


def _forget_after_fork() -> None:
    """The parent's connection is the parent's: a forked child begins with none, and does not close it."""
    global _default
    _default = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
