"""A server with an address: uvicorn around the application, from the bound socket to the last commit.

The socket is bound first, so that a free port can be asked for and a taken one is an error of one line.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator

import uvicorn

from rekuest_codegen.errors import ConfigurationError
from rekuest_codegen.server.app import build_app
from rekuest_codegen.server.hub import Hub
from rekuest_codegen.server.issued import Issued
from rekuest_codegen.server.memory import MemoryStore
from rekuest_codegen.server.segments import JoinedWebSocket
from rekuest_codegen.server.settings import ServerConfig
from rekuest_codegen.server.sqlite import SqliteStore
from rekuest_codegen.server.store import Store
from rekuest_codegen.server.tokens import DEVELOPER, Tokens
from rekuest_codegen.wire.messages import MAX_FRAME

GRACEFUL = 5
"""Seconds connections get to end when the server stops."""


class _Uvicorn(uvicorn.Server):
    """Says when it listens, and leaves signals to us: it would raise them again after a clean stop."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Service:
    """A server about to run: its socket is bound, its database open."""

    def __init__(self, config: ServerConfig) -> None:
        """Raises ConfigurationError: a setting is wrong, the port is taken, or the database cannot be used."""
        self.config = config
        self._tokens = _tokens(config)
        self._socket = _bind(config.host, config.port)
        try:
            self._store = _open_store(config)
        except BaseException:
            self._socket.close()
            raise
        self._server: _Uvicorn | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve until `stop` is called."""
        config = self.config
        # What is kept in memory only begins with ids of its own: agents may still be at tasks of the server before.
        hub = Hub(self._store, grace=config.grace, first=1 if config.db else time.time_ns() // 1_000_000)
        app = build_app(
            hub,
            self._tokens,
            heartbeat=config.heartbeat,
            answer_within=config.answer_within,
            contracts=config.contracts,
        )
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws=JoinedWebSocket,
                ws_max_size=MAX_FRAME,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=GRACEFUL,
                server_header=False,
            ),
            on_ready,
        )
        try:
            hub.start()
            if not self._stopping.is_set():
                await self._server.serve(sockets=[self._socket])
        finally:
            self._socket.close()
            await hub.stop()

    def stop(self) -> None:
        """End `serve`, from any thread."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True


def run(service: Service, on_ready: Callable[[], None], *, signals: bool) -> None:
    """Serve in this thread, on a loop of its own."""

    async def main() -> None:
        if signals:
            for name in (signal.SIGTERM, signal.SIGINT):
                with contextlib.suppress(NotImplementedError):
                    asyncio.get_running_loop().add_signal_handler(name, service.stop)
        await service.serve(on_ready)

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # not there on Windows

    return uvloop.new_event_loop


def _tokens(config: ServerConfig) -> Tokens:
    issued = None if config.issuer is None else Issued(config.issuer, config.audience or "")
    if config.token_file is not None:
        return Tokens.read(config.token_file, issued=issued)
    return Tokens({DEVELOPER: config.token} if config.token else {}, issued=issued)


def _open_store(config: ServerConfig) -> Store:
    return MemoryStore() if config.db is None else SqliteStore(config.db, durability=config.durability)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        family = socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ConfigurationError(f"cannot listen on {host}:{port}: {reason}") from None
    return bound
