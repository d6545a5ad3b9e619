"""The embedded server: lists, routes and remembers, for development, tests and small set-ups.

It speaks contract 2, that of rekuest-server 2.2, and contract 10, with clients and agents each their own. `serving`
runs one beside the caller (in a thread), `run_server` is the command line's. What it is built on (ariadne, starlette,
uvicorn) is the extra ``server`` and is imported when a server is started, not before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rekuest_codegen.api.contracts import Contract
from rekuest_codegen.errors import ConfigurationError, MissingExtraError
from rekuest_codegen.server.settings import ServerConfig

if TYPE_CHECKING:
    from rekuest_codegen.server.running import Service

STOP_WITHIN = 15.0

__all__ = ["EmbeddedServer", "ServerConfig", "run_server", "serving"]


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server."""

    url: str
    token: str


@contextmanager
def serving(
    *,
    token: str = "",
    token_file: Path | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    db: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    durability: Literal["normal", "full"] = "normal",
    grace: float = 30.0,
    contract: Literal[2, 10] | None = None,
) -> Generator[EmbeddedServer]:
    """Run a server in a thread for as long as the context lasts; of one generation, if ``contract`` says which.

    Raises:
        ConfigurationError: a setting is wrong, the port is taken, the database cannot be used.
        MissingExtraError: the extra ``server`` is not installed.
    """
    config = ServerConfig(
        host=host,
        port=port,
        token=token,
        token_file=token_file,
        issuer=issuer,
        audience=audience,
        db=db,
        durability=durability,
        grace=grace,
        contract=None if contract is None else Contract(contract),
    )
    service = _service(config)
    settled = threading.Event()
    failures: list[BaseException] = []

    def main() -> None:
        from rekuest_codegen.server.running import run

        try:
            run(service, settled.set, signals=False)
        except BaseException as error:
            failures.append(error)
        finally:
            settled.set()

    thread = threading.Thread(target=main, name="rekuest-codegen server", daemon=True)
    url = service.url
    thread.start()
    settled.wait()
    try:
        if failures:
            raise failures[0]
        yield EmbeddedServer(url, config.token)
    finally:
        service.stop()
        thread.join(STOP_WITHIN)
    if failures:
        raise failures[0]


def run_server(config: ServerConfig, on_ready: Callable[[str], None] = print) -> None:
    """Serve in this thread until SIGTERM or SIGINT; ``on_ready`` gets the line that says where.

    Raises:
        ConfigurationError, MissingExtraError: as for `serving`.
    """
    service = _service(config)
    from rekuest_codegen.server.running import run

    line = f"rekuest-codegen serve: {service.url} ready"
    run(service, lambda: on_ready(line), signals=True)


def _service(config: ServerConfig) -> Service:
    try:
        from rekuest_codegen.server.running import Service
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in ("ariadne", "graphql", "starlette", "uvicorn", "uvloop"):
            raise MissingExtraError("the embedded server", "server") from None
        raise
    try:
        return Service(config)
    except OSError as error:
        raise ConfigurationError(f"server: {error}") from None
