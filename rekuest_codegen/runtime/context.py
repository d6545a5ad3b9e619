"""Where a call goes: the client in force, and the task we are inside of, if any."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.runtime.blocks import block

if TYPE_CHECKING:
    from rekuest_codegen.runtime.auth import Credentials
    from rekuest_codegen.runtime.caller.client import Client
    from rekuest_codegen.runtime.caller.servers import Server
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
    """Where calls go instead of to a server's connection for all: from inside of a running task to its caller, in the
    loop that serves it; from a loop with a connection of its own to that one; in a test to what stands in for nodes.
    Without a loop, calls are served where they are made."""

    caller: Caller
    loop: asyncio.AbstractEventLoop | None


StandIn = Callable[["Remote[Any]"], Nested | None]
"""Where calls of a node go, or None where nothing stands in for it."""

stand_in: ContextVar[StandIn | None] = ContextVar("rekuest_codegen_stand_in", default=None)
stand_in_everywhere: StandIn | None = None
"""For threads and tasks that have no `stand_in` of their own."""
nested: ContextVar[Nested | None] = ContextVar("rekuest_codegen_nested", default=None)
_configured: Server | None = None
_connected: dict[str, Server] = {}
"""Servers of packages that have one of their own, by the package's name."""
_from_environment: tuple[tuple[str | None, ...], Server] | None = None
_ENVIRONMENT = tuple(
    f"REKUEST_{name}"
    for name in ("PROFILE", "URL", "TOKEN", "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUDIENCE")
)
_using: ContextVar[Mapping[str, Server] | None] = ContextVar("rekuest_codegen_using", default=None)
"""Servers of the block we are in, by package; that of all packages under no name."""


def serves(remote: Remote[Any]) -> Nested | Server:
    """Who serves calls of ``remote`` made here: what stands in for it, else the task we are inside of, else a server.

    Raises:
        ConfigurationError: nobody said which server.
    """
    found = nests(remote)
    return found if found is not None else server_of(remote.package).place()


def nests(remote: Remote[Any]) -> Nested | None:
    """What stands in for ``remote`` here, else the task we are inside of; None where calls go to a server."""
    find = stand_in.get() or stand_in_everywhere
    found = find(remote) if find is not None else None
    return found if found is not None else nested.get()


def connect(
    url: str | None = None,
    token: str | None = None,
    *,
    auth: Credentials | None = None,
    profile: str | None = None,
    package: ModuleType | str | None = None,
) -> Server:
    """Say which server the generated functions call, instead of ``REKUEST_URL`` and ``REKUEST_TOKEN``.

    Nothing is opened before the first call.

    Args:
        url: its address, ``http://host:port``.
        token: the token it knows us by.
        auth: what gives tokens, instead of one: a function, an `httpx.Auth`, ``client_credentials(...)``,
            ``device_flow(...)``.
        profile: the name of a table in the user's file of profiles, which says all that.
        package: the generated package whose functions alone are meant, instead of all that have no server of their
            own.

    Raises:
        ConfigurationError: neither arguments nor profile nor environment say it, or there is no such package.
    """
    global _configured
    from rekuest_codegen.runtime.caller.servers import Server

    name = _name_of(package)
    opened = Server(url, token, auth=auth, profile=profile)
    before = _configured if name is None else _connected.get(name)
    if before is not None and before.settings == opened.settings:
        return before
    if name is None:
        _configured = opened
    else:
        _connected[name] = opened
    if before is not None:
        before.retire()
    return opened


@block
def using(server: Server, *, package: ModuleType | str | None = None) -> Generator[None]:
    """``with using(server):`` calls made in this block go to ``server``; with ``package``, those of its functions.

    Blocks nest, and the innermost one that speaks of a function counts. It holds here and in what is begun here
    (asyncio tasks, maps, streams), and not for other threads. It may be entered again, and decorate, as `options`.

    Raises:
        ConfigurationError: that is no server, or no package.
    """
    from rekuest_codegen.runtime.caller.servers import Server

    given: Any = server  # whatever a user gave
    if not isinstance(given, Server):
        raise ConfigurationError(f"using({_shown(given)}): expected a Server, as Server(url, token) makes it")
    name = _name_of(package) or ""
    outer = {of: there for of, there in (_using.get() or {}).items() if not _within(of, name)}
    token = _using.set({**outer, name: server})
    try:
        yield
    finally:
        _using.reset(token)


def server_of(package: str = "") -> Server:
    """The server that calls of the functions in the module ``package`` go to.

    Raises:
        ConfigurationError: nobody said which.
    """
    global _from_environment
    for by_package in (_using.get(), _connected):
        if by_package:
            found = [name for name in by_package if _within(package, name)]
            if found:
                return by_package[max(found, key=len)]
    if _configured is not None:
        return _configured
    said = tuple(os.environ.get(name) for name in _ENVIRONMENT)
    if _from_environment is None or _from_environment[0] != said:
        from rekuest_codegen.runtime.caller.servers import Server

        before, _from_environment = _from_environment, (said, Server())
        if before is not None:
            before[1].retire()
    return _from_environment[1]


def _name_of(package: object) -> str | None:
    """The name of a package; None for none.

    Raises:
        ConfigurationError: there is no such package.
    """
    if package is None:
        return None
    name = package.__name__ if isinstance(package, ModuleType) else package
    if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
        raise ConfigurationError(f"package {_shown(package)}: expected a generated package, or its name")
    root = name.partition(".")[0]
    if root not in sys.modules and find_spec(root) is None:
        raise ConfigurationError(f"package {name!r}: there is none of this name to import")
    return name


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _within(module: str, package: str) -> bool:
    """Whether ``module`` is ``package``, or in it; all are in the one without a name."""
    return not package or f"{module}.".startswith(f"{package}.")


def settings(url: str | None = None, token: Credentials | None = None) -> tuple[str, Credentials]:
    """Address and what gives tokens: as given, else as `connect` was told, else from the environment.

    Raises:
        ConfigurationError: one of them is missing.
    """
    known = _configured.settings if _configured is not None else (None, None)
    return told(url or known[0], None, auth=token or known[1])


def told(
    url: str | None, token: str | None, *, auth: Credentials | None = None, profile: str | None = None
) -> tuple[str, Credentials]:
    """Address and what gives tokens: as given, else from the profile, else from the environment, whose
    ``REKUEST_PROFILE`` counts least.

    Raises:
        ConfigurationError: one of them is missing, or said twice.
    """
    from rekuest_codegen.runtime.auth import auth_from_environment
    from rekuest_codegen.wire.endpoint import Endpoint

    if token is not None and auth is not None:
        raise ConfigurationError("connect: a token and auth were given; leave one of them out")
    found: Credentials | None = auth or token
    if profile is None and not (url or os.environ.get("REKUEST_URL")):
        profile = os.environ.get("REKUEST_PROFILE") or None
    if profile is not None:
        from rekuest_codegen.runtime.profiles import read_profile

        named = read_profile(profile)
        url, found = url or named.url, found or named.auth
    url = url or os.environ.get("REKUEST_URL")
    found = found or os.environ.get("REKUEST_TOKEN") or auth_from_environment()
    if not url:
        raise ConfigurationError("no server: call connect(url, token), or set REKUEST_URL (http://127.0.0.1:8000)")
    if not found:
        raise ConfigurationError(f"no token for {url}: call connect(url, token), or set REKUEST_TOKEN")
    return Endpoint.parse(url).base, found


async def default_client() -> Client:
    """What makes the calls to the server in force; to be used in the portal's loop."""
    return await server_of().client()
